//! Sends recorded captures through the drivers, in virtual time.
#![forbid(unsafe_code)]

mod capture;
mod contact;
mod options;

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
columns are left alone, lines that begin with # are comments. Or a .vcd file.

  --signal NAME       which signal of a .vcd file
  --column N          which column of a text file, counted from 1   (default 1)
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
";

fn main() -> ExitCode {
    match options::parse().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("replay: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Help => {
            print!("{HELP}");
            Ok(())
        }
        Command::Switch(contact) => contact::switch(&contact),
        Command::Button(contact, timing) => contact::button(&contact, timing),
    }
}
