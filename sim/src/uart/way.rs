//! One direction of a serial line: its bytes and their faults.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::task::Waker;

use tickwire_traits::{Duration, Instant};

use super::Baud;
use crate::Probe;

/// The number of unsent bytes that the sender's UART holds.
pub(super) const SENDING: usize = 16;

pub(super) struct Model {
    /// The speed of the sender. No byte is on its way when it changes.
    baud: Baud,
    /// The speed of the receiver.
    heard_at: Baud,
    /// Bytes on their way, with the end of their stop bits. `None` is a lost byte.
    sent: VecDeque<(Instant, Option<u8>)>,
    /// When the first of them is out; [`Instant::MAX`] if there is none.
    arrives: Instant,
    /// The end of the line's last idle time.
    since: Instant,
    /// The number of bytes since then, so that rounding errors do not add up.
    bytes: u64,
    /// The end of the last byte written.
    end: Instant,
    received: VecDeque<u8>,
    pub(super) capacity: usize,
    pub(super) overruns: u64,
    /// The number of bytes written.
    written: u64,
    /// By the number of the byte.
    ordered: BTreeMap<u64, Order>,
    /// The numbers of bytes to lose.
    torn: Vec<Range<u64>>,
    pub(super) hung_up: bool,
    pub(super) fails_read: bool,
    pub(super) fails_write: bool,
    pub(super) probe: Option<Probe>,
    reader: Option<Reader>,
}

/// A task that waits for bytes.
struct Reader {
    waker: Waker,
    /// The task is woken when a byte that is on its way has arrived, and needs no other wake
    /// before.
    is_timed: bool,
}

/// The faults of a byte.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Order {
    pub(super) doubled: bool,
    pub(super) delay: Duration,
    /// Bits to invert.
    pub(super) mask: u8,
}

impl Model {
    pub(super) fn new(baud: Baud) -> Self {
        Self {
            baud,
            heard_at: baud,
            sent: VecDeque::new(),
            arrives: Instant::MAX,
            since: Instant::EPOCH,
            bytes: 0,
            end: Instant::EPOCH,
            received: VecDeque::new(),
            capacity: super::line::RECEIVING,
            overruns: 0,
            written: 0,
            ordered: BTreeMap::new(),
            torn: Vec::new(),
            hung_up: false,
            fails_read: false,
            fails_write: false,
            probe: None,
            reader: None,
        }
    }

    /// Changes the faults of the byte that is written after `after` others.
    pub(super) fn order(&mut self, after: u64, change: impl FnOnce(&mut Order)) {
        change(self.ordered.entry(self.written.saturating_add(after)).or_default());
    }

    /// Loses `bytes` in a row, after `after` others.
    pub(super) fn tear(&mut self, after: u64, bytes: u64) {
        let first = self.written.saturating_add(after);
        self.torn.push(first..first.saturating_add(bytes));
    }

    /// Receives the bytes that have been sent by `now`.
    #[inline]
    pub(super) fn catch_up(&mut self, now: Instant) {
        // Nearly every access comes before the next byte.
        if self.arrives <= now {
            self.receive(now);
        }
    }

    fn receive(&mut self, now: Instant) {
        while self.next().is_some_and(|end| end <= now) {
            let Some((_, Some(byte))) = self.sent.pop_front() else { continue };
            let byte = self.heard_at.hears(self.baud, byte);
            if self.received.len() < self.capacity {
                self.received.push_back(byte);
            } else {
                self.overruns += 1;
            }
        }
        self.arrives = self.next().unwrap_or(Instant::MAX);
    }

    /// Changes the speed of the sender, which has sent all bytes.
    pub(super) fn send_at(&mut self, baud: Baud) {
        self.baud = baud;
    }

    /// Changes the speed of the receiver. A byte that it is receiving is lost.
    pub(super) fn hear_at(&mut self, baud: Baud, now: Instant) {
        self.heard_at = baud;
        let byte = self.baud.time_of(1);
        if let Some((end, value)) = self.sent.front_mut()
            && *end < now + byte
        {
            *value = None;
        }
    }

