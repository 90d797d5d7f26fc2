use core::cell::Cell;
use core::convert::Infallible;
use core::fmt;

use critical_section::Mutex;
use embedded_hal_nb::serial;
use tickwire_sync::shared::{IrqClaim, IrqFlag};
use tickwire_traits::{Duration, NbSerial, PollEvery};

/// A device that holds one byte in each direction, as that of the tutorial's demo `iorw`.
///
/// It is a `static`, which an interrupt handler and two tasks share. A real one has registers
/// where this one has cells. [`NbSerial`] makes `embedded_io_async::Read` and `Write` of
/// anything that can say "not now" and of anything that says when to try again.
///
/// ```
/// use embedded_io_async::Read;
/// use tickwire_own_devices::Mailbox;
/// use tickwire_sim::Sim;
///
/// static MAILBOX: Mailbox = Mailbox::new();
///
/// let mut inbox = MAILBOX.inbox().unwrap();
/// MAILBOX.on_received(b'a'); // In place of an interrupt.
/// Sim::new().run(async {
///     let mut byte = [0];
///     inbox.read_exact(&mut byte).await.unwrap();
///     assert_eq!(byte, *b"a");
/// });
/// ```
pub struct Mailbox {
    received: Slot,
    to_send: Slot,
    overruns: Mutex<Cell<u32>>,
    arrived: IrqFlag,
    departed: IrqFlag,
}

/// A byte, or none.
type Slot = Mutex<Cell<Option<u8>>>;

/// The direction that is read.
#[derive(Clone, Copy, Debug)]
pub struct Inbox<'a>(&'a Mailbox);

/// The direction that is written.
#[derive(Clone, Copy, Debug)]
pub struct Outbox<'a>(&'a Mailbox);

impl Mailbox {
    /// Creates an empty device.
    pub const fn new() -> Self {
        Self {
            received: Mutex::new(Cell::new(None)),
            to_send: Mutex::new(Cell::new(None)),
            overruns: Mutex::new(Cell::new(0)),
            arrived: IrqFlag::new(),
            departed: IrqFlag::new(),
        }
    }

    /// Stores a byte that came in: the interrupt handler of one direction.
    ///
    /// A byte that was not read in time is lost and counted.
    pub fn on_received(&self, byte: u8) {
        critical_section::with(|cs| {
            if self.received.borrow(cs).replace(Some(byte)).is_some() {
                let overruns = self.overruns.borrow(cs);
                overruns.set(overruns.get().saturating_add(1));
            }
        });
        // After the byte is there: the task that it wakes finds it.
        self.arrived.set();
    }

    /// Takes the byte to be sent: the interrupt handler of the other direction.
    pub fn on_sent(&self) -> Option<u8> {
        let byte = critical_section::with(|cs| self.to_send.borrow(cs).take());
        self.departed.set();
        byte
    }

    /// Returns the number of bytes that were not read in time. It stops at the largest value.
    pub fn overruns(&self) -> u32 {
        critical_section::with(|cs| self.overruns.borrow(cs).get())
    }

    /// Returns the direction that is read, awaited by its interrupt. None while there is another.
    pub fn inbox(&self) -> Option<NbSerial<Inbox<'_>, IrqClaim<'_>>> {
        Some(NbSerial::new(Inbox(self), self.arrived.claim()?))
    }

    /// Returns the direction that is written, awaited by its interrupt. None while there is
    /// another.
    pub fn outbox(&self) -> Option<NbSerial<Outbox<'_>, IrqClaim<'_>>> {
        Some(NbSerial::new(Outbox(self), self.departed.claim()?))
    }

    /// Returns the direction that is read, looked at once per `period`: for a board that has not
    /// connected the interrupt.
    pub fn polled_inbox<T>(&self, clock: T, period: Duration) -> NbSerial<Inbox<'_>, PollEvery<T>> {
        NbSerial::new(Inbox(self), PollEvery::new(clock, period))
    }
}

impl Default for Mailbox {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("overruns", &self.overruns()).finish_non_exhaustive()
    }
}

impl serial::ErrorType for Inbox<'_> {
    type Error = Infallible;
}

impl serial::Read for Inbox<'_> {
    fn read(&mut self) -> nb::Result<u8, Infallible> {
        let byte = critical_section::with(|cs| self.0.received.borrow(cs).take());
        byte.ok_or(nb::Error::WouldBlock)
    }
}

impl serial::ErrorType for Outbox<'_> {
    type Error = Infallible;
}

impl serial::Write for Outbox<'_> {
    fn write(&mut self, byte: u8) -> nb::Result<(), Infallible> {
        critical_section::with(|cs| {
            let slot = self.0.to_send.borrow(cs);
            if slot.get().is_some() {
                return Err(nb::Error::WouldBlock);
            }
            slot.set(Some(byte));
            Ok(())
        })
    }

    fn flush(&mut self) -> nb::Result<(), Infallible> {
        let is_empty = critical_section::with(|cs| self.0.to_send.borrow(cs).get().is_none());
        if is_empty { Ok(()) } else { Err(nb::Error::WouldBlock) }
    }
}
