//! Handles of a bus.

use std::fmt;
use std::mem;
use std::path::Path;

use embedded_hal_async::i2c::{ErrorType, I2c, Operation};
use tickwire_traits::Duration;

use super::Error;
use super::adapter::Adapter;
use super::transaction::Transaction;
use crate::worker::{Perform, Worker};

/// An I²C bus as embedded-hal-async's `I2c`, for addresses of seven bits.
///
/// A clone is another handle of the same bus, for another driver. Transactions are
/// performed in the order in which they were first polled, so any number of drivers share
/// the bus fairly, without a `SharedBus`.
///
/// ```
/// use embedded_hal::i2c::{ErrorKind, ErrorType, I2c as Blocking, NoAcknowledgeSource, Operation};
/// use embedded_hal_async::i2c::I2c;
/// use tickwire_exec_std::{i2c::Bus, run};
///
/// /// A bus with one device, whose every byte is its address.
/// struct Bridge;
///
/// impl ErrorType for Bridge {
///     type Error = ErrorKind;
/// }
///
/// impl Blocking for Bridge {
///     fn transaction(&mut self, at: u8, operations: &mut [Operation]) -> Result<(), ErrorKind> {
///         if at != 0x2a {
///             return Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
///         }
///         for operation in operations {
///             if let Operation::Read(bytes) = operation {
///                 bytes.fill(at);
///             }
///         }
///         Ok(())
///     }
/// }
///
/// let mut bus = Bus::from_blocking(Bridge)?;
/// let mut other = bus.clone();
/// run(async |_| {
///     let mut bytes = [0; 2];
///     bus.read(0x2a, &mut bytes).await?;
///     assert_eq!(bytes, [42, 42]);
///     assert!(other.write(0x2b, &[1]).await.is_err());
///     Ok::<_, tickwire_exec_std::i2c::Error>(())
/// })?;
/// # Ok::<_, tickwire_exec_std::i2c::Error>(())
/// ```
///
/// # Transactions
///
/// Adjacent operations of one direction are one message, as embedded-hal demands. The
/// kernel takes at most 42 messages of 8,192 bytes; some adapters take less. A transaction
/// without operations completes at once. A read or write of no bytes sends the address, if
/// the adapter can do that.
///
/// The bytes are copied, because the kernel may still use them when the future has been
/// dropped. A read that fails leaves the caller's buffers as they were.
///
/// Addresses of ten bits are not supported: linux-embedded-hal's `I2cdev` does not mark
/// them as such, so the kernel refuses them.
///
/// # Cancel safety
///
/// A transaction dropped while it waits for the bus has sent nothing. One dropped later is
/// performed to its end, and counted in [`cancelled`](Self::cancelled); its result is lost.
/// The bus stays usable in either case, and the next transaction is served.
///
/// # A bus that hangs
///
/// If the kernel does not return from a transaction, a task that waits for the bus
/// abandons the thread, after five seconds or the [limit](Self::with_limit). The
/// transaction fails with [`Error::Hung`]. A second thread opens the bus anew and continues
/// with the others. If that one hangs too, all transactions fail with [`Error::Ended`]
/// until the bus is opened again. A thread that hangs keeps its descriptors, as the kernel
/// does not let go of them. If it returns after all, it ends.
///
/// The deadline of a transaction is not withdrawn at its end, as that of any timeout: it may
/// wake the task once more.
///
/// # Threads and processes
///
/// A `Bus` and its futures are `Send`. A process that was forked has no thread for the
/// bus: it has to open its own.
pub struct Bus {
    worker: Worker<Box<Transaction>>,
    /// Buffers of the last transaction.
    unused: Option<Box<Transaction>>,
}

/// A transfer of 8,192 bytes at 100 kHz takes 0.8 s, and adapters give up after one to three
/// seconds.
const LIMIT: Duration = Duration::from_secs(5);

impl Bus {
    /// Opens the bus at `path`, `/dev/i2c-1` for example, and starts its thread.
    ///
    /// The thread opens the bus once more for each address that is used, and keeps it open
    /// once a device has answered.
    ///
    /// ```
    /// use tickwire_exec_std::i2c::{Bus, Error};
    ///
    /// assert!(matches!(Bus::open("/dev/null"), Err(Error::NoBus(_))));
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no bus at `path`, or it may not be opened. Nothing stays open, and no
    /// thread is left.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let mut adapter = Adapter::open(path)?;
        let mut spare = adapter.clone();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self::start(
            &name,
            move |transaction| adapter.perform(transaction),
            Some(move |transaction: &mut Transaction| spare.perform(transaction)),
        )
    }

    /// Makes a bus of a blocking one: a bridge on USB, or a driver in user space.
    ///
    /// After a transaction that hangs or panics, there is no second `bus` to continue with,
    /// so all others fail.
    ///
    /// # Errors
    ///
    /// If the system has no thread left.
    pub fn from_blocking(
        mut bus: impl embedded_hal::i2c::I2c + Send + 'static,
    ) -> Result<Self, Error> {
        let perform = move |transaction: &mut Transaction| {
            let address = transaction.address();
            bus.transaction(address, &mut transaction.operations()).map_err(Error::of_device)
        };
        Self::start("i2c", perform, None::<fn(&mut Transaction) -> Result<(), Error>>)
    }

    fn start(
        name: &str,
        perform: impl FnMut(&mut Transaction) -> Result<(), Error> + Send + 'static,
        spare: Option<impl FnMut(&mut Transaction) -> Result<(), Error> + Send + 'static>,
    ) -> Result<Self, Error> {
        let spare = spare.map(boxed);
        let worker = Worker::start(name, LIMIT, boxed(perform), spare).map_err(Error::System)?;
        Ok(Self { worker, unused: None })
    }

    /// Sets the time after which a transaction [hangs](#a-bus-that-hangs), for all handles
    /// of the bus. A task may notice it a quarter later. With [`Duration::MAX`], tasks wait
    /// forever. Under another executor than [`run`](crate::run), any other limit needs the
    /// thread that [`StdClock`](crate::StdClock) starts.
    pub fn with_limit(self, limit: Duration) -> Self {
        self.worker.set_limit(limit);
        self
    }

    /// Returns how many transactions were dropped after they had begun, of all handles of
    /// the bus. Each of them has reached its device.
    pub fn cancelled(&self) -> u32 {
        self.worker.cancelled()
    }
}

fn boxed(
    mut perform: impl FnMut(&mut Transaction) -> Result<(), Error> + Send + 'static,
) -> Perform<Box<Transaction>> {
    Box::new(move |transaction| transaction.result = perform(transaction))
}

impl ErrorType for Bus {
    type Error = Error;
}

impl I2c for Bus {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Error> {
        if operations.is_empty() {
            return Ok(());
        }
        let mut transaction = self.unused.take().unwrap_or_default();
        transaction.load(address, operations);
        let mut transaction = self.worker.perform(transaction).await?;
        let result = mem::replace(&mut transaction.result, Ok(()));
        if result.is_ok() {
            transaction.unload(operations);
        }
        self.unused = Some(transaction);
        result
    }
}

/// Returns another handle of the same bus.
impl Clone for Bus {
    fn clone(&self) -> Self {
        Self { worker: self.worker.clone(), unused: None }
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bus").field(&self.worker).finish()
    }
}
