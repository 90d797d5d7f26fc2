//! A device as its driver sees it.

use std::fmt;
use std::mem;
use std::path::Path;

use embedded_hal_async::spi::{ErrorType, Operation, SpiDevice};
use tickwire_traits::Duration;

use super::adapter::Adapter;
use super::transaction::Transaction;
use super::{Error, Settings};
use crate::worker::{Perform, Worker};

/// An SPI device as embedded-hal-async's `SpiDevice`.
///
/// ```
/// use embedded_hal::spi::{ErrorKind, ErrorType, Operation, SpiDevice as Blocking};
/// use embedded_hal_async::spi::SpiDevice;
/// use tickwire_exec_std::{run, spi::Device};
///
/// /// A device whose output is wired to its input.
/// struct Loopback;
///
/// impl ErrorType for Loopback {
///     type Error = ErrorKind;
/// }
///
/// impl Blocking for Loopback {
///     fn transaction(&mut self, operations: &mut [Operation<u8>]) -> Result<(), ErrorKind> {
///         for operation in operations {
///             if let Operation::Transfer(into, from) = operation {
///                 into.copy_from_slice(from);
///             }
///         }
///         Ok(())
///     }
/// }
///
/// let mut device = Device::from_blocking(Loopback)?;
/// let mut bytes = [0; 2];
/// run(async |_| device.transfer(&mut bytes, &[4, 2]).await)?;
/// assert_eq!(bytes, [4, 2]);
/// # Ok::<_, tickwire_exec_std::spi::Error>(())
/// ```
///
/// # Transactions
///
/// A transaction is one message of the kernel's. By default the kernel takes 4,096 bytes in
/// each direction; `spidev.bufsiz=65536` on the kernel's command line raises that. Pauses
/// within a transaction are rounded up to microseconds. A transaction without operations
/// completes at once.
///
/// The bytes are copied, because the kernel may still use them when the future has been
/// dropped. A read that fails leaves the caller's buffers as they were.
///
/// # Cancel safety
///
/// A transaction that is dropped is performed to its end if the thread has begun it, which
/// [`cancelled`](Self::cancelled) counts, and otherwise not at all. The device is deselected
/// afterwards, and the next transaction is served.
///
/// # A bus that hangs
///
/// The thread is abandoned and replaced once, as that of an
/// [I²C bus](crate::i2c::Bus#a-bus-that-hangs).
///
/// # Threads and processes
///
/// A `Device` and its futures are `Send`. A process that was forked has no thread for the
/// device: it has to open its own.
pub struct Device {
    worker: Worker<Box<Transaction>>,
    /// Buffers of the last transaction.
    unused: Option<Box<Transaction>>,
}

/// 4,096 bytes at 10 kHz take 3.3 s.
const LIMIT: Duration = Duration::from_secs(5);

impl Device {
    /// Opens the device at `path`, `/dev/spidev0.0` for example, and starts its thread.
    ///
    /// While a transaction with the same device is under way, of another program or of a
    /// thread that hangs, this blocks its caller.
    ///
    /// A chip select that is active high, and what else the device tree says, stays as it is.
    ///
    /// ```
    /// use tickwire_exec_std::spi::{Device, Error, Settings};
    ///
    /// let opened = Device::open("/dev/null", Settings::new(1_000_000));
    /// assert!(matches!(opened, Err(Error::NoDevice(_))));
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no device at `path`, it may not be opened, or its controller does not
    /// support the settings. Nothing stays open, and no thread is left.
    pub fn open(path: impl AsRef<Path>, settings: Settings) -> Result<Self, Error> {
        let path = path.as_ref();
        let mut adapter = Adapter::open(path, settings)?;
        let mut spare = adapter.clone();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let perform = boxed(move |transaction| adapter.perform(transaction));
        Self::start(&name, perform, Some(boxed(move |transaction| spare.perform(transaction))))
    }

    /// Makes a device of a blocking one: behind a bridge on USB, or a driver in user space.
    ///
    /// After a transaction that hangs or panics, there is no second `device` to continue
    /// with, so all others fail.
    ///
    /// # Errors
    ///
    /// If the system has no thread left.
    pub fn from_blocking(
        mut device: impl embedded_hal::spi::SpiDevice + Send + 'static,
    ) -> Result<Self, Error> {
        let perform = move |transaction: &mut Transaction| {
            device.transaction(&mut transaction.operations()).map_err(Error::of_device)
        };
        Self::start("spi", boxed(perform), None)
    }

    fn start(
        name: &str,
        perform: Perform<Box<Transaction>>,
        spare: Option<Perform<Box<Transaction>>>,
    ) -> Result<Self, Error> {
        let worker = Worker::start(name, LIMIT, perform, spare).map_err(Error::System)?;
        Ok(Self { worker, unused: None })
    }

    /// Sets the time after which a transaction [hangs](#a-bus-that-hangs). The task may notice
    /// it a quarter later. With [`Duration::MAX`], it waits forever.
    pub fn with_limit(self, limit: Duration) -> Self {
        self.worker.set_limit(limit);
        self
    }

    /// Returns how many transactions were dropped after they had begun. Each of them has
    /// reached the device.
    pub fn cancelled(&self) -> u32 {
        self.worker.cancelled()
    }
}

fn boxed(
    mut perform: impl FnMut(&mut Transaction) -> Result<(), Error> + Send + 'static,
) -> Perform<Box<Transaction>> {
    Box::new(move |transaction| transaction.result = perform(transaction))
}

impl ErrorType for Device {
    type Error = Error;
}

impl SpiDevice for Device {
    async fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Error> {
        if operations.is_empty() {
            return Ok(());
        }
        let mut transaction = self.unused.take().unwrap_or_default();
        transaction.load(operations);
        let mut transaction = self.worker.perform(transaction).await?;
        let result = mem::replace(&mut transaction.result, Ok(()));
        if result.is_ok() {
            transaction.unload(operations);
        }
        self.unused = Some(transaction);
        result
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Device").field(&self.worker).finish()
    }
}
