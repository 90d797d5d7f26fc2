//! An I²C bus, the devices on it, and everything that can go wrong.

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
pub use faults::{Fault, Faults, I2cFault};
pub use traffic::{Symbol, Traffic};
use transfer::Transfer;

/// A device on an I²C bus, as its datasheet describes it: bytes and times in,
/// bytes out. (UM10204, section 3.1.)
///
/// A transfer to its address is any number of starts, each with its bytes, and a
/// stop. There may be several starts, by repeated start conditions, and none, when
/// the address was spoilt on the way.
///
/// # For implementers
///
/// No method waits: what takes time is told by the times at which it is called,
/// so compare `now` with what you noted. [`stop`](Self::stop) may come at any
/// point, also where a transfer is given up.
///
/// # For driver authors
///
/// Not for you: a driver sees the [`Bus`], as an `I2c`. It is for the tests of a
/// driver whose device has no model here.
///
/// ```
/// use tickwire_sim::i2c::{Ack, Device};
/// use tickwire_traits::Instant;
///
/// /// An expander of one port, as a PCF8574.
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
    /// The device has been addressed, to `read` from it or to write to it.
    fn start(&mut self, now: Instant, read: bool) -> Ack;

    /// The controller has sent a byte.
    fn write(&mut self, now: Instant, byte: u8) -> Ack;

    /// The controller takes a byte.
    fn read(&mut self, now: Instant) -> u8;

    /// The transfer is over, by a stop condition or because it was given up.
    fn stop(&mut self, now: Instant) {
        let _ = now;
    }

    /// Until when the device holds the clock line low, now that it has
    /// acknowledged its address: none, unless it says otherwise. (UM10204,
    /// section 3.1.9, clock stretching.)
    fn holds_clock_until(&self) -> Option<Instant> {
        None
    }
}

/// What a device does in the ninth clock of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// It pulls the data line low: understood.
    Ack,
    /// It leaves the line high.
    Nack,
}

/// An I²C bus and its controller, with devices to be attached.
///
/// A transfer takes no time unless the bus has a
/// [speed](Self::with_speed). One that is dropped is over for the device at once;
/// on the lines, the byte that has begun is followed by a stop condition. The next
/// transfer begins when the bus is free again.
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
/// assert!(sim.run(bus.write(0x43, &[0])).is_err()); // Nobody is there.
/// ```
pub struct Bus<T> {
    clock: T,
    devices: Vec<(u8, Rc<RefCell<dyn Device>>)>,
    faults: Faults,
    /// How long a bit takes; none for no time.
    bit: Option<Duration>,
    /// When the last stop condition is over.
    free: Cell<Instant>,
    /// Clock and data.
    probes: Option<[Probe; 2]>,
    listeners: Listeners,
}

/// Of 7 bits. (UM10204, section 3.1.10.)
const HIGHEST_ADDRESS: u8 = 0x7f;

type Listeners = RefCell<Vec<Box<dyn FnMut(&Traffic)>>>;

impl<T: TimerQueue> Bus<T> {
    /// Creates a bus with no devices, on which transfers take no time.
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

    /// Draws the bus as `SCL` and `SDA` into a trace, for an analyser's I²C
    /// decoder. A bus that has no speed gets 100 kHz by it.
    ///
    /// A trace has whole microseconds, of which a repeated start needs three: at
    /// 500 kHz and more it is drawn, but cannot be decoded. At 1 MHz nothing can.
    pub fn traced(mut self, trace: &Trace) -> Self {
        self.bit = self.bit.or(Some(Duration::from_micros(10)));
        self.probes = Some(["SCL", "SDA"].map(|name| trace.probe(name, PinState::High)));
        self
    }

    /// Attaches a device at a 7-bit address. The first one at an address answers.
    ///
    /// It may be borrowed between polls, but not over an `await`: a transfer that
    /// comes to it then panics. One that is dropped then does not; the device does
    /// not hear of its end.
    ///
    /// The addresses that UM10204 reserves (section 3.1.12: 0x00 to 0x07 and 0x78 to
    /// 0x7F) are addresses like others: no general call, no 10-bit addresses.
    ///
    /// # Panics
    ///
    /// If the address has more than 7 bits: it may be one with the direction bit, which
    /// many datasheets print.
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

    /// Returns a handle by which faults are injected and transfers counted.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// Calls `listener` after each transfer from now on, with all that went over
    /// the bus.
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
    /// [`I2cFault`] with what went wrong. An address of more than 7 bits is
    /// `ErrorKind::Other`, as with HALs that check it, and nothing goes over the
    /// bus. The bus may be used again.
    ///
    /// # Cancel safety
    ///
    /// Dropping it gives the transfer up after the byte that has begun. The bus
    /// may be used again.
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
