//! What a backend says of itself.

use core::task::Waker;

use tickwire_traits::{Clock, Instant, Spawn, TimerQueue};

use crate::Scratch;

/// How many tasks the checks run beside their own.
pub const TASKS: usize = 4;

/// A backend on the bench.
pub trait Bench {
    /// The clock under test.
    type Clock: TimerQueue + Clone + 'static;
    /// The spawner under test.
    type Spawner: Spawn + Clone + 'static;

    /// Returns the clock.
    fn clock(&self) -> Self::Clock;

    /// Returns the spawner.
    fn spawner(&self) -> Self::Spawner;

    /// Returns the place for what tasks share: this bench's alone.
    fn scratch(&self) -> &'static Scratch;

    /// Has `waker` woken from another context, soon: from a thread, from an
    /// interrupt, or where there is neither from another task.
    fn wake_elsewhere(&self, waker: Waker);

    /// Returns how many tasks there may be beside the one that runs the checks:
    /// [`TASKS`] or more. `None` if there is always room.
    fn slots(&self) -> Option<usize>;

    /// Returns in which order tasks run that were woken together.
    fn order(&self) -> Order;

    /// Returns the time by another clock that runs as fast, if there is one.
    ///
    /// By its own clock alone a backend whose timer runs at twice the speed is right.
    fn stopwatch(&self) -> Instant {
        self.clock().now()
    }
}

/// In which order tasks run that were woken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// In the order of waking.
    Fifo,
    /// In any: nothing may lean on it.
    Unspecified,
}
