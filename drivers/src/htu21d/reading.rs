//! The decoding of the sensor's three bytes, and the dew point.

use core::fmt;

use super::{CentiCelsius, CentiPercent};

/// A result of the sensor, decoded from its three bytes.
///
/// ```
/// use tickwire_drivers::htu21d::{CentiPercent, Reading};
///
/// // As recorded from a sensor: the signal and its checksum.
/// let reading = Reading::from_frame([0x74, 0x2e, 0x21]);
/// assert_eq!(reading, Ok(Reading::Humidity(CentiPercent(5072))));
/// assert!(Reading::from_frame([0x74, 0x2f, 0x21]).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Reading {
    /// A temperature.
    Temperature(CentiCelsius),
    /// A relative humidity.
    Humidity(CentiPercent),
}

/// Both quantities, one measured right after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Measurement {
    /// The temperature.
    pub temperature: CentiCelsius,
    /// The relative humidity.
    pub humidity: CentiPercent,
}

/// The reason why three bytes are not a result.
///
/// ```
/// use tickwire_drivers::htu21d::{BadFrame, Reading};
///
/// assert_eq!(Reading::from_frame([0x74, 0x2f, 0x21]), Err(BadFrame::Checksum));
/// assert_eq!(Reading::from_frame([0, 0, 0]), Err(BadFrame::AllZeros));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum BadFrame {
    /// The bytes do not match their checksum.
    Checksum,
    /// Three zeros, which match their checksum: the data line is held low. From a sensor they
    /// would mean −46.85 °C, but it measures from −40 °C on (datasheet, "Sensor performance").
    /// Three bytes of ones, from a line that nothing pulls low, do not match.
    AllZeros,
}

/// A quantity that the sensor measures.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    Temperature,
    Humidity,
}

impl Reading {
    /// Checks and decodes the sensor's bytes: the signal, high byte first, and its checksum.
    /// The second lowest bit of the signal identifies the quantity (datasheet,
    /// "Communication sequences").
    ///
    /// # Errors
    ///
    /// [`BadFrame`] if the bytes are corrupted. The checksum detects every error within
    /// 8 adjacent bits. Measure again.
    pub const fn from_frame([high, low, sum]: [u8; 3]) -> Result<Self, BadFrame> {
        if crc8(crc8(0, high), low) != sum {
            return Err(BadFrame::Checksum);
        }
        let signal = u16::from_be_bytes([high, low]);
        if signal == 0 {
            return Err(BadFrame::AllZeros);
        }
        Ok(match signal & STATUS_HUMIDITY {
            0 => Self::Temperature(CentiCelsius::from_signal(signal)),
            _ => Self::Humidity(CentiPercent::from_signal(signal)),
        })
    }
}

impl Measurement {
    /// Returns the temperature to which the air must cool before it is damp, or `None` at a
    /// humidity of 0 % or less.
    ///
    /// ```
    /// use tickwire_drivers::htu21d::{CentiCelsius, CentiPercent, Measurement};
    ///
    /// let room = Measurement {
    ///     temperature: CentiCelsius(2000),
    ///     humidity: CentiPercent(5000),
    /// };
    /// assert_eq!(room.dew_point(), Some(CentiCelsius(930)));
    /// ```
    ///
    /// Within 0.02 °C of the datasheet's formulas ("Dew point temperature") for −40 °C to
    /// 125 °C, in integers. The formulas are `P = 10^(A − B / (T + C))` for the pressure of
    /// saturation and `−B / (log₁₀(RH · P / 100) − A) − C` for the dew point; A cancels out.
    pub fn dew_point(&self) -> Option<CentiCelsius> {
        // B = 1762.39 and C = 235.66, with fractions of 14 bits, the most with which B fits in
        // 32.
        const B_Q14: u32 = 176_239 << 14;
        const C: i32 = 23_566;
        let above = u32::try_from(i32::from(self.temperature.0) + C).ok()?;
        let saturation = divide(B_Q14, above)?;
        let relative = log10_of_whole(u16::try_from(self.humidity.0).ok()?)?;
        let dew = divide(B_Q14, saturation.checked_add_signed(-relative)?)?;
        i16::try_from(i32::try_from(dew).ok()? - C).ok().map(CentiCelsius)
    }
}

impl Quantity {
    /// Datasheet, "Device command": the commands that leave the bus free.
    pub(super) const fn command(self) -> u8 {
        match self {
            Self::Temperature => 0xf3,
            Self::Humidity => 0xf5,
        }
    }
}

impl BadFrame {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Checksum => "wrong checksum",
            Self::AllZeros => "nothing but zeros: the data line is held low",
        }
    }
}

impl fmt::Display for BadFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for BadFrame {}

/// Datasheet, "Communication sequences".
const STATUS_HUMIDITY: u16 = 0x02;

/// CRC-8 with x⁸ + x⁵ + x⁴ + 1, from 0 (datasheet, "CRC checksum"). Bit by bit: a
/// table would be 256 bytes, for six bytes per measurement.
pub(super) const fn crc8(crc: u8, byte: u8) -> u8 {
    let mut crc = crc ^ byte;
    let mut bit = 0;
    while bit < 8 {
        crc = crc << 1 ^ if crc & 0x80 != 0 { 0x31 } else { 0 };
        bit += 1;
    }
    crc
}

/// Returns the quotient, rounded, or `None` for a divisor of zero.
fn divide(dividend: u32, divisor: u32) -> Option<u32> {
    dividend.saturating_add(divisor / 2).checked_div(divisor)
}

