//! The time by pulses: tables, drift and jitter, and the driver on wires in virtual time.

mod any;
mod leap;
mod line;
mod quality;
mod vectors;

use tickwire_drivers::gps::pps::{Timekeeper, Utc};
use tickwire_drivers::gps::{Date, Time};
use tickwire_traits::{Duration, Instant};

/// 2018-12-31T23:59:00Z.
const EVE: u64 = 1_546_300_740;

/// A receiver and a local clock, which starts at `EVE` of UTC.
#[derive(Clone)]
struct Bench {
    keeper: Timekeeper,
    /// The excess of a local second, in parts per billion.
    ppb: i64,
    /// The local clock was set ahead by so many microseconds.
    ahead: i64,
    latency_ms: u64,
}

impl Bench {
    fn new() -> Self {
        Self { keeper: Timekeeper::new(), ppb: 0, ahead: 10_000_000, latency_ms: 300 }
    }

    /// Returns the local instant `micros` after `EVE`.
    fn local(&self, micros: u64) -> Instant {
        let micros = i128::from(micros);
        let local = micros + micros * i128::from(self.ppb) / 1_000_000_000;
        Instant::from_micros((local + i128::from(self.ahead)).try_into().unwrap())
    }

    fn pulse(&mut self, second: u64) {
        self.late_pulse(second, 0);
    }

    fn late_pulse(&mut self, second: u64, micros: i64) {
        let at = (second * 1_000_000).saturating_add_signed(micros);
        let at = self.local(at);
        self.keeper.pulse(at);
    }

    /// The sentence for a second, read after the latency.
    fn sentence(&mut self, second: u64) {
        self.late_sentence(second, self.latency_ms);
    }

    fn late_sentence(&mut self, second: u64, late_ms: u64) {
        let utc = Utc::from_unix_micros((EVE + second) * 1_000_000);
        let seen = self.local(second * 1_000_000 + late_ms * 1_000);
        self.keeper.sentence(utc.date(), utc.time(), seen);
    }

    fn run(&mut self, seconds: std::ops::Range<u64>) {
        for second in seconds {
            self.pulse(second);
            self.sentence(second);
        }
    }

    /// Returns how far the time is ahead at `micros` after `EVE`.
    #[track_caller]
    fn error(&self, micros: u64) -> i64 {
        let utc = self.keeper.utc_at(self.local(micros)).expect("there is a time");
        utc.unix_micros().wrapping_sub(EVE * 1_000_000 + micros).cast_signed()
    }

    fn now(&self, second: u64) -> Instant {
        self.local(second * 1_000_000)
    }
}

fn date(year: u16, month: u8, day: u8) -> Date {
    Date::new(year, month, day).unwrap()
}

fn ms(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

fn time(hour: u8, minute: u8, second: u8, millisecond: u16) -> Time {
    Time::new(hour, minute, second, millisecond).unwrap()
}

const SECOND: Duration = Duration::from_secs(1);
