//! The station on a bench.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;

use embedded_hal::digital::PinState;
use embedded_hal_async::i2c::I2c;
use futures_util::future::{Either, select};
use tickwire_drivers::hd44780::{self, FourBit};
use tickwire_sim::i2c::{Bus, Faults};
use tickwire_sim::models::hd44780::Display;
use tickwire_sim::models::htu21d::Htu21d;
use tickwire_sim::{Bounce, Pace, Sim, SimClock, Wire, drop_after, models::gps};
use tickwire_station::{COLUMNS, CommandLine, Commands, Control, Parts, PulseSource, Pulses, ROWS};
use tickwire_traits::{Clock, Duration, EdgeInput, Timer};

use crate::hand::Hand;
use crate::heard::Heard;
use crate::line::Line;

/// Everything that the station is connected to, and the station itself.
pub(crate) struct Rig {
    pub(crate) sim: Sim,
    pub(crate) clock: SimClock,
    pub(crate) display: Display<SimClock>,
    pub(crate) sensor: Rc<RefCell<Htu21d>>,
    pub(crate) bus: Faults,
    pub(crate) gps: gps::Control<SimClock>,
    pub(crate) heard: Rc<Heard>,
    pub(crate) button: Wire<SimClock>,
    /// Whether the station has a line to the receiver, and whether that accepts nothing.
    has_commands: bool,
    pub(crate) line_is_stuck: Rc<Cell<bool>>,
    /// The pulses of the receiver, if the station has them.
    pub(crate) pulses: Option<Wire<SimClock>>,
    pub(crate) rs: Wire<SimClock>,
    e: Wire<SimClock>,
    data: [Wire<SimClock>; 4],
    bounce: Bounce,
    /// The controls besides the button, if the station has them.
    pub(crate) hand: Option<Hand>,
    station: Pin<Box<dyn Future<Output = Infallible>>>,
}

fn on_a_walk(clock: SimClock) -> gps::Receiver<SimClock> {
    gps::Receiver::new(clock, gps::demo_log(60), 9_600).repeat()
}

impl Rig {
    /// A station in a room of 23.81 °C, with somebody on a walk in Greenwich.
    pub(crate) fn new() -> Self {
        Self::with_log(gps::demo_log(60))
    }

    pub(crate) fn with_log(log: impl Into<Vec<u8>>) -> Self {
        Self::with_gps(|clock| gps::Receiver::new(clock, log, 9_600).repeat())
    }

    pub(crate) fn with_gps(gps: impl FnOnce(SimClock) -> gps::Receiver<SimClock>) -> Self {
        Self::on(Sim::new(), gps, None, false)
    }

    /// The same, with the pulses of the receiver.
    pub(crate) fn with_pulses(sim: Sim) -> Self {
        Self::on(sim, on_a_walk, None, true)
    }

    /// The same as `with_controls`, with a line to the receiver.
    pub(crate) fn with_commands(sim: Sim) -> Self {
        let mut rig = Self::with_controls(sim);
        rig.has_commands = true;
        rig.start(on_a_walk(rig.clock.clone()));
        rig
    }

    /// With an executor that may be late.
    pub(crate) fn at(pace: Pace) -> Self {
        Self::on(pace.sim(), on_a_walk, None, false)
    }

    /// The same, with all controls.
    pub(crate) fn with_controls(sim: Sim) -> Self {
        let hand = Hand::new(&sim.clock());
        Self::on(sim, on_a_walk, Some(hand), false)
    }

    fn on(
        sim: Sim,
        gps: impl FnOnce(SimClock) -> gps::Receiver<SimClock>,
        hand: Option<Hand>,
        has_pulses: bool,
    ) -> Self {
        let clock = sim.clock();
        let wire = |level| Wire::new(clock.clone(), level);
        let button = wire(PinState::High);

        let display = Display::new(clock.clone(), COLUMNS, ROWS);
        let (rs, e) = (wire(PinState::Low), wire(PinState::Low));
        let data = [(); 4].map(|()| wire(PinState::Low));
        display.wire_four(&rs, &e, data.each_ref());

        let sensor = Rc::new(RefCell::new(Htu21d::new()));
        sensor.borrow_mut().set_temperature(2_381);
        sensor.borrow_mut().set_humidity(5_072);

        let pulses = has_pulses.then(|| wire(PinState::Low));
        let mut gps = gps(clock.clone());
        if let Some(pulses) = &pulses {
            gps = gps.with_pps(pulses.clone());
        }
        let mut rig = Self {
            bus: Bus::new(clock.clone()).faults(),
            gps: gps.control(),
            heard: Rc::default(),
            bounce: Bounce::new(7),
            hand,
            station: Box::pin(std::future::pending()),
            sim,
            clock,
            display,
            sensor,
            button,
            has_commands: false,
            line_is_stuck: Rc::default(),
            pulses,
            rs,
            e,
            data,
        };
        rig.start(gps);
        rig
    }

