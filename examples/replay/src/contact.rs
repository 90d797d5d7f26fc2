//! Switches and buttons.

use std::io::{self, Write};

use embedded_hal::digital::PinState;
use tickwire_drivers::button::{Button, Event, Timing};
use tickwire_drivers::switch::{Contact, Switch};
use tickwire_replay::gesture_name;
use tickwire_sim::{Input, Sim, SimClock, Wire};
use tickwire_traits::{Duration, Instant, Timer};

use crate::options::ContactOptions;
use crate::{Failure, capture};

/// A capture on a pin of its own, in its own time.
struct Replay {
    sim: Sim,
    pin: Input<SimClock>,
    /// The time of the last line.
    last: Instant,
}

pub(crate) fn switch(options: &ContactOptions, out: &mut impl Write) -> Result<(), Failure> {
    let replay = Replay::of(options)?;
    let settle = options.debounce.close.max(options.debounce.open);
    let end = replay.last + settle + Duration::from_micros(1);
    let clock = replay.sim.clock();
    let mut switch = Switch::new(replay.pin, clock.clone(), options.wiring, options.debounce);
    replay.sim.run(async {
        while let Ok(change) = clock.timeout_at(end, switch.change()).await {
            let change = change.map_err(|error| Failure::Input(error.to_string()))?;
            let event = match change.contact {
                Contact::Closed => "close",
                Contact::Open => "open",
            };
            print(out, change.at, event, "")?;
        }
        Ok(())
    })
}

pub(crate) fn button(
    options: &ContactOptions,
    timing: Timing,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let replay = Replay::of(options)?;
    let settle = options.debounce.close.max(options.debounce.open);
    // What the last edge may still lead to. A button that is held for ever
    // repeats until then.
    let end = replay.last + settle + timing.long.max(timing.double) + Duration::from_micros(1);
    let clock = replay.sim.clock();
    let (wiring, debounce) = (options.wiring, options.debounce);
    let mut button = Button::new(replay.pin, clock.clone(), wiring, debounce, timing);
    replay.sim.run(async {
        while let Ok(gesture) = clock.timeout_at(end, button.gesture()).await {
            let gesture = gesture.map_err(|error| Failure::Input(error.to_string()))?;
            let more = match gesture.event {
                Event::Clicks(n) => format!(",\"n\":{n}"),
                _ => String::new(),
            };
            print(out, gesture.at, gesture_name(gesture.event), &more)?;
        }
        Ok(())
    })
}

impl Replay {
    fn of(options: &ContactOptions) -> Result<Self, Failure> {
        let levels = capture::read(&options.file, options.signal.as_deref(), options.column);
        let levels = levels.map_err(Failure::Input)?;
        let idle = idle_level(options, levels.first().map(|(_, level)| *level));
        let sim = Sim::new();
        let wire = Wire::new(sim.clock(), idle);
        for (at, level) in &levels {
            wire.set_at(*at, *level);
        }
        let last = levels.last().map_or(Instant::EPOCH, |(at, _)| *at);
        Ok(Self { pin: wire.input(), sim, last })
    }
}

/// The level before the first line: that of a contact at rest, or, where it is
/// to be learnt, the first one there is.
fn idle_level(options: &ContactOptions, first: Option<PinState>) -> PinState {
    match (options.wiring.closed, options.wiring.rest) {
        (Some(closed), Contact::Closed) => closed,
        (Some(closed), Contact::Open) => !closed,
        (None, _) => first.unwrap_or(PinState::High),
    }
}

fn print(out: &mut impl Write, at: Instant, event: &str, more: &str) -> io::Result<()> {
    writeln!(out, "{{\"t_us\":{},\"event\":\"{event}\"{more}}}", at.as_micros())
}
