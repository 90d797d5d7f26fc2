//! Contact bounce.

use rand_core::Rng;
use rand_pcg::Pcg32;
use tickwire_traits::{Duration, Instant};

/// A seeded generator of contact bounce: equal seeds give equal bounce.
///
/// A contact that closes or opens toggles an odd number of times, at random times within
/// [`span`](Self::with_span) after the first edge.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Bounce, Sim, Wire};
/// use tickwire_traits::Instant;
///
/// let sim = Sim::new();
/// let wire = Wire::new(sim.clock(), PinState::High);
/// let mut bounce = Bounce::new(1);
/// wire.toggle_at(&bounce.toggles(Instant::from_millis(100))); // Press.
/// wire.toggle_at(&bounce.toggles(Instant::from_millis(300))); // Release.
/// ```
#[derive(Clone, Debug)]
pub struct Bounce {
    random: Pcg32,
    span: Duration,
    pairs: u32,
}

impl Bounce {
    /// Creates a generator of up to 4 bounces within 5 ms.
    pub fn new(seed: u64) -> Self {
        const STREAM: u64 = 0xa02b_dbf7_bb3c_00a7;
        Self { random: Pcg32::new(seed, STREAM), span: Duration::from_millis(5), pairs: 4 }
    }

    /// Sets the longest time for which a contact bounces.
    pub fn with_span(mut self, span: Duration) -> Self {
        self.span = span;
        self
    }

    /// Sets the largest number of bounces.
    pub fn with_bounces(mut self, most: u32) -> Self {
        self.pairs = most;
        self
    }

    /// Returns the toggle times of a contact that starts to move at `at`: an odd number of
    /// them, each later than the one before.
    pub fn toggles(&mut self, at: Instant) -> Vec<Instant> {
        let pairs = self.below(u64::from(self.pairs) + 1);
        let span = self.span.as_micros();
        let mut after: Vec<u64> = (0..pairs * 2).map(|_| 1 + self.below(span.max(1))).collect();
        after.sort_unstable();
        after.dedup();
        if after.len() % 2 == 1 {
            after.pop();
        }
        after.insert(0, 0);
        after.into_iter().map(|micros| at + Duration::from_micros(micros)).collect()
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random.next_u64() % bound
    }
}
