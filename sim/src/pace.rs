//! How late a task may be polled, and a table of that for tests.

use std::fmt::Debug;
use std::future::poll_fn;
use std::task::Poll;

use tickwire_traits::{Duration, JoinHandle};

use crate::{Sim, SimClock};

/// How punctually a simulation polls a task that is due.
///
/// Real executors are late: a tick is coarse, an interrupt masked, another task
/// computes. A driver has to work all the same, and must not report a healthy
/// device as broken: a limit on a transfer has to give the transfer the polls
/// that it needs. Run the tests of a driver at [every pace](Self::ALL), with the
/// expectations that do not depend on it; [`at_every_pace`] does so for what has to
/// be the same.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Pace, Wire};
/// use tickwire_traits::{Duration, Edges, Timer};
///
/// for pace in Pace::ALL {
///     let sim = pace.sim();
///     let clock = sim.clock();
///     let wire = Wire::new(clock.clone(), PinState::High);
///     wire.play("----_", Duration::from_millis(1)).unwrap();
///     let mut pin = wire.input();
///     pin.arm().unwrap();
///     let edge = sim.run(clock.timeout(Duration::from_millis(5), pin.edge()));
///     assert!(edge.is_ok(), "{pace:?}");
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pace {
    /// When it is due.
    Punctual,
    /// At multiples of this span only: see [`SimClock::waking_every`].
    Late(Duration),
    /// After a neighbor that is always awake and holds the thread for this span, each
    /// time that it runs: see [`SimClock::pass`].
    Busy(Duration),
}

impl Pace {
    /// Punctual; late and busy by less than a driver's shortest pause, by more than
    /// its longest limit, and by odd spans in between.
    pub const ALL: [Self; 11] = [
        Self::Punctual,
        Self::Late(Duration::from_millis(1)),
        Self::Late(Duration::from_millis(7)),
        Self::Late(Duration::from_millis(40)),
        Self::Late(Duration::from_millis(100)),
        Self::Late(Duration::from_secs(1)),
        Self::Busy(Duration::from_millis(1)),
        Self::Busy(Duration::from_millis(7)),
        Self::Busy(Duration::from_millis(40)),
        Self::Busy(Duration::from_millis(100)),
        Self::Busy(Duration::from_secs(1)),
    ];

    /// Creates a simulation that runs at this pace.
    ///
    /// A neighbor leaves after 100 000 turns: so a task that waits in vain is
    /// reported as a deadlock there too.
    pub fn sim(self) -> Sim {
        match self {
            Self::Punctual => Sim::new(),
            Self::Late(period) => Sim::new().waking_every(period),
            Self::Busy(span) => {
                let sim = Sim::new();
                let neighbor = compute(sim.clock(), span);
                sim.spawner().spawn_named("the busy neighbor", neighbor).detach();
                sim
            }
        }
    }

    /// Returns how much longer than asked for a wait may take.
    pub fn lateness(self) -> Duration {
        match self {
            Self::Punctual => Duration::ZERO,
            Self::Late(span) | Self::Busy(span) => span,
        }
    }
}

/// Runs `scenario` at every [`Pace`], each time on a new simulation, and returns its
/// outcome, which has to be the same each time.
///
/// Arm a pin before the simulation runs: what polls it first may be late, and edges
/// from before that are not seen otherwise.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Wire, at_every_pace};
/// use tickwire_traits::{Edges, Instant};
///
/// let edge = at_every_pace(|sim| {
///     let wire = Wire::new(sim.clock(), PinState::High);
///     let mut pin = wire.input();
///     pin.arm().unwrap();
///     wire.toggle_at(&[Instant::from_millis(3)]);
///     sim.run(pin.edge())
/// });
/// assert_eq!(edge.unwrap().at, Instant::from_millis(3)); // However late it was heard of.
/// ```
///
/// # Panics
///
/// If an outcome differs from that of the punctual simulation, with the pace.
#[track_caller]
pub fn at_every_pace<T: PartialEq + Debug>(mut scenario: impl FnMut(&Sim) -> T) -> T {
    let punctual = scenario(&Pace::Punctual.sim());
    for pace in Pace::ALL {
        let outcome = scenario(&pace.sim());
        assert!(outcome == punctual, "{pace:?}: {outcome:?}\nand not {punctual:?}");
    }
    punctual
}

/// How often a neighbor computes.
const TURNS: u32 = 100_000;

/// Computes for `span` at each turn.
async fn compute(clock: SimClock, span: Duration) {
    let mut turns = 0..TURNS;
    poll_fn(|cx| {
        if turns.next().is_none() {
            return Poll::Ready(());
        }
        clock.pass(span);
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
