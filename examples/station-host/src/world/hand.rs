//! The controls besides the button, as models that keys move.

use std::cell::RefCell;

use embedded_hal::digital::PinState;
use tickwire_drivers::encoder::Division;
use tickwire_exec_std::StdClock;
use tickwire_sim::analog::Source;
use tickwire_sim::models::knob::Knob as KnobModel;
use tickwire_sim::models::nec::{Key, Remote as RemoteModel};
use tickwire_sim::{Bounce, Input, InputPair, Pwm, Wire};
use tickwire_station::{Dimmer, Keymap, Knob, Remote};
use tickwire_traits::Duration;

use super::CLOCK;

/// The models of a board's controls. A real one is `None`.
#[derive(Default)]
pub(crate) struct Hand {
    knob: Option<RefCell<KnobModel<StdClock>>>,
    remote: Option<(RefCell<RemoteModel<StdClock>>, Keymap)>,
    dial: Option<Source<StdClock>>,
}

/// The parts of the models, for the station.
pub(crate) type KnobPart = Knob<InputPair<StdClock>, Input<StdClock>>;
pub(crate) type RemotePart = Remote<Input<StdClock>>;
pub(crate) type DimmerPart = Dimmer<Source<StdClock>, Pwm<StdClock>>;

/// A key of the remote control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RemoteKey {
    Digit(u8),
    Minus,
    Plus,
    Enter,
}

/// The full scale of the converter at the potentiometer, and its noise.
pub(crate) const DIAL: u32 = 1_023;
const NOISE: u32 = 2;

/// The duty cycle of a backlight that is fully on.
pub(crate) const LIGHT: u16 = 1_000;

/// How long a hand takes for a detent, and holds the keys.
const DETENT: Duration = Duration::from_millis(20);
const SHORT: Duration = Duration::from_millis(90);
const LONG: Duration = Duration::from_millis(1_200);

impl Hand {
    /// Adds a knob, the wires of which `wire` makes. Returns it for the station.
    pub(crate) fn with_knob(&mut self, wire: impl Fn(&'static str) -> Wire<StdClock>) -> KnobPart {
        let [a, b, push] = ["knob_a", "knob_b", "knob_push"].map(wire);
        let bounce = Bounce::new(2).with_span(Duration::from_millis(3));
        let model = KnobModel::new(CLOCK, [&a, &b, &push]).with_bounce(bounce);
        self.knob = Some(RefCell::new(model));
        Knob { lines: InputPair::new(&a, &b), push: push.input(), division: Division::X1 }
    }

    /// Adds a remote control, the wire of which `wire` makes. Returns it for the station.
    pub(crate) fn with_remote(
        &mut self,
        wire: impl Fn(&'static str) -> Wire<StdClock>,
    ) -> RemotePart {
        let output = wire("remote");
        let keymap = Keymap::default();
        let model = RemoteModel::new(CLOCK, &output).with_jitter(3, 5);
        self.remote = Some((RefCell::new(model), keymap));
        Remote { receiver: output.input(), keymap }
    }

    /// Adds a potentiometer, and a backlight that nothing but the screen shows. Returns them for
    /// the station.
    pub(crate) fn with_dimmer(
        &mut self,
        dial: Source<StdClock>,
        light: Pwm<StdClock>,
    ) -> DimmerPart {
        dial.set(dial_at(70));
        dial.set_noise(5, NOISE);
        self.dial = Some(dial.clone());
        Dimmer { dial, light }
    }

    /// Turns the knob. Returns whether it could.
    pub(crate) fn turn(&self, detents: i32) -> bool {
        let Some(knob) = &self.knob else { return false };
        knob.borrow_mut().turn(detents, DETENT);
        true
    }

    /// Pushes the knob. Returns whether it could.
    pub(crate) fn push(&self, is_long: bool) -> bool {
        let Some(knob) = &self.knob else { return false };
        knob.borrow_mut().push(if is_long { LONG } else { SHORT });
        true
    }

    /// Turns the potentiometer by a twentieth of its way. Returns whether it could.
    pub(crate) fn dim(&self, is_up: bool) -> bool {
        let Some(dial) = &self.dial else { return false };
        let value = dial.value();
        dial.set(match is_up {
            true => (value + dial_at(5)).min(DIAL),
            false => value.saturating_sub(dial_at(5)),
        });
        true
    }

    /// Presses a key of the remote control. Returns whether it could.
    pub(crate) fn press(&self, key: RemoteKey) -> bool {
        let Some((remote, keymap)) = &self.remote else { return false };
        let command = match key {
            RemoteKey::Digit(digit) => keymap.digits[usize::from(digit)],
            RemoteKey::Minus => keymap.minus,
            RemoteKey::Plus => keymap.plus,
            RemoteKey::Enter => keymap.enter,
        };
        // The default keymap's address is a standard one.
        let key = Key::standard(keymap.address as u8, command);
        remote.borrow_mut().press(key, SHORT);
        true
    }
}

/// Returns the value of the potentiometer, in percent of its way.
fn dial_at(percent: u32) -> u32 {
    DIAL * percent / 100
}

/// The level of a wire with a pull-up, to which nothing is closed.
pub(crate) const REST: PinState = PinState::High;
