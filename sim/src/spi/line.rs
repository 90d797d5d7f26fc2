//! The lines of the bus: the bytes on them at each time, and the devices that see them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::thread;

use embedded_hal::digital::PinState;
use embedded_hal_async::spi::{MODE_0, Mode, Phase, Polarity};
use tickwire_traits::{Duration, Instant};

use super::{Device, Exchange, Faults, Traffic};
use crate::{Probe, Trace};

/// The state that the controller shares with the chip selects.
pub(super) struct Line {
    chips: RefCell<Vec<Chip>>,
    faults: Faults,
    mode: Cell<Mode>,
    /// The duration of a byte.
    byte: Cell<Duration>,
    /// The bytes that the controller has accepted and not begun.
    queue: RefCell<VecDeque<Unsent>>,
    /// The end of the last accepted byte.
    free: Cell<Instant>,
    /// The end of the last byte that has begun.
    busy_until: Cell<Instant>,
    drawing: RefCell<Option<Drawing>>,
    listeners: RefCell<Vec<Listener>>,
    /// The records that listeners have not heard.
    unheard: RefCell<VecDeque<Traffic>>,
}

type Listener = Box<dyn FnMut(&Traffic)>;

/// A device and its chip select.
pub(super) struct Chip {
    device: Rc<RefCell<dyn Device>>,
    /// Updates the wire of the chip select from its plan.
    catch_up: Rc<dyn Fn()>,
    /// The bytes since the device was selected; `None` if it is not.
    traffic: Option<Traffic>,
}

/// A byte that waits in the controller.
struct Unsent {
    begins: Instant,
    takes: Duration,
    byte: u8,
    garbled: u8,
}

/// The signals of the bus in a trace.
struct Drawing {
    sck: Probe,
    mosi: Probe,
    miso: Probe,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            chips: RefCell::default(),
            faults: Faults::default(),
            mode: Cell::new(MODE_0),
            byte: Cell::default(),
            queue: RefCell::default(),
            free: Cell::new(Instant::EPOCH),
            busy_until: Cell::new(Instant::EPOCH),
            drawing: RefCell::default(),
            listeners: RefCell::default(),
            unheard: RefCell::default(),
        }
    }
}

impl Chip {
    pub(super) fn new(device: Rc<RefCell<dyn Device>>, catch_up: Rc<dyn Fn()>) -> Self {
        Self { device, catch_up, traffic: None }
    }
}

impl Line {
    pub(super) fn attach(&self, chip: Chip) {
        self.chips.borrow_mut().push(chip);
    }

    pub(super) fn listen(&self, listener: Listener) {
        self.listeners.borrow_mut().push(listener);
    }

    pub(super) fn draw(&self, trace: &Trace) {
        let [sck, mosi, miso] =
            [("SCK", idle(self.mode.get())), ("MOSI", PinState::Low), ("MISO", PinState::High)]
                .map(|(name, level)| trace.probe(name, level));
        *self.drawing.borrow_mut() = Some(Drawing { sck, mosi, miso });
    }

    pub(super) fn faults(&self) -> Faults {
        self.faults.clone()
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode.get()
    }

    /// Changes the mode, and the idle level of the clock.
    pub(super) fn set_mode(&self, mode: Mode, now: Instant) {
        let before = self.mode.replace(mode);
        if let Some(drawing) = &*self.drawing.borrow()
            && before.polarity != mode.polarity
        {
            drawing.sck.record(now.max(self.free.get()), idle(mode));
        }
    }

    pub(super) fn byte_time(&self) -> Duration {
        self.byte.get()
    }

    pub(super) fn set_byte_time(&self, byte: Duration) {
        self.byte.set(byte);
    }

    /// Returns when the bus is idle.
    pub(super) fn free(&self) -> Instant {
        self.free.get()
    }

    /// Accepts a byte that begins at `at`, or when earlier bytes are over. Returns the received
    /// byte, if the exchange has begun by `now`.
    pub(super) fn send(&self, now: Instant, at: Instant, byte: u8, garbled: u8) -> Option<u8> {
        let begins = at.max(self.free.get());
        let takes = self.byte.get();
        self.free.set(begins + takes);
        let unsent = Unsent { begins, takes, byte, garbled };
        self.queue.borrow_mut().push_back(unsent);
        self.begin_until(now)
    }

    /// Begins the bytes that are due by `now`. Returns the byte received with the last.
    pub(super) fn begin_until(&self, now: Instant) -> Option<u8> {
        self.look_at_selects();
        self.begin_while(|begins| begins <= now)
    }

    fn begin_while(&self, due: impl Fn(Instant) -> bool) -> Option<u8> {
        let mut came_back = None;
        loop {
            // Not borrowed while a byte begins.
            let next = {
                let mut queue = self.queue.borrow_mut();
                if queue.front().is_some_and(|unsent| due(unsent.begins)) {
                    queue.pop_front()
                } else {
                    None
                }
            };
            let Some(unsent) = next else { return came_back };
            came_back = Some(self.begin(unsent));
        }
    }

