//! What is asked for.

use std::fs;
use std::path::PathBuf;

use lexopt::prelude::*;
use tickwire_traits::Duration;

use crate::gps_line::Source;

/// The speed of most receivers.
pub(crate) const USUAL_BAUD: u32 = 9_600;

/// What the command line says.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// A line to a GPS receiver, instead of the model.
    pub(crate) gps: Option<PathBuf>,
    pub(crate) baud: Option<u32>,
    /// A file is read as fast as it can be.
    pub(crate) fast: bool,
    /// A file that says where real devices are, instead of models.
    pub(crate) board: Option<PathBuf>,
    pub(crate) headless: bool,
    pub(crate) duration: Option<Duration>,
    pub(crate) vcd: Option<PathBuf>,
}

pub(crate) const HELP: &str = "\
Runs the station against models of its devices, in real time, in a terminal; or with
the devices of a board.

  --gps PATH        read a tty, a pseudo-terminal, a FIFO or a file, instead of
                    the model of a GPS receiver; after its end a file is silent;
                    a tty that goes away, or a FIFO that nobody writes to, is
                    looked for every second; a receiver on a tty is asked how it
                    is set, once it is heard
  --baud RATE       the speed of a tty, and of a file                    (9600)
  --fast            read a file as fast as it can be
  --board FILE      use the devices that this file names, instead of models; see
                    examples/raspberry-pi/station.toml
  --headless        print one JSON object per line instead of drawing
  --for SECONDS     end after this time
  --vcd FILE        write what happens on the wires, for PulseView and GTKWave;
                    the file grows five times a second, and is valid at any
                    time; if it can grow no more, the station ends

It ends in good order on SIGINT, SIGTERM and SIGHUP. It hears them only while its
output is read: a full pipe or a stopped terminal blocks it. The exit status is 0 after
--for, q or a signal, 1 if something failed, 2 if the command line is wrong.
";

/// Reads the command line; none if it asks for help.
pub(crate) fn parse() -> Result<Option<Options>, String> {
    parse_from(lexopt::Parser::from_env()).map_err(|error| format!("{error}; try --help"))
}

fn parse_from(mut args: lexopt::Parser) -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options::default();
    while let Some(arg) = args.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(None),
            Long("gps") => options.gps = Some(args.value()?.into()),
            Long("baud") => options.baud = Some(args.value()?.parse_with(rate)?),
            Long("fast") => options.fast = true,
            Long("board") => options.board = Some(args.value()?.into()),
            Long("headless") => options.headless = true,
            Long("for") => options.duration = Some(args.value()?.parse_with(seconds)?),
            Long("vcd") => options.vcd = Some(args.value()?.into()),
            other => return Err(other.unexpected()),
        }
    }
    if let (Some(gps), Some(vcd)) = (&options.gps, &options.vcd)
        && fs::canonicalize(gps).is_ok_and(|gps| fs::canonicalize(vcd).is_ok_and(|vcd| gps == vcd))
    {
        return Err("--vcd would overwrite what --gps reads".into());
    }
    if options.fast && options.gps.is_none() {
        return Err("--fast wants --gps PATH: the model knows no hurry".into());
    }
    let for_models = options.gps.is_some() || options.baud.is_some() || options.vcd.is_some();
    if options.board.is_some() && for_models {
        return Err("--board has no models: leave out --gps, --baud and --vcd".into());
    }
    Ok(Some(options))
}

impl Options {
    /// Returns how the line to a receiver is read.
    pub(crate) fn source(&self) -> Source {
        Source { baud: self.baud.unwrap_or(USUAL_BAUD), fast: self.fast }
    }
}

fn rate(text: &str) -> Result<u32, &'static str> {
    match text.parse() {
        Ok(rate @ 1..) => Ok(rate),
        _ => Err("not a rate in bits a second"),
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    let span = std::time::Duration::try_from_secs_f64(seconds);
    span.map(Duration::from).map_err(|_| "not a span of time")
}
