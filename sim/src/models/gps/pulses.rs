//! The pulse per second and its faults.

use rand_core::Rng;
use rand_pcg::Pcg32;
use tickwire_traits::{Duration, Instant};

/// The duration of a pulse, the default of the MTK3339 and the NEO-M8.
const PULSE: Duration = Duration::from_millis(100);

/// When a doubled pulse comes again, and how long it lasts then.
const AGAIN: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(260)];

/// The faults of a receiver's pulses. By default there are none.
///
/// ```
/// use tickwire_sim::models::gps::PulseFaults;
/// use tickwire_traits::Duration;
///
/// let faults = PulseFaults { jitter: Duration::from_micros(30), ..PulseFaults::default() };
/// assert_eq!(faults.missing, None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PulseFaults {
    /// A pulse begins up to this much earlier or later than its second, at random. At most 100 ms.
    pub jitter: Duration,
    /// One pulse in this many is missing, at random.
    pub missing: Option<u32>,
    /// One pulse in this many comes again after 250 ms, at random.
    pub doubled: Option<u32>,
}

/// Plans pulses.
pub(super) struct Pulses {
    faults: PulseFaults,
    /// The number of planned pulses.
    planned: u32,
    /// The offset of the next pulse from its second, in microseconds.
    offset: i64,
    random: Pcg32,
}

impl Pulses {
    pub(super) fn new() -> Self {
        const STREAM: u64 = 0x2b99_2ddf_a232_49d6;
        let random = Pcg32::new(1, STREAM);
        Self { faults: PulseFaults::default(), planned: 0, offset: 0, random }
    }

    pub(super) fn set_faults(&mut self, faults: PulseFaults) {
        self.faults = faults;
        self.offset = self.draw_offset();
    }

    /// Returns the number of the second of the next pulse.
    pub(super) fn second(&self) -> u32 {
        self.planned
    }

    /// Returns when the next pulse begins, if its second begins at `second`.
    pub(super) fn begin(&self, second: Instant) -> Instant {
        Instant::from_micros(second.as_micros().saturating_add_signed(self.offset))
    }

    /// Returns the toggles of the next pulse, which begins at `at`.
    pub(super) fn take(&mut self, at: Instant) -> Vec<Instant> {
        let is_missing = self.happens(self.faults.missing);
        let is_doubled = self.happens(self.faults.doubled);
        self.planned += 1;
        self.offset = self.draw_offset();
        let mut toggles = Vec::new();
        if !is_missing {
            toggles.extend([at, at + PULSE]);
        }
        if is_doubled {
            toggles.extend(AGAIN.map(|after| at + after));
        }
        toggles
    }

    fn happens(&mut self, one_in: Option<u32>) -> bool {
        one_in.is_some_and(|pulses| self.random.next_u32().is_multiple_of(pulses.max(1)))
    }

    fn draw_offset(&mut self) -> i64 {
        let jitter = self.faults.jitter.min(PULSE).as_micros() as i64;
        if jitter == 0 {
            return 0;
        }
        i64::from(self.random.next_u32()) % (2 * jitter + 1) - jitter
    }
}
