//! A GPS receiver of 9600 baud at GPIO15, which is the serial port of the header, or at the
//! port that the command line names. Prints the position, and the satellites of each system.
#![forbid(unsafe_code)]

use std::env;
use std::error::Error;
use std::io::{self, Write, stdout};
use std::mem;
use std::process::ExitCode;

use tickwire_drivers::gps::{Field, Gps, SatelliteSet, Satellites};
use tickwire_exec_std::serial::{self, Settings};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::race;

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, gps()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("gps: {error}");
    ExitCode::FAILURE
}

async fn gps() -> Result<(), Box<dyn Error>> {
    let port = env::args_os().nth(1).unwrap_or("/dev/serial0".into());
    let port = serial::open(port, Settings::new(9_600))?;
    let mut gps = Gps::new(port, StdClock::new()).with_decoder(Satellites::<128>::new());
    let mut sets = 0;
    loop {
        let update = gps.update().await?;
        if let Some(change) = update.transition {
            writeln!(stdout(), "fix {change:?}")?;
        }
        if let Some(position) =
            gps.fix().position().filter(|_| update.set.contains(Field::Position))
        {
            writeln!(stdout(), "{}", position.value)?;
        }
        // The sentence completed a set.
        let before = mem::replace(&mut sets, gps.decoder().counters().sets);
        if let Some(set) =
            gps.decoder().sets().max_by_key(SatelliteSet::at).filter(|_| sets != before)
        {
            print(&set)?;
        }
    }
}

/// Prints the satellites that are heard, each with its signal in dBHz; `*` if it is used.
fn print(set: &SatelliteSet<'_>) -> io::Result<()> {
    write!(stdout(), "{} {}: {} in view", set.system(), set.signal(), set.in_view())?;
    for satellite in set.satellites() {
        if let (Some(number), Some(snr)) = (satellite.number(), satellite.snr()) {
            write!(stdout(), ", {number} {snr}{}", if satellite.is_used() { "*" } else { "" })?;
        }
    }
    writeln!(stdout())
}
