//! States that count once several readings agree.

/// A state that changes once the readings in a row agree on another one.
#[derive(Clone, Debug)]
pub(crate) struct Steady<S> {
    state: S,
    /// What the last readings agree on, and how many of them do.
    next: S,
    alike: u8,
    readings: u8,
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
