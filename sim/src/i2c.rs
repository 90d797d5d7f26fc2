//! An I²C bus, its devices, and its faults.

mod decoder;
mod faults;
mod traffic;
mod transfer;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use embedded_hal::digital::PinState;
use embedded_hal_async::i2c::{ErrorKind, ErrorType, I2c, Operation};
use tickwire_traits::{Duration, Instant, Timer, TimerQueue};

use crate::{Probe, Trace};
pub use decoder::{Decoder, Message};
pub use faults::{Fault, Faults, I2cFault};
pub use traffic::{Symbol, Traffic};
use transfer::Transfer;

/// A device on an I²C bus, as in its datasheet: takes bytes and times, returns bytes.
/// (UM10204, section 3.1.)
///
/// A transfer to its address consists of any number of starts, each with its bytes, and a
/// stop. Repeated start conditions add starts. There is no start if the address was
/// corrupted.
///
/// # For implementers
///
/// No method waits. Time is passed to each call, so compare `now` with recorded times.
/// [`stop`](Self::stop) may come at any point, even where a
/// transfer is given up.
///
/// # For driver authors
///
/// Not needed: a driver sees the [`Bus`], as an `I2c`. Tests of a driver implement this
/// trait if the device has no model here.
///
/// ```
/// use tickwire_sim::i2c::{Ack, Device};
/// use tickwire_traits::Instant;
///
/// /// An expander with one port, like a PCF8574.
/// struct Port(u8);
///
/// impl Device for Port {
///     fn start(&mut self, _: Instant, _read: bool) -> Ack {
///         Ack::Ack
///     }
///     fn write(&mut self, _: Instant, byte: u8) -> Ack {
///         self.0 = byte;
///         Ack::Ack
///     }
///     fn read(&mut self, _: Instant) -> u8 {
///         self.0
///     }
/// }
/// ```
pub trait Device {
    /// Handles the device's address, before a `read` or a write.
    fn start(&mut self, now: Instant, read: bool) -> Ack;

    /// Handles a byte from the controller.
    fn write(&mut self, now: Instant, byte: u8) -> Ack;

    /// Returns a byte to the controller.
    fn read(&mut self, now: Instant) -> u8;

    /// Handles the end of a transfer, by a stop condition or because it was given up.
    fn stop(&mut self, now: Instant) {
        let _ = now;
    }

    /// Returns the time until which the device holds the clock line low after acknowledging
    /// its address. The default is `None`. (UM10204, section 3.1.9, clock
    /// stretching.)
    fn holds_clock_until(&self) -> Option<Instant> {
        None
    }
}

/// A device's answer in the ninth clock of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// The device pulls the data line low: acknowledged.
    Ack,
    /// The device leaves the line high: not acknowledged.
    Nack,
}

/// An I²C bus and its controller, to which devices are attached.
///
/// A transfer takes no time unless the bus has a [speed](Self::with_speed). A dropped
/// transfer is over for the device immediately; on the lines, a stop condition follows the
/// byte that has begun. The next transfer begins when the bus is free again.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use embedded_hal_async::i2c::I2c;
/// use tickwire_sim::{Sim, i2c::{self, Ack, Device}};
/// use tickwire_traits::{Clock, Instant};
///
/// struct Answer(u8);
/// impl Device for Answer {
///     fn start(&mut self, _: Instant, _: bool) -> Ack { Ack::Ack }
///     fn write(&mut self, _: Instant, _: u8) -> Ack { Ack::Nack }
///     fn read(&mut self, _: Instant) -> u8 { self.0 }
/// }
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let mut bus = i2c::Bus::new(clock.clone()).with_speed(100_000);
/// bus.attach(0x42, Rc::new(RefCell::new(Answer(7))));
/// let mut byte = [0];
/// sim.run(bus.read(0x42, &mut byte)).unwrap();
/// assert_eq!(byte, [7]);
/// assert_eq!(clock.now(), Instant::from_micros(200)); // Start, 2 × 9 bits, stop.
/// assert!(sim.run(bus.write(0x43, &[0])).is_err()); // No device at this address.
/// ```
pub struct Bus<T> {
    clock: T,
    devices: Vec<(u8, Rc<RefCell<dyn Device>>)>,
    faults: Faults,
    /// The duration of a bit; `None` for no time.
    bit: Option<Duration>,
    /// The end of the last stop condition.
    free: Cell<Instant>,
    /// The clock and data lines.
    probes: Option<[Probe; 2]>,
    listeners: Listeners,
}

