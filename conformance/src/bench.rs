//! The description of a backend under test.

use core::task::Waker;

use tickwire_traits::{Clock, Duration, Instant, Spawn, TimerQueue};

use crate::Scratch;

/// The number of tasks that the checks run alongside their own.
pub const TASKS: usize = 4;

/// A backend under test.
pub trait Bench {
    /// The clock under test.
    type Clock: TimerQueue + Clone + 'static;
    /// The spawner under test.
    type Spawner: Spawn + Clone + 'static;

    /// Returns the clock.
    fn clock(&self) -> Self::Clock;

    /// Returns the spawner.
    fn spawner(&self) -> Self::Spawner;

    /// Returns the state shared by tasks, which no other bench may use.
    fn scratch(&self) -> &'static Scratch;

    /// Wakes `waker` from another context soon: from a thread, from an interrupt, or, without
    /// these, from another task.
    ///
    /// Virtual time must not advance before the wake. An executor that does not wait for threads
    /// wakes from a task.
    fn wake_elsewhere(&self, waker: Waker);

    /// Returns how many tasks there may be alongside the one that runs the checks: [`TASKS`] or
    /// more. `None` if there is always a slot.
    fn slots(&self) -> Option<usize>;

    /// Returns the order in which tasks run that were woken together.
    fn order(&self) -> Order;

    /// Returns the distance of the instants at which the timer can wake a task.
    ///
    /// In virtual time, a task may wake later than its deadline by less than that. Zero, the
    /// default, is right if each deadline has its own wake. In real time, no check depends on
    /// this: a wake may be late, and is never early.
    fn timer_step(&self) -> Duration {
        Duration::ZERO
    }

    /// Returns the time of another clock of the same speed, if there is one.
    ///
    /// Without it, a timer that runs at twice the speed is not detected.
    fn stopwatch(&self) -> Instant {
        self.clock().now()
    }
}

/// The order in which tasks run that were woken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// In the order of waking.
    Fifo,
    /// In any order: no check may depend on it.
    Unspecified,
}
