//! Late polls of tasks, and a table of them for tests.

use std::fmt::Debug;
use std::future::poll_fn;
use std::task::Poll;

use tickwire_traits::{Duration, JoinHandle};

use crate::{Sim, SimClock};

/// The punctuality with which a simulation polls a task that is due.
///
/// Real executors are late: a tick is coarse, an interrupt is masked, another task
/// computes. A driver has to work nevertheless, and must not report a healthy device as
/// broken: a limit on a transfer has to allow the polls that the transfer needs. Run a
/// driver's tests at [every pace](Self::ALL), with the expectations that do not depend on
/// the pace; [`at_every_pace`] does so for outcomes that have to be equal.
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
    /// Polls a task when it is due.
    Punctual,
    /// Wakes only at multiples of this span: see [`SimClock::waking_every`].
    Late(Duration),
    /// Polls a task after a neighbor that is always awake, and occupies the thread for this span
    /// in each turn: see [`SimClock::pass`].
    Busy(Duration),
}

impl Pace {
    /// All paces: punctual, and late and busy by less than a driver's shortest pause, by more
    /// than its longest limit, and by odd spans in between.
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
    /// A neighbor ends after 100 000 turns, so that a task that waits forever is reported as a
    /// deadlock at this pace too.
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

    /// Returns how much longer than requested a wait may take.
    pub fn lateness(self) -> Duration {
        match self {
            Self::Punctual => Duration::ZERO,
            Self::Late(span) | Self::Busy(span) => span,
        }
    }
}

/// Runs `scenario` at every [`Pace`], each time on a new simulation, and returns its
/// outcome, which has to be equal each time.
///
/// Arm a pin before the simulation runs: its first poll may be late, and edges before that
/// are not seen otherwise.
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
/// assert_eq!(edge.unwrap().at, Instant::from_millis(3)); // Exact, even if polled late.
/// ```
///
/// # Panics
///
/// If an outcome differs from that of the punctual simulation; the message names the pace.
#[track_caller]
pub fn at_every_pace<T: PartialEq + Debug>(mut scenario: impl FnMut(&Sim) -> T) -> T {
    let punctual = scenario(&Pace::Punctual.sim());
    for pace in Pace::ALL {
        let outcome = scenario(&pace.sim());
        assert!(outcome == punctual, "{pace:?}: {outcome:?}\ninstead of {punctual:?}");
    }
    punctual
}

/// The number of turns of a neighbor.
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
