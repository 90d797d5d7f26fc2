//! An I²C bus, the devices on it, and everything that can go wrong.

mod faults;

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use embedded_hal::digital::PinState;
use embedded_hal_async::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use tickwire_traits::{Duration, Instant, Timer, TimerQueue};

use crate::{Probe, Trace, waits_for};
pub use faults::{Fault, Faults, I2cFault};

/// A device on an I²C bus, as its datasheet describes it: bytes and times in,
/// bytes out. (UM10204, section 3.1.)
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
/// [speed](Self::with_speed). A transfer that is dropped ends where it was, with
/// a stop condition, as a controller that is reset does.
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
    /// Clock and data.
    probes: Option<[Probe; 2]>,
}

impl<T: TimerQueue> Bus<T> {
    /// Creates a bus with no devices, on which transfers take no time.
    pub fn new(clock: T) -> Self {
        Self { clock, devices: Vec::new(), faults: Faults::default(), bit: None, probes: None }
    }

    /// Sets the bus clock, in Hz. Bits are rounded up to whole microseconds.
    pub fn with_speed(mut self, hertz: u32) -> Self {
        self.bit = Some(Duration::from_micros(1_000_000_u64.div_ceil(u64::from(hertz.max(1)))));
        self
    }

    /// Draws the bus as `SCL` and `SDA` into a trace, for an analyser's I²C
    /// decoder. A bus that has no speed gets 100 kHz by it.
    pub fn traced(mut self, trace: &Trace) -> Self {
        self.bit = self.bit.or(Some(Duration::from_micros(10)));
        self.probes = Some(["SCL", "SDA"].map(|name| trace.probe(name, PinState::High)));
        self
    }

    /// Attaches a device at a 7-bit address. The first one at an address answers.
    pub fn attach(&mut self, address: u8, device: Rc<RefCell<dyn Device>>) {
        self.devices.push((address, device));
    }

    /// Returns a handle by which faults are injected and transfers counted.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    fn device(&self, address: u8) -> Option<Rc<RefCell<dyn Device>>> {
        self.devices.iter().find(|(known, _)| *known == address).map(|(_, device)| device.clone())
    }
}

impl<T> ErrorType for Bus<T> {
    type Error = I2cFault;
}

impl<T: TimerQueue> I2c for Bus<T> {
    /// # Cancel safety
    ///
    /// Dropping it gives the transfer up where it is, as resetting a controller
    /// would. The bus may be used again.
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), I2cFault> {
        let mut transfer = Transfer::begin(self, address);
        let result = transfer.run(address, operations).await;
        transfer.stop();
        transfer.pause(1).await;
        result
    }
}

/// One transfer, from its start condition to its stop condition.
struct Transfer<'a, T: TimerQueue> {
    bus: &'a Bus<T>,
    device: Option<Rc<RefCell<dyn Device>>>,
    /// The end of the last bit.
    at: Instant,
    stopped: bool,
}

impl<'a, T: TimerQueue> Transfer<'a, T> {
    fn begin(bus: &'a Bus<T>, address: u8) -> Self {
        bus.faults.count_transfer();
        Self { bus, device: bus.device(address), at: bus.clock.now(), stopped: false }
    }

