//! A measurement of one quantity, which a dropped call leaves to the next.

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::{Error as _, ErrorKind, I2c};

use super::link::{RETRY_MS, Transfer};
use super::reading::Quantity;
use super::{CentiCelsius, CentiPercent, Chip, Error, Reading, Sensor};

/// The sensor's operation, as far as a dropped call knew it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    Nothing,
    Conversion(Quantity),
    Reset,
}

/// The allowed age of a result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// A dropped call may have begun the measurement long ago.
    Any,
    /// This call began the measurement, or found the sensor still busy with it.
    Recent,
}

impl<M: Chip, I2C: I2c, D: DelayNs> Sensor<M, I2C, D> {
    pub(super) async fn celsius(&mut self, age: Age) -> Result<CentiCelsius, Error<I2C::Error>> {
        match self.convert(Quantity::Temperature, age).await? {
            Reading::Temperature(temperature) => Ok(temperature),
            Reading::Humidity(_) => Err(Error::Mixup),
        }
    }

    pub(super) async fn percent(&mut self) -> Result<CentiPercent, Error<I2C::Error>> {
        match self.convert(Quantity::Humidity, Age::Any).await? {
            Reading::Humidity(humidity) => Ok(humidity),
            Reading::Temperature(_) => Err(Error::Mixup),
        }
    }

    async fn convert(
        &mut self,
        quantity: Quantity,
        age: Age,
    ) -> Result<Reading, Error<I2C::Error>> {
        let mut pause_ms = 0;
        let mut frame = [0; 3];
        loop {
            if self.begun != Begun::Conversion(quantity) {
                self.begun = Begun::Nothing;
                self.link.insist(Transfer::Write(&[quantity.command()])).await?;
                self.begun = Begun::Conversion(quantity);
                pause_ms = M::typical_ms(self.resolution, quantity);
            }
            // Both pauses share one await point; a second would duplicate the sleep code in flash.
            if pause_ms != 0 {
                self.link.pause(pause_ms).await;
            }
            // A read that is dropped midway may have taken the result: until the sensor refuses,
            // a further result is not certain.
            self.begun = Begun::Nothing;
            match self.link.attempt(Transfer::Read(&mut frame)).await {
                // A dropped call began it, and it ended before the first read of this call.
                Ok(true) if age == Age::Recent && pause_ms == 0 => {}
                Ok(true) => return Ok(Reading::from_frame(frame)?),
                Ok(false) => {
                    self.begun = Begun::Conversion(quantity);
                    pause_ms = RETRY_MS;
                }
                Err(Error::Bus(error)) if matches!(error.kind(), ErrorKind::NoAcknowledge(_)) => {
                    return Err(Error::NotReady);
                }
                Err(error) => return Err(error),
            }
        }
    }
}
