//! Reading and changing registers, which have no checksum.

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

use super::link::Transfer;
use super::{Error, Sensor};

/// A register, of one byte.
pub(super) struct Register {
    pub(super) read: u8,
    write: u8,
    /// The bits that do not keep what is written.
    status: u8,
}

/// The user register: HTU21D's datasheet, "Device command" and "User register".
pub(super) const USER: Register = Register { read: 0xe7, write: 0xe6, status: 0x40 };

/// The heater's register: Si7021's datasheet, table 11 and section 6.1.
pub(super) const HEATER: Register = Register { read: 0x11, write: 0x51, status: 0xf0 };

impl<M, I2C: I2c, D: DelayNs> Sensor<M, I2C, D> {
    pub(super) async fn read_twice(&mut self, command: u8) -> Result<u8, Error<I2C::Error>> {
        let mut twice = [0; 2];
        for byte in twice.chunks_exact_mut(1) {
            self.link.insist(Transfer::WriteRead(command, byte)).await?;
        }
        let [byte, again] = twice;
        if byte == again { Ok(byte) } else { Err(Error::Register) }
    }

    /// Changes a register unless it has that content. Returns the content.
    pub(super) async fn change_register(
        &mut self,
        register: &Register,
        change: impl Fn(u8) -> u8,
    ) -> Result<u8, Error<I2C::Error>> {
        let found = self.read_twice(register.read).await?;
        // Reserved bits have to be written with the values read (HTU21D's datasheet, "User
        // register"; Si7021's, section 6).
        let wanted = change(found);
        if wanted == found {
            return Ok(found);
        }
        // Twice, because a value garbled in transfer would stay, even in the reserved
        // bits.
        for _ in 0..2 {
            self.link.insist(Transfer::Write(&[register.write, wanted])).await?;
            let kept = self.read_twice(register.read).await?;
            if (kept ^ wanted) & !register.status == 0 {
                return Ok(kept);
            }
        }
        Err(Error::Register)
    }
}
