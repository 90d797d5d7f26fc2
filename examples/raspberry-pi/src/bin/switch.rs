//! A contact from GPIO17 to ground. The light at GPIO27 is on while it is closed.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use embedded_hal::digital::OutputPin;
use tickwire_drivers::switch::{Contact, Switch};
use tickwire_exec_std::gpio::{Bias, Input, InputSettings, Line, Output, OutputSettings};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::race;

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, switch()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("switch: {error}");
    ExitCode::FAILURE
}

async fn switch() -> Result<(), Box<dyn Error>> {
    let pull_up = InputSettings { bias: Some(Bias::PullUp), ..InputSettings::DEFAULT };
    let pin = Input::open(&Line::named("GPIO17")?, pull_up)?;
    let mut light = Output::open(&Line::named("GPIO27")?, OutputSettings::DEFAULT)?;
    let mut switch = Switch::new(pin, StdClock::new());
    loop {
        light.set_state((switch.contact() == Contact::Closed).into())?;
        let change = switch.change().await?;
        writeln!(stdout(), "{:?}", change.contact)?;
    }
}
