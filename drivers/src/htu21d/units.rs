//! Hundredths of a degree and of a percent.

use core::fmt;

/// A temperature in hundredths of a degree Celsius.
///
/// The sensor's finest step is 0.0107 °C, so the unit loses no precision, and 16 bits
/// hold every result. `Display` writes degrees.
///
/// ```
/// use tickwire_drivers::htu21d::CentiCelsius;
///
/// let temperature = CentiCelsius::from_signal(0x66f0);
/// assert_eq!(temperature, CentiCelsius(2381));
/// assert_eq!(format!("{temperature} °C"), "23.81 °C");
/// assert_eq!(format!("{:>7}", CentiCelsius(-5)), "  -0.05");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CentiCelsius(pub i16);

/// A relative humidity in hundredths of a percent.
///
/// The sensor's own formula gives −6 % to 119 %: near the ends, its accuracy is worse than
/// its resolution. Show people the [clamped](Self::clamped) value.
///
/// ```
/// use tickwire_drivers::htu21d::CentiPercent;
///
/// assert_eq!(CentiPercent::from_signal(0x742e).to_string(), "50.72");
/// assert_eq!(CentiPercent(10_150).clamped(), CentiPercent(10_000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CentiPercent(pub i16);

impl CentiCelsius {
    /// Converts the sensor's 16-bit signal, ignoring its two status bits. Halves are rounded
    /// away from zero.
    ///
    /// Datasheet, "Conversion of signal outputs": −46.85 + 175.72 · S / 2¹⁶.
    pub const fn from_signal(signal: u16) -> Self {
        Self(linear(signal, 17_572, -4_685))
    }

    /// Returns the temperature in degrees.
    pub fn to_f32(self) -> f32 {
        f32::from(self.0) / 100.0
    }
}

impl CentiPercent {
    /// Converts the sensor's 16-bit signal, ignoring its two status bits. Halves are rounded
    /// away from zero.
    ///
    /// Datasheet, "Conversion of signal outputs": −6 + 125 · S / 2¹⁶.
    pub const fn from_signal(signal: u16) -> Self {
        Self(linear(signal, 12_500, -600))
    }

    /// Returns the nearest possible humidity: 0 % to 100 %.
    pub fn clamped(self) -> Self {
        Self(self.0.clamp(0, 10_000))
    }

    /// Returns the humidity in percent.
    pub fn to_f32(self) -> f32 {
        f32::from(self.0) / 100.0
    }
}

impl fmt::Display for CentiCelsius {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hundredths(self.0, f)
    }
}

impl fmt::Display for CentiPercent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hundredths(self.0, f)
    }
}

/// Computes `offset + span * signal / 65536`. The two formulas above do not overflow: the
/// product stays under 1.2 · 10⁹ and the result within ±13 000.
const fn linear(signal: u16, span: i32, offset: i32) -> i16 {
    let status_off = (signal & 0xfffc) as i32;
    let exact = span * status_off + (offset << 16);
    let half = if exact < 0 { -(1 << 15) } else { 1 << 15 };
    ((exact + half) / (1 << 16)) as i16
}

/// Writes `2381` as `23.81`, with the formatter's width and fill.
fn hundredths(value: i16, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = value.unsigned_abs();
    let mut text = *b"000.00";
    for slot in text.iter_mut().rev().filter(|slot| **slot != b'.') {
        *slot = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let leading = match text {
        [b'0', b'0', ..] => 2,
        [b'0', ..] => 1,
        _ => 0,
    };
    let digits = text.get(leading..).and_then(|digits| core::str::from_utf8(digits).ok());
    f.pad_integral(value >= 0, "", digits.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;

    use super::*;

    /// Signal, degrees and percent, computed with floats by the datasheet's formulas.
    #[test]
    fn signals_convert_as_the_reference_has_it() {
        check(0x683a, 24.686401367187493, 44.8880615234375);
        check(0x4e85, 7.043615722656249, 32.33770751953125);
        check(0x0000, -46.85, -6.0);
        check(0xffff, 128.85927490234374, 118.99237060546875);
        check(0xfffc, 128.85927490234374, 118.99237060546875);
    }

    #[test]
    fn halves_round_away_from_zero() {
        // 19.045 °C exactly, and 40.875 %.
        assert_eq!(CentiCelsius::from_signal(0x6000), CentiCelsius(1905));
        assert_eq!(CentiPercent::from_signal(0x6000), CentiPercent(4088));
        // −2.125 %: the signal is 0.031 of the whole.
        assert_eq!(linear(0x0800, 12_400, -600), -213);
    }

    #[test]
    fn every_signal_is_within_half_a_hundredth_of_the_formula() {
        for signal in 0..=u16::MAX {
            let share = f64::from(signal & 0xfffc) / 65_536.0;
            check(signal, -46.85 + 175.72 * share, -6.0 + 125.0 * share);
        }
    }

    #[test]
    fn values_are_written_with_two_places() {
        for (value, text) in [
            (0, "0.00"),
            (5, "0.05"),
            (-5, "-0.05"),
            (99, "0.99"),
            (2381, "23.81"),
            (-4685, "-46.85"),
            (12886, "128.86"),
            (i16::MAX, "327.67"),
            (i16::MIN, "-327.68"),
        ] {
            assert_eq!(format!("{}", CentiCelsius(value)), text);
            assert_eq!(format!("{}", CentiPercent(value)), text);
        }
        assert_eq!(format!("{:<7}|{:07}", CentiCelsius(-50), CentiPercent(50)), "-0.50  |0000.50");
    }

    #[track_caller]
    fn check(signal: u16, celsius: f64, percent: f64) {
        let close = |hundredths: i16, exact: f64| {
            (f64::from(hundredths) - exact * 100.0).abs() <= 0.5 + 1e-9
        };
        assert!(close(CentiCelsius::from_signal(signal).0, celsius), "{signal:#06x}");
        assert!(close(CentiPercent::from_signal(signal).0, percent), "{signal:#06x}");
    }
}
