//! Switches and buttons.

use std::io::{self, Write};

use embedded_hal::digital::PinState;
use futures_lite::future;
use tickwire_drivers::button::{Button, Event, Timing};
use tickwire_drivers::switch::{Contact, Switch};
use tickwire_replay::gesture_name;
use tickwire_sim::{Sim, SimClock};
use tickwire_traits::{Duration, Instant, Timer};

use crate::capture::Capture;
use crate::failure::Failure;
use crate::options::ContactOptions;
use crate::pin::{End, Pin};

pub(crate) fn switch(options: &ContactOptions, out: &mut impl Write) -> Result<(), Failure> {
    let settle = options.debounce.close.max(options.debounce.open);
    let (replay, pin) = Replay::of(options, settle)?;
    let mut switch = Switch::new(pin, replay.clock.clone())
        .with_wiring(options.wiring)
        .with_debounce(options.debounce);
    replay.sim.run(async {
        while let Some(change) = replay.before_end(switch.change()).await {
            let change = change?;
            let event = match change.contact {
                Contact::Closed => "close",
                Contact::Open => "open",
            };
            replay.print(out, change.at, event, "")?;
        }
        Ok(())
    })
}

pub(crate) fn button(
    options: &ContactOptions,
    timing: Timing,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settle = options.debounce.close.max(options.debounce.open);
    // What the last edge may still lead to. A button that is held for ever
    // repeats until then.
    let (replay, pin) = Replay::of(options, settle + timing.long.max(timing.double))?;
    let mut button = Button::new(pin, replay.clock.clone())
        .with_wiring(options.wiring)
        .with_debounce(options.debounce)
        .with_timing(timing);
    replay.sim.run(async {
        while let Some(gesture) = replay.before_end(button.gesture()).await {
            let gesture = gesture?;
            let more = match gesture.event {
                Event::Clicks(n) => format!(",\"n\":{n}"),
                _ => String::new(),
            };
            replay.print(out, gesture.at, gesture_name(gesture.event), &more)?;
        }
        Ok(())
    })
}

/// A capture in its own time.
struct Replay {
    sim: Sim,
    clock: SimClock,
    end: End,
    /// How long after the end of the capture there may be news.
    after: Duration,
    /// The time of the file at the start.
    origin: i64,
}

impl Replay {
    fn of(options: &ContactOptions, after: Duration) -> Result<(Self, Pin), Failure> {
        let capture = Capture::open(&options.source)?;
        let origin = capture.origin();
        let sim = Sim::new();
        let clock = sim.clock();
        let pin = Pin::new(capture, clock.clone(), |first| idle_level(options, first))?;
        let after = after + Duration::from_micros(1);
        Ok((Self { sim, clock, end: pin.end(), after, origin }, pin))
    }

    /// Awaits what the pin leads to; none if the capture is over before.
    async fn before_end<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let over = async {
            let end = self.end.found().await;
            self.clock.sleep_until(end + self.after).await;
            None
        };
        // The work first: it is the pin that finds the end.
        future::or(async { Some(work.await) }, over).await
    }

    fn print(&self, out: &mut impl Write, at: Instant, event: &str, more: &str) -> io::Result<()> {
        let at = self.origin.saturating_add_unsigned(at.as_micros());
        writeln!(out, "{{\"t_us\":{at},\"event\":\"{event}\"{more}}}")
    }
}

/// The level before the first one: that of a contact at rest, or, where it is to be
/// learned, the first one there is.
fn idle_level(options: &ContactOptions, first: PinState) -> PinState {
    match (options.wiring.closed, options.wiring.rest) {
        (Some(closed), Contact::Closed) => closed,
        (Some(closed), Contact::Open) => !closed,
        (None, _) => first,
    }
}