    /// Starts the station, on the devices as they are. One that runs is dropped.
    pub(crate) fn start(&mut self, gps: gps::Receiver<SimClock>) {
        let mut i2c = Bus::new(self.clock.clone()).with_speed(100_000);
        i2c.attach(Htu21d::ADDRESS, self.sensor.clone());
        self.bus = i2c.faults();
        self.gps = gps.control();
        let [d4, d5, d6, d7] = self.data.each_ref().map(Wire::output);
        let line = Line { input: gps.input(), is_stuck: self.line_is_stuck.clone() };
        let commands = self.has_commands.then_some(Commands { line });
        let parts = Parts {
            button: self.button.input(),
            i2c,
            lcd: FourBit::new(self.rs.output(), self.e.output(), d4, d5, d6, d7),
            gps,
            pps: self.pulses.as_ref().map(|wire| Pulses { line: wire.input() }),
            commands,
            clock: self.clock.clone(),
            controls: (),
        };
        self.station = match &self.hand {
            Some(hand) => self.runs(parts, hand.controls()),
            None => self.runs(parts, ()),
        };
    }

    fn runs<
        P: EdgeInput + 'static,
        I: I2c + 'static,
        L: hd44780::Bus + 'static,
        C: Control + 'static,
        E: PulseSource + 'static,
        W: CommandLine + 'static,
    >(
        &self,
        parts: Parts<P, I, L, gps::Receiver<SimClock>, SimClock, (), E, W>,
        controls: C,
    ) -> Pin<Box<dyn Future<Output = Infallible>>> {
        let Parts { button, i2c, lcd, gps, pps, commands, clock, .. } = parts;
        let parts = Parts { button, i2c, lcd, gps, pps, commands, clock, controls };
        let observer = self.heard.clone();
        Box::pin(async move { tickwire_station::run(parts, &*observer).await })
    }

    /// Drops the station when it has been pending so many times.
    pub(crate) fn stop_after(&mut self, polls: usize) {
        let station = std::mem::replace(&mut self.station, Box::pin(std::future::pending()));
        assert!(self.sim.run(drop_after(polls, station)).is_none(), "it never ends");
    }

    /// Lets time pass. A stall is a failure, with its report.
    #[track_caller]
    pub(crate) fn pass(&mut self, span: Duration) {
        let over = self.clock.sleep(span);
        let station = self.station.as_mut();
        let passed = self.sim.try_run(async {
            match select(pin!(over), station).await {
                Either::Left(_) => {}
                Either::Right((never, _)) => match never {},
            }
        });
        if let Err(stall) = passed {
            panic!("{stall}");
        }
    }

    #[track_caller]
    pub(crate) fn pass_seconds(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    /// Begins a click of the button.
    pub(crate) fn button_clicks(&mut self) {
        let now = self.clock.now();
        for millis in [0, 90] {
            let at = now + Duration::from_millis(millis);
            self.button.toggle_at(&self.bounce.toggles(at));
        }
    }

    /// Presses the button, bounce and all: down, up, down, up, … in milliseconds
    /// from now. Then lets everything be drawn.
    #[track_caller]
    pub(crate) fn press(&mut self, toggles: &[u64]) {
        let now = self.clock.now();
        for millis in toggles {
            let at = now + Duration::from_millis(*millis);
            self.button.toggle_at(&self.bounce.toggles(at));
        }
        self.pass_seconds(2);
    }

    #[track_caller]
    pub(crate) fn click(&mut self) {
        self.press(&[0, 90]);
    }

    /// Turns to a page, from the first one.
    #[track_caller]
    pub(crate) fn turn_to(&mut self, page: usize) {
        (0..page).for_each(|_| self.click());
    }

    /// What the display shows, without the blanks at the ends of lines.
    pub(crate) fn shown(&self) -> Vec<String> {
        self.display.rows().iter().map(|row| row.trim_end().to_owned()).collect()
    }

    /// Fails if the display shows something else, or was ever driven too fast.
    #[track_caller]
    pub(crate) fn check(&self, expected: [&str; ROWS]) {
        assert_eq!(self.shown(), expected, "at {:?}", self.clock.now());
        assert_eq!(self.display.violations(), 0, "{:?}", self.display.log());
    }
}