/// Returns log₁₀ of hundredths of a percent over 100 %, with a fraction of 14 bits, or
/// `None` for zero.
fn log10_of_whole(hundredths: u16) -> Option<i32> {
    /// log₂ 10 000.
    const WHOLE_Q14: i32 = 217_706;
    /// log₁₀ 2.
    const LOG10_2_Q14: i32 = 4_932;
    let exponent = hundredths.checked_ilog2()?;
    // From 1 to 2, with a fraction of 15 bits, so that its square fits in 32.
    let mut mantissa = u32::from(hundredths) << (15 - exponent);
    let mut log2 = exponent;
    for _ in 0..14 {
        // Squaring doubles the logarithm; if the result passes 2, the next bit is one.
        mantissa = (mantissa * mantissa + (1 << 14)) >> 15;
        let bit = mantissa >> 16;
        mantissa >>= bit;
        log2 = log2 << 1 | bit;
    }
    Some(((log2 as i32 - WHOLE_Q14) * LOG10_2_Q14 + (1 << 13)) >> 14)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_datasheet_and_of_the_reference_have_their_checksums() {
        for (signal, sum) in [
            (0x683a, 0x7c),
            (0x4e85, 0x6b),
            (0x6000, 0x55),
            (0xfffc, 0x7e),
            (0x7c82, 0x97), // From the dialogue drawn in the datasheet.
            (0x66f0, 0x8d), // Recorded.
            (0x742e, 0x21),
        ] {
            let [high, low] = u16::to_be_bytes(signal);
            for wrong in 0..=u8::MAX {
                let reading = Reading::from_frame([high, low, wrong]);
                assert_eq!(reading.is_ok(), wrong == sum, "{signal:#06x} {wrong:#04x}");
            }
        }
        assert_eq!(crc8(crc8(0, 0), 0), 0);
        assert_eq!(crc8(0, 0xdc), 0x79); // A single byte.
    }

    #[test]
    fn the_status_bit_tells_which_quantity_it_is() {
        let (celsius, percent) = (CentiCelsius::from_signal, CentiPercent::from_signal);
        check([0x68, 0x3a, 0x7c], Reading::Humidity(percent(0x6838)));
        check([0x4e, 0x85, 0x6b], Reading::Temperature(celsius(0x4e84)));
        check([0x7c, 0x82, 0x97], Reading::Humidity(percent(0x7c80)));
        check([0x66, 0xf0, 0x8d], Reading::Temperature(CentiCelsius(2381)));
        check([0x74, 0x2e, 0x21], Reading::Humidity(CentiPercent(5072)));
    }

    #[test]
    fn a_line_that_stays_as_it_is_is_no_reading() {
        assert_eq!(Reading::from_frame([0x00; 3]), Err(BadFrame::AllZeros));
        assert_eq!(Reading::from_frame([0xff; 3]), Err(BadFrame::Checksum));
        // The lowest signal of a temperature, and zero as the signal of a humidity.
        assert!(Reading::from_frame([0x00, 0x04, crc8(crc8(0, 0x00), 0x04)]).is_ok());
        assert!(Reading::from_frame([0x00, 0x02, crc8(crc8(0, 0x00), 0x02)]).is_ok());
    }

    #[test]
    fn every_burst_of_up_to_8_wrong_bits_is_found() {
        let good = u32::from_be_bytes([0, 0x66, 0xf0, 0x8d]);
        for burst in 1..=0xff_u32 {
            for shift in 0..=16 {
                let [_, frame @ ..] = (good ^ burst << shift).to_be_bytes();
                assert_eq!(Reading::from_frame(frame), Err(BadFrame::Checksum));
            }
        }
    }

    #[test]
    fn the_dew_point_is_that_of_the_formula() {
        let mut worst = 0.0_f64;
        for temperature in (-4000..=12_500).step_by(29) {
            for humidity in (1..=10_000).step_by(17).chain([2, 3, 9_999, 10_000]) {
                let measured = Measurement {
                    temperature: CentiCelsius(temperature),
                    humidity: CentiPercent(humidity),
                };
                let dew = f64::from(measured.dew_point().unwrap().0) / 100.0;
                let exact = formula(f64::from(temperature) / 100.0, f64::from(humidity) / 100.0);
                worst = worst.max((dew - exact).abs());
            }
        }
        assert!(worst < 0.02, "{worst}");
    }

    #[test]
    fn nothing_is_too_strange_for_a_dew_point() {
        let dew_point = |temperature, humidity| {
            let temperature = CentiCelsius(temperature);
            Measurement { temperature, humidity: CentiPercent(humidity) }.dew_point()
        };
        assert_eq!(dew_point(2000, 0), None);
        assert_eq!(dew_point(2000, -1), None);
        assert_eq!(dew_point(2000, 10_000), Some(CentiCelsius(2000)));
        for temperature in (i16::MIN..=i16::MAX).step_by(101) {
            for humidity in (i16::MIN..=i16::MAX).step_by(103).chain([1, i16::MAX]) {
                let _ = dew_point(temperature, humidity);
            }
        }
    }

    #[track_caller]
    fn check(frame: [u8; 3], expected: Reading) {
        assert_eq!(Reading::from_frame(frame), Ok(expected));
    }

    fn formula(celsius: f64, percent: f64) -> f64 {
        let (a, b, c) = (8.1332, 1762.39, 235.66);
        let pressure = 10_f64.powf(a - b / (celsius + c));
        -b / ((percent * pressure / 100.0).log10() - a) - c
    }
}
