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
        pick(resolution, quantity, [(14, 44), (2, 11), (4, 22), (7, 6)])
    }
}

/// Datasheet, table 7.
impl Facts for Sht21 {
    const NAME: &str = "Sht21";

    fn typical_ms(resolution: Resolution, quantity: Quantity) -> u8 {
        pick(resolution, quantity, [(22, 66), (3, 17), (7, 33), (12, 9)])
    }
}

/// Datasheet, table 2. A humidity includes a temperature (note 1).
impl Facts for Si7021 {
    const NAME: &str = "Si7021";
    const SERIAL_SUM_IS_CUMULATIVE: bool = true;
    const HAS_HEATER_CURRENT: bool = true;

    fn typical_ms(resolution: Resolution, quantity: Quantity) -> u8 {
        pick(resolution, quantity, [(17, 7), (5, 3), (8, 4), (8, 2)])
    }
}

/// Picks from humidity and temperature, in the order of [`Resolution`].
fn pick(resolution: Resolution, quantity: Quantity, times: [(u8, u8); 4]) -> u8 {
    let [rh12_t14, rh8_t12, rh10_t13, rh11_t11] = times;
    let (humidity, temperature) = match resolution {
        Resolution::Rh12T14 => rh12_t14,
        Resolution::Rh8T12 => rh8_t12,
        Resolution::Rh10T13 => rh10_t13,
        Resolution::Rh11T11 => rh11_t11,
    };
    match quantity {
        Quantity::Humidity => humidity,
        Quantity::Temperature => temperature,
    }
}
