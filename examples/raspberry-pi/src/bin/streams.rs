//! Prints what comes at GPIO15, which is the serial port of the header, or at the port that the
//! command line names: `streams PORT FORM`, where the form is lines, records, blocks or frames.
#![forbid(unsafe_code)]

use std::env;
use std::fmt::Display;
use std::io::{self, Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::stream::{Error, FrameError, Frames, Lines, Quiet, Records};
use tickwire_exec_std::serial::{self, Settings};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::{Duration, race};

/// The longest item, in bytes.
const LONGEST: usize = 256;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, items()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("streams: {error}");
    ExitCode::FAILURE
}

async fn items() -> Result<(), Failure> {
    let mut args = env::args_os().skip(1);
    let port = args.next().unwrap_or("/dev/serial0".into());
    let form = args.next().unwrap_or("lines".into());
    let port = serial::open(port, Settings::new(9_600))?;
    match form.to_str() {
        Some("lines") => {
            let mut lines = Lines::<_, LONGEST>::new(port);
            loop {
                print(passed(lines.line().await)?)?;
            }
        }
        Some("records") => {
            let mut records = Records::<_, LONGEST>::new(port, 0);
            loop {
                print(passed(records.record().await)?)?;
            }
        }
        Some("blocks") => {
            let pause = Duration::from_millis(20);
            let mut quiet = Quiet::<_, _, LONGEST>::new(port, StdClock::new(), pause);
            loop {
                print(passed(quiet.block().await)?)?;
            }
        }
        Some("frames") => {
            let mut frames = Frames::<_, LONGEST>::new(port);
            loop {
                print(match frames.frame().await {
                    Err(FrameError::Stream(error)) => passed(Err(error))?,
                    other => other.map_err(|error| error.to_string()),
                })?;
            }
        }
        _ => Err("give lines, records, blocks or frames".into()),
    }
}

/// Passes on what the next call continues after. A port that fails ends the program.
fn passed<E>(next: Result<&[u8], Error<E>>) -> Result<Result<&[u8], String>, Failure>
where
    E: std::error::Error + 'static,
{
    match next {
        Err(error @ (Error::Read(_) | Error::EndOfStream)) => Err(error.into()),
        other => Ok(other.map_err(|error| error.to_string())),
    }
}

fn print(item: Result<&[u8], impl Display>) -> io::Result<()> {
    match item {
        Ok(bytes) => writeln!(stdout(), "{}", bytes.escape_ascii()),
        Err(error) => writeln!(stdout(), "# {error}"),
    }
}
