//! The model of the receiver.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::task::Waker;

use rand_core::Rng;
use rand_pcg::Pcg32;
use tickwire_traits::{Clock, Duration, Instant};

use super::LineFault;
use super::pulses::Pulses;
use super::script::Script;
use crate::uart::{self, Baud};
use crate::{Probe, Wire};

/// The time for which a UART with a trigger waits on an idle line: 4 characters (16550,
/// PL011: 32 bits).
const IDLE_BYTES: u64 = 4;

/// A model and its clock, shared by a receiver and its controls.
pub(super) struct Shared<T>(Rc<(T, RefCell<Model<T>>)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AtEnd {
    HangUp,
    Silence,
    Repeat,
}

pub(super) struct Model<T> {
    pub(super) log: Vec<u8>,
    pub(super) script: Script,
    baud: Baud,
    pub(super) latency: Duration,
    pub(super) at_end: AtEnd,
    /// The time at which the receiver was switched on.
    started: Instant,
    /// The time at which this pass through the log began.
    began: Instant,
    /// The burst being sent; `None` after the last.
    burst: Option<Burst>,
    /// The arrival time of the last byte.
    quiet_since: Instant,
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
}

/// The burst `index`, with `sent` bytes already sent.
#[derive(Clone, Copy, Debug)]
struct Burst {
    index: usize,
    start: Instant,
    sent: usize,
}

impl<T: Clock> Shared<T> {
    /// Creates a receiver that is switched on now.
    pub(super) fn new(clock: T, log: Vec<u8>, baud: u32) -> Self {
        let model = Model::new(clock.now(), log, baud);
        Self(Rc::new((clock, RefCell::new(model))))
    }

    pub(super) fn clock(&self) -> &T {
        &self.0.0
    }

    /// Returns the model without updating it.
    pub(super) fn model(&self) -> &RefCell<Model<T>> {
        &self.0.1
    }

    /// Updates the model to now, and passes it to `act`.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut Model<T>, Instant) -> R) -> R {
        let now = self.clock().now();
        let (result, planned) = {
            let mut model = self.model().borrow_mut();
            model.catch_up(now);
            (act(&mut model, now), model.take_toggles())
        };
        if let Some((pps, toggles)) = planned {
            pps.toggle_at(&toggles);
        }
        result
    }
}

impl<T: Clock> Model<T> {
    fn new(now: Instant, log: Vec<u8>, baud: u32) -> Self {
        const STREAM: u64 = 0x9f1e_0cc7_53b2_6d01;
        let mut model = Model {
            started: now,
            began: now,
            script: Script::epochs(&log),
            log,
            baud: Baud::new(baud),
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
            Burst { index, start, sent: 0 }
        });
    }

    /// Receives everything sent by `now`.
    fn catch_up(&mut self, now: Instant) {
        while let Some(Burst { index, start, sent }) = self.burst {
            let Some(byte) = self.script.bytes(index, &self.log).get(sent).copied() else {
                self.finish(index, start + self.baud.time_of(sent as u64));
                continue;
            };
            let end = start + self.baud.time_of(sent as u64 + 1);
            if end > now {
                break;
            }
            self.receive(byte, start + self.baud.time_of(sent as u64));
            self.quiet_since = end;
            self.burst = Some(Burst { index, start, sent: sent + 1 });
        }
        self.pulse_until(now);
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
    fn take_toggles(&mut self) -> Option<(Wire<T>, Vec<Instant>)> {
        let toggles = std::mem::take(&mut self.toggles);
        let pps = self.pps.clone().filter(|_| !toggles.is_empty())?;
        Some((pps, toggles))
    }

    /// Returns whether the UART would wake a reader now.
    pub(super) fn is_ready(&self, now: Instant) -> bool {
        let idle = || now >= self.quiet_since + self.baud.time_of(IDLE_BYTES);
        self.fifo.len() >= self.trigger.min(self.capacity) || (!self.fifo.is_empty() && idle())
    }

    /// Returns the result of a read, or `None` if it has to wait.
    pub(super) fn take(
        &mut self,
        buf: &mut [u8],
        now: Instant,
    ) -> Option<Result<usize, LineFault>> {
        if std::mem::take(&mut self.fails) {
            return Some(Err(LineFault));
        }
        if buf.is_empty() || self.has_hung_up() {
            return Some(Ok(0));
        }
        if !self.is_ready(now) {
            return None;
        }
        let len = buf.len().min(self.fifo.len());
        for (slot, byte) in buf.iter_mut().zip(self.fifo.drain(..len)) {
            *slot = byte;
        }
        Some(Ok(len))
    }

    pub(super) fn has_hung_up(&self) -> bool {
        self.burst.is_none() && self.fifo.is_empty() && self.at_end == AtEnd::HangUp
    }

    /// Returns when a reader has to poll again, or `None` if only a [`Control`] can wake it.
    pub(super) fn look_at(&self) -> Option<Instant> {
        let idle = self.baud.time_of(IDLE_BYTES);
        let falls_idle = (!self.fifo.is_empty()).then_some(self.quiet_since + idle);
        if !self.plugged {
            return falls_idle;
        }
        let Some(Burst { index, start, sent }) = self.burst else { return falls_idle };
        if let Some(at) = falls_idle.filter(|at| *at <= start) {
            return Some(at);
        }
        let len = self.script.bytes(index, &self.log).len();
        let wanted = self.trigger.min(self.capacity).saturating_sub(self.fifo.len());
        if sent + wanted <= len {
            return Some(start + self.baud.time_of((sent + wanted) as u64));
        }
        Some(start + self.baud.time_of(len as u64) + idle)
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

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.1.try_borrow() {
            Ok(model) => model.fmt(f),
            Err(_) => f.write_str("a GPS receiver in use"),
        }
    }
}