    /// Accepts bytes from `buf`, as many as fit.
    pub(super) fn write(&mut self, buf: &[u8], now: Instant) -> usize {
        let mut taken = 0;
        for byte in buf {
            if self.sent.len() >= SENDING {
                break;
            }
            let Order { doubled, delay, mask } = self.next_order();
            let torn = self.torn.iter().any(|torn| torn.contains(&self.written));
            let lost = torn || self.hung_up;
            self.written += 1;
            taken += 1;
            if self.sent.is_empty() || !delay.is_zero() {
                self.since = self.end.max(now) + delay;
                self.bytes = 0;
                self.end = self.since;
            }
            let byte = (!lost).then_some(*byte ^ mask);
            for _ in 0..=u8::from(doubled) {
                self.put(byte);
            }
        }
        self.torn.retain(|torn| torn.end > self.written);
        taken
    }

    fn next_order(&mut self) -> Order {
        if self.ordered.is_empty() {
            return Order::default();
        }
        self.ordered.remove(&self.written).unwrap_or_default()
    }

    fn put(&mut self, byte: Option<u8>) {
        if let (Some(probe), Some(byte)) = (&self.probe, byte) {
            super::draw(probe, self.end, byte, self.baud);
        }
        self.bytes += 1;
        self.end = self.since + self.baud.time_of(self.bytes);
        self.sent.push_back((self.end, byte));
        self.arrives = self.arrives.min(self.end);
    }

    /// Returns whether the registered reader is the task of `waker`.
    pub(super) fn is_read_by(&self, waker: &Waker) -> bool {
        self.reader.as_ref().is_some_and(|reader| reader.waker.will_wake(waker))
    }

    /// Registers a task that waits for bytes, or again the registered one. Returns when the next
    /// byte arrives, if one is on its way, and the waker that was replaced.
    pub(super) fn register(&mut self, other: Option<Waker>) -> (Option<Instant>, Option<Waker>) {
        let next = self.next();
        let is_timed = next.is_some();
        let replaced = match other {
            Some(waker) => self.reader.replace(Reader { waker, is_timed }),
            None => None,
        };
        if let Some(reader) = &mut self.reader {
            reader.is_timed = is_timed;
        }
        (next, replaced.map(|reader| reader.waker))
    }

    /// Takes the reader to wake after a write. A byte written later arrives later, so a task
    /// that waits for one on its way is not woken.
    pub(super) fn take_idle_reader(&mut self) -> Option<Waker> {
        self.reader.take_if(|reader| !reader.is_timed).map(|reader| reader.waker)
    }

    /// Takes the reader to wake after any other change.
    pub(super) fn take_reader(&mut self) -> Option<Waker> {
        self.reader.take().map(|reader| reader.waker)
    }

    /// Moves received bytes into `buf`, as many as fit.
    pub(super) fn read(&mut self, buf: &mut [u8]) -> usize {
        let len = buf.len().min(self.received.len());
        for (place, byte) in buf.iter_mut().zip(self.received.drain(..len)) {
            *place = byte;
        }
        len
    }

    pub(super) fn has_received(&self) -> bool {
        !self.received.is_empty()
    }

    /// Returns whether no byte will be received any more.
    pub(super) fn has_ended(&self) -> bool {
        self.hung_up && self.sent.iter().all(|(_, byte)| byte.is_none())
    }

    pub(super) fn has_room(&self) -> bool {
        self.sent.len() < SENDING
    }

    /// Returns when the next byte is out, if one is on its way.
    pub(super) fn next(&self) -> Option<Instant> {
        self.sent.front().map(|(end, _)| *end)
    }

    /// Returns when the last byte is out, if one is on its way.
    pub(super) fn last(&self) -> Option<Instant> {
        self.sent.back().map(|(end, _)| *end)
    }
}