/// Of 7 bits. (UM10204, section 3.1.10.)
const HIGHEST_ADDRESS: u8 = 0x7f;

type Listeners = RefCell<Vec<Box<dyn FnMut(&Traffic)>>>;

impl<T: TimerQueue> Bus<T> {
    /// Creates a bus without devices, on which transfers take no time.
    pub fn new(clock: T) -> Self {
        Self {
            clock,
            devices: Vec::new(),
            faults: Faults::default(),
            bit: None,
            free: Cell::new(Instant::EPOCH),
            probes: None,
            listeners: RefCell::default(),
        }
    }

    /// Sets the bus clock, in Hz. Bits are rounded up to whole microseconds.
    pub fn with_speed(mut self, hertz: u32) -> Self {
        self.bit = Some(Duration::from_micros(1_000_000_u64.div_ceil(u64::from(hertz.max(1)))));
        self
    }

    /// Draws the bus as `SCL` and `SDA` into a trace, for an analyzer's I²C decoder. If the
    /// bus has no speed, sets it to 100 kHz.
    ///
    /// A trace has whole microseconds, and a repeated start needs three: at 500 kHz and more,
    /// repeated starts are drawn but cannot be decoded. At 1 MHz nothing can be decoded.
    pub fn traced(mut self, trace: &Trace) -> Self {
        self.bit = self.bit.or(Some(Duration::from_micros(10)));
        self.probes = Some(["SCL", "SDA"].map(|name| trace.probe(name, PinState::High)));
        self
    }

    /// Attaches a device at a 7-bit address. If several have the address, the first answers.
    ///
    /// The device may be borrowed between polls, but not across an `await`: a transfer to it
    /// then panics. A transfer dropped meanwhile does not panic; the device is not notified of
    /// its end.
    ///
    /// The addresses reserved by UM10204 (section 3.1.12: 0x00 to 0x07 and 0x78 to 0x7F) are
    /// ordinary addresses here: no general call, no 10-bit addresses.
    ///
    /// # Panics
    ///
    /// If the address has more than 7 bits: it may include the direction bit, which many
    /// datasheets print.
    #[track_caller]
    pub fn attach(&mut self, address: u8, device: Rc<RefCell<dyn Device>>) {
        assert!(
            address <= HIGHEST_ADDRESS,
            "an I2C address has 7 bits, and {address:#04x} has more; without its direction bit it \
             is {:#04x}",
            address >> 1,
        );
        self.devices.push((address, device));
    }

    /// Returns a handle that injects faults and counts transfers.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// Calls `listener` after each transfer from now on, with all bytes of the
    /// transfer.
    pub fn on_transfer(&mut self, listener: impl FnMut(&Traffic) + 'static) {
        self.listeners.get_mut().push(Box::new(listener));
    }

    fn device(&self, address: u8) -> Option<Rc<RefCell<dyn Device>>> {
        self.devices.iter().find(|(known, _)| *known == address).map(|(_, device)| device.clone())
    }
}

impl<T> ErrorType for Bus<T> {
    type Error = I2cFault;
}

impl<T: TimerQueue> I2c for Bus<T> {
    /// # Errors
    ///
    /// [`I2cFault`] with the fault. An address of more than 7 bits is reported as
    /// `ErrorKind::Other`, as by HALs that check it, and causes no transfer. The bus may be
    /// used again.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives the transfer up after the byte that has begun. The bus may
    /// be used again.
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), I2cFault> {
        if address > HIGHEST_ADDRESS {
            return Err(I2cFault(ErrorKind::Other));
        }
        if self.bit.is_some() {
            self.clock.sleep_until(self.free.get()).await;
        }
        let mut transfer = Transfer::begin(self, address);
        let result = transfer.run(address, operations).await;
        transfer.stop();
        transfer.pause().await;
        result
    }
}

impl<T> fmt::Debug for Bus<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addresses = self.devices.iter().map(|(address, _)| format!("{address:#04x}"));
        write!(f, "an I2C bus with {:?}", addresses.collect::<Vec<_>>())
    }
}
