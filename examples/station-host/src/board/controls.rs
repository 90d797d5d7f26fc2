//! The controls of a board, or those of the keys.

use std::path::Path;

use embedded_hal::digital::PinState;
use tickwire_exec_std::StdClock;
use tickwire_exec_std::gpio::{self, InputPair};
use tickwire_sim::analog::Source;
use tickwire_sim::{Pwm, Wire};
use tickwire_station::{Controls, Dimmer, Knob, Remote};

use super::dimmer::{self, Dial, Light};
use super::file;
use super::lines::{Contact, Lines, Pair};
use super::{open_contact, opened, settings};
use crate::world::{DIAL, Hand, LIGHT};

pub(super) type BoardControls =
    Controls<Option<Knob<Pair, Contact>>, Option<Remote<Contact>>, Option<Dimmer<Dial, Light>>>;

/// Opens the controls of a board.
///
/// # Errors
///
/// As for the other parts.
pub(super) fn open(
    path: &Path,
    knob: Option<file::Knob>,
    remote: Option<file::Remote>,
    brightness: Option<file::Brightness>,
) -> Result<BoardControls, String> {
    let knob = opened(path, "knob", knob.map(open_knob))?;
    let remote = opened(path, "remote", remote.map(open_remote))?;
    let dimmer = opened(path, "brightness", brightness.map(dimmer::open))?;
    Ok(Controls { knob, remote, dimmer })
}

/// Lets keys act as the controls that a board lacks.
pub(super) fn add_keys(controls: &mut BoardControls) -> Hand {
    let mut hand = Hand::default();
    if controls.knob.is_none() {
        let Knob { lines, push, division } = hand.with_knob(unrecorded);
        let (lines, push) = (Lines::Keys(lines), Lines::Keys(push));
        controls.knob = Some(Knob { lines, push, division });
    }
    if controls.remote.is_none() {
        let Remote { receiver, keymap } = hand.with_remote(unrecorded);
        controls.remote = Some(Remote { receiver: Lines::Keys(receiver), keymap });
    }
    if controls.dimmer.is_none() {
        let dial = Source::named("dial", StdClock::new(), DIAL);
        let light = Pwm::named("backlight", StdClock::new(), LIGHT);
        let Dimmer { dial, light } = hand.with_dimmer(dial, light);
        controls.dimmer = Some(Dimmer { dial: Dial::Keys(dial), light: Light::Keys(light) });
    }
    hand
}

/// A board has no recording.
fn unrecorded(name: &'static str) -> Wire<StdClock> {
    Wire::named(name, StdClock::new(), PinState::High)
}

fn open_knob(knob: file::Knob) -> Result<Knob<Pair, Contact>, gpio::Error> {
    let lines = InputPair::open(&knob.a.find()?, &knob.b.find()?, settings(knob.pull_up))?;
    let push = open_contact(&knob.push, knob.pull_up)?;
    Ok(Knob { lines: Lines::Real(Box::new(lines)), push, division: knob.detents.0 })
}

fn open_remote(remote: file::Remote) -> Result<Remote<Contact>, gpio::Error> {
    let receiver = open_contact(&remote.line, remote.pull_up)?;
    Ok(Remote { receiver, keymap: remote.keymap() })
}
