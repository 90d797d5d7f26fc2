//! The rate of the local clock.

use core::fmt;

/// The rate of the local clock compared with the pulses, in parts per billion.
///
/// It is positive if the local clock is fast.
///
/// ```
/// use tickwire_drivers::gps::pps::Drift;
///
/// let drift = Drift::from_ppb(-12_345);
/// assert_eq!(drift.to_string(), "-12.345 ppm");
/// // An STM32's RTC is calibrated in steps of 0.954 ppm, with the opposite sign.
/// assert_eq!(drift.correction(954), 13);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Drift(i32);

impl Drift {
    /// Creates a drift.
    pub const fn from_ppb(ppb: i32) -> Self {
        Self(ppb)
    }

    /// Returns the parts per billion.
    pub const fn ppb(self) -> i32 {
        self.0
    }

    /// Returns the correction of a clock in steps of `step_ppb`, to the nearest step. It is
    /// positive if the clock is slow. Returns 0 if `step_ppb` is 0.
    pub const fn correction(self, step_ppb: u32) -> i32 {
        if step_ppb == 0 {
            return 0;
        }
        // In 33 bits: the sum may not fit in 32.
        let (ppb, step) = (self.0.unsigned_abs() as u64, step_ppb as u64);
        let steps = ((ppb + step / 2) / step) as i64;
        let steps = if self.0 > 0 { -steps } else { steps };
        if steps > i32::MAX as i64 { i32::MAX } else { steps as i32 }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, ppb) = (if self.0 < 0 { '-' } else { '+' }, self.0.unsigned_abs());
        write!(f, "{sign}{}.{:03} ppm", ppb / 1_000, ppb % 1_000)
    }
}
