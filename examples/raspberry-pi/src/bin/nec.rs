//! An infrared receiver at GPIO17: prints the keys of a remote control.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::nec::{Addressing, Event, Nec};
use tickwire_exec_std::gpio::{Bias, Input, InputSettings, Line};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::race;

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, nec()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("nec: {error}");
    ExitCode::FAILURE
}

async fn nec() -> Result<(), Box<dyn Error>> {
    let pull_up = InputSettings { bias: Some(Bias::PullUp), ..InputSettings::DEFAULT };
    let pin = Input::open(&Line::named("GPIO17")?, pull_up)?;
    let mut nec = Nec::new(pin, StdClock::new()).with_addressing(Addressing::Extended);
    loop {
        match nec.signal().await?.event {
            Event::Frame(frame) => {
                let (address, command) = (frame.address(), frame.command());
                writeln!(stdout(), "address {address:#06x}, command {command:#04x}")?;
            }
            Event::Repeat(repeat) => {
                writeln!(stdout(), "held for {} ms", repeat.held.as_millis())?;
            }
            Event::Error(error) => writeln!(stdout(), "{}", error.name())?,
        }
    }
}
