//! UTC to the microsecond, from a receiver's pulse per second.
//!
//! A pulse tells when a second begins, and a sentence tells which. [`Timekeeper`] is the state
//! machine that joins both; [`Pps`] feeds it from a line and a [`Gps`](super::Gps).
//!
//! # Which second
//!
//! A sentence is sent after the instant that it names: within a second, or within a second after
//! [the least latency](Timekeeper::with_latency). Its time may have a fraction, as that of a
//! receiver with ten fixes a second. So each sentence with a date and a time names a second of a
//! pulse. The first is believed at once. Three seconds that agree confirm it, and it then takes
//! three in a row to change it: a sentence that was read late does not.
//!
//! A task that always reads a second late cannot be told from a receiver that sends so late. The
//! microseconds are right then, and the second is not.
//!
//! # When it begins
//!
//! The phase is a line through the last 32 pulses, whose slope is the [drift](Drift) of the local
//! clock. Pulses off the line are ignored. The third of them in a row is a new phase.
//!
//! # Leap seconds
//!
//! A day of UTC has 86,400 seconds [here](super::Date), so second 59 is repeated instead of
//! second 60, as Linux does. If it was [announced](Timekeeper::announce_leap_second), that
//! happens at the pulse. Otherwise it happens at the sentence that
//! [names second 60](super::Update::leap_second), or at the first one after it. Until then, the
//! time is one second ahead.

mod drift;
mod lock;
mod name;
mod phase;
mod shell;
mod utc;

use tickwire_traits::{Duration, Instant};

use super::counters::count;
use super::{Date, Field, Fix, Status, Time, Update};
pub use drift::Drift;
pub use lock::{Counters, Difference, Lock, Pulse, State};
use name::{Name, Named, Vote};
use phase::Phase;
pub use shell::{Event, EventError, Pps};
pub use utc::Utc;

/// How much earlier than the least latency a sentence may come, in microseconds: a pulse may be
/// late, and before the rate is known the line is off by up to 10 ms.
const MARGIN: i64 = 20_000;

/// A state machine that joins pulses and sentences to UTC.
///
/// It does not wait and has no clock. The caller passes the times of pulses and of sentences, and
/// may ask for the UTC time of any instant, past ones included.
///
/// ```
/// use tickwire_drivers::gps::{Date, Time, pps::{State, Timekeeper}};
/// use tickwire_traits::Instant;
///
/// let mut keeper = Timekeeper::new();
/// let date = Date::new(2011, 9, 24).unwrap();
/// // A sentence names a second, and the next pulse begins the one after it.
/// keeper.sentence(date, Time::new(18, 0, 41, 0).unwrap(), Instant::from_millis(400));
/// keeper.pulse(Instant::from_millis(1_000));
/// let utc = keeper.utc_at(Instant::from_micros(1_123_456)).unwrap();
/// assert_eq!(utc.to_string(), "2011-09-24T18:00:42.123456Z");
/// assert_eq!(keeper.lock(Instant::from_millis(1_200)).state, State::Tentative);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timekeeper {
    phase: Phase,
    name: Name,
    /// The last sentence, and when it was read. It counts until a pulse has come.
    named: Option<(Named, Instant)>,
    /// When the receiver last vouched for its time.
    vouched: Option<Instant>,
    latency: Duration,
    patience: Duration,
    counters: Counters,
}

const _: () = assert!(size_of::<Timekeeper>() <= 208);

impl Timekeeper {
    /// Creates a timekeeper without any time.
    pub const fn new() -> Self {
        Self {
            phase: Phase::UNKNOWN,
            name: Name::UNKNOWN,
            named: None,
            vouched: None,
            latency: Duration::from_micros(0),
            patience: Duration::from_secs(15),
            counters: Counters::NONE,
        }
    }

    /// Sets the least time from the instant that a sentence names until the sentence was read. The
    /// default is zero: sentences come within 980 ms.
    ///
    /// With a receiver that takes 1.2 to 1.5 s, set one second. More than a day is taken as a day.
    pub const fn with_latency(self, latency: Duration) -> Self {
        const DAY: Duration = Duration::from_secs(86_400);
        Self { latency: if latency.as_micros() > DAY.as_micros() { DAY } else { latency }, ..self }
    }