    async fn run(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cFault> {
        let mut direction = None;
        for operation in operations {
            let reads = matches!(operation, Operation::Read(_));
            if direction.replace(reads) != Some(reads) {
                self.address(address, reads).await?;
            }
            match operation {
                Operation::Read(into) => self.read(into).await?,
                Operation::Write(bytes) => self.write(bytes).await?,
            }
        }
        Ok(())
    }

    async fn address(&mut self, address: u8, reads: bool) -> Result<(), I2cFault> {
        self.draw_start();
        let byte = address << 1 | u8::from(reads);
        self.fault(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address)).await?;
        let ack = match &self.device {
            Some(device) => device.borrow_mut().start(self.bus.clock.now(), reads),
            None => Ack::Nack,
        };
        self.byte(byte, ack).await;
        match ack {
            Ack::Ack => self.let_go().await,
            Ack::Nack => return Err(self.refused(NoAcknowledgeSource::Address)),
        }
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), I2cFault> {
        for byte in bytes {
            let garbled = self.fault(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data)).await?;
            let byte = byte ^ garbled;
            let now = self.bus.clock.now();
            let device = self.device.as_ref();
            let ack = device.map_or(Ack::Nack, |device| device.borrow_mut().write(now, byte));
            self.byte(byte, ack).await;
            if ack == Ack::Nack {
                return Err(self.refused(NoAcknowledgeSource::Data));
            }
        }
        Ok(())
    }

    async fn read(&mut self, into: &mut [u8]) -> Result<(), I2cFault> {
        let last = into.len().wrapping_sub(1);
        for (index, slot) in into.iter_mut().enumerate() {
            let garbled = self.fault(ErrorKind::Bus).await?;
            let now = self.bus.clock.now();
            let device = self.device.as_ref();
            let byte = device.map_or(0xff, |device| device.borrow_mut().read(now));
            // The controller refuses the last byte it wants.
            let ack = if index == last { Ack::Nack } else { Ack::Ack };
            *slot = byte ^ garbled;
            self.byte(*slot, ack).await;
        }
        Ok(())
    }

    /// Waits until the device lets go of the clock line.
    async fn let_go(&mut self) {
        let held = self.device.as_ref().and_then(|device| device.borrow().holds_clock_until());
        if let Some(until) = held {
            self.at = self.at.max(until);
            self.bus.clock.sleep_until(self.at).await;
        }
    }

    fn stop(&mut self) {
        if std::mem::replace(&mut self.stopped, true) {
            return;
        }
        if let Some(device) = &self.device {
            device.borrow_mut().stop(self.bus.clock.now());
        }
        self.draw_stop();
    }

    /// Counts a byte, and does to it what was asked for. `Ok` with the bits to
    /// turn over.
    async fn fault(&mut self, refusal: ErrorKind) -> Result<u8, I2cFault> {
        match self.bus.faults.next_byte() {
            None => Ok(0),
            Some(Fault::Garble(bits)) => Ok(bits),
            Some(Fault::Nack) => Err(I2cFault(refusal)),
            Some(Fault::ArbitrationLoss) => Err(I2cFault(ErrorKind::ArbitrationLoss)),
            Some(Fault::Stuck) => Err(I2cFault(ErrorKind::Bus)),
            Some(Fault::Hang) => {
                // At every poll: the one that asks comes when nothing moves.
                poll_fn(|_| {
                    waits_for(|| "an I2C transfer that hangs".into());
                    Poll::Pending
                })
                .await
            }
        }
    }

    fn refused(&self, source: NoAcknowledgeSource) -> I2cFault {
        self.bus.faults.count_refusal();
        I2cFault(ErrorKind::NoAcknowledge(source))
    }

    async fn byte(&mut self, byte: u8, ack: Ack) {
        self.draw_byte(byte, ack);
        self.pause(9).await;
    }

    async fn pause(&mut self, bits: u32) {
        if let Some(bit) = self.bus.bit {
            self.at += bit * bits;
            self.bus.clock.sleep_until(self.at).await;
        }
    }

    fn draw_start(&mut self) {
        let Some(bit) = self.bus.bit else { return };
        if let Some([scl, sda]) = &self.bus.probes {
            // Also a repeated start: data rises while the clock is low.
            sda.record(self.at, PinState::High);
            scl.record(self.at + bit / 4, PinState::High);
            sda.record(self.at + bit / 2, PinState::Low);
            scl.record(self.at + bit / 4 * 3, PinState::Low);
        }
        self.at += bit;
    }

    fn draw_byte(&self, byte: u8, ack: Ack) {
        let (Some(bit), Some([scl, sda])) = (self.bus.bit, &self.bus.probes) else { return };
        let bits = (0..8).rev().map(|n| byte >> n & 1 == 1).chain([ack == Ack::Nack]);
        for (index, high) in (0..).zip(bits) {
            let at = self.at + bit * index;
            sda.record(at, high.into());
            scl.record(at + bit / 4, PinState::High);
            scl.record(at + bit / 4 * 3, PinState::Low);
        }
    }

    fn draw_stop(&self) {
        let (Some(bit), Some([scl, sda])) = (self.bus.bit, &self.bus.probes) else { return };
        sda.record(self.at, PinState::Low);
        scl.record(self.at + bit / 4, PinState::High);
        sda.record(self.at + bit / 2, PinState::High);
    }
}

impl<T: TimerQueue> Drop for Transfer<'_, T> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<T> fmt::Debug for Bus<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addresses = self.devices.iter().map(|(address, _)| format!("{address:#04x}"));
        write!(f, "an I2C bus with {:?}", addresses.collect::<Vec<_>>())
    }
}
