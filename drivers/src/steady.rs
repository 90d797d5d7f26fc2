//! States that count once several readings agree, and readings that are no reading.

use core::mem;

use crate::analog_watch::BeyondFullScale;

/// A state that changes once the readings in a row agree on another one.
#[derive(Clone, Debug)]
pub(crate) struct Steady<S> {
    state: S,
    /// What the last readings agree on, and how many of them do.
    next: S,
    alike: u8,
    readings: u8,
}

/// Which readings are above the full scale of their input.
#[derive(Clone, Debug)]
pub(crate) struct FullScale {
    beyond: u16,
    /// The last reading was.
    is_beyond: bool,
}

impl<S: Copy + PartialEq> Steady<S> {
    /// Creates a state. `readings` in a row change it, 0 being taken as 1.
    pub(crate) const fn new(state: S, readings: u8) -> Self {
        Self { state, next: state, alike: 0, readings }
    }

    pub(crate) const fn state(&self) -> S {
        self.state
    }

    /// Whether the last readings agree with the state.
    pub(crate) const fn is_still(&self) -> bool {
        self.alike == 0
    }

    /// Records a reading of a state. Returns whether the state has changed to it.
    pub(crate) fn see(&mut self, seen: S) -> bool {
        if seen == self.state {
            self.alike = 0;
            return false;
        }
        self.alike =
            if self.alike > 0 && seen == self.next { self.alike.saturating_add(1) } else { 1 };
        self.next = seen;
        if self.alike < self.readings {
            return false;
        }
        (self.state, self.alike) = (seen, 0);
        true
    }

    /// Records a reading that tells no state: the readings begin anew.
    pub(crate) const fn doubt(&mut self) {
        self.alike = 0;
    }
}

impl FullScale {
    pub(crate) const fn new() -> Self {
        Self { beyond: 0, is_beyond: false }
    }

    pub(crate) const fn beyond(&self) -> u16 {
        self.beyond
    }

    /// Returns the reading if it is in the scale. The first one in a row that is not is an error;
    /// all are counted.
    pub(crate) fn check(
        &mut self,
        reading: u32,
        full: u32,
    ) -> Result<Option<u32>, BeyondFullScale> {
        let is_beyond = reading > full;
        let was_beyond = mem::replace(&mut self.is_beyond, is_beyond);
        if !is_beyond {
            return Ok(Some(reading));
        }
        self.beyond = self.beyond.saturating_add(1);
        if was_beyond { Ok(None) } else { Err(BeyondFullScale(reading)) }
    }
}
