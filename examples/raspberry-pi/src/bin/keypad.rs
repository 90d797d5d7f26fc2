//! A keypad of 4x4: rows at GPIO5, 6, 13 and 19, columns at GPIO16, 20, 21 and 26. Prints its keys.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use embedded_hal::digital::PinState;
use tickwire_drivers::button::Buttons;
use tickwire_drivers::keypad::Keypad;
use tickwire_exec_std::gpio::OutputSettings;
use tickwire_exec_std::gpio::{self, Bias, Drive, Input, InputSettings, Line, Output};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::race;

const LABELS: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, keys()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("keypad: {error}");
    ExitCode::FAILURE
}

async fn keys() -> Result<(), Box<dyn Error>> {
    let [r0, r1, r2, r3] = ["GPIO5", "GPIO6", "GPIO13", "GPIO19"].map(row);
    let [c0, c1, c2, c3] = ["GPIO16", "GPIO20", "GPIO21", "GPIO26"].map(column);
    let keypad = Keypad::new([r0?, r1?, r2?, r3?], [c0?, c1?, c2?, c3?], StdClock::new());
    let mut keys = Buttons::<_, 4>::of(keypad);
    loop {
        let gesture = keys.gesture().await?;
        let label = gesture.key.in_table(&LABELS).unwrap_or(&'?');
        writeln!(stdout(), "{label} {:?}", gesture.event)?;
    }
}

/// Opens a row, which is released first.
fn row(name: &str) -> Result<Output, gpio::Error> {
    let (drive, initial) = (Drive::OpenDrain, PinState::High);
    let settings = OutputSettings { drive, initial, ..OutputSettings::DEFAULT };
    Output::open(&Line::named(name)?, settings)
}

fn column(name: &str) -> Result<Input, gpio::Error> {
    let pull_up = InputSettings { bias: Some(Bias::PullUp), ..InputSettings::DEFAULT };
    Input::open(&Line::named(name)?, pull_up)
}
