//! A bus shared by several drivers.

mod i2c;
mod spi;

use core::fmt;
use core::future::Future;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use crate::kernel::raw::RawMutex;
use crate::{Mutex, MutexGuard};
pub use i2c::SharedI2c;
pub use spi::{AsIs, Configure, SharedSpi, SharedSpiError};

/// An I²C or SPI bus shared by any number of drivers.
///
/// [`i2c`](Self::i2c) and [`spi`](Self::spi) return a handle for one device, which
/// implements embedded-hal-async's `I2c` or `SpiDevice`. A driver owns its handle as if
/// the handle were a bus. Each transaction locks the bus. Waiting transactions are queued
/// in order, and are polled only when they have the bus.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use embedded_hal_async::i2c::I2c;
/// use futures_util::future::join;
/// use tickwire_sim::{Sim, i2c::Bus, models::htu21d::Htu21d};
/// use tickwire_sync::local;
///
/// let sim = Sim::new();
/// let mut i2c = Bus::new(sim.clock()).with_speed(100_000);
/// i2c.attach(Htu21d::ADDRESS, Rc::new(RefCell::new(Htu21d::new())));
///
/// let bus = local::SharedBus::new(i2c);
/// let (mut one, mut other) = (bus.i2c(), bus.i2c());
/// let (mut first, mut second) = ([0], [0]);
/// let (read, again) = sim.run(join(
///     one.write_read(Htu21d::ADDRESS, &[0xe7], &mut first), // The user register.
///     other.write_read(Htu21d::ADDRESS, &[0xe7], &mut second),
/// ));
/// assert_eq!((read, again), (Ok(()), Ok(())));
/// assert_eq!((first, second), ([0x02], [0x02]));
/// assert_eq!(bus.cancelled(), 0);
/// ```
///
/// # For driver authors
///
/// Do not use it: take an `I2c` or a `SpiDevice`, and let the caller decide whether the
/// bus is shared. Put operations that must not be interrupted into one transaction. A
/// time limit on a transaction includes its wait for the bus.
///
/// # Cancel safety
///
/// Every transaction is cancel-safe for the *other* devices. A transaction dropped while
/// it waits for the bus leaves the queue and has sent nothing. One dropped midway is
/// counted in [`cancelled`](Self::cancelled), and its device has received a part of it;
/// its driver decides how to recover. [`SharedI2c`] and [`SharedSpi`] describe the state
/// of the bus.
///
/// # Panics
///
/// The bus is not poisoned: after a caught panic in a transaction, which counts as dropped,
/// the next transaction gets the bus.
#[doc(alias = "shared_bus")]
#[doc(alias = "I2cDevice")]
#[doc(alias = "SpiDevice")]
#[doc(alias = "AtomicDevice")]
#[doc(alias = "RefCellDevice")]
pub struct SharedBus<R, B> {
    bus: Mutex<R, B>,
    // Only the context that holds the lock writes these, so a load and a store lose no
    // count, and a Cortex-M0+ has nothing better.
    cancelled: AtomicU32,
    deselect_failures: AtomicU32,
    /// A transaction was dropped, and the bus may still be sending its last words.
    unsettled: AtomicBool,
}

impl<R: RawMutex, B> SharedBus<R, B> {
    /// Creates a shared bus from an idle `bus`.
    pub const fn new(bus: B) -> Self {
        Self {
            bus: Mutex::new(bus),
            cancelled: AtomicU32::new(0),
            deselect_failures: AtomicU32::new(0),
            unsettled: AtomicBool::new(false),
        }
    }

