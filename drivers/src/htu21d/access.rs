//! Reading and changing registers, which have no checksum.

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

use super::link::Transfer;
use super::{Error, Sensor};

/// A register, of one byte. A type, because a future would store a value.
pub(super) trait Register {
    const READ: u8;
    const WRITE: u8;
    /// The bits that do not keep what is written.
    const STATUS: u8;
}

/// The user register.
pub(super) enum User {}

/// The register of a Si7021's heater.
pub(super) enum Heater {}

/// HTU21D's datasheet, "Device command" and "User register".
impl Register for User {
    const READ: u8 = 0xe7;
    const WRITE: u8 = 0xe6;
    const STATUS: u8 = 0x40;
}

/// Si7021's datasheet, table 11 and section 6.2.
impl Register for Heater {
    const READ: u8 = 0x11;
    const WRITE: u8 = 0x51;
    const STATUS: u8 = 0xf0;
}

impl<M, I2C: I2c, D: DelayNs> Sensor<M, I2C, D> {
    pub(super) async fn read_register<R: Register>(&mut self) -> Result<u8, Error<I2C::Error>> {
        let mut twice = [0; 2];
        for byte in twice.chunks_exact_mut(1) {
            self.link.insist(Transfer::WriteRead(R::READ, byte)).await?;
        }
        let [byte, again] = twice;
        if byte == again { Ok(byte) } else { Err(Error::Register) }
    }

    /// Changes a register, unless it has that content.
    pub(super) async fn change_register<R: Register>(
        &mut self,
        change: impl Fn(u8) -> u8,
    ) -> Result<(), Error<I2C::Error>> {
        let found = self.read_register::<R>().await?;
        // Reserved bits have to be written with the values read (HTU21D's datasheet, "User
        // register"; Si7021's, section 6).
        let wanted = change(found);
        if wanted == found {
            return Ok(());
        }
        // Twice, because a value garbled in transfer would stay, even in the reserved
        // bits.
        for _ in 0..2 {
            self.link.insist(Transfer::Write(&[R::WRITE, wanted])).await?;
            let kept = self.read_register::<R>().await?;
            if (kept ^ wanted) & !R::STATUS == 0 {
                return Ok(());
            }
        }
        Err(Error::Register)
    }
}
