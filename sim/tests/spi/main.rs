//! The SPI bus: bytes, their times, their waveform, misuses, faults.

mod misuses;
mod selection;
mod transfers;
mod waveform;

use std::cell::RefCell;
use std::rc::Rc;

use embedded_hal::digital::PinState::High;
use embedded_hal_async::spi::{MODE_0, MODE_3, Mode};
use tickwire_sim::spi::{Bus, Device};
use tickwire_sim::{Sim, SimClock, Wire};
use tickwire_traits::Instant;

/// A device that records its calls, and answers with the bytes 0x80, 0x81, …
struct Recorder {
    log: Vec<String>,
    next: u8,
    modes: &'static [Mode],
}

impl Default for Recorder {
    fn default() -> Self {
        Self { log: Vec::new(), next: 0x80, modes: &[MODE_0, MODE_3] }
    }
}

impl Device for Recorder {
    fn select(&mut self, now: Instant) {
        self.log.push(format!("{}:<", now.as_micros()));
    }

    fn exchange(&mut self, now: Instant, byte: u8) -> u8 {
        self.log.push(format!("{}:{byte:02x}", now.as_micros()));
        self.next += 1;
        self.next - 1
    }

    fn deselect(&mut self, now: Instant, whole: bool) {
        self.log.push(format!("{}:{}", now.as_micros(), if whole { '>' } else { '!' }));
    }

    fn understands(&self, mode: Mode) -> bool {
        self.modes.contains(&mode)
    }
}

struct Rig {
    sim: Sim,
    bus: Bus<SimClock>,
    cs: Wire<SimClock>,
    device: Rc<RefCell<Recorder>>,
}

impl Rig {
    /// A byte takes 8 µs.
    fn new() -> Self {
        Self::with(|bus| bus.with_speed(1_000_000))
    }

    fn with(build: impl FnOnce(Bus<SimClock>) -> Bus<SimClock>) -> Self {
        let sim = Sim::new();
        let mut bus = build(Bus::new(sim.clock()));
        let cs = Wire::new(sim.clock(), High);
        let device = Rc::new(RefCell::new(Recorder::default()));
        bus.attach(&cs, device.clone());
        Self { sim, bus, cs, device }
    }

    #[track_caller]
    fn check_log(&self, expected: &str) {
        assert_eq!(self.device.borrow().log.join(" "), expected);
    }
}
