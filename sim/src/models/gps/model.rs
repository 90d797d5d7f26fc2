//! The model of the receiver.

use std::collections::VecDeque;
use std::fmt;
use std::task::Waker;

use rand_core::Rng;
use rand_pcg::Pcg32;
use tickwire_traits::{Clock, Duration, Instant};

use super::burst::Burst;
use super::chip::Chip;
use super::pulses::Pulses;
use super::script::Script;
use super::speed::Speed;
use super::talk::Talk;
use crate::uart::{self, Baud};
use crate::{Probe, Wire};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AtEnd {
    HangUp,
    Silence,
    Repeat,
}

pub(super) struct Model<T> {
    pub(super) log: Vec<u8>,
    pub(super) script: Script,
    /// The speed of the receiver.
    pub(super) baud: Baud,
    pub(super) speed: Speed,
    pub(super) latency: Duration,
    pub(super) at_end: AtEnd,
    /// The time at which the receiver was switched on.
    started: Instant,
    /// The time at which this pass through the log began.
    began: Instant,
    /// The burst being sent; `None` after the last.
    pub(super) burst: Option<Burst>,
    /// The arrival time of the last byte.
    pub(super) quiet_since: Instant,
    pub(super) fifo: VecDeque<u8>,
    pub(super) capacity: usize,
    pub(super) trigger: usize,
    pub(super) plugged: bool,
    /// One in this many bytes is garbled.
    pub(super) garbled: Option<u32>,
    random: Pcg32,
    pub(super) fails: bool,
    pub(super) overruns: u64,
    pub(super) pps: Option<Wire<T>>,
    pub(super) pulses: Pulses,
    /// By how much the clock of the simulation is fast, in parts per billion.
    pub(super) drift_ppb: i32,
    /// Toggles that are not yet planned on the wire.
    toggles: Vec<Instant>,
    pub(super) probe: Option<Probe>,
    pub(super) reader: Option<Waker>,
    pub(super) chip: Chip,
    pub(super) talk: Talk,
    /// Bytes on their way to the receiver, each with the time of its stop bit.
    pub(super) incoming: VecDeque<(Instant, u8)>,
    /// When the last of them is out.
    pub(super) written_until: Instant,
    pub(super) fails_write: bool,
}

/// A byte that is sent next: in the log, or in an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Next {
    byte: u8,
    start: Instant,
    pub(super) end: Instant,
    /// The burst after this byte, if the byte is of the log.
    of_log: Option<Burst>,
}

impl<T: Clock> Model<T> {
    pub(super) fn new(now: Instant, log: Vec<u8>, baud: u32) -> Self {
        const STREAM: u64 = 0x9f1e_0cc7_53b2_6d01;
        let mut model = Model {
            started: now,
            began: now,
            script: Script::epochs(&log),
            log,
            baud: Baud::new(baud),
            speed: Speed::new(Baud::new(baud)),
            latency: Duration::ZERO,
            at_end: AtEnd::HangUp,
            burst: None,
            quiet_since: Instant::EPOCH,
            fifo: VecDeque::new(),
            capacity: usize::MAX,
            trigger: 1,
            plugged: true,
            garbled: None,
            random: Pcg32::new(0, STREAM),
            fails: false,
            overruns: 0,
            pps: None,
            pulses: Pulses::new(),
            drift_ppb: 0,
            toggles: Vec::new(),
            probe: None,
            reader: None,
            chip: Chip::new(),
            talk: Talk::new(),
            incoming: VecDeque::new(),
            written_until: Instant::EPOCH,
            fails_write: false,
        };
        model.restart();
        model
    }

    /// Returns a span of UTC by the clock of the simulation.
    fn local(&self, span: Duration) -> Duration {
        let micros = i128::from(span.as_micros());
        let local = micros + micros * i128::from(self.drift_ppb) / 1_000_000_000;
        Duration::from_micros(local.try_into().unwrap_or(0))
    }

    /// Begins the log, with the present settings.
    pub(super) fn restart(&mut self) {
        self.begin(0, self.began);
    }

    /// Begins a burst, if there is one.
    fn begin(&mut self, index: usize, not_before: Instant) {
        let start = self.script.start(index);
        self.burst = start.map(|after| {
            let start = (self.began + self.local(after) + self.latency).max(not_before);
            Burst { index, start, first: 0, sent: 0 }
        });
    }