    /// Sets how long pulses are used after the last sentence with a time. The default is 15 s.
    ///
    /// If a sentence reports the loss of the fix, pulses are ignored immediately.
    pub const fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Announces a leap second at the end of `after`.
    pub fn announce_leap_second(&mut self, after: Date) {
        self.name.announce(after);
    }

    /// Takes the beginning of a pulse.
    ///
    /// Pulses before the first sentence, and without a fix, are ignored.
    pub fn pulse(&mut self, at: Instant) -> Pulse {
        let counters = &mut self.counters;
        count(&mut counters.pulses);
        let vouched = self.vouched.is_some_and(|vouched| at - vouched <= self.patience);
        if !vouched {
            count(&mut counters.without_fix);
            return Pulse::WithoutFix;
        }
        let step = self.phase.pulse(at);
        match step.pulse {
            Pulse::First => self.name.forget(),
            Pulse::Second { missed } => {
                counters.missed = counters.missed.saturating_add(missed);
            }
            Pulse::Extra => count(&mut counters.extra),
            Pulse::Stray => count(&mut counters.strays),
            Pulse::NewPhase => count(&mut counters.new_phases),
            Pulse::WithoutFix => {}
        }
        self.name.advance(step.seconds);
        if step.stepped {
            self.name.doubt();
        }
        if let Some((named, seen)) = self.named.take_if(|_| step.pulse == Pulse::First) {
            self.vote(named, seen);
        }
        step.pulse
    }

    /// Takes the time that a sentence names, and when its bytes were read.
    ///
    /// The sentence must have both: with the date of another sentence, midnight goes wrong.
    pub fn sentence(&mut self, date: Date, time: Time, seen: Instant) {
        self.take(date, time, false, seen);
    }

    /// Takes the time that a sentence names in a leap second, with second 59 in place of second
    /// 60, and when its bytes were read.
    ///
    /// [`update`](Self::update) does so with sentences of a receiver.
    ///
    /// ```
    /// use tickwire_drivers::gps::{Date, Time, pps::Timekeeper};
    /// use tickwire_traits::Instant;
    ///
    /// let mut keeper = Timekeeper::new();
    /// let date = Date::new(2016, 12, 31).unwrap();
    /// let time = Time::new(23, 59, 59, 0).unwrap();
    /// keeper.sentence(date, time, Instant::from_millis(300));
    /// keeper.pulse(Instant::from_millis(1_000)); // 23:59:60
    /// keeper.sentence_in_leap_second(date, time, Instant::from_millis(1_300));
    /// keeper.pulse(Instant::from_millis(2_000));
    /// let utc = keeper.utc_at(Instant::from_millis(2_000)).unwrap();
    /// assert_eq!(utc.to_string(), "2017-01-01T00:00:00.000000Z");
    /// ```
    pub fn sentence_in_leap_second(&mut self, date: Date, time: Time, seen: Instant) {
        self.take(date, time, true, seen);
    }

    /// Takes an update of a [`Gps`](super::Gps) or a [`Receiver`](super::Receiver), with its fix.
    ///
    /// A sentence with a date and a time names a second. One without a fix is
    /// [`fix_lost`](Self::fix_lost).
    pub fn update(&mut self, update: &Update, fix: &Fix) {
        if update.set.contains(Field::Date)
            && update.set.contains(Field::Time)
            && let (Some(date), Some(time)) = (fix.date(), fix.time())
        {
            self.take(date.value, time.value, update.leap_second, time.at);
        } else if fix.status().is_some_and(|status| status.value == Status::Lost) {
            self.fix_lost();
        }
    }

    /// Ignores pulses until the next sentence with a time.
    pub fn fix_lost(&mut self) {
        (self.vouched, self.named) = (None, None);
    }

    /// Returns the UTC time of an instant. Returns `None` while it is
    /// [not known](State::Searching), and more than a day from the last pulse.
    pub fn utc_at(&self, at: Instant) -> Option<Utc> {
        self.name.at(self.phase.since_anchor(at)?)
    }

