//! A contact to ground, and its wire.

use embedded_hal::digital::PinState;
use tickwire_traits::{Clock, Duration, Instant};

use crate::{Bounce, Wire};

/// A contact that pulls its wire low while it is closed.
pub(super) struct Sprung<T> {
    wire: Wire<T>,
    closed: bool,
    /// How often it will fail to close.
    pub(super) skips: u32,
}

impl<T: Clock> Sprung<T> {
    pub(super) fn new(wire: &Wire<T>) -> Self {
        wire.set(PinState::High);
        Self { wire: wire.clone(), closed: false, skips: 0 }
    }

    /// Moves the contact at `at`. It bounces until `limit` at most. Returns when it has settled.
    pub(super) fn set(
        &mut self,
        closed: bool,
        at: Instant,
        limit: Instant,
        bounce: &mut Option<Bounce>,
    ) -> Instant {
        if closed == self.closed {
            return at;
        }
        if closed && self.skips > 0 {
            self.skips -= 1;
            return at;
        }
        self.closed = closed;
        let mut toggles = bounce.as_mut().map_or(vec![at], |bounce| bounce.toggles(at));
        // What remains is odd again: the contact does move.
        let kept = toggles.partition_point(|toggle| *toggle < limit).max(1);
        toggles.truncate(kept - (kept + 1) % 2);
        self.wire.toggle_at(&toggles);
        match toggles[..] {
            // The next move is later than the last bounce.
            [_, .., last] => last + Duration::from_micros(1),
            _ => at,
        }
    }

    pub(super) fn pulse(&self, from: Instant, to: Instant) {
        self.wire.toggle_at(&[from, to]);
    }
}
