//! The station on Linux: models of its devices in real time, in a terminal.
#![forbid(unsafe_code)]

mod gps_line;
mod options;
mod panel;
mod record;
mod report;
mod screen;
mod world;

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use futures_lite::future::or;
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::Timer;

use options::Options;
use record::Record;
use world::World;

fn main() -> ExitCode {
    let ended = options::parse().and_then(|options| match options {
        Some(options) => station(&options),
        None => record::print(options::HELP).map(drop),
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("station: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Runs until the time is over, somebody asks for the end, or a line is gone.
fn station(options: &Options) -> Result<(), String> {
    if !options.headless && !io::stdout().is_terminal() {
        return Err("this is no terminal to draw on; try --headless".into());
    }
    let (world, parts) = World::new(options).map_err(|error| match &options.gps {
        Some(path) => format!("{}: {error}", path.display()),
        None => error.to_string(),
    })?;
    // Before it runs: a path that cannot be written should not cost the recording.
    let vcd = options.vcd.as_deref().map(create).transpose()?;
    let mut shutdown = Shutdown::new().map_err(|error| error.to_string())?;
    let record = Record::new(options.headless, &world);
    let ended = run(async |_| {
        let clock = StdClock::new();
        let app = async { match tickwire_station::run(parts, &record).await {} };
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
        // Who is asked first decides if several are ready: errors before ends.
        or(record.ended(), or(or(over, stopped), or(shown, or(app, world.weather())))).await
    });
    if let Some(file) = vcd {
        let written = world.write_vcd(BufWriter::new(file));
        written.map_err(|error| format!("the VCD file: {error}"))?;
    }
    record.finish()?;
    ended
}

fn create(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|error| format!("{}: {error}", path.display()))
}
