//! An SPI bus, its devices, and its faults.

mod controller;
mod faults;
mod line;
mod traffic;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use embedded_hal::digital::PinState;
use embedded_hal_async::spi::{MODE_0, MODE_3, Mode};
use tickwire_traits::{Duration, Instant, TimerQueue};

use crate::{Trace, Wire};
pub use faults::{Fault, Faults, SpiFault};
use line::{Chip, Line};
pub use traffic::{Exchange, Traffic};

/// A device on an SPI bus, as in its datasheet: takes bytes and times, returns bytes.
///
/// # For implementers
///
/// No method waits. The times are those of the wires, and may be in the past if the
/// executor is late: compare `now` with earlier ones.
///
/// The bus is simulated per byte: [`exchange`](Self::exchange) is called when a byte begins,
/// with the whole byte of the controller. A bit of the answer may depend on earlier bits of
/// `byte`, and not on later ones.
///
/// ```
/// use tickwire_sim::spi::Device;
/// use tickwire_traits::Instant;
///
/// /// A memory of 256 bytes, read by its first address.
/// struct Memory {
///     bytes: [u8; 256],
///     next: Option<u8>,
/// }
///
/// impl Device for Memory {
///     fn select(&mut self, _: Instant) {
///         self.next = None;
///     }
///     fn exchange(&mut self, _: Instant, byte: u8) -> u8 {
///         let Some(at) = self.next else {
///             self.next = Some(byte); // The address.
///             return 0xff;
///         };
///         self.next = Some(at.wrapping_add(1));
///         self.bytes[usize::from(at)]
///     }
/// }
/// ```
pub trait Device {
    /// Handles the fall of the chip select.
    fn select(&mut self, now: Instant) {
        let _ = now;
    }

    /// Handles the start of a byte from the controller. Returns the byte that the device sends
    /// at the same time.
    fn exchange(&mut self, now: Instant, byte: u8) -> u8;

    /// Handles the rise of the chip select. `whole` is false if the last byte was not over, so
    /// that the device has received only a part of it.
    fn deselect(&mut self, now: Instant, whole: bool) {
        let _ = (now, whole);
    }

    /// Returns whether the device understands a controller in this mode. By default, a device
    /// samples at rising edges: modes 0 and 3.
    fn understands(&self, mode: Mode) -> bool {
        mode == MODE_0 || mode == MODE_3
    }
}

/// An SPI bus and its controller: an `SpiBus` of bytes, to which devices are attached.
///
/// A chip select is a [`Wire`] of the caller. A byte takes no time unless the bus has a
/// [speed](Self::with_speed). If no device is selected, the controller reads 0xFF.
/// [`Faults`] counts misuses of the bus: two devices selected at once, and a chip select
/// that changes within a byte.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use embedded_hal::digital::{OutputPin, PinState};
/// use embedded_hal_async::spi::SpiBus;
/// use tickwire_sim::{Sim, Wire, spi::{Bus, Device}};
/// use tickwire_traits::{Clock, Instant};
///
/// struct Inverter(u8);
/// impl Device for Inverter {
///     fn exchange(&mut self, _: Instant, byte: u8) -> u8 {
///         std::mem::replace(&mut self.0, !byte)
///     }
/// }
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let cs = Wire::named("CS", clock.clone(), PinState::High);
/// let mut bus = Bus::new(clock.clone()).with_speed(1_000_000);
/// bus.attach(&cs, Rc::new(RefCell::new(Inverter(0))));
///
/// let mut bytes = [0x0f, 0x00];
/// cs.output().set_low().unwrap();
/// sim.run(bus.transfer_in_place(&mut bytes)).unwrap();
/// cs.output().set_high().unwrap();
/// assert_eq!(bytes, [0x00, 0xf0]);
/// assert_eq!(clock.now(), Instant::from_micros(16)); // 2 × 8 bits.
///
/// sim.run(bus.read(&mut bytes)).unwrap();
/// assert_eq!(bytes, [0xff, 0xff]);
/// assert_eq!(bus.faults().unselected(), 2);
/// ```
///
/// A dropped transfer ends after the byte that has begun.
pub struct Bus<T> {
    clock: T,
    line: Rc<Line>,
    /// The number of attached chips.
    chips: usize,
    /// The number of bytes that a write may leave unsent.
    fifo: u32,
    /// Received bytes that no transfer has taken.
    unread: RefCell<VecDeque<u8>>,
    keeps_unread: bool,
}

