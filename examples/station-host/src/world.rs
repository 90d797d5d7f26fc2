//! The station's devices, as models in real time; and what the user holds in hand.

mod hand;

use std::cell::RefCell;
use std::future::pending;
use std::io;
use std::rc::Rc;

use embedded_hal::digital::PinState;
use tickwire_drivers::hd44780::FourBit;
use tickwire_exec_std::StdClock;
use tickwire_sim::analog::Source;
use tickwire_sim::i2c::{Bus, Faults};
use tickwire_sim::models::hd44780::Display;
use tickwire_sim::models::htu21d::Htu21d;
use tickwire_sim::{Bounce, Input, Output, Pwm, Trace, VcdStream, Wire, models::gps};
use tickwire_station::{COLUMNS, Commands, Controls, Parts, Pulses, ROWS};
use tickwire_traits::{Clock, Duration, Timer};

use crate::gps_line::{GpsInput, GpsLine};
use crate::options::Options;
use crate::record::Record;

pub(crate) use hand::{DIAL, DimmerPart, Hand, KnobPart, LIGHT, RemoteKey, RemotePart};

/// What the station is given.
pub(crate) type StationParts = Parts<
    Input<StdClock>,
    Bus<StdClock>,
    LcdLines,
    GpsLine,
    StdClock,
    AllControls,
    PulsePart,
    CommandPart,
>;
/// The pulses of the model; a real line has none.
type PulsePart = Option<Pulses<Input<StdClock>>>;
/// The line to the receiver, unless it is a file or a FIFO.
pub(crate) type CommandPart = Option<Commands<GpsInput>>;
type AllControls = Controls<KnobPart, RemotePart, DimmerPart>;
/// The display's RS, E and D4 to D7.
pub(crate) type LcdLines = FourBit<Pin, Pin, Pin, Pin, Pin, Pin>;
type Pin = Output<StdClock>;

/// What the user holds in hand: the devices from outside. A real one is `None`.
pub(crate) struct World {
    /// On a board, it shows what the board's display does.
    pub(crate) display: Display<StdClock>,
    pub(crate) sensor: Option<Rc<RefCell<Htu21d>>>,
    pub(crate) bus: Option<Faults>,
    pub(crate) gps: Option<gps::Control<StdClock>>,
    button: Option<Wire<StdClock>>,
    pub(crate) hand: Hand,
    bounce: RefCell<Bounce>,
    trace: Trace,
}

const CLOCK: StdClock = StdClock::new();

/// How many bytes a UART collects before it wakes anyone, as a 16550's does.
const UART_TRIGGER: usize = 14;

/// How long after its second a receiver begins to tell of it.
const LATENCY: Duration = Duration::from_millis(120);

/// The length of the model's walk.
const DEMO_SECONDS: u32 = 60;

/// How the button is pressed by a key: down, up, down, up, …, in milliseconds
/// from now.
pub(crate) const CLICK: &[u64] = &[0, 90];
pub(crate) const DOUBLE_CLICK: &[u64] = &[0, 90, 200, 290];
pub(crate) const LONG_PRESS: &[u64] = &[0, 1_200];

impl World {
    /// Builds the models and wires them up. `record` is told what they do.
    pub(crate) fn new(options: &Options, record: &Rc<Record>) -> io::Result<(Self, StationParts)> {
        let trace = Trace::new();
        let wire = |name, level| match options.vcd {
            Some(_) => trace.wire(name, CLOCK, level),
            None => Wire::named(name, CLOCK, level),
        };
        let low = |name| wire(name, PinState::Low);

        let button = wire("button", PinState::High);
        let (display, lcd) = display(low);

        let sensor = Rc::new(RefCell::new(Htu21d::new()));
        let mut i2c = Bus::new(CLOCK).with_speed(100_000);
        if options.vcd.is_some() {
            i2c = i2c.traced(&trace);
        }
        i2c.attach(Htu21d::ADDRESS, sensor.clone());
        let bus = i2c.faults();
        let kept = record.clone();
        i2c.on_transfer(move |transfer| kept.transfer(transfer.to_string()));

        let (gps_line, gps, pps, commands) = match &options.gps {
            Some(path) => {
                let line = GpsLine::open(path, options.source(), record.clone())?;
                let commands = line.input().map(|line| Commands { line });
                (line, None, None, commands)
            }
            None => {
                let pulses = low("gps_pps");
                let pps = Pulses { line: pulses.input() };
                let mut receiver =
                    gps::Receiver::new(CLOCK, gps::demo_log(DEMO_SECONDS), options.source().baud)
                        .repeat()
                        .with_latency(LATENCY)
                        .with_trigger(UART_TRIGGER)
                        .with_pps(pulses);
                if options.vcd.is_some() {
                    receiver = receiver.traced(&trace);
                }
                let control = receiver.control();
                let commands = Commands { line: GpsInput::Model(receiver.input()) };
                let line = GpsLine::Model(receiver, record.clone());
                (line, Some(control), Some(pps), Some(commands))
            }
        };

        let mut hand = Hand::default();
        let high = |name| wire(name, hand::REST);
        let (knob, remote) = (hand.with_knob(high), hand.with_remote(high));
        let (dial, light) = match options.vcd {
            Some(_) => (trace.analog("dial", CLOCK, DIAL), trace.pwm("backlight", CLOCK, LIGHT)),
            None => (Source::named("dial", CLOCK, DIAL), Pwm::named("backlight", CLOCK, LIGHT)),
        };
        let dimmer = hand.with_dimmer(dial, light);
        let controls = Controls { knob, remote, dimmer };
        let button_input = button.input();
        let parts = Parts {
            button: button_input,
            i2c,
            lcd,
            gps: gps_line,
            pps,
            commands,
            clock: CLOCK,
            controls,
        };
        let bounce = RefCell::new(Bounce::new(1));
        let (sensor, bus, button) = (Some(sensor), Some(bus), Some(button));
        Ok((Self { display, sensor, bus, gps, button, hand, bounce, trace }, parts))
    }

