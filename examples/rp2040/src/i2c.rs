//! The board's I2C controller, after refusals too.

use embassy_rp::i2c::{Async, Error, I2c};
use embassy_rp::{pac, peripherals::I2C0};
use embassy_time::Timer;
use embedded_hal_async::i2c::{self, ErrorType, Operation};

/// Longer than a stop condition takes: a bit, of 10 µs at 100 kHz.
const STOP_US: u64 = 20;

/// embassy-rp's I2C controller 0, on which a refusal is not the next transfer's.
///
/// A write that is not acknowledged ends, in embassy-rp 0.10, before the stop
/// condition that follows. The flag of that condition is then found by the next
/// transfer, which takes it for its own end: it returns at once, and whether it
/// was acknowledged is the one after's to find out. So here a failed transfer
/// waits for the end of its own, and takes the flag away.
pub struct Settled<'d>(pub I2c<'d, I2C0, Async>);

impl ErrorType for Settled<'_> {
    type Error = Error;
}

impl i2c::I2c for Settled<'_> {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Error> {
        let result = i2c::I2c::transaction(&mut self.0, address, operations).await;
        if result.is_err() {
            Timer::after_micros(STOP_US).await;
            pac::I2C0.ic_clr_stop_det().read();
        }
        result
    }
}
