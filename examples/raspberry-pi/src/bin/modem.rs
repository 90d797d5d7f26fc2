//! A modem with AT commands at GPIO14 and GPIO15, which are the serial port of the header, or at
//! the port that the command line names. Shows its signal, and what it says unasked.
#![forbid(unsafe_code)]

use std::env;
use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::stream::{HalfDuplex, is_final_result};
use tickwire_exec_std::serial::{self, Settings};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::{Duration, Timer, race};

const CLOCK: StdClock = StdClock::new();

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, modem()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("modem: {error}");
    ExitCode::FAILURE
}

async fn modem() -> Result<(), Box<dyn Error>> {
    let port = env::args_os().nth(1).unwrap_or("/dev/serial0".into());
    let port = serial::open(port, Settings::new(115_200))?;
    let mut modem = HalfDuplex::<_, _, 256>::new(port, CLOCK)
        .with_echo()
        .with_end(is_final_result)
        .with_separator(b"\r")
        .with_retries(2);
    loop {
        let signal = modem.ask(b"AT+CSQ\r").await?;
        writeln!(stdout(), "{}", text(signal))?;
        // Ten seconds, in which a call or a message may come.
        let until = CLOCK.timeout(Duration::from_secs(10), async {
            loop {
                let unasked = modem.listen().await?;
                writeln!(stdout(), "unasked: {}", text(unasked))?;
            }
        });
        if let Ok(failed) = until.await {
            return failed;
        }
    }
}

/// The lines of an answer, as one.
fn text(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer).split_whitespace().collect::<Vec<_>>().join(" ")
}