    /// Builds what the screen of a board has: a display, and a button for the keys if the
    /// board has none. Returns their ends for the station, too.
    pub(crate) fn of_board(has_keys: bool, hand: Hand) -> (Self, Input<StdClock>, LcdLines) {
        let (display, lcd) = display(|name| Wire::named(name, CLOCK, PinState::Low));
        let button = Wire::named("button", CLOCK, PinState::High);
        let (input, button) = (button.input(), has_keys.then_some(button));
        let (trace, bounce) = (Trace::new(), RefCell::new(Bounce::new(1)));
        let world =
            Self { display, sensor: None, bus: None, gps: None, button, hand, bounce, trace };
        (world, input, lcd)
    }

    /// Begins a file of what happens on the wires.
    pub(crate) fn stream_vcd(&self, out: impl io::Write) -> io::Result<VcdStream> {
        self.trace.stream_vcd(out)
    }

    /// Moves the button as a finger does, bounce and all. Returns whether it could.
    pub(crate) fn press(&self, toggles: &[u64]) -> bool {
        let Some(button) = &self.button else { return false };
        let now = CLOCK.now();
        for millis in toggles {
            let at = now + Duration::from_millis(*millis);
            button.toggle_at(&self.bounce.borrow_mut().toggles(at));
        }
        true
    }

    /// Unplugs the sensor, or plugs it in again. Returns whether it is plugged in; none if
    /// there is no model.
    pub(crate) fn toggle_sensor(&self) -> Option<bool> {
        let mut sensor = self.sensor.as_ref()?.borrow_mut();
        if sensor.is_plugged() {
            sensor.unplug();
        } else {
            sensor.plug(CLOCK.now());
        }
        Some(sensor.is_plugged())
    }

    /// Garbles what the GPS model says, or stops it. Returns whether it is garbled;
    /// none if there is no model.
    pub(crate) fn toggle_garbling(&self) -> Option<bool> {
        let gps = self.gps.as_ref()?;
        // A sentence is some 70 bytes: two of three arrive whole.
        gps.garble(if gps.garbled().is_some() { None } else { Some(200) });
        Some(gps.garbled().is_some())
    }

    /// Lets the weather change: slow waves, so that there is something to see.
    pub(crate) async fn weather<T>(&self) -> T {
        let Some(sensor) = &self.sensor else { return pending().await };
        let mut ticker = CLOCK.ticker(Duration::from_millis(500));
        loop {
            let seconds = CLOCK.now().as_micros() as f64 / 1e6;
            let wave = |period: f64| (seconds / period * std::f64::consts::TAU).sin();
            {
                let mut sensor = sensor.borrow_mut();
                sensor.set_temperature((2_150.0 + 180.0 * wave(97.0) + 40.0 * wave(23.0)) as i32);
                sensor.set_humidity((4_800.0 - 700.0 * wave(131.0) + 150.0 * wave(31.0)) as i32);
            }
            ticker.tick().await;
        }
    }
}

/// Builds a display and its lines, each of which `wire` makes.
fn display(wire: impl Fn(&'static str) -> Wire<StdClock>) -> (Display<StdClock>, LcdLines) {
    let display = Display::new(CLOCK, COLUMNS, ROWS);
    let (rs, e) = (wire("lcd_rs"), wire("lcd_e"));
    let data = ["lcd_d4", "lcd_d5", "lcd_d6", "lcd_d7"].map(wire);
    display.wire_four(&rs, &e, data.each_ref());
    let [d4, d5, d6, d7] = data.each_ref().map(Wire::output);
    (display, FourBit::new(rs.output(), e.output(), d4, d5, d6, d7))
}
