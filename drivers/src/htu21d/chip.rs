//! How the chips differ.

use super::Resolution;
use super::reading::Quantity;

/// A chip that a [`Sensor`](super::Sensor) can drive: one of the types in
/// [`chip`](crate::htu21d::chip).
#[allow(private_bounds)] // Sealed: the driver knows each chip.
pub trait Chip: Facts {}

impl<M: Facts> Chip for M {}

/// The HTU21D(F) (Measurement Specialties, HPC199_3).
#[derive(Clone, Copy, Debug)]
pub enum Htu21d {}

/// The SHT21, and the SHT20 and SHT25, which differ in accuracy (Sensirion, SHT21, version 4).
#[derive(Clone, Copy, Debug)]
pub enum Sht21 {}

/// The Si7021, and the Si7020 and Si7006, which differ in accuracy (Silicon Labs, Si7021-A20,
/// revision 1.2).
#[derive(Clone, Copy, Debug)]
pub enum Si7021 {}

/// What the driver has to know of a chip.
pub(super) trait Facts {
    const NAME: &str;

    /// Whether a checksum of the serial number covers all bytes before it, and not only those
    /// since the last checksum.
    const SERIAL_SUM_IS_CUMULATIVE: bool = false;

    /// Whether the current of the heater can be set.
    const HAS_HEATER_CURRENT: bool = false;

    /// Returns the typical duration of a conversion, rounded up.
    fn typical_ms(resolution: Resolution, quantity: Quantity) -> u8;
}

/// Datasheet, "Measuring time".
impl Facts for Htu21d {
    const NAME: &str = "Htu21d";

    fn typical_ms(resolution: Resolution, quantity: Quantity) -> u8 {
        match (resolution, quantity) {
            (Resolution::Rh12T14, Quantity::Humidity) => 14,
            (Resolution::Rh12T14, Quantity::Temperature) => 44,
            (Resolution::Rh8T12, Quantity::Humidity) => 2,
            (Resolution::Rh8T12, Quantity::Temperature) => 11,
            (Resolution::Rh10T13, Quantity::Humidity) => 4,
            (Resolution::Rh10T13, Quantity::Temperature) => 22,
            (Resolution::Rh11T11, Quantity::Humidity) => 7,
            (Resolution::Rh11T11, Quantity::Temperature) => 6,
        }
    }
}

/// Datasheet, table 7.
impl Facts for Sht21 {
    const NAME: &str = "Sht21";

    fn typical_ms(resolution: Resolution, quantity: Quantity) -> u8 {
        match (resolution, quantity) {
            (Resolution::Rh12T14, Quantity::Humidity) => 22,
            (Resolution::Rh12T14, Quantity::Temperature) => 66,
            (Resolution::Rh8T12, Quantity::Humidity) => 3,
            (Resolution::Rh8T12, Quantity::Temperature) => 17,
            (Resolution::Rh10T13, Quantity::Humidity) => 7,
            (Resolution::Rh10T13, Quantity::Temperature) => 33,
            (Resolution::Rh11T11, Quantity::Humidity) => 12,
            (Resolution::Rh11T11, Quantity::Temperature) => 9,
        }
    }
}

/// Datasheet, table 2. A humidity includes a temperature (note 1).
impl Facts for Si7021 {
    const NAME: &str = "Si7021";
    const SERIAL_SUM_IS_CUMULATIVE: bool = true;
    const HAS_HEATER_CURRENT: bool = true;

    fn typical_ms(resolution: Resolution, quantity: Quantity) -> u8 {
        match (resolution, quantity) {
            (Resolution::Rh12T14, Quantity::Humidity) => 17,
            (Resolution::Rh12T14, Quantity::Temperature) => 7,
            (Resolution::Rh8T12, Quantity::Humidity) => 5,
            (Resolution::Rh8T12, Quantity::Temperature) => 3,
            (Resolution::Rh10T13, Quantity::Humidity) => 8,
            (Resolution::Rh10T13, Quantity::Temperature) => 4,
            (Resolution::Rh11T11, Quantity::Humidity) => 8,
            (Resolution::Rh11T11, Quantity::Temperature) => 2,
        }
    }
}