    /// Returns when the next second begins after `now`, and its time: to set a clock then.
    ///
    /// ```
    /// use tickwire_drivers::gps::{Date, Time, pps::Timekeeper};
    /// use tickwire_traits::Instant;
    ///
    /// let mut keeper = Timekeeper::new();
    /// let new_years_eve = Date::new(2024, 12, 31).unwrap();
    /// keeper.sentence(new_years_eve, Time::new(23, 59, 58, 0).unwrap(), Instant::from_millis(300));
    /// keeper.pulse(Instant::from_millis(1_000)); // 23:59:59
    /// let (at, utc) = keeper.next_second(Instant::from_millis(1_200)).unwrap();
    /// assert_eq!(at, Instant::from_millis(2_000));
    /// assert_eq!(utc.to_string(), "2025-01-01T00:00:00.000000Z");
    /// ```
    pub fn next_second(&self, now: Instant) -> Option<(Instant, Utc)> {
        let seconds = self.phase.since_anchor(now)?.div_euclid(1_000_000) + 1;
        Some((self.phase.second_after_anchor(seconds), self.name.at(seconds * 1_000_000)?))
    }

    /// Returns how well the time is known.
    pub fn lock(&self, now: Instant) -> Lock {
        let (phase, name) = (&self.phase, &self.name);
        let age = phase.last().map_or(Duration::from_micros(u64::MAX), |last| now - last);
        let is_good = name.is_confirmed() && i64::from(phase.pulses()) >= phase::SETTLED;
        let state = match self.utc_at(now) {
            None => State::Searching,
            Some(_) if !is_good => State::Tentative,
            // A pulse that is late by half a second is missing.
            Some(_) if age > Duration::from_millis(1_500) => State::Holdover,
            Some(_) => State::Locked,
        };
        Lock {
            state,
            pulses: phase.pulses(),
            sentences: name.agreed(),
            dissent: name.dissent(),
            age,
            jitter: Duration::from_micros(phase.jitter().into()),
            error: Duration::from_micros(phase.error(age)),
        }
    }

    /// Returns the rate of the local clock. Returns `None` before the second pulse.
    pub fn drift(&self) -> Option<Drift> {
        self.phase.excess_ppb().map(Drift::from_ppb)
    }

    /// Returns what was counted.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Compares with another receiver's time. Returns `None` unless both have one.
    pub fn compare(&self, other: &Self, now: Instant) -> Option<Difference> {
        let (ours, theirs) = (self.utc_at(now)?, other.utc_at(now)?);
        let micros = ours.unix_micros().wrapping_sub(theirs.unix_micros()).cast_signed();
        let error = |keeper: &Self| keeper.lock(now).error.as_micros();
        Some(Difference { micros, tolerance: error(self).saturating_add(error(other)) })
    }

    fn take(&mut self, date: Date, time: Time, in_leap_second: bool, seen: Instant) {
        let Some(utc) = Utc::new(date, time) else { return };
        let named = Named { utc, in_leap_second };
        count(&mut self.counters.sentences);
        self.vouched = Some(seen);
        self.named = Some((named, seen));
        self.vote(named, seen);
    }

    fn vote(&mut self, named: Named, seen: Instant) {
        let Some(since) = self.phase.since_anchor(seen) else { return };
        // The anchor begins a second `s` with `named + latency - margin <= s + since`, and less
        // than a second above it.
        let earliest =
            named.micros().cast_signed() + self.latency.as_micros().cast_signed() - MARGIN - since;
        let second = (earliest + 999_999).div_euclid(1_000_000);
        let Ok(second) = u64::try_from(second) else { return };
        let first = self.name.agreed() == 0;
        match self.name.vote(named, second) {
            Vote::Renamed if !first => count(&mut self.counters.renamed),
            Vote::Overruled => count(&mut self.counters.overruled),
            _ => {}
        }
    }
}

impl Default for Timekeeper {
    fn default() -> Self {
        Self::new()
    }
}