    fn begin(&self, Unsent { begins, takes, byte, garbled }: Unsent) -> u8 {
        self.busy_until.set(begins + takes);
        let sent = byte ^ garbled;
        // Undriven lines are pulled up; of two drivers, the low one wins.
        let mut miso = 0xff;
        let selected = self.selected();
        for (index, device) in &selected {
            let mut device = device.borrow_mut();
            // The other edge of the clock is half a bit late: the first bit is taken twice.
            let late = u32::from(!device.understands(self.mode.get()));
            if late > 0 {
                self.faults.count(|counts| &mut counts.misread);
            }
            let answer = (device.exchange(begins, sent >> late) >> late) ^ garbled;
            miso &= answer;
            if let Some(traffic) = &mut self.chips.borrow_mut()[*index].traffic {
                traffic.bytes.push(Exchange { mosi: sent, miso: answer });
            }
        }
        if selected.is_empty() {
            self.faults.count(|counts| &mut counts.unselected);
        }
        if let Some(drawing) = &*self.drawing.borrow() {
            drawing.byte(self.mode.get(), begins, takes, Exchange { mosi: sent, miso });
        }
        miso
    }

    /// Returns the selected devices. Nothing is borrowed while they are called.
    fn selected(&self) -> Vec<(usize, Rc<RefCell<dyn Device>>)> {
        let chips = self.chips.borrow();
        let selected = chips.iter().enumerate().filter(|(_, chip)| chip.traffic.is_some());
        selected.map(|(index, chip)| (index, chip.device.clone())).collect()
    }

    fn look_at_selects(&self) {
        // Not borrowed during the catch-up: an edge found by it calls back.
        let selects: Vec<_> =
            self.chips.borrow().iter().map(|chip| chip.catch_up.clone()).collect();
        selects.iter().for_each(|catch_up| catch_up());
    }

    /// Handles an edge of a chip select.
    pub(super) fn edge(&self, chip: usize, at: Instant, level: PinState) {
        if thread::panicking() {
            // A device that has panicked may do so again, which would end the process.
            self.queue.borrow_mut().clear();
        }
        // A byte that begins at this instant comes after the edge.
        self.begin_while(|begins| begins < at);
        let torn = self.busy_until.get() > at;
        if torn {
            self.faults.count(|counts| &mut counts.torn);
        }
        match level {
            PinState::Low => self.select(chip, at),
            PinState::High => self.deselect(chip, at, !torn),
        }
    }

    fn select(&self, chip: usize, at: Instant) {
        let device = {
            let mut chips = self.chips.borrow_mut();
            if chips.iter().any(|chip| chip.traffic.is_some()) {
                self.faults.count(|counts| &mut counts.conflicts);
            }
            let traffic = Traffic { chip, at, bytes: Vec::new(), whole: true };
            chips[chip].traffic = Some(traffic);
            chips[chip].device.clone()
        };
        // A caller that drops a transfer may have borrowed the device: no panic here.
        if let Ok(mut device) = device.try_borrow_mut() {
            device.select(at);
        }
    }

    fn deselect(&self, chip: usize, at: Instant, whole: bool) {
        let (traffic, device) = {
            let chip = &mut self.chips.borrow_mut()[chip];
            (chip.traffic.take(), chip.device.clone())
        };
        let Some(traffic) = traffic else { return };
        if let Ok(mut device) = device.try_borrow_mut() {
            device.deselect(at, whole);
        }
        self.unheard.borrow_mut().push_back(Traffic { whole, ..traffic });
        self.notify();
    }

    fn notify(&self) {
        // If a listener has deselected a device, the loop below is its caller, and goes on.
        let Ok(mut listeners) = self.listeners.try_borrow_mut() else { return };
        let next = || self.unheard.borrow_mut().pop_front();
        while let Some(traffic) = next() {
            listeners.iter_mut().for_each(|listener| listener(&traffic));
        }
    }
}

impl Drawing {
    /// Draws a byte, the highest bit first.
    fn byte(&self, mode: Mode, begins: Instant, takes: Duration, exchange: Exchange) {
        let idle = idle(mode);
        let half = |number: u32| begins + Duration::from_micros((takes * number).as_micros() / 16);
        for bit in 0..8 {
            let level = |byte: u8| PinState::from(byte >> (7 - bit) & 1 == 1);
            let (first, second) = (half(2 * bit), half(2 * bit + 1));
            let data = || {
                self.mosi.record(first, level(exchange.mosi));
                self.miso.record(first, level(exchange.miso));
            };
            match mode.phase {
                Phase::CaptureOnFirstTransition => {
                    data();
                    self.sck.record(second, !idle);
                    self.sck.record(half(2 * bit + 2), idle);
                }
                Phase::CaptureOnSecondTransition => {
                    self.sck.record(first, !idle);
                    data();
                    self.sck.record(second, idle);
                }
            }
        }
    }
}

/// Returns the level of the clock between two bytes.
fn idle(mode: Mode) -> PinState {
    PinState::from(mode.polarity == Polarity::IdleHigh)
}
