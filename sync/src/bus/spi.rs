//! A shared SPI bus.

mod configure;
mod error;

use core::fmt;
use core::future::Future;

use embedded_hal::digital::OutputPin;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::spi::{ErrorType, Operation, SpiBus, SpiDevice};

use super::{SharedBus, Turn};
use crate::kernel::raw::RawMutex;
pub use configure::{AsIs, Configure};
pub use error::SharedSpiError;

/// One device on a shared SPI bus. It implements `SpiDevice`.
///
/// Returned by [`SharedBus::spi`]. A transaction waits for the bus,
/// [configures](Self::configured) it, drives the chip select low, runs the operations,
/// flushes, drives the chip select high, and frees the bus. It performs the last three
/// steps even after an error of the bus.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use embedded_hal::digital::PinState;
/// use embedded_hal_async::spi::SpiDevice;
/// use tickwire_sim::spi::{Bus, Device};
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_sync::local;
/// use tickwire_traits::{Delay, Instant};
///
/// /// Answers with the previous byte, like a shift register.
/// struct Register(u8);
/// impl Device for Register {
///     fn exchange(&mut self, _: Instant, byte: u8) -> u8 {
///         std::mem::replace(&mut self.0, byte)
///     }
/// }
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let mut spi = Bus::new(clock.clone()).with_speed(1_000_000);
/// let selects = ["CS0", "CS1"].map(|name| Wire::named(name, clock.clone(), PinState::High));
/// spi.attach(&selects[0], Rc::new(RefCell::new(Register(0xa0))));
/// spi.attach(&selects[1], Rc::new(RefCell::new(Register(0xa1))));
///
/// let bus = local::SharedBus::new(spi);
/// let [mut left, mut right] =
///     selects.map(|cs| bus.spi(cs.output(), Delay(clock.clone())).unwrap());
/// sim.run(async {
///     let mut bytes = [1];
///     left.transfer_in_place(&mut bytes).await.unwrap();
///     assert_eq!(bytes, [0xa0]);
///     right.transfer_in_place(&mut bytes).await.unwrap();
///     assert_eq!(bytes, [0xa1]);
/// });
/// ```
///
/// # Cancel safety
///
/// A transaction dropped while it waits for the bus has sent nothing. One dropped midway
/// drives the chip select high before it frees the bus, and is counted in
/// [`SharedBus::cancelled`]. Words that the bus has taken and not sent reach no device:
/// the next transaction flushes the bus before its chip select goes low. An error of that
/// flush is discarded.
///
/// Words that the bus has received for a dropped transaction may be the first that the next
/// one reads, for example with embassy-rp. A driver discards them by a write.
///
/// # Chip selects that fail
///
/// A chip select that does not go high leaves its device selected. The error is counted
/// in [`SharedBus::deselect_failures`], and returned unless the bus failed before or the
/// transaction was dropped. Other devices' transactions do not check for it.
#[doc(alias = "SpiDeviceWithConfig")]
#[doc(alias = "ExclusiveDevice")]
pub struct SharedSpi<'a, R, B, CS, D, F = AsIs> {
    bus: &'a SharedBus<R, B>,
    cs: CS,
    delay: D,
    configure: F,
}

impl<'a, R, B, CS: OutputPin, D> SharedSpi<'a, R, B, CS, D> {
    pub(super) fn new(bus: &'a SharedBus<R, B>, mut cs: CS, delay: D) -> Result<Self, CS::Error> {
        cs.set_high()?;
        Ok(Self { bus, cs, delay, configure: AsIs })
    }
}

