//! A button from GPIO17 to ground: clicks and long presses. The light at GPIO27 follows it.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use embedded_hal::digital::OutputPin;
use tickwire_drivers::button::{Button, Timing};
use tickwire_exec_std::gpio::{Bias, Input, InputSettings, Line, Output, OutputSettings};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::race;

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, button()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("button: {error}");
    ExitCode::FAILURE
}

async fn button() -> Result<(), Box<dyn Error>> {
    let pull_up = InputSettings { bias: Some(Bias::PullUp), ..InputSettings::DEFAULT };
    let pin = Input::open(&Line::named("GPIO17")?, pull_up)?;
    let mut light = Output::open(&Line::named("GPIO27")?, OutputSettings::DEFAULT)?;
    let timing = Timing { most_clicks: 3, ..Timing::default() };
    let mut button = Button::new(pin, StdClock::new()).with_timing(timing);
    loop {
        let gesture = button.gesture().await?;
        light.set_state(button.is_pressed().into())?;
        writeln!(stdout(), "{:?}", gesture.event)?;
    }
}