    /// Returns an `I2c` for one driver.
    pub const fn i2c(&self) -> SharedI2c<'_, R, B> {
        SharedI2c::new(self)
    }

    /// Returns a `SpiDevice` for the device that `cs` selects, after deselecting it.
    ///
    /// `delay` performs the delays within a driver's transactions.
    ///
    /// Create the handles of all devices before the first transaction: until then, a
    /// device's chip select is at the caller's level.
    ///
    /// # Errors
    ///
    /// The error of the pin, if it did not go high.
    pub fn spi<CS, D>(&self, cs: CS, delay: D) -> Result<SharedSpi<'_, R, B, CS, D>, CS::Error>
    where
        CS: embedded_hal::digital::OutputPin,
    {
        SharedSpi::new(self, cs, delay)
    }

    /// Waits for the bus, and returns a guard that frees the bus when dropped.
    ///
    /// Use it for anything that is not a transaction with one device: clock pulses that
    /// free a stuck I²C line, or the clocks without a chip select that wake an SD card.
    /// Flush an SPI bus first, since it may still send the last words of a dropped
    /// transaction, and again before the guard is dropped. A task that uses a driver of
    /// this bus while it holds the guard waits forever.
    ///
    /// ```
    /// use embedded_hal_async::spi::SpiBus;
    /// use tickwire_sim::{Sim, spi::Bus};
    /// use tickwire_sync::local;
    ///
    /// let sim = Sim::new();
    /// let spi = Bus::new(sim.clock()).with_speed(400_000);
    /// let faults = spi.faults();
    /// let bus = local::SharedBus::new(spi);
    /// sim.run(async {
    ///     let mut spi = bus.lock().await;
    ///     spi.write(&[0xff; 10]).await.unwrap(); // 80 clocks, and no card is selected.
    ///     spi.flush().await.unwrap();
    /// });
    /// assert_eq!(faults.bytes(), 10);
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: dropping the future removes it from the queue. If it was already
    /// granted the bus, the bus passes to the next waiter. A transfer dropped while the
    /// caller holds the guard is not counted.
    pub fn lock(&self) -> impl Future<Output = MutexGuard<'_, R, B>> {
        self.bus.lock()
    }

    /// Returns how many transactions were dropped while they had the bus.
    ///
    /// The count saturates. It can be read while a transaction has the bus.
    ///
    /// ```
    /// use embedded_hal_async::i2c::I2c;
    /// use tickwire_sim::{Sim, drop_after, i2c::Bus};
    /// use tickwire_sync::local;
    ///
    /// let sim = Sim::new();
    /// let bus = local::SharedBus::new(Bus::new(sim.clock()).with_speed(100_000));
    /// assert_eq!(sim.run(drop_after(1, bus.i2c().write(0x27, &[1, 2, 3]))), None);
    /// assert_eq!(bus.cancelled(), 1);
    /// ```
    pub fn cancelled(&self) -> u32 {
        self.cancelled.load(Relaxed)
    }

    /// Returns how often a chip select did not go high at the end of a transaction.
    ///
    /// Such a device may answer together with the next one. The count saturates. Pins of
    /// a microcontroller do not fail.
    ///
    /// ```
    /// use embedded_hal::digital::PinState;
    /// use embedded_hal_async::spi::SpiDevice;
    /// use tickwire_sim::{Sim, Wire, spi::Bus};
    /// use tickwire_sync::local;
    /// use tickwire_traits::Delay;
    ///
    /// let sim = Sim::new();
    /// let bus = local::SharedBus::new(Bus::new(sim.clock()));
    /// let cs = Wire::new(sim.clock(), PinState::High);
    /// let mut device = bus.spi(cs.output(), Delay(sim.clock())).unwrap();
    /// cs.fail_after(1); // The pin goes low, and then not high.
    /// assert!(sim.run(device.write(&[1])).is_err());
    /// assert_eq!(bus.deselect_failures(), 1);
    /// ```
    pub fn deselect_failures(&self) -> u32 {
        self.deselect_failures.load(Relaxed)
    }

    /// Returns the bus. No handle exists any more.
    pub fn into_inner(self) -> B {
        self.bus.into_inner()
    }
}

/// The bus during one transaction. If dropped before the transaction has
/// [ended](Self::end), it counts a cancellation; then it frees the bus.
struct Turn<'a, R: RawMutex, B> {
    guard: MutexGuard<'a, R, B>,
    shared: &'a SharedBus<R, B>,
    over: bool,
}

impl<'a, R: RawMutex, B> Turn<'a, R, B> {
    /// Begins a transaction on the locked bus. (An `async fn` that locks it would hold
    /// the bus twice in its future.)
    const fn new(shared: &'a SharedBus<R, B>, guard: MutexGuard<'a, R, B>) -> Self {
        Self { guard, shared, over: false }
    }

    /// Marks the transaction as ended, whatever its result.
    const fn end(&mut self) {
        self.over = true;
    }

    /// Returns whether the bus may still be sending the last words of a dropped
    /// transaction.
    fn is_unsettled(&self) -> bool {
        self.shared.unsettled.load(Relaxed)
    }

    fn settled(&self) {
        self.shared.unsettled.store(false, Relaxed);
    }

    fn count_deselect_failure(&self) {
        increment(&self.shared.deselect_failures);
    }
}

impl<R: RawMutex, B> Drop for Turn<'_, R, B> {
    fn drop(&mut self) {
        if !self.over {
            increment(&self.shared.cancelled);
            self.shared.unsettled.store(true, Relaxed);
        }
        // The guard is a field, so it frees the bus after this.
    }
}

/// Increments `count`. Only the context that holds the lock may call it.
fn increment(count: &AtomicU32) {
    count.store(count.load(Relaxed).saturating_add(1), Relaxed);
}

impl<R: RawMutex, B> fmt::Debug for SharedBus<R, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedBus")
            .field("locked", &self.bus.is_locked())
            .field("cancelled", &self.cancelled())
            .field("deselect_failures", &self.deselect_failures())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_stay_at_their_greatest_value() {
        let count = AtomicU32::new(u32::MAX - 1);
        increment(&count);
        increment(&count);
        assert_eq!(count.into_inner(), u32::MAX);
    }
}
