//! A driver, wired to a display in one of three ways.

use std::fmt::Debug;

use embedded_hal::digital::PinState;
use tickwire_drivers::hd44780::{Bus, EightBit, FourBit, Lcd, Pcf8574};
use tickwire_sim::models::hd44780::Display;
use tickwire_sim::{Output, Pace, Sim, SimClock, Wire, i2c};
use tickwire_traits::Delay;

pub(crate) struct Rig<W: Wiring, const COLS: usize, const ROWS: usize> {
    pub(crate) sim: Sim,
    pub(crate) display: Display<SimClock>,
    pub(crate) lcd: Lcd<W::Bus, Delay<SimClock>, COLS, ROWS>,
    pub(crate) handles: Handles,
}

/// The points at which a test can interfere.
#[derive(Default)]
pub(crate) struct Handles {
    pub(crate) wires: Vec<(&'static str, Wire<SimClock>)>,
    pub(crate) faults: Option<i2c::Faults>,
}

/// A connection between a driver and a display.
pub(crate) trait Wiring {
    type Bus: Bus<Error: Debug>;

    fn connect(clock: &SimClock, display: &Display<SimClock>) -> (Self::Bus, Handles);

    /// Returns the same pins for a new program without state.
    fn reset(bus: Self::Bus) -> Self::Bus;
}

pub(crate) struct Four;
pub(crate) struct Eight;
pub(crate) struct Backpack;

impl<W: Wiring, const COLS: usize, const ROWS: usize> Rig<W, COLS, ROWS> {
    /// Creates a rig whose supply rises now, with the longest internal reset.
    pub(crate) fn new() -> Self {
        Self::at(Pace::Punctual)
    }

    /// Creates a rig with an executor that may be late.
    pub(crate) fn at(pace: Pace) -> Self {
        let sim = pace.sim();
        let display = Display::new(sim.clock(), COLS, ROWS).with_oscillator(190_000);
        display.power_on(tickwire_traits::Duration::from_millis(40));
        let (bus, handles) = W::connect(&sim.clock(), &display);
        let lcd = Lcd::new(bus, Delay(sim.clock()));
        Self { sim, display, lcd, handles }
    }

    pub(crate) fn wire(&self, wanted: &str) -> &Wire<SimClock> {
        let found = self.handles.wires.iter().find(|(name, _)| *name == wanted);
        &found.expect("the wire is there").1
    }

    pub(crate) fn faults(&self) -> &i2c::Faults {
        self.handles.faults.as_ref().expect("there is an I2C bus")
    }

    /// Checks that the display is on and shows these lines, with the others blank, and that
    /// there were no violations.
    #[track_caller]
    pub(crate) fn check_shows(&self, lines: &[&str]) {
        let line = |row: usize| lines.get(row).copied().unwrap_or_default().chars();
        let cut = |row| line(row).chain(std::iter::repeat(' ')).take(COLS).collect();
        let expected: Vec<String> = (0..ROWS).map(cut).collect();
        assert_eq!(self.display.rows(), expected);
        assert!(self.display.is_on());
        assert_eq!(self.display.log(), []);
    }
}

impl Wiring for Four {
    type Bus = FourBit<Out, Out, Out, Out, Out, Out>;

    fn connect(clock: &SimClock, display: &Display<SimClock>) -> (Self::Bus, Handles) {
        let wires = ["RS", "E", "D4", "D5", "D6", "D7"].map(|name| (name, low(name, clock)));
        let [rs, e, data @ ..] = wires.each_ref().map(|(_, wire)| wire);
        display.wire_four(rs, e, data);
        let [d4, d5, d6, d7] = data.map(Wire::output);
        let bus = FourBit::new(rs.output(), e.output(), d4, d5, d6, d7);
        (bus, Handles { wires: wires.into(), faults: None })
    }

    fn reset(bus: Self::Bus) -> Self::Bus {
        let (rs, e, (d4, d5, d6, d7)) = bus.release();
        FourBit::new(rs, e, d4, d5, d6, d7)
    }
}

impl Wiring for Eight {
    type Bus = EightBit<Out, Out, Out, Out, Out, Out, Out, Out, Out, Out>;

    fn connect(clock: &SimClock, display: &Display<SimClock>) -> (Self::Bus, Handles) {
        let names = ["RS", "E", "D0", "D1", "D2", "D3", "D4", "D5", "D6", "D7"];
        let wires = names.map(|name| (name, low(name, clock)));
        let [rs, e, data @ ..] = wires.each_ref().map(|(_, wire)| wire);
        display.wire_eight(rs, e, data);
        let [d0, d1, d2, d3, d4, d5, d6, d7] = data.map(Wire::output);
        let bus = EightBit::new(rs.output(), e.output(), (d0, d1, d2, d3, d4, d5, d6, d7));
        (bus, Handles { wires: wires.into(), faults: None })
    }

    fn reset(bus: Self::Bus) -> Self::Bus {
        let (rs, e, data) = bus.release();
        EightBit::new(rs, e, data)
    }
}

impl Wiring for Backpack {
    type Bus = Pcf8574<i2c::Bus<SimClock>>;

    fn connect(clock: &SimClock, display: &Display<SimClock>) -> (Self::Bus, Handles) {
        let mut bus = i2c::Bus::new(clock.clone()).with_speed(100_000);
        bus.attach(0x27, display.backpack());
        let faults = Some(bus.faults());
        (Pcf8574::new(bus), Handles { wires: Vec::new(), faults })
    }

    fn reset(bus: Self::Bus) -> Self::Bus {
        Pcf8574::new(bus.release())
    }
}

type Out = Output<SimClock>;

fn low(name: &str, clock: &SimClock) -> Wire<SimClock> {
    Wire::named(name, clock.clone(), PinState::Low)
}
