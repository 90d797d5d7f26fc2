//! Commands by a hub: each gets its own answer, none waits forever, and sentences flow meanwhile.

mod again;
mod answers;
mod cancel;
mod ends;
mod faults;
mod order;
mod wire;

use std::future::Future;

use tickwire_drivers::gps::mtk::{Command, Interval};
use tickwire_drivers::gps::{Commands, FixedPoint, Gps, Hub, LINE_LENGTH, Request, Strays};
use tickwire_sim::models::gps::{Control, Input, Receiver, demo_log};
use tickwire_sim::{Sim, SimClock};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Duration, Either, race};

type Line<C> = Commands<NoopRawMutex, Input<SimClock>, C>;
type Sending<C> = Hub<NoopRawMutex, Receiver<SimClock>, SimClock, LINE_LENGTH, FixedPoint, Line<C>>;

const SECOND: Duration = Duration::from_secs(1);

/// The patience of a line, unless it is set.
const PATIENCE: Duration = Duration::from_secs(2);

const NONE: Strays = Strays { late: 0, doubled: 0, foreign: 0 };

/// A hub on a receiver that sends sentences for a minute, and the handle on the receiver.
fn sending<C: Request>(
    sim: &Sim,
    set: impl FnOnce(Line<C>) -> Line<C>,
) -> (Sending<C>, Control<SimClock>) {
    let line = Receiver::new(sim.clock(), demo_log(60), 9_600).then_silence();
    let (control, commands) = (line.control(), set(Commands::new(line.input())));
    (Hub::new(Gps::new(line, sim.clock()), sim.clock()).with_commands(commands), control)
}

/// Runs `tasks` while the hub runs.
async fn with_run<C: Request, T>(hub: &Sending<C>, tasks: impl Future<Output = T>) -> T {
    match race(tasks, hub.run()).await {
        Either::First(output) => output,
        Either::Second(Err(error)) => panic!("{error:?}"),
    }
}

fn interval(millis: u16) -> Command {
    Command::Interval(Interval::from_millis(millis).unwrap())
}