impl<T: TimerQueue> Bus<T> {
    /// Creates a bus without devices, in mode 0, on which bytes take no time.
    pub fn new(clock: T) -> Self {
        let unread = RefCell::default();
        Self { clock, line: Rc::default(), chips: 0, fifo: 0, unread, keeps_unread: false }
    }

    /// Sets the bus clock, in Hz. The time of a byte is rounded up to whole microseconds.
    pub fn with_speed(mut self, hertz: u32) -> Self {
        self.set_speed(hertz);
        self
    }

    /// Sets the mode.
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.set_mode(mode);
        self
    }

    /// Gives the controller a queue: a write returns while up to `bytes` bytes are unsent.
    ///
    /// The controller sends them even if the transfer is dropped, like a FIFO. By default, a
    /// write returns when its last byte is over.
    pub fn with_fifo(mut self, bytes: u32) -> Self {
        self.fifo = bytes;
        self
    }

    /// Makes the controller keep the byte during which a transfer is dropped, and return it as the
    /// first one of the next transfer, whose last one is then kept. A write discards such bytes.
    ///
    /// embassy-rp's controller does so: a driver that does not expect it reads wrong bytes
    /// forever.
    pub fn keeping_unread(mut self) -> Self {
        self.keeps_unread = true;
        self
    }

    /// Draws the bus as `SCK`, `MOSI` and `MISO` into a trace, bit by bit. If the bus has no
    /// speed, sets it to 100 kHz. To trace chip selects, create them by [`Trace::wire`].
    ///
    /// A trace has whole microseconds: at more than 500 kHz edges coincide, and an
    /// analyzer's SPI decoder cannot read them.
    pub fn traced(mut self, trace: &Trace) -> Self {
        if self.line.byte_time().is_zero() {
            self.set_speed(100_000);
        }
        self.line.draw(trace);
        self
    }

    /// Attaches a device that is selected while `cs` is low.
    ///
    /// The device may be borrowed between polls, but not across an `await`: an exchange with it
    /// then panics.
    pub fn attach(&mut self, cs: &Wire<T>, device: Rc<RefCell<dyn Device>>)
    where
        T: 'static,
    {
        let chip = self.chips;
        self.chips += 1;
        let planned = cs.clone();
        // A planned edge takes effect when the wire is read.
        let catch_up = Rc::new(move || {
            planned.level();
        });
        self.line.attach(Chip::new(device, catch_up));
        if cs.level() == PinState::Low {
            self.line.edge(chip, self.clock.now(), PinState::Low);
        }
        // Weak: the device may hold the wire.
        let line = Rc::downgrade(&self.line);
        cs.on_edge(move |edge| {
            if let Some(line) = line.upgrade() {
                line.edge(chip, edge.at, edge.level);
            }
        });
    }

    /// Returns a handle that injects and counts faults.
    pub fn faults(&self) -> Faults {
        self.line.faults()
    }

    /// Calls `listener` each time that a device is deselected from now on, with all bytes
    /// exchanged with it.
    pub fn on_transaction(&mut self, listener: impl FnMut(&Traffic) + 'static) {
        self.line.listen(Box::new(listener));
    }

    /// Sets the bus clock for bytes that the controller accepts from now on.
    pub fn set_speed(&mut self, hertz: u32) {
        let byte = 8_000_000_u64.div_ceil(u64::from(hertz.max(1)));
        self.line.set_byte_time(Duration::from_micros(byte));
    }

    /// Sets the mode for the bytes that begin from now on.
    ///
    /// A device that does not [understand](Device::understands) the mode samples each byte a bit
    /// too late, as does the controller. [`Faults::misread`] counts such bytes.
    pub fn set_mode(&mut self, mode: Mode) {
        self.line.set_mode(mode, self.clock.now());
    }

    /// Returns the mode.
    pub fn mode(&self) -> Mode {
        self.line.mode()
    }
}

impl<T> fmt::Debug for Bus<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an SPI bus with {} devices", self.chips)
    }
}
