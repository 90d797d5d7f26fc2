//! The serial number.

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

use super::reading::{BadFrame, crc8};
use super::{Chip, Error, Sensor};

/// The serial number of a chip: no two chips of a manufacturer have the same.
///
/// The bytes are in the order in which the manufacturer prints them, from the highest on.
///
/// ```
/// use tickwire_drivers::htu21d::SerialNumber;
///
/// assert_eq!(format!("{:016x}", SerialNumber(0x4854_0122_d208_3200).0), "48540122d2083200");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SerialNumber(pub u64);

/// The serial number.
impl<M: Chip, I2C: I2c, D: DelayNs> Sensor<M, I2C, D> {
    /// Reads the serial number.
    ///
    /// SHT21: Sensirion, "SHT2x Electronic Identification Code", version 1.1. Si7021: datasheet,
    /// section 5.3. The datasheet of the HTU21D does not have it; the chip answers as an SHT21,
    /// and Linux's driver `htu21` reads it in that way.
    ///
    /// ```
    /// use std::{cell::RefCell, rc::Rc};
    /// use tickwire_drivers::htu21d::{self, Sht21};
    /// use tickwire_sim::{Sim, i2c::Bus, models::htu21d::{Chip, Htu21d}};
    /// use tickwire_traits::Delay;
    ///
    /// let sim = Sim::new();
    /// let mut bus = Bus::new(sim.clock());
    /// bus.attach(htu21d::ADDRESS, Rc::new(RefCell::new(Htu21d::of(Chip::Sht21))));
    /// let mut sensor = Sht21::new(bus, Delay(sim.clock()));
    /// let number = sim.run(sensor.serial_number()).unwrap();
    /// assert_eq!(format!("{:016x}", number.0), "48540122d2083200");
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Bus`], [`Error::Timeout`], [`Error::Checksum`], [`Error::AllZeros`]. Read it
    /// again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: it only reads.
    pub async fn serial_number(&mut self) -> Result<SerialNumber, Error<I2C::Error>> {
        self.forget();
        let mut bytes = [0; 14];
        let (first, second) = bytes.split_at_mut(FIRST);
        for (command, into) in [([0xfa, 0x0f], first), ([0xfc, 0xc9], second)] {
            self.link.ask(command, into).await?;
        }
        Ok(decode(bytes, M::SERIAL_SUM_IS_CUMULATIVE)?)
    }
}

/// The number of bytes that the first command returns.
const FIRST: usize = 8;

/// Checks and decodes the answers to both commands.
///
/// ```text
///  SHT21   SNB₃ ∑  SNB₂ ∑  SNB₁ ∑  SNB₀ ∑ │ SNC₁ SNC₀ ∑  SNA₁ SNA₀ ∑
///  Si7021  SNA₃ ∑  SNA₂ ∑  SNA₁ ∑  SNA₀ ∑ │ SNB₃ SNB₂ ∑  SNB₁ SNB₀ ∑
/// ```
///
/// The number of an SHT21 is SNA, SNB, SNC; that of a Si7021 is SNA, SNB. Both begin a sum anew in
/// the second answer.
fn decode(bytes: [u8; 14], cumulative: bool) -> Result<SerialNumber, BadFrame> {
    if bytes == [0; 14] {
        return Err(BadFrame::AllZeros);
    }
    let mut number = 0;
    let mut sum = 0;
    for (at, byte) in bytes.into_iter().enumerate() {
        if matches!(at, 1 | 3 | 5 | 7 | 10 | 13) {
            if byte != sum {
                return Err(BadFrame::Checksum);
            }
            if !cumulative || at + 1 == FIRST {
                sum = 0;
            }
        } else {
            number = number << 8 | u64::from(byte);
            sum = crc8(sum, byte);
        }
    }
    Ok(SerialNumber(if cumulative { number } else { number.rotate_right(16) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first answer was recorded from an SHT21, twice.
    #[test]
    fn the_number_of_an_sht21_begins_with_the_last_bytes() {
        let recorded = [0x01, 0x31, 0x22, 0xe4, 0xd2, 0x66, 0x08, 0xb9];
        check(false, &recorded, Ok(0x4854_0122_d208_3200));
    }

    #[test]
    fn sums_of_a_si7021_cover_all_bytes_of_their_answer() {
        let first = [0x01, 0x31, 0x22, 0x10, 0xd2, 0x25, 0x08, 0xca];
        check(true, &first, Ok(0x0122_d208_15ff_ffff));
        check(false, &first, Err(BadFrame::Checksum));
    }

    #[test]
    fn no_bit_of_a_number_may_be_wrong() {
        for cumulative in [false, true] {
            for bit in 0..14 * 8 {
                let mut bytes = of(&[], cumulative);
                assert!(decode(bytes, cumulative).is_ok());
                bytes[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(decode(bytes, cumulative), Err(BadFrame::Checksum), "{bit}");
            }
        }
    }

    #[test]
    fn a_data_line_held_low_is_no_number() {
        assert_eq!(decode([0; 14], false), Err(BadFrame::AllZeros));
        assert_eq!(decode([0xff; 14], false), Err(BadFrame::Checksum));
    }

    /// Returns two answers with their sums: the first as given, or made.
    fn of(first: &[u8], cumulative: bool) -> [u8; 14] {
        let data: [u8; 8] = match cumulative {
            false => [0x01, 0x22, 0xd2, 0x08, 0x32, 0x00, 0x48, 0x54],
            true => [0x01, 0x22, 0xd2, 0x08, 0x15, 0xff, 0xff, 0xff],
        };
        let mut bytes = [0; 14];
        let places = [0, 2, 4, 6, 8, 9, 11, 12];
        for (place, byte) in places.into_iter().zip(data) {
            bytes[place] = byte;
        }
        for (sum, covered) in [(1, 0..1), (3, 1..2), (5, 2..3), (7, 3..4), (10, 4..6), (13, 6..8)] {
            let from = match covered.start {
                start if !cumulative => start,
                0..4 => 0,
                _ => 4,
            };
            bytes[sum] = data[from..covered.end].iter().fold(0, |sum, byte| crc8(sum, *byte));
        }
        bytes[..first.len()].copy_from_slice(first);
        bytes
    }

    #[track_caller]
    fn check(cumulative: bool, first: &[u8], expected: Result<u64, BadFrame>) {
        let bytes = of(first, cumulative);
        assert_eq!(decode(bytes, cumulative), expected.map(SerialNumber));
    }
}
