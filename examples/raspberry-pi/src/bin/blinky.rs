//! A light at GPIO27 that blinks.
#![forbid(unsafe_code)]

use std::error::Error;
use std::process::ExitCode;

use embedded_hal::digital::StatefulOutputPin;
use tickwire_exec_std::gpio::{Line, Output, OutputSettings};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::{Duration, Timer, race};

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, blinky()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("blinky: {error}");
    ExitCode::FAILURE
}

async fn blinky() -> Result<(), Box<dyn Error>> {
    let mut light = Output::open(&Line::named("GPIO27")?, OutputSettings::DEFAULT)?;
    loop {
        light.toggle()?;
        StdClock::new().sleep(Duration::from_millis(250)).await;
    }
}
