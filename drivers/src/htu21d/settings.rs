//! The settings in the user register.

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

use super::link::Transfer;
use super::{Error, Htu21d, Resolution, UserRegister};

// Datasheet, "Device command".
const READ_REGISTER: u8 = 0xe7;
const WRITE_REGISTER: u8 = 0xe6;

/// Settings, in the user register.
impl<I2C: I2c, D: DelayNs> Htu21d<I2C, D> {
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
        self.change(|register| register.with_resolution(to)).await
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
        self.change(|register| register.with_heater(on)).await
    }

    /// Reads whether the supply was under 2.25 V at the last measurement.
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
        let mut twice = [0; 2];
        for byte in twice.chunks_exact_mut(1) {
            self.link.insist(Transfer::WriteRead(READ_REGISTER, byte)).await?;
        }
        let [register, again] = twice.map(UserRegister);
        if register != again {
            return Err(Error::Register);
        }
        self.resolution = register.resolution();
        Ok(register)
    }

    async fn change(
        &mut self,
        change: impl Fn(UserRegister) -> UserRegister,
    ) -> Result<(), Error<I2C::Error>> {
        self.forget();
        // Reserved bits have to be written with the values read ("User register").
        let wanted = change(self.register().await?);
        // Twice, because a value garbled in transfer would stay, even in the reserved
        // bits.
        for _ in 0..2 {
            self.link.insist(Transfer::Write(&[WRITE_REGISTER, wanted.0])).await?;
            if self.register().await?.agrees(wanted) {
                return Ok(());
            }
        }
        Err(Error::Register)
    }
}
