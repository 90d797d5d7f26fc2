//! The settings in the user register, which a sensor loses with its power.

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

use super::access::{Heater, User};
use super::{Chip, Error, HeaterCurrent, Resolution, Sensor, UserRegister};

/// What can be set. The default is what a sensor has at power-on.
///
/// ```
/// use tickwire_drivers::htu21d::{HeaterCurrent, Resolution, Settings};
///
/// let quick = Settings::new().with_resolution(Resolution::Rh8T12);
/// assert_eq!(quick, Settings { resolution: Resolution::Rh8T12, ..Settings::default() });
/// let drying = Settings::new().with_heater(true).with_heater_current(HeaterCurrent::MOST);
/// assert!(drying.heater);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Settings {
    /// The resolution of measurements.
    pub resolution: Resolution,
    /// Whether the heater is on.
    pub heater: bool,
    /// The current of the heater. Only a [`Si7021`](super::Si7021) takes it from here.
    pub heater_current: HeaterCurrent,
}

impl Settings {
    /// Returns the settings at power-on.
    pub const fn new() -> Self {
        Self {
            resolution: Resolution::Rh12T14,
            heater: false,
            heater_current: HeaterCurrent::LEAST,
        }
    }

    /// Sets the resolution of measurements.
    #[must_use]
    pub const fn with_resolution(mut self, resolution: Resolution) -> Self {
        self.resolution = resolution;
        self
    }

    /// Sets whether the heater is on.
    #[must_use]
    pub const fn with_heater(mut self, on: bool) -> Self {
        self.heater = on;
        self
    }

    /// Sets the current of the heater.
    #[must_use]
    pub const fn with_heater_current(mut self, current: HeaterCurrent) -> Self {
        self.heater_current = current;
        self
    }

    pub(super) const fn apply_to(self, register: UserRegister) -> UserRegister {
        register.with_resolution(self.resolution).with_heater(self.heater)
    }
}

/// Settings, in the user register.
impl<M: Chip, I2C: I2c, D: DelayNs> Sensor<M, I2C, D> {
    /// Reads the user register: twice, because it has no checksum.
    ///
    /// # Errors
    ///
    /// [`Error::Bus`], [`Error::Timeout`], [`Error::Register`]. The call may be
    /// repeated.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: it only reads.
    pub async fn user_register(&mut self) -> Result<UserRegister, Error<I2C::Error>> {
        self.forget();
        self.register().await
    }

    /// Reads the resolution of measurements.
    ///
    /// # Errors
    ///
    /// As for [`user_register`](Self::user_register).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: it only reads.
    pub async fn resolution(&mut self) -> Result<Resolution, Error<I2C::Error>> {
        Ok(self.user_register().await?.resolution())
    }

    /// Sets the resolution of measurements, until the sensor loses its power.
    ///
    /// # Errors
    ///
    /// As for [`user_register`](Self::user_register). The setting is unknown then. Set it
    /// again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the resolution is set or not, and nothing else changes. Set it again.
    pub async fn set_resolution(&mut self, to: Resolution) -> Result<(), Error<I2C::Error>> {
        self.forget();
        self.change_register::<User>(|byte| UserRegister(byte).with_resolution(to).0).await?;
        self.resolution = to;
        Ok(())
    }

    /// Reads whether the heater is on.
    ///
    /// # Errors
    ///
    /// As for [`user_register`](Self::user_register).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: it only reads.
    pub async fn heater(&mut self) -> Result<bool, Error<I2C::Error>> {
        Ok(self.user_register().await?.heater())
    }

    /// Turns the heater on or off. It warms the sensor by 0.5 to 1.5 °C: a working sensor
    /// then measures a lower humidity. Off at power-on.
    ///
    /// # Errors
    ///
    /// As for [`user_register`](Self::user_register). The setting is unknown then. Set it
    /// again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the heater is set or not, and nothing else changes. Set it again.
    pub async fn set_heater(&mut self, on: bool) -> Result<(), Error<I2C::Error>> {
        self.forget();
        self.change_register::<User>(|byte| UserRegister(byte).with_heater(on).0).await
    }

    /// Applies all settings. Those that the sensor has already are not written.
    ///
    /// # Errors
    ///
    /// As for [`user_register`](Self::user_register). The settings are unknown then. Apply
    /// them again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: some of the settings are applied, and nothing else changes. Apply them
    /// again.
    pub async fn apply(&mut self, settings: Settings) -> Result<(), Error<I2C::Error>> {
        self.forget();
        // Before the heater is on.
        if M::HAS_HEATER_CURRENT {
            let current = settings.heater_current;
            self.change_register::<Heater>(|byte| current.apply_to(byte)).await?;
        }
        self.change_register::<User>(|byte| settings.apply_to(UserRegister(byte)).0).await?;
        self.resolution = settings.resolution;
        Ok(())
    }

    /// Reads whether the supply was under the limit of the
    /// [user register](UserRegister::battery_low) at the last measurement.
    ///
    /// # Errors
    ///
    /// As for [`user_register`](Self::user_register).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: it only reads.
    pub async fn battery_low(&mut self) -> Result<bool, Error<I2C::Error>> {
        Ok(self.user_register().await?.battery_low())
    }

    pub(super) async fn register(&mut self) -> Result<UserRegister, Error<I2C::Error>> {
        let register = UserRegister(self.read_register::<User>().await?);
        self.resolution = register.resolution();
        Ok(register)
    }
}