    /// Receives everything sent by `now`, and obeys every command that was sent to it.
    pub(super) fn catch_up(&mut self, now: Instant) {
        loop {
            let next = self.next_byte();
            let heard = self.incoming.front().copied().filter(|(at, _)| *at <= now);
            if self.turns(heard.map(|(at, _)| at), next.map(|next| next.start), now) {
                continue;
            }
            match (heard, next) {
                (Some((at, byte)), next) if next.is_none_or(|next| at <= next.end) => {
                    self.incoming.pop_front();
                    self.hear(byte, at);
                }
                (_, Some(next)) if next.end <= now => self.send(next),
                _ => break,
            }
        }
        self.pulse_until(now);
    }

    /// Returns the byte that is sent next. An answer is sent where no sentence is.
    pub(super) fn next_byte(&mut self) -> Option<Next> {
        loop {
            let mut of_log = None;
            let mut gap = Some(Instant::MAX);
            if let Some(burst @ Burst { index, sent, .. }) = self.burst {
                let bytes = self.script.bytes(index, &self.log);
                let free = burst.begin(sent, self.baud);
                let Some(byte) = bytes.get(sent).copied() else {
                    self.finish(index, free);
                    continue;
                };
                gap = (sent == 0 || bytes[sent - 1] == b'\n').then_some(free);
                let end = burst.begin(sent + 1, self.baud);
                let after = Burst { sent: sent + 1, ..burst };
                of_log = Some(Next { byte, start: free, end, of_log: Some(after) });
            }
            let answer = self.talk.peek(gap, self.quiet_since, self.baud);
            let answer = answer.map(|(byte, start, end)| Next { byte, start, end, of_log: None });
            return answer.or(of_log);
        }
    }

    fn send(&mut self, Next { byte, start, end, of_log }: Next) {
        self.quiet_since = end;
        if of_log.is_some() {
            self.burst = of_log;
            if self.chip.is_asleep() {
                return;
            }
        } else {
            self.talk.sent(start);
            if let Some(burst) = &mut self.burst
                && burst.begin(burst.sent, self.baud) < end
            {
                burst.delay(end);
            }
        }
        self.receive(byte, start);
    }

    /// Hears a byte whose stop bit ended at `at`.
    fn hear(&mut self, byte: u8, at: Instant) {
        if !self.plugged {
            return;
        }
        let byte = self.speed.heard(byte, self.baud);
        for (pause, bytes) in self.chip.hear(byte) {
            self.talk.put(at + pause, bytes);
        }
        if let Some(bits_per_second) = self.chip.speed.take() {
            self.speed.command(bits_per_second, at);
        }
    }

    /// Continues after a burst that ended at `end`.
    fn finish(&mut self, index: usize, end: Instant) {
        self.begin(index + 1, end);
        if self.burst.is_none() && self.at_end == AtEnd::Repeat {
            self.began += self.local(self.script.period());
            self.begin(0, end);
        }
    }

    fn receive(&mut self, byte: u8, start: Instant) {
        if !self.plugged {
            return;
        }
        let mut byte = byte;
        if let Some(one_in) = self.garbled
            && self.random.next_u32().is_multiple_of(one_in)
        {
            byte ^= 1 << (self.random.next_u32() % 8);
        }
        if let Some(probe) = &self.probe {
            uart::draw(probe, start, byte, self.baud);
        }
        let byte = self.speed.received(byte, start, self.baud);
        if self.fifo.len() < self.capacity {
            self.fifo.push_back(byte);
        } else {
            self.overruns += 1;
        }
    }

    /// Plans the pulses up to and including `until`, while there is a log.
    pub(super) fn pulse_until(&mut self, until: Instant) {
        if self.pps.is_none() {
            return;
        }
        while self.burst.is_some() {
            let second = Duration::from_secs(1) * self.pulses.second();
            let second = self.local(self.script.first_second() + second);
            let at = self.pulses.begin(self.started + second);
            if at > until {
                return;
            }
            let toggles = self.pulses.take(at);
            if self.plugged {
                self.toggles.extend(toggles);
            }
        }
    }

    /// Returns the toggles to plan on the wire once the model is not borrowed: a listener of
    /// the wire may call back.
    pub(super) fn take_toggles(&mut self) -> Option<(Wire<T>, Vec<Instant>)> {
        let toggles = std::mem::take(&mut self.toggles);
        let pps = self.pps.clone().filter(|_| !toggles.is_empty())?;
        Some((pps, toggles))
    }
}

impl<T> fmt::Debug for Model<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GPS receiver")?;
        match (self.plugged, &self.burst) {
            (false, _) => f.write_str(" that is unplugged"),
            (true, None) => f.write_str(" at the end of its log"),
            (true, Some(burst)) => write!(f, " in burst {} of its log", burst.index),
        }
    }
}
