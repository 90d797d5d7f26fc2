//! The pulse per second of a GPS receiver: the time of each pulse.

use std::io::Write;

use futures_lite::future;
use serde_json::{Value, json};
use tickwire_drivers::gps::pps::{Event, EventError, Pps, Pulse, State};
use tickwire_drivers::gps::{Error, Gps};
use tickwire_replay::{gps_summary, merged};
use tickwire_sim::{Sim, SimClock};
use tickwire_traits::Clock;

use crate::capture::{Capture, Source, check_is_lasting};
use crate::failure::Failure;
use crate::line::Line;
use crate::options::NmeaOptions;
use crate::pin::Pin;

/// Replays a receiver with its pulses, the signal `pulses` of the same file.
pub(crate) fn replay(
    options: &NmeaOptions,
    pulses: &Source,
    out: &mut impl Write,
) -> Result<(), Failure> {
    check_is_lasting(&options.source.file)?;
    let sim = Sim::new();
    let clock = sim.clock();
    let line = Line::recorded(&options.source, options.baud, clock.clone())?;
    let origin = line.origin();
    // The first level is no edge.
    let pin = Pin::new(Capture::open(pulses)?, clock.clone(), |first| first)?;
    let end = pin.end();
    let mut gps = Gps::new(line, clock.clone());
    let mut pps = Pps::new(pin);
    let now = || origin.saturating_add_unsigned(clock.now().as_micros());
    sim.run(async {
        // The line hangs up after its last byte, and pulses may follow.
        let mut is_heard = true;
        loop {
            let event = async {
                match is_heard {
                    true => Some(pps.event(&mut gps).await),
                    false => Some(pps.pulse().await.map(Event::Pulse).map_err(EventError::Line)),
                }
            };
            let over = async {
                match is_heard {
                    true => future::pending().await,
                    false => end.found().await,
                };
                None
            };
            // The pulses first: it is their pin that finds the end.
            match future::or(event, over).await {
                None => break,
                Some(Ok(Event::Pulse(pulse))) => {
                    writeln!(
                        out,
                        "{}",
                        merged(json!({ "t_us": now() }), told(pulse, &pps, &clock))
                    )?;
                }
                Some(Ok(Event::Update(update))) if options.each => {
                    let sentence = format!("{:?}", update.sentence).to_lowercase();
                    let head = json!({ "t_us": now(), "event": sentence });
                    writeln!(out, "{}", merged(head, gps_summary(gps.fix(), gps.counters())))?;
                }
                Some(Ok(Event::Update(_))) => {}
                Some(Err(EventError::Receiver(Error::EndOfStream))) => is_heard = false,
                Some(
                    Err(EventError::Line(failure))
                    | Err(EventError::Receiver(Error::Read(failure))),
                ) => return Err(failure),
                Some(Err(error)) => return Err(Failure::Capture(error.to_string())),
            }
        }
        let summary = gps_summary(gps.fix(), gps.counters());
        writeln!(out, "{}", merged(summary, json!({ "pps": counted(&pps, &clock) })))?;
        Ok(())
    })
}

/// Describes a pulse, and the time that it has by now.
fn told(pulse: Pulse, pps: &Pps<Pin>, clock: &SimClock) -> Value {
    let name = match pulse {
        Pulse::First => "first",
        Pulse::Second { .. } => "second",
        Pulse::Extra => "extra",
        Pulse::Stray => "stray",
        Pulse::NewPhase => "new_phase",
        Pulse::WithoutFix => "without_fix",
    };
    let now = clock.now();
    let utc = pps.keeper().utc_at(now).map(|utc| utc.to_string());
    json!({ "pulse": name, "utc": utc, "lock": lock(pps.keeper().lock(now).state) })
}

fn counted(pps: &Pps<Pin>, clock: &SimClock) -> Value {
    let keeper = pps.keeper();
    let counters = keeper.counters();
    json!({
        "lock": lock(keeper.lock(clock.now()).state),
        "drift_ppb": keeper.drift().map(|drift| drift.ppb()),
        "pulses": counters.pulses,
        "missed": counters.missed,
        "extra": counters.extra,
        "strays": counters.strays,
        "new_phases": counters.new_phases,
        "without_fix": counters.without_fix,
        "overruled": counters.overruled,
        "renamed": counters.renamed,
    })
}

fn lock(state: State) -> &'static str {
    match state {
        State::Searching => "searching",
        State::Tentative => "tentative",
        State::Locked => "locked",
        State::Holdover => "holdover",
    }
}
