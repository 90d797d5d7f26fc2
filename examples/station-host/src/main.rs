//! The station on Linux, in a terminal: models of its devices in real time, or the devices
//! of a board.
#![forbid(unsafe_code)]

mod board;
mod gps_line;
mod keys;
mod options;
mod panel;
mod record;
mod recording;
mod report;
mod screen;
mod terminal;
mod view;
mod world;

use std::future::{Future, pending};
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::rc::Rc;

use embedded_hal_async::i2c::I2c;
use embedded_io_async::Read;
use futures_lite::future::or;
use tickwire_drivers::hd44780;
use tickwire_exec_std::{Shutdown, StdClock, StdSpawner, StdTask, run};
use tickwire_station::{CommandLine, Control, Observe, Parts, PulseSource};
use tickwire_traits::{EdgeInput, JoinHandle, Spawn, Timer};

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
    // The names of files may hold line ends, or what a terminal obeys.
    let mut line = String::new();
    for letter in message.chars() {
        if letter.is_control() {
            line.extend(letter.escape_debug());
        } else {
            line.push(letter);
        }
    }
    // If the terminal is gone nobody can be told, and the status is all.
    let _ = writeln!(io::stderr(), "station: {line}");
    status
}

/// Runs until the time is over, somebody asks for the end, or a line is gone.
fn station(options: &Options) -> Result<(), String> {
    if !options.headless && !io::stdout().is_terminal() {
        return Err("the standard output is not a terminal; try --headless".into());
    }
    let record = Rc::new(Record::new(options.headless));
    if let Some(file) = &options.board {
        let (world, parts) = board::open(file, &record, !options.headless)?;
        return serve(options, world, parts, record);
    }
    let (world, parts) = World::new(options, &record).map_err(|error| match &options.gps {
        Some(path) => format!("{}: {error}", path.display()),
        None => error.to_string(),
    })?;
    serve(options, world, parts, record)
}

/// Runs the station with these parts.
fn serve<
    P: EdgeInput,
    I: I2c,
    B: hd44780::Bus,
    R: Read,
    C: Control,
    E: PulseSource,
    W: CommandLine,
>(
    options: &Options,
    world: World,
    parts: Parts<P, I, B, R, StdClock, C, E, W>,
    record: Rc<Record>,
) -> Result<(), String>
where
    Record: Observe<I::Error, R::Error, B::Error>,
{
    let world = Rc::new(world);
    // Before it runs: a path that cannot be written should not cost the recording.
    let vcd = options.vcd.as_deref();
    let recording = vcd.map(|path| Recording::create(path, &world)).transpose()?;
    let shutdown = Shutdown::new().map_err(|error| error.to_string())?;
    let ended = run(async |spawner| {
        // Tasks of their own: each look at their descriptors is a system call, so
        // they are polled when those are ready, not whenever a model moves.
        let _stopping = start(&spawner, stop(shutdown, record.clone()))?;
        let mut screen = None;
        if !options.headless {
            screen = Some(start(&spawner, show(world.clone(), record.clone()))?);
        }
        let ended = run_models(options, parts, &world, &record, recording, &mut screen).await;
        if let Some(screen) = screen {
            screen.cancel().await; // The terminal is itself again when this is told.
        }
        ended
    });
    let told = record.finish();
    ended.and(told)
}

fn start(
    spawner: &StdSpawner,
    task: impl Future<Output = ()> + 'static,
) -> Result<StdTask, String> {
    spawner.spawn(task).map_err(|error| error.to_string())
}

/// Ends the station when somebody asks for that.
async fn stop(mut shutdown: Shutdown, record: Rc<Record>) {
    let asked = shutdown.requested().await;
    record.end(asked.map(drop).map_err(|error| error.to_string()));
}

/// Draws until the user has seen enough.
async fn show(world: Rc<World>, record: Rc<Record>) {
    let seen = screen::show(&world, &record).await;
    record.end(seen.map_err(|error| error.to_string()));
}

/// Runs the station and its models until there is a reason to end.
async fn run_models<
    P: EdgeInput,
    I: I2c,
    B: hd44780::Bus,
    R: Read,
    C: Control,
    E: PulseSource,
    W: CommandLine,
>(
    options: &Options,
    parts: Parts<P, I, B, R, StdClock, C, E, W>,
    world: &World,
    record: &Record,
    mut recording: Option<Recording>,
    screen: &mut Option<StdTask>,
) -> Result<(), String>
where
    Record: Observe<I::Error, R::Error, B::Error>,
{
    let app = async { match tickwire_station::run(parts, record).await {} };
    let over = async {
        match options.duration {
            Some(duration) => StdClock::new().sleep(duration).await,
            None => pending().await,
        }
        Ok(())
    };
    let recorded = async {
        match &mut recording {
            Some(recording) => Err(recording.run().await),
            None => pending().await,
        }
    };
    // The task itself reports why it ended; awaiting it passes on a panic.
    let drawn = async {
        if let Some(screen) = screen {
            screen.await;
        }
        pending().await
    };
    // If several are ready the first one decides: errors come before ends. The
    // recording comes last, when the models are up to date.
    let running = or(drawn, or(or(app, world.weather()), recorded));
    let ended = or(record.ended(), or(over, running)).await;
    let written = match recording {
        Some(recording) => recording.finish().await,
        None => Ok(()),
    };
    ended.and(written)
}
