//! A knob at GPIO17 and GPIO27, from 0 to 100, with its switch at GPIO22: a press is zero.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::button::{Button, Event};
use tickwire_drivers::encoder::{Division, Encoder, Range};
use tickwire_exec_std::gpio::{Bias, Input, InputPair, InputSettings, Line};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::{Either, race};

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, knob()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("encoder: {error}");
    ExitCode::FAILURE
}

async fn knob() -> Result<(), Box<dyn Error>> {
    let pull_up = InputSettings { bias: Some(Bias::PullUp), ..InputSettings::DEFAULT };
    let lines = InputPair::open(&Line::named("GPIO17")?, &Line::named("GPIO27")?, pull_up)?;
    let mut knob = Encoder::new(lines, StdClock::new())
        .with_division(Division::X1)
        .with_range(Range::clamped(0, 100)?);
    let push = Input::open(&Line::named("GPIO22")?, pull_up)?;
    let mut button = Button::new(push, StdClock::new());
    loop {
        // Neither loses anything if the other one is first.
        match race(knob.turn(), button.gesture()).await {
            Either::First(turn) => {
                turn?;
            }
            Either::Second(gesture) => {
                if gesture?.event != Event::Press {
                    continue;
                }
                knob.set_position(0);
            }
        }
        writeln!(stdout(), "{}", knob.position())?;
    }
}
