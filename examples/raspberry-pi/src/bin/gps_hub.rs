//! A GPS receiver with a chip of MediaTek, of 9600 baud at GPIO14 and GPIO15, which are the serial
//! port of the header, or at the port that the command line names. Asks for its firmware, sets the
//! time between fixes, and prints its answers, while positions come.
#![forbid(unsafe_code)]

use std::env;
use std::error::Error;
use std::future::pending;
use std::io::{Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::gps::mtk::{Command, Interval, Reply};
use tickwire_drivers::gps::{Commands, Gps, Hub, Outgoing};
use tickwire_exec_std::serial::{self, Settings};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::race;

const CLOCK: StdClock = StdClock::new();

/// For 9600 baud, faster fixes are too much.
const MILLIS: u16 = 500;

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, gps()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("gps_hub: {error}");
    ExitCode::FAILURE
}

async fn gps() -> Result<(), Box<dyn Error>> {
    let port = env::args_os().nth(1).unwrap_or("/dev/serial0".into());
    let (reader, writer) = serial::open(port, Settings::new(9_600))?.split()?;
    let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(reader, CLOCK), CLOCK)
        .with_commands(Commands::any(writer).with_retries(2));
    let settings = async {
        let interval = Interval::from_millis(MILLIS).map(Command::Interval);
        for command in [Command::QueryVersion].into_iter().chain(interval) {
            match hub.send(command).await {
                Ok(answer) => writeln!(stdout(), "{command}: {}", text(&answer))?,
                // Receivers of other makers do not answer. Their positions are printed.
                Err(error) => writeln!(stdout(), "{command}: {error}")?,
            }
        }
        pending().await
    };
    let positions = async {
        loop {
            let fix = hub.next().await?;
            if let Some(position) = fix.position() {
                writeln!(stdout(), "{}", position.value)?;
            }
        }
    };
    // First, as its error is the one that says what failed.
    let run = async { Ok(hub.run().await.map(drop)?) };
    let tasks = async { race(settings, positions).await.into_inner() };
    race(run, tasks).await.into_inner()
}

/// The meaning of an answer.
fn text(answer: &Outgoing) -> String {
    match Reply::of(answer.as_bytes().trim_ascii_end()) {
        Some(Reply::Ack(ack)) => format!("{:?}", ack.verdict),
        Some(Reply::Version(version)) => format!("{} {}", version.product, version.release),
        _ => String::from_utf8_lossy(answer.body()).into_owned(),
    }
}
