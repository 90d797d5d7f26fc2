//! One direction of a serial line: what is sent, and what becomes of it.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::task::Waker;

use tickwire_traits::{Duration, Instant};

use super::Baud;
use crate::Probe;

/// How many bytes the sender's UART holds until they are out.
pub(super) const SENDING: usize = 16;

pub(super) struct Model {
    baud: Baud,
    /// On their way, with the end of their stop bits. None has been torn away.
    sent: VecDeque<(Instant, Option<u8>)>,
    /// When the line was idle last.
    since: Instant,
    /// How many bytes there have been since then, so that no rounding adds up.
    bytes: u64,
    received: VecDeque<u8>,
    pub(super) capacity: usize,
    pub(super) overruns: u64,
    /// How many bytes were written.
    written: u64,
    /// By the number of the byte.
    ordered: BTreeMap<u64, Order>,
    /// The numbers of bytes that are lost.
    torn: Vec<Range<u64>>,
    pub(super) hung_up: bool,
    pub(super) fails_read: bool,
    pub(super) fails_write: bool,
    pub(super) probe: Option<Probe>,
    pub(super) reader: Option<Waker>,
}

/// What is to become of a byte.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Order {
    pub(super) doubled: bool,
    pub(super) delay: Duration,
    /// Bits that are turned over.
    pub(super) mask: u8,
}

impl Model {
    pub(super) fn new(baud: Baud) -> Self {
        Self {
            baud,
            sent: VecDeque::new(),
            since: Instant::EPOCH,
            bytes: 0,
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

    /// Changes what is to become of the byte that is written after `after` others.
    pub(super) fn order(&mut self, after: u64, change: impl FnOnce(&mut Order)) {
        change(self.ordered.entry(self.written.saturating_add(after)).or_default());
    }

    /// Loses `bytes` in a row, after so many others.
    pub(super) fn tear(&mut self, after: u64, bytes: u64) {
        let first = self.written.saturating_add(after);
        self.torn.push(first..first.saturating_add(bytes));
    }

    /// Lets the bytes arrive that have been sent by `now`.
    pub(super) fn catch_up(&mut self, now: Instant) {
        while self.next().is_some_and(|end| end <= now) {
            let Some((_, Some(byte))) = self.sent.pop_front() else { continue };
            if self.received.len() < self.capacity {
                self.received.push_back(byte);
            } else {
                self.overruns += 1;
            }
        }
    }

    /// Takes bytes from `buf`, as many as there is room for.
    pub(super) fn write(&mut self, buf: &[u8], now: Instant) -> usize {
        let mut taken = 0;
        for byte in buf {
            if self.sent.len() >= SENDING {
                break;
            }
            let Order { doubled, delay, mask } =
                self.ordered.remove(&self.written).unwrap_or_default();
            let torn = self.torn.iter().any(|torn| torn.contains(&self.written));
            self.written += 1;
            taken += 1;
            if self.sent.is_empty() || !delay.is_zero() {
                self.since = self.end().max(now) + delay;
                self.bytes = 0;
            }
            let byte = (!torn).then_some(*byte ^ mask);
            for _ in 0..=u8::from(doubled) {
                self.put(byte);
            }
        }
        self.torn.retain(|torn| torn.end > self.written);
        taken
    }

    fn put(&mut self, byte: Option<u8>) {
        let start = self.end();
        if let (Some(probe), Some(byte)) = (&self.probe, byte) {
            super::draw(probe, start, byte, self.baud);
        }
        self.bytes += 1;
        self.sent.push_back((self.end(), byte));
    }

    /// The end of the last byte that was written.
    fn end(&self) -> Instant {
        self.since + self.baud.time_of(self.bytes)
    }

    /// Moves what has arrived into `buf`, as much as fits.
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

    /// All bytes are out.
    pub(super) fn is_idle(&self) -> bool {
        self.sent.is_empty()
    }

    pub(super) fn has_room(&self) -> bool {
        self.sent.len() < SENDING
    }

    /// When the next byte is out, if one is on its way.
    pub(super) fn next(&self) -> Option<Instant> {
        self.sent.front().map(|(end, _)| *end)
    }

    /// When the last byte is out, if one is on its way.
    pub(super) fn last(&self) -> Option<Instant> {
        self.sent.back().map(|(end, _)| *end)
    }
}
