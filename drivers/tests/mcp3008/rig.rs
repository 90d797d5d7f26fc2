//! Converters behind one SPI bus, and their drivers.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use embedded_hal::digital::PinState;
use tickwire_drivers::mcp3008::{Error, Input, Mcp3x08};
use tickwire_sim::models::mcp3008::Mcp3008;
use tickwire_sim::spi::{Bus, Faults, SpiFault};
use tickwire_sim::{Output, Pace, PinFault, SimClock, Wire};
use tickwire_sync::{NoopRawMutex, SharedSpi, SharedSpiError, local};
use tickwire_traits::Delay;

pub(crate) type Spi<'a> =
    SharedSpi<'a, NoopRawMutex, Bus<SimClock>, Output<SimClock>, Delay<SimClock>>;
pub(crate) type BusError = SharedSpiError<SpiFault, PinFault, Infallible>;
pub(crate) type Answer = Result<u16, Error<BusError>>;

/// A converter of 10 bits with [`code`] on each channel, and another of 12 bits.
pub(crate) struct Rig {
    pub(crate) sim: tickwire_sim::Sim,
    pub(crate) clock: SimClock,
    pub(crate) bus: local::SharedBus<Bus<SimClock>>,
    pub(crate) selects: [Wire<SimClock>; 2],
    pub(crate) chips: [Rc<RefCell<Mcp3008>>; 2],
    pub(crate) faults: Faults,
}

impl Rig {
    /// Creates a rig with a bus whose bytes take no time.
    pub(crate) fn new() -> Self {
        Self::on(Pace::Punctual, None)
    }

    /// Creates a rig with a bus of 1 MHz, where a byte takes 8 µs.
    pub(crate) fn timed() -> Self {
        Self::at(Pace::Punctual)
    }

    /// Creates a rig with a bus of 1 MHz and an executor that may be late.
    pub(crate) fn at(pace: Pace) -> Self {
        Self::on(pace, Some(1_000_000))
    }

    pub(crate) fn on(pace: Pace, hertz: Option<u32>) -> Self {
        let sim = pace.sim();
        let clock = sim.clock();
        let mut bus = Bus::new(clock.clone()).keeping_unread();
        if let Some(hertz) = hertz {
            bus.set_speed(hertz);
        }
        let faults = bus.faults();
        let selects = [(); 2].map(|()| Wire::new(clock.clone(), PinState::High));
        let chips = [Mcp3008::new(), Mcp3008::mcp3208()].map(|chip| Rc::new(RefCell::new(chip)));
        for (cs, chip) in selects.iter().zip(&chips) {
            // Steps of 4 and of 1 mV: differences of codes are exact.
            chip.borrow_mut().set_reference(4_096_000);
            for channel in 0..8 {
                chip.borrow_mut().set_code(channel, code(channel));
            }
            bus.attach(cs, chip.clone());
        }
        Self { sim, clock, bus: local::SharedBus::new(bus), selects, chips, faults }
    }

    /// Returns a driver of the converter with this number of bits.
    pub(crate) fn adc<const BITS: u32>(&self) -> Mcp3x08<Spi<'_>, BITS> {
        let cs = self.selects[usize::from(BITS == 12)].output();
        Mcp3x08::new(self.bus.spi(cs, Delay(self.clock.clone())).unwrap())
    }

    /// Checks that the drivers have used bus and chips as they may be used.
    #[track_caller]
    pub(crate) fn check_uses(&self, context: &str) {
        for chip in &self.chips {
            let counts = chip.borrow().counts();
            assert_eq!((counts.cut, counts.too_fast, counts.too_slow), (0, 0, 0), "{context}");
        }
        assert_eq!((self.faults.conflicts(), self.faults.unselected()), (0, 0), "{context}");
        assert_eq!((self.faults.torn(), self.faults.misread()), (0, 0), "{context}");
        for cs in &self.selects {
            assert_eq!(cs.level(), PinState::High, "{context}");
        }
    }
}

/// Returns the code of a channel: each has its own bits, in the high and the low byte.
pub(crate) fn code(channel: usize) -> u16 {
    0x155 + 0x5a * channel as u16
}

/// Returns the result of an input of the [`Rig`].
pub(crate) fn expected(input: Input) -> u16 {
    let at = Input::ALL.iter().position(|one| *one == input).unwrap();
    match at {
        0..8 => code(at).saturating_sub(code(at ^ 1)),
        _ => code(at - 8),
    }
}
