//! A shared I²C bus.

use core::fmt;
use core::future::Future;

use embedded_hal_async::i2c::{AddressMode, ErrorType, I2c, Operation};

use super::{SharedBus, Turn};
use crate::kernel::raw::RawMutex;

/// One driver's handle of a shared I²C bus. It implements `I2c`, like the bus.
///
/// Returned by [`SharedBus::i2c`]. A handle is not tied to an address. Its errors are
/// those of the bus.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use embedded_hal_async::i2c::I2c;
/// use tickwire_sim::{Sim, i2c::Bus, models::htu21d::Htu21d};
/// use tickwire_sync::local;
///
/// /// Reads the sensor's user register.
/// async fn register(mut i2c: impl I2c) -> u8 {
///     let mut byte = [0];
///     i2c.write_read(Htu21d::ADDRESS, &[0xe7], &mut byte).await.unwrap();
///     byte[0]
/// }
///
/// let sim = Sim::new();
/// let mut i2c = Bus::new(sim.clock());
/// i2c.attach(Htu21d::ADDRESS, Rc::new(RefCell::new(Htu21d::new())));
/// let bus = local::SharedBus::new(i2c);
/// assert_eq!(sim.run(register(bus.i2c())), 0x02);
/// ```
///
/// # Cancel safety
///
/// A transaction dropped while it waits for the bus has sent nothing. One dropped midway
/// is counted in [`SharedBus::cancelled`], and the next device gets the bus immediately.
///
/// The HAL, which alone can reach the lines, decides whether they are free then. A
/// dropped transaction of the HAL must end the byte and send a stop condition, or do so
/// at the beginning of the next one. Nine clock pulses free a device that still holds the
/// data line low (UM10204, section 3.1.16): if the HAL does not send them, send them
/// while holding [`SharedBus::lock`].
#[doc(alias = "I2cDevice")]
#[doc(alias = "shared_bus")]
pub struct SharedI2c<'a, R, B> {
    bus: &'a SharedBus<R, B>,
}

impl<'a, R, B> SharedI2c<'a, R, B> {
    pub(super) const fn new(bus: &'a SharedBus<R, B>) -> Self {
        Self { bus }
    }
}

impl<R: RawMutex, B: ErrorType> ErrorType for SharedI2c<'_, R, B> {
    type Error = B::Error;
}

/// Each method forwards to the same method of the bus: a HAL may implement one of them
/// better than by a list of operations.
#[allow(clippy::manual_async_fn)] // An `async fn` holds its arguments twice.
impl<R: RawMutex, B: I2c<A>, A: AddressMode> I2c<A> for SharedI2c<'_, R, B> {
    fn read(&mut self, address: A, read: &mut [u8]) -> impl Future<Output = Result<(), B::Error>> {
        let shared = self.bus;
        async move {
            let mut turn = Turn::new(shared, shared.lock().await);
            let result = turn.guard.read(address, read).await;
            turn.end();
            result
        }
    }

    fn write(&mut self, address: A, write: &[u8]) -> impl Future<Output = Result<(), B::Error>> {
        let shared = self.bus;
        async move {
            let mut turn = Turn::new(shared, shared.lock().await);
            let result = turn.guard.write(address, write).await;
            turn.end();
            result
        }
    }

    fn write_read(
        &mut self,
        address: A,
        write: &[u8],
        read: &mut [u8],
    ) -> impl Future<Output = Result<(), B::Error>> {
        let shared = self.bus;
        async move {
            let mut turn = Turn::new(shared, shared.lock().await);
            let result = turn.guard.write_read(address, write, read).await;
            turn.end();
            result
        }
    }

    fn transaction(
        &mut self,
        address: A,
        operations: &mut [Operation<'_>],
    ) -> impl Future<Output = Result<(), B::Error>> {
        let shared = self.bus;
        async move {
            let mut turn = Turn::new(shared, shared.lock().await);
            let result = turn.guard.transaction(address, operations).await;
            turn.end();
            result
        }
    }
}

/// Returns another handle of the same bus.
impl<R, B> Clone for SharedI2c<'_, R, B> {
    fn clone(&self) -> Self {
        Self { bus: self.bus }
    }
}

impl<R: RawMutex, B> fmt::Debug for SharedI2c<'_, R, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedI2c").field(self.bus).finish()
    }
}
