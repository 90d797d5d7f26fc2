//! The controls besides the button, and the hand on them.

use std::cell::RefCell;
use std::rc::Rc;

use embedded_hal::digital::PinState;
use tickwire_drivers::encoder::Division;
use tickwire_sim::analog::Source;
use tickwire_sim::models::knob::Knob as KnobModel;
use tickwire_sim::models::nec::{Key, Remote as RemoteModel};
use tickwire_sim::{Bounce, Input, InputPair, Pwm, SimClock, Wire};
use tickwire_station::{Controls, Dimmer, Keymap, Knob, Remote};
use tickwire_traits::Duration;

/// A knob, a remote control, their wires, a potentiometer and a backlight.
pub(crate) struct Hand {
    pub(crate) knob: Rc<RefCell<KnobModel<SimClock>>>,
    pub(crate) remote: Rc<RefCell<RemoteModel<SimClock>>>,
    pub(crate) a: Wire<SimClock>,
    pub(crate) b: Wire<SimClock>,
    pub(crate) push: Wire<SimClock>,
    pub(crate) receiver: Wire<SimClock>,
    pub(crate) dial: Source<SimClock>,
    pub(crate) light: Pwm<SimClock>,
}

type All = Controls<
    Knob<InputPair<SimClock>, Input<SimClock>>,
    Remote<Input<SimClock>>,
    Dimmer<Source<SimClock>, Pwm<SimClock>>,
>;

impl Hand {
    pub(crate) fn new(clock: &SimClock) -> Self {
        let wires = [(); 4].map(|()| Wire::new(clock.clone(), PinState::High));
        let [a, b, push, receiver] = wires;
        let bounce = Bounce::new(3).with_span(Duration::from_millis(3));
        let knob = KnobModel::new(clock.clone(), [&a, &b, &push]).with_bounce(bounce);
        let remote = RemoteModel::new(clock.clone(), &receiver).with_jitter(5, 8);
        let (knob, remote) = (Rc::new(RefCell::new(knob)), Rc::new(RefCell::new(remote)));
        let dial = Source::new(clock.clone(), 1_023);
        dial.set(700);
        dial.set_noise(7, 4);
        let light = Pwm::new(clock.clone(), 255);
        Self { knob, remote, a, b, push, receiver, dial, light }
    }

    pub(crate) fn controls(&self) -> All {
        let lines = InputPair::new(&self.a, &self.b);
        let knob = Knob { lines, push: self.push.input(), division: Division::X1 };
        let remote = Remote { receiver: self.receiver.input(), keymap: Keymap::default() };
        let dimmer = Dimmer { dial: self.dial.clone(), light: self.light.clone() };
        Controls { knob, remote, dimmer }
    }

    /// Turns by detents.
    pub(crate) fn turn(&self, detents: i32) {
        self.knob.borrow_mut().turn(detents, Duration::from_millis(50));
    }

    pub(crate) fn push(&self, millis: u64) {
        self.knob.borrow_mut().push(Duration::from_millis(millis));
    }

    /// Presses a key of the remote control by its command, and holds it.
    pub(crate) fn press(&self, command: u8, millis: u64) {
        let key = Key::standard(0, command);
        self.remote.borrow_mut().press(key, Duration::from_millis(millis));
    }
}
