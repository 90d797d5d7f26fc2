//! The station on Linux: models of its devices in real time, in a terminal.
#![forbid(unsafe_code)]

mod gps_line;
mod options;
mod panel;
mod record;
mod recording;
mod report;
mod screen;
mod world;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::rc::Rc;

use futures_lite::future::or;
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::Timer;

use options::Options;
use record::Record;
use recording::Recording;
use world::World;

/// The exit status if the command line makes no sense.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let ended = match options::parse() {
        Ok(Some(options)) => station(&options),
        Ok(None) => record::print(options::HELP).map(drop),
        Err(message) => return fail(&message, ExitCode::from(USAGE)),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message, ExitCode::FAILURE),
    }
}

fn fail(message: &str, status: ExitCode) -> ExitCode {
    // If the terminal is gone nobody can be told, and the status is all.
    let _ = writeln!(io::stderr(), "station: {message}");
    status
}

/// Runs until the time is over, somebody asks for the end, or a line is gone.
fn station(options: &Options) -> Result<(), String> {
    if !options.headless && !io::stdout().is_terminal() {
        return Err("this is no terminal to draw on; try --headless".into());
    }
    let record = Rc::new(Record::new(options.headless));
    let (world, parts) = World::new(options, &record).map_err(|error| match &options.gps {
        Some(path) => format!("{}: {error}", path.display()),
        None => error.to_string(),
    })?;
    // Before it runs: a path that cannot be written should not cost the recording.
    let vcd = options.vcd.as_deref();
    let mut recording = vcd.map(|path| Recording::create(path, &world)).transpose()?;
    let mut shutdown = Shutdown::new().map_err(|error| error.to_string())?;
    let ended = run(async |_| {
        let clock = StdClock::new();
        let app = async { match tickwire_station::run(parts, &*record).await {} };
        let over = async {
            match options.duration {
                Some(duration) => clock.sleep(duration).await,
                None => std::future::pending().await,
            }
            Ok(())
        };
        let stopped =
            async { shutdown.requested().await.map(drop).map_err(|error| error.to_string()) };
        let shown = async {
            if options.headless {
                return std::future::pending().await;
            }
            screen::show(&world, &record).await.map_err(|error| error.to_string())
        };
        let recorded = async {
            match &mut recording {
                Some(recording) => Err(recording.run().await),
                None => std::future::pending().await,
            }
        };
        // Who is asked first decides if several are ready: errors before ends. The
        // recording comes last, when the models have been looked at.
        let running = or(shown, or(or(app, world.weather()), recorded));
        let ended = or(record.ended(), or(or(over, stopped), running)).await;
        let written = match recording {
            Some(recording) => recording.finish().await,
            None => Ok(()),
        };
        ended.and(written)
    });
    let told = record.finish();
    ended.and(told)
}