impl<'a, R, B, CS, D, F> SharedSpi<'a, R, B, CS, D, F> {
    /// Sets a function that configures the bus at the beginning of each transaction,
    /// before the chip select goes low.
    ///
    /// Use it for devices that need different modes or frequencies. Then all devices of
    /// the bus need it: a device without it uses the settings of the previous one.
    ///
    /// ```
    /// use std::convert::Infallible;
    /// use embedded_hal::digital::PinState;
    /// use embedded_hal_async::spi::{MODE_3, SpiDevice};
    /// use tickwire_sim::{Sim, SimClock, Wire, spi::Bus};
    /// use tickwire_sync::local;
    /// use tickwire_traits::Delay;
    ///
    /// let sim = Sim::new();
    /// let bus = local::SharedBus::new(Bus::new(sim.clock()));
    /// let cs = Wire::new(sim.clock(), PinState::High).output();
    /// let mut fast = bus.spi(cs, Delay(sim.clock())).unwrap().configured(
    ///     |spi: &mut Bus<SimClock>| {
    ///         spi.set_speed(8_000_000);
    ///         spi.set_mode(MODE_3);
    ///         Ok::<_, Infallible>(())
    ///     },
    /// );
    /// sim.run(fast.write(&[1, 2, 3])).unwrap();
    /// drop(fast);
    /// assert_eq!(bus.into_inner().mode(), MODE_3);
    /// ```
    pub fn configured<G: Configure<B>>(self, configure: G) -> SharedSpi<'a, R, B, CS, D, G> {
        SharedSpi { bus: self.bus, cs: self.cs, delay: self.delay, configure }
    }

    /// Returns the chip select and the delay.
    pub fn release(self) -> (CS, D) {
        (self.cs, self.delay)
    }
}

impl<R, B, CS, D, F> ErrorType for SharedSpi<'_, R, B, CS, D, F>
where
    B: ErrorType,
    CS: OutputPin,
    F: Configure<B>,
{
    type Error = SharedSpiError<B::Error, CS::Error, F::Error>;
}

impl<R, B, CS, D, F, W> SpiDevice<W> for SharedSpi<'_, R, B, CS, D, F>
where
    R: RawMutex,
    B: SpiBus<W>,
    CS: OutputPin,
    D: DelayNs,
    F: Configure<B>,
    W: Copy + 'static,
{
    #[allow(clippy::manual_async_fn)] // An `async fn` holds its arguments twice.
    fn transaction(
        &mut self,
        operations: &mut [Operation<'_, W>],
    ) -> impl Future<Output = Result<(), Self::Error>> {
        async move {
            let mut turn = Turn::new(self.bus, self.bus.lock().await);
            if turn.is_unsettled() {
                // The error belongs to the dropped transaction.
                let _ = turn.guard.flush().await;
                turn.settled();
            }
            if let Err(error) = self.configure.configure(&mut *turn.guard) {
                turn.end();
                return Err(SharedSpiError::Configure(error));
            }
            let mut selected = Selected { turn, cs: &mut self.cs };
            let mut result = selected.cs.set_low().map_err(SharedSpiError::ChipSelect);
            if result.is_ok() {
                for operation in operations {
                    let bus = &mut *selected.turn.guard;
                    let done = match operation {
                        Operation::Read(words) => bus.read(words).await,
                        Operation::Write(words) => bus.write(words).await,
                        Operation::Transfer(read, write) => bus.transfer(read, write).await,
                        Operation::TransferInPlace(words) => bus.transfer_in_place(words).await,
                        // The delay begins after the last word.
                        Operation::DelayNs(_) => bus.flush().await,
                    };
                    result = done.map_err(SharedSpiError::Bus);
                    if result.is_err() {
                        break;
                    }
                    if let Operation::DelayNs(ns) = operation {
                        self.delay.delay_ns(*ns).await;
                    }
                }
                // Even after an error: the bus has to be idle when the chip select rises.
                let flushed = selected.turn.guard.flush().await;
                result = result.and(flushed.map_err(SharedSpiError::Bus));
            }
            let deselected = selected.deselect();
            selected.turn.end();
            result.and(deselected.map_err(SharedSpiError::ChipSelect))
        }
    }
}

/// The bus while a device is selected. Dropping it deselects the device and then frees
/// the bus.
struct Selected<'a, R: RawMutex, B, CS: OutputPin> {
    turn: Turn<'a, R, B>,
    cs: &'a mut CS,
}

impl<R: RawMutex, B, CS: OutputPin> Selected<'_, R, B, CS> {
    fn deselect(&mut self) -> Result<(), CS::Error> {
        let deselected = self.cs.set_high();
        if deselected.is_err() {
            self.turn.count_deselect_failure();
        }
        deselected
    }
}

impl<R: RawMutex, B, CS: OutputPin> Drop for Selected<'_, R, B, CS> {
    fn drop(&mut self) {
        if !self.turn.over {
            // No caller is left to receive the error, which is counted.
            let _ = self.deselect();
        }
        // The turn is a field, so it frees the bus after this.
    }
}

impl<R: RawMutex, B, CS, D, F> fmt::Debug for SharedSpi<'_, R, B, CS, D, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSpi").field("bus", self.bus).finish_non_exhaustive()
    }
}
