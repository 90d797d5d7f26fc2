//! Remote controls.

use std::io::Write;

use embedded_hal::digital::PinState;
use futures_lite::future;
use serde_json::{Value, json};
use tickwire_drivers::nec::{Error, Event, Nec, Repeat, Signal};
use tickwire_replay::merged;
use tickwire_sim::{Sim, Wire};
use tickwire_traits::{Duration, Edges, Instant, Timer};

use crate::capture::{self, Capture};
use crate::failure::Failure;
use crate::flipper;
use crate::options::NecOptions;
use crate::pin::Pin;

/// How long after the last edge there may be news: the longest signal.
const AFTER: Duration = Duration::from_millis(81);

pub(crate) fn replay(options: &NecOptions, out: &mut impl Write) -> Result<(), Failure> {
    if flipper::is_flipper(&options.source.file) {
        return replay_flipper(options, out);
    }
    let capture = Capture::open(&options.source)?;
    let origin = capture.origin();
    let sim = Sim::new();
    let clock = sim.clock();
    // A capture may begin within a signal.
    let pin = Pin::new(capture, clock.clone(), |_| PinState::High)?;
    let end = pin.end();
    let mut nec = Nec::new(pin, clock.clone()).with_addressing(options.addressing);
    sim.run(async {
        loop {
            let over = async {
                let end = end.found().await;
                clock.sleep_until(end + AFTER).await;
                None
            };
            // The work first: it is the pin that finds the end.
            let signal = future::or(async { Some(nec.signal().await) }, over).await;
            let Some(signal) = signal else { return Ok(()) };
            let signal = signal?;
            let at = origin.saturating_add_unsigned(signal.at.as_micros());
            writeln!(out, "{}", merged(json!({ "t_us": at }), described(signal)))?;
        }
    })
}

/// Each signal is alone, and begins at zero.
fn replay_flipper(options: &NecOptions, out: &mut impl Write) -> Result<(), Failure> {
    let is_asked_for = |name: &str| match &options.source.signal {
        capture::Signal::Named(asked) => asked == name,
        _ => true,
    };
    let raws = flipper::raws(&options.source.file)?;
    let mut asked_for = raws.iter().filter(|raw| is_asked_for(&raw.name)).peekable();
    if asked_for.peek().is_none() {
        let names: Vec<_> = raws.iter().map(|raw| raw.name.as_str()).collect();
        let names = names.join(", ");
        return Err(Failure::Usage(format!("no such signal; there are {names}")));
    }
    for raw in asked_for {
        let sim = Sim::new();
        let clock = sim.clock();
        let wire = Wire::new(clock.clone(), PinState::High);
        let mut pin = wire.input();
        // A wire's pins do not fail, unless they are told to.
        pin.arm().expect("the pin of a wire");
        wire.toggle_at(&raw.edges);
        let end = raw.edges.iter().copied().max().unwrap_or(Instant::EPOCH) + AFTER;
        let mut nec = Nec::new(pin, clock.clone()).with_addressing(options.addressing);
        sim.run(async {
            while let Ok(signal) = clock.timeout_at(end, nec.signal()).await {
                let signal = signal.expect("the pin of a wire");
                let head = json!({ "t_us": signal.at.as_micros(), "signal": raw.name });
                writeln!(out, "{}", merged(head, described(signal)))?;
            }
            Ok::<_, Failure>(())
        })?;
    }
    Ok(())
}

fn described(signal: Signal) -> Value {
    match signal.event {
        Event::Frame(frame) => json!({
            "frame": { "address": frame.address(), "command": frame.command() },
        }),
        Event::Repeat(Repeat { frame, held }) => json!({
            "repeat": {
                "address": frame.map(|frame| frame.address()),
                "command": frame.map(|frame| frame.command()),
                "held_us": held.as_micros(),
            },
        }),
        Event::Error(error @ (Error::BadAddress { address } | Error::BadData { address })) => {
            json!({ "error": error.name(), "address": address })
        }
        Event::Error(error) => json!({ "error": error.name() }),
    }
}
