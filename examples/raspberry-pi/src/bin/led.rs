//! A light at GPIO27 that flashes, shows a pattern and is on, for three seconds each.
#![forbid(unsafe_code)]

use std::error::Error;
use std::process::ExitCode;

use tickwire_drivers::led::{Led, Program, Step};
use tickwire_exec_std::gpio::{Line, Output, OutputSettings};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::{Duration, Timer, race};

const SHORT: Duration = Duration::from_millis(80);
const HEARTBEAT: Program = Program::repeat(&[
    Step::on(SHORT),
    Step::off(SHORT),
    Step::on(SHORT),
    Step::off(Duration::from_millis(760)),
])
.unwrap();

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, led()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("led: {error}");
    ExitCode::FAILURE
}

async fn led() -> Result<(), Box<dyn Error>> {
    let clock = StdClock::new();
    let light = Output::open(&Line::named("GPIO27")?, OutputSettings::DEFAULT)?;
    let mut led = Led::new(light, clock);
    let flashes = [2, 5].map(|rate| Program::flash(Duration::from_secs(1) / rate));
    let programs = [flashes[0], flashes[1], HEARTBEAT, Program::ON];
    let mut at = 0;
    // In an application, another task would send the programs.
    let next = async || {
        let program = programs[at % programs.len()];
        if at > 0 {
            clock.sleep(Duration::from_secs(3)).await;
        }
        at += 1;
        program
    };
    match led.run(next).await? {}
}
