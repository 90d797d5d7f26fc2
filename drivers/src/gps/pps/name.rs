//! Which second a pulse begins, by the votes of sentences.

use super::super::{Date, Time};
use super::Utc;

/// The number of sentences, of different seconds, that confirm a name or change a confirmed one.
const CONFIRMED: u8 = 3;

/// The name of the second at the anchor of a [`Phase`](super::phase::Phase).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// In seconds since 1970; `None` before the first sentence.
    second: Option<u64>,
    /// Sentences that agreed, up to [`CONFIRMED`].
    agreed: u8,
    /// Consecutive sentences that named another second, all at this distance.
    dissent: u8,
    distance: i64,
    /// The second of the last sentence that was counted.
    counted: u64,
    /// The last or the announced leap second: the second after it, and 0 for none.
    leap: u64,
    /// Whether the anchor is in that leap second or after it.
    passed: bool,
}

/// The time that a sentence names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Second 59 in place of second 60.
    pub(super) utc: Utc,
    pub(super) in_leap_second: bool,
}

/// The result of a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vote {
    Agrees,
    /// The sentence named another second, and was overruled.
    Overruled,
    /// The name was changed.
    Renamed,
}

impl Name {
    pub(super) const UNKNOWN: Self = Self {
        second: None,
        agreed: 0,
        dissent: 0,
        distance: 0,
        counted: 0,
        leap: 0,
        passed: false,
    };

    pub(super) fn announce(&mut self, after: Date) {
        let second = Utc::new(after, Time::MIDNIGHT).map_or(0, seconds_of);
        self.leap = if second == 0 { 0 } else { second + 86_400 };
        self.passed = false;
    }

    pub(super) fn forget(&mut self) {
        *self = Self { leap: self.leap, passed: self.passed, ..Self::UNKNOWN };
    }

    /// Counts seconds that have passed at the anchor.
    pub(super) fn advance(&mut self, seconds: u32) {
        let Some(second) = &mut self.second else { return };
        let next = *second + u64::from(seconds);
        if !self.passed && *second < self.leap && self.leap <= next {
            // Second 59 is repeated in place of second 60.
            *second = next - 1;
            self.passed = true;
        } else {
            *second = next;
        }
    }

    /// Makes the name one that the next sentence may change.
    pub(super) fn doubt(&mut self) {
        (self.agreed, self.dissent) = (0, 0);
    }

    /// Takes a vote: a sentence with the time `named` came, so the anchor begins `second`. In
    /// the day of `named`, the seconds are counted on past second 60.
    pub(super) fn vote(&mut self, named: Named, second: u64) -> Vote {
        let named_second = seconds_of(named.utc);
        let sixty = named_second + 1;
        let by_sixty = named.in_leap_second && second >= sixty;
        // A sentence of second 59 may come in second 60, and one of second 60 after it.
        let across = named_second < self.leap && self.leap <= second;
        self.passed |= across; // Not always by a pulse: the name may be new, or wrong.
        let second = second - u64::from(by_sixty || across);
        let is_new = named_second != self.counted || self.agreed == 0;
        self.counted = named_second;
        let Some(present) = self.second else {
            (self.second, self.agreed) = (Some(second), 1);
            return Vote::Renamed;
        };
        let distance = second.wrapping_sub(present).cast_signed();
        if distance == 0 {
            self.agreed = (self.agreed + u8::from(is_new)).min(CONFIRMED);
            self.dissent = 0;
            return Vote::Agrees;
        }
        let by_leap = by_sixty || may_follow_leap_second(named.utc);
        if distance == -1 && by_leap && self.dissent == 0 {
            self.second = Some(second);
            return Vote::Renamed;
        }
        if distance == self.distance {
            self.dissent += u8::from(is_new && self.dissent < CONFIRMED);
        } else {
            (self.distance, self.dissent) = (distance, 1);
        }
        // A name that is not confirmed gives way to any sentence.
        if self.agreed < CONFIRMED {
            (self.agreed, self.dissent) = (1, 0);
        } else if self.dissent < CONFIRMED {
            return Vote::Overruled;
        }
        self.second = Some(second);
        (self.dissent, self.distance) = (0, 0);
        Vote::Renamed
    }

    /// Returns the name of the instant `micros` after the anchor.
    pub(super) fn at(&self, micros: i64) -> Option<Utc> {
        let anchor = self.second? * 1_000_000;
        let mut micros = anchor.saturating_add_signed(micros);
        let leap = self.leap * 1_000_000;
        if !self.passed && anchor < leap && leap <= micros {
            micros -= 1_000_000;
        }
        Some(Utc::from_unix_micros(micros))
    }

    pub(super) fn agreed(&self) -> u8 {
        self.agreed
    }

    pub(super) fn dissent(&self) -> u8 {
        self.dissent
    }

    pub(super) fn is_confirmed(&self) -> bool {
        self.agreed >= CONFIRMED
    }
}

impl Named {
    /// Returns the microseconds since 1970, with those of the leap second.
    pub(super) fn micros(self) -> u64 {
        self.utc.unix_micros() + if self.in_leap_second { 1_000_000 } else { 0 }
    }
}

fn seconds_of(utc: Utc) -> u64 {
    utc.unix_micros() / 1_000_000
}

/// Returns whether a leap second may have ended within the last two seconds.
fn may_follow_leap_second(named: Utc) -> bool {
    named.time().millis_of_day() < 2_000 && ends_half_year(named)
}

/// Returns whether the day of `utc` is the first of a half-year. Leap seconds are inserted before
/// these days (ITU-R TF.460-6 prefers the ends of June and December).
fn ends_half_year(utc: Utc) -> bool {
    let date = utc.date();
    date.day() == 1 && (date.month() == 1 || date.month() == 7)
}
