//! Sends recorded captures through the drivers, in virtual time.
#![forbid(unsafe_code)]

mod capture;
mod contact;
mod nmea;
mod options;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use options::Command;

const HELP: &str = "\
Sends a recorded capture through a driver, in virtual time, and prints a JSON
object an event.

  replay switch FILE [options]      debounced contact: close, open
  replay button FILE [options]      gestures: press, release, long, click, double,
                                    clicks, repeat
  replay nmea FILE [--each]         GPS receiver: the fix and the counters at the
                                    end; with --each, also after each sentence

FILE of switch and button: lines `time_us level`, 1 is the idle level; further
columns are left alone, lines that begin with # are comments. The last level is
taken to last: what it leads to is printed too. FILE of nmea: any bytes. Each may
also be a .vcd file; for nmea that of a serial line, 8N1.

  --signal NAME       which signal of a .vcd file

Of switch and button:
  --column N          which level of a line; 1 is that behind the time        (1)
  --active LEVEL      level of a closed contact: low, high, learn   (default low)
  --rest STATE        contact nobody acts on: open, closed          (default open)
  --mode MODE         eager, confirmed                              (default eager)
  --close MS          how long the contact settles after closing    (default 50)
  --open MS           the same after opening                        (default 50)

Only button:
  --double MS         longest time between the presses of a double click  (400)
  --long MS           shortest long press                                 (1000)
  --repeat MS         repeat a held button this often            (default: never)
  --clicks N          largest number of clicks told apart from one more      (2)
  --exclusive         report clicks when it is certain how many they are

Only nmea:
  --each              an object after each sentence that is understood
  --baud RATE         how fast the bytes come                             (9600)
";

/// Why there is no replay, or no more of it.
enum Failure {
    /// The command line or the capture is not what it should be.
    Input(String),
    /// Nobody reads what we print.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let replayed = options::parse().map_err(Failure::Input).and_then(|command| {
        run(command, &mut out)?;
        Ok(out.flush()?)
    });
    match replayed {
        Ok(()) => ExitCode::SUCCESS,
        // Who closes the pipe has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(Failure::Output(error)) => fail(&error.to_string()),
        Err(Failure::Input(message)) => fail(&message),
    }
}

fn run(command: Command, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        Command::Help => Ok(out.write_all(HELP.as_bytes())?),
        Command::Nmea(options) => nmea::replay(&options, out),
        Command::Switch(contact) => contact::switch(&contact, out),
        Command::Button(contact, timing) => contact::button(&contact, timing, out),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("replay: {message}");
    ExitCode::from(2)
}
