//! How the chips differ, each from its datasheet.

use tickwire_traits::Duration;

use super::checksum;
use super::dialogue::HEATER;

/// The chip that a model is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Chip {
    /// The HTU21D(F) (Measurement Specialties, HPC199_3).
    #[default]
    Htu21d,
    /// The SHT21 (Sensirion, version 4).
    Sht21,
    /// The Si7021 (Silicon Labs, Si7021-A20, revision 1.2).
    Si7021,
}

/// A command of two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Long {
    FirstOfSerial,
    SecondOfSerial,
    Revision,
}

impl Chip {
    /// Returns the bits and the longest duration of a conversion, by the resolution's bits in the
    /// user register.
    pub(super) fn conversion(self, resolution: u8, humidity: bool) -> (u32, Duration) {
        // Humidity and temperature of a resolution, in µs.
        let [fine, coarse, medium, equal] = match self {
            // "Measuring time".
            Self::Htu21d => [(16_000, 50_000), (3_000, 13_000), (5_000, 25_000), (8_000, 7_000)],
            // Table 7.
            Self::Sht21 => [(29_000, 85_000), (4_000, 22_000), (9_000, 43_000), (15_000, 11_000)],
            // Table 2; a humidity includes a temperature.
            Self::Si7021 => [(22_800, 10_800), (6_900, 3_800), (10_700, 6_200), (9_400, 2_400)],
        };
        let ((rh_bits, t_bits), (rh, t)) = match resolution {
            0x00 => ((12, 14), fine),
            0x01 => ((8, 12), coarse),
            0x80 => ((10, 13), medium),
            _ => ((11, 11), equal),
        };
        let (bits, micros) = if humidity { (rh_bits, rh) } else { (t_bits, t) };
        (bits, Duration::from_micros(micros))
    }

    /// Returns the content of the user register at power-on.
    pub(super) const fn power_on(self) -> u8 {
        match self {
            // "User register".
            Self::Htu21d => 0x02,
            // SHT21: table 8. Si7021: section 6.1.
            Self::Sht21 | Self::Si7021 => 0x3a,
        }
    }

    /// Returns the bits of the user register that can be written.
    pub(super) const fn writable(self) -> u8 {
        match self {
            Self::Htu21d | Self::Sht21 => 0x87,
            Self::Si7021 => 0x85,
        }
    }

    /// Returns the bits that a soft reset leaves as they are: the heater's, if any.
    pub(super) const fn kept_by_reset(self) -> u8 {
        match self {
            // HTU21D: "Soft reset". SHT21: section 5.5.
            Self::Htu21d | Self::Sht21 => HEATER,
            Self::Si7021 => 0,
        }
    }

    /// Returns the longest time from power-on to the first command.
    pub(super) const fn power_up(self) -> Duration {
        Duration::from_millis(match self {
            // "Power-up"; table 5.
            Self::Htu21d | Self::Sht21 => 15,
            // Table 2.
            Self::Si7021 => 80,
        })
    }

    pub(super) const fn is_si7021(self) -> bool {
        matches!(self, Self::Si7021)
    }

    /// Returns whether a command begins with this byte.
    pub(super) const fn is_first_of_two(self, byte: u8) -> bool {
        matches!(byte, 0xfa | 0xfc) || self.is_si7021() && byte == 0x84
    }

    pub(super) const fn long_command(self, bytes: [u8; 2]) -> Option<Long> {
        match bytes {
            [0xfa, 0x0f] => Some(Long::FirstOfSerial),
            [0xfc, 0xc9] => Some(Long::SecondOfSerial),
            [0x84, 0xb8] if self.is_si7021() => Some(Long::Revision),
            _ => None,
        }
    }

    /// Returns the serial number of a new model.
    pub(super) const fn serial(self) -> u64 {
        match self {
            Self::Htu21d => 0x4854_0011_2233_3200,
            Self::Sht21 => 0x4854_0122_d208_3200,
            // The fifth byte identifies the chip (section 5.3).
            Self::Si7021 => 0x0122_d208_15ff_ffff,
        }
    }

    /// Returns the answer to a long command.
    pub(super) fn answer(self, command: Long, serial: u64) -> Vec<u8> {
        let bytes = serial.to_be_bytes();
        // The bytes of the answer, and how many of them are between two checksums.
        let (data, group) = match (command, self) {
            (Long::Revision, _) => return vec![0x20],
            (Long::FirstOfSerial, Self::Si7021) => (bytes[..4].to_vec(), 1),
            (Long::SecondOfSerial, Self::Si7021) => (bytes[4..].to_vec(), 2),
            // "Electronic Identification Code": SNB, and then SNC and SNA.
            (Long::FirstOfSerial, _) => (bytes[2..6].to_vec(), 1),
            (Long::SecondOfSerial, _) => ([&bytes[6..], &bytes[..2]].concat(), 2),
        };
        let mut answer = Vec::new();
        for end in (group..=data.len()).step_by(group) {
            answer.extend(&data[end - group..end]);
            // A sum of a Si7021 covers all bytes of the answer before it.
            let from = if self.is_si7021() { 0 } else { end - group };
            answer.push(checksum(&data[from..end]));
        }
        answer
    }
}
