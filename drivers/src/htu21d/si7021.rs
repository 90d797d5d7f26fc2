//! What only a Si7021 has.

use core::fmt;

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

use super::access::Heater;
use super::{Error, Si7021};

/// The current of a Si7021's heater, in 16 steps from 3 to 94 mA (datasheet, section 5.5).
///
/// The supply has to provide it, and the sensor warms accordingly.
///
/// ```
/// use tickwire_drivers::htu21d::HeaterCurrent;
///
/// assert_eq!(HeaterCurrent::LEAST.microamperes(), 3_090);
/// assert_eq!(HeaterCurrent::MOST.microamperes(), 94_200);
/// assert_eq!(HeaterCurrent::at_most(30_000), HeaterCurrent::from_step(4));
/// assert_eq!(HeaterCurrent::at_most(3_000), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct HeaterCurrent(u8);

/// The revision of a Si7021's firmware (datasheet, section 5.4). `Display` writes it as the
/// datasheet does.
///
/// ```
/// use tickwire_drivers::htu21d::FirmwareRevision;
///
/// assert_eq!(FirmwareRevision(0xff).to_string(), "1.0");
/// assert_eq!(FirmwareRevision(0x20).to_string(), "2.0");
/// assert_eq!(FirmwareRevision(0x31).to_string(), "0x31"); // Not in the datasheet.
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FirmwareRevision(pub u8);

/// The heater's current, and the revision of the firmware.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use tickwire_drivers::htu21d::{self, HeaterCurrent, Si7021};
/// use tickwire_sim::{Sim, i2c::Bus, models::htu21d::{Chip, Htu21d}};
/// use tickwire_traits::Delay;
///
/// let sim = Sim::new();
/// let model = Rc::new(RefCell::new(Htu21d::of(Chip::Si7021)));
/// let mut bus = Bus::new(sim.clock());
/// bus.attach(htu21d::ADDRESS, model);
/// let mut sensor = Si7021::new(bus, Delay(sim.clock()));
/// sim.run(async {
///     assert_eq!(sensor.firmware_revision().await.unwrap().to_string(), "2.0");
///     let current = HeaterCurrent::at_most(10_000).unwrap();
///     sensor.set_heater_current(current).await.unwrap();
///     assert_eq!(sensor.heater_current().await, Ok(current));
///     assert_eq!(sensor.serial_number().await.unwrap().0 >> 24 & 0xff, 0x15); // A Si7021.
/// });
/// ```
impl<I2C: I2c, D: DelayNs> Si7021<I2C, D> {
    /// Reads the current of the heater.
    ///
    /// # Errors
    ///
    /// As for [`user_register`](Self::user_register).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: it only reads.
    pub async fn heater_current(&mut self) -> Result<HeaterCurrent, Error<I2C::Error>> {
        self.forget();
        Ok(HeaterCurrent(self.read_register::<Heater>().await? & STEPS))
    }

    /// Sets the current that flows while the heater is on, until the sensor loses its power.
    ///
    /// # Errors
    ///
    /// As for [`user_register`](Self::user_register). The current is unknown then. Set it
    /// again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the current is set or not, and nothing else changes. Set it again.
    pub async fn set_heater_current(
        &mut self,
        current: HeaterCurrent,
    ) -> Result<(), Error<I2C::Error>> {
        self.forget();
        self.change_register::<Heater>(|byte| current.apply_to(byte)).await
    }

    /// Reads the revision of the firmware.
    ///
    /// # Errors
    ///
    /// As for [`user_register`](Self::user_register).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: it only reads.
    pub async fn firmware_revision(&mut self) -> Result<FirmwareRevision, Error<I2C::Error>> {
        self.forget();
        // Twice, because it has no checksum.
        let mut twice = [0; 2];
        for byte in twice.chunks_exact_mut(1) {
            self.link.ask(READ_REVISION, byte).await?;
        }
        let [revision, again] = twice;
        if revision == again { Ok(FirmwareRevision(revision)) } else { Err(Error::Register) }
    }
}

impl HeaterCurrent {
    /// The least current, 3.09 mA: that at power-on.
    pub const LEAST: Self = Self(0);

    /// The most current, 94.2 mA.
    pub const MOST: Self = Self(STEPS);

    /// Returns the current of this step: 0 to 15.
    pub const fn from_step(step: u8) -> Option<Self> {
        if step <= STEPS { Some(Self(step)) } else { None }
    }

    /// Returns the largest current of at most this many µA.
    pub const fn at_most(microamperes: u32) -> Option<Self> {
        if microamperes < LEAST_UA {
            return None;
        }
        let step = (microamperes - LEAST_UA) / STEP_UA;
        Some(if step < STEPS as u32 { Self(step as u8) } else { Self::MOST })
    }

    /// Returns the step: 0 to 15.
    pub const fn step(self) -> u8 {
        self.0
    }

    /// Returns the typical current in µA, at 3.3 V. The datasheet has six of the values, from
    /// which this one differs by less than 50 µA.
    pub const fn microamperes(self) -> u32 {
        LEAST_UA + STEP_UA * self.0 as u32
    }

    /// Reserved bits have to be written with the values read (section 6.2).
    pub(super) const fn apply_to(self, register: u8) -> u8 {
        register & !STEPS | self.0
    }
}

impl fmt::Display for FirmwareRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0xff => f.write_str("1.0"),
            0x20 => f.write_str("2.0"),
            other => write!(f, "{other:#04x}"),
        }
    }
}

/// Section 5.4.
const READ_REVISION: [u8; 2] = [0x84, 0xb8];

/// The bits of the step in the heater's register (section 6.2).
const STEPS: u8 = 0x0f;

const LEAST_UA: u32 = 3_090;
const STEP_UA: u32 = 6_074;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currents_are_those_of_the_datasheet() {
        // Section 5.5, in µA.
        for (step, microamperes) in
            [(0, 3_090), (1, 9_180), (2, 15_240), (4, 27_390), (8, 51_690), (15, 94_200)]
        {
            let current = HeaterCurrent::from_step(step).unwrap();
            assert!(current.microamperes().abs_diff(microamperes) < 50, "{step}");
        }
        assert_eq!(HeaterCurrent::from_step(16), None);
    }

    #[test]
    fn the_largest_current_within_a_limit_is_found() {
        for step in 0..=15 {
            let current = HeaterCurrent::from_step(step).unwrap();
            check(current.microamperes(), Some(current));
            check(
                current.microamperes() - 1,
                step.checked_sub(1).and_then(HeaterCurrent::from_step),
            );
        }
        check(u32::MAX, Some(HeaterCurrent::MOST));
    }

    #[test]
    fn reserved_bits_stay() {
        assert_eq!(HeaterCurrent::MOST.apply_to(0xa3), 0xaf);
        assert_eq!(HeaterCurrent::LEAST.apply_to(0xff), 0xf0);
    }

    #[track_caller]
    fn check(limit: u32, expected: Option<HeaterCurrent>) {
        assert_eq!(HeaterCurrent::at_most(limit), expected);
    }
}
