//! Transfers with a sensor that refuses its address while it is busy.

use core::pin::pin;

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::{Error as _, ErrorKind, I2c};

use super::Error;
use crate::within::within;

/// The sensor's fixed 7-bit address. (Datasheet, "I2C communication".)
///
/// ```
/// use tickwire_drivers::htu21d;
///
/// assert_eq!(htu21d::ADDRESS, 0x40);
/// ```
pub const ADDRESS: u8 = 0x40;

/// The connection to the sensor, with the time for which the sensor has refused.
pub(super) struct Link<I2C, D> {
    pub(super) i2c: I2C,
    pub(super) delay: D,
    /// The shortest time for which the sensor can have refused.
    refused_us: u32,
}

/// A transfer, which may be repeated.
pub(super) enum Transfer<'a> {
    Write(&'a [u8]),
    Read(&'a mut [u8]),
    WriteRead(u8, &'a mut [u8]),
}

impl<I2C, D> Link<I2C, D> {
    pub(super) const fn new(i2c: I2C, delay: D) -> Self {
        Self { i2c, delay, refused_us: 0 }
    }
}

impl<I2C: I2c, D: DelayNs> Link<I2C, D> {
    /// Repeats a transfer until the sensor accepts it.
    pub(super) async fn insist(
        &mut self,
        mut transfer: Transfer<'_>,
    ) -> Result<(), Error<I2C::Error>> {
        while !self.attempt(transfer.again()).await? {
            self.pause(RETRY_MS).await;
        }
        Ok(())
    }

    /// Sends a command of two bytes, and reads its answer. A stop in between is allowed (Si7021's
    /// datasheet, table 12), and a recorded SHT21 took it. A transfer of its own for such commands
    /// would take flash in programs that do not use it.
    pub(super) async fn ask(
        &mut self,
        command: [u8; 2],
        into: &mut [u8],
    ) -> Result<(), Error<I2C::Error>> {
        self.insist(Transfer::Write(&command)).await?;
        self.insist(Transfer::Read(into)).await
    }

    /// Tries a transfer. Returns `false` if the sensor refuses and may be busy.
    pub(super) async fn attempt(
        &mut self,
        transfer: Transfer<'_>,
    ) -> Result<bool, Error<I2C::Error>> {
        let Self { i2c, delay, .. } = self;
        let result = match within(delay, STUCK_MS, pin!(transfer.run(i2c))).await {
            Some(result) => result.map_err(Error::Bus),
            None => Err(Error::Timeout),
        };
        match result {
            Err(Error::Bus(error)) if self.refused_us < BUSY_US && may_be_busy(error.kind()) => {
                self.refused_us = self.refused_us.saturating_add(ATTEMPT_US);
                Ok(false)
            }
            // The sensor answered, or the transfer is given up.
            ended => {
                self.refused_us = 0;
                ended.map(|()| true)
            }
        }
    }

    pub(super) async fn pause(&mut self, ms: u8) {
        self.delay.delay_ms(u32::from(ms)).await;
        self.refused_us = self.refused_us.saturating_add(u32::from(ms) * 1_000);
    }
}

impl Transfer<'_> {
    fn again(&mut self) -> Transfer<'_> {
        match self {
            Self::Write(bytes) => Transfer::Write(bytes),
            Self::Read(into) => Transfer::Read(into),
            Self::WriteRead(command, into) => Transfer::WriteRead(*command, into),
        }
    }

    async fn run<B: I2c>(self, bus: &mut B) -> Result<(), B::Error> {
        match self {
            Self::Write(bytes) => bus.write(ADDRESS, bytes).await,
            Self::Read(into) => bus.read(ADDRESS, into).await,
            Self::WriteRead(command, into) => bus.write_read(ADDRESS, &[command], into).await,
        }
    }
}

/// Returns whether an error can be the sensor's refusal while it is busy. Some bus
/// drivers cannot distinguish that, and report `Other`.
fn may_be_busy(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NoAcknowledge(_) | ErrorKind::Other)
}

/// The pause before the next attempt at a sensor that is late.
pub(super) const RETRY_MS: u8 = 2;

/// The longest time for which the sensor can be busy. The HTU21D takes up to 50 ms
/// (datasheet, "Measuring time"), its relatives up to 85 (SHT20, table 7). This is the
/// slowest at its finest resolution, which a sensor returns to when it loses its power.
const BUSY_US: u32 = 85_000;

/// The shortest time of a refusal: a start condition and 9 bits at 400 kHz, the sensor's
/// fastest clock. Counting it makes the retries end for callers that drop every wait,
/// and never too early.
const ATTEMPT_US: u32 = 25;

/// The limit of a transfer, including the wait for a shared bus: no device may hold the
/// clock line for longer (SMBus 2.0, section 3.1.1, T_TIMEOUT). Each of these
/// milliseconds may end late.
const STUCK_MS: u32 = 35;
