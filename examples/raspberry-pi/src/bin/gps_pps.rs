//! A GPS receiver of 9600 baud at GPIO15, with its pulse per second at GPIO18: prints UTC at each
//! pulse, and how well it is known. The command line may name another port.
#![forbid(unsafe_code)]

use std::env;
use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::gps::Gps;
use tickwire_drivers::gps::pps::{Event, Pps};
use tickwire_exec_std::gpio::{Input, InputSettings, Line};
use tickwire_exec_std::serial::{self, Settings};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::{Clock, race};

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, keep_time()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("gps_pps: {error}");
    ExitCode::FAILURE
}

async fn keep_time() -> Result<(), Box<dyn Error>> {
    let clock = StdClock::new();
    let port = env::args_os().nth(1).unwrap_or("/dev/serial0".into());
    let mut gps = Gps::new(serial::open(port, Settings::new(9_600))?, clock);
    let mut pps = Pps::new(Input::open(&Line::named("GPIO18")?, InputSettings::DEFAULT)?);
    loop {
        let event = pps.event(&mut gps).await?;
        let now = clock.now();
        if let (Event::Pulse(_), Some(utc)) = (event, pps.keeper().utc_at(now)) {
            let lock = pps.keeper().lock(now);
            let (state, error) = (lock.state, lock.error.as_micros());
            let drift = pps.keeper().drift().unwrap_or_default();
            writeln!(stdout(), "{utc}, {state:?}, within {error} µs, local clock {drift}")?;
        }
    }
}
