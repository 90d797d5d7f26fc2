//! An hour of one button, pressed twice a second, in virtual time.
//!
//! `--hours N` presses for longer; `--once` runs it once and prints only what
//! happened, for a profiler.
#![forbid(unsafe_code)]

use std::cell::Cell;
use std::num::NonZeroU16;
use std::rc::Rc;
use std::time;

use embedded_hal::digital::PinState;
use lexopt::prelude::*;
use tickwire_counting::{Run, judge, slope};
use tickwire_drivers::button::{Button, Event};
use tickwire_sim::{Bounce, Sim, Wire};
use tickwire_traits::{Duration, Instant, JoinHandle, Spawn, Timer};

const PERIOD: Duration = Duration::from_millis(500);
const HELD: Duration = Duration::from_millis(90);
const PRESSES_AN_HOUR: u32 = 7_200;
const RUNS: u32 = 5;

/// What happened, which is the same in every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tally {
    presses: u32,
    gestures: u32,
    edges: u64,
    polls: u64,
}

fn main() -> Result<(), lexopt::Error> {
    let (mut hours, mut once) = (NonZeroU16::MIN, false);
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next()? {
        match arg {
            Long("hours") => hours = args.value()?.parse()?,
            Long("once") => once = true,
            other => return Err(other.unexpected()),
        }
    }
    let hours = u32::from(hours.get());
    let tally = play(hours);
    println!("{hours} h: {tally:?}");
    if once {
        return Ok(());
    }
    let wall = (0..RUNS).map(|_| timed(hours)).min().unwrap_or_default();
    let millis = wall.as_secs_f64() * 1e3;
    let per_edge = wall.as_nanos() / u128::from(tally.edges);
    println!("{millis:.1} ms at best of {RUNS} runs, {per_edge} ns an edge");
    match instructions_an_edge(hours, tally.edges) {
        Ok(count) => println!("{count} instructions an edge"),
        Err(why) => println!("instructions not counted: {why}"),
    }
    judge("an hour of a button", millis / f64::from(hours), 100.0, "ms");
    Ok(())
}

fn timed(hours: u32) -> time::Duration {
    let start = time::Instant::now();
    play(hours);
    start.elapsed()
}

fn instructions_an_edge(hours: u32, edges: u64) -> Result<u64, String> {
    let [short, long] = [hours, hours * 2].map(|hours| hours.to_string());
    slope(
        &Run { args: &["--once", "--hours", &short], units: edges },
        &Run { args: &["--once", "--hours", &long], units: play(hours * 2).edges },
    )
}

/// Lets a finger press, bounce and all, and the driver under test watch.
fn play(hours: u32) -> Tally {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), PinState::High);
    let pin = wire.input();
    let edges = Rc::new(Cell::new(0));
    let finger = finger(wire, clock.clone(), hours * PRESSES_AN_HOUR, edges.clone());
    let task = sim.spawner().spawn(finger).expect("a simulation's spawner never fails");
    task.detach();

    let mut button = Button::new(pin, clock.clone());
    let end = Instant::EPOCH + PERIOD * (hours * PRESSES_AN_HOUR + 1);
    let (mut presses, mut gestures) = (0, 0);
    sim.run(async {
        while let Ok(Ok(gesture)) = clock.timeout_at(end, button.gesture()).await {
            gestures += 1;
            presses += u32::from(gesture.event == Event::Press);
        }
    });
    assert_eq!(presses, hours * PRESSES_AN_HOUR, "the driver missed or invented a press");
    Tally { presses, gestures, edges: edges.get(), polls: sim.polls() }
}

async fn finger<T: Timer>(wire: Wire<T>, clock: T, presses: u32, edges: Rc<Cell<u64>>) {
    let mut bounce = Bounce::new(1);
    let mut ticker = clock.ticker(PERIOD);
    for _ in 0..presses {
        ticker.tick().await;
        for at in [clock.now(), clock.now() + HELD] {
            let toggles = bounce.toggles(at);
            edges.set(edges.get() + toggles.len() as u64);
            wire.toggle_at(&toggles);
        }
    }
}
