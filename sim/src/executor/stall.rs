//! The report of a simulation that cannot continue.

use std::fmt;

use tickwire_traits::Instant;

/// The reason why a [`Sim`](crate::Sim) could not continue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stall {
    /// The kind of the stall.
    pub kind: StallKind,
    /// The time of the last poll of a task.
    ///
    /// A task that gave up a deadline, such as the unused limit of a timeout, is polled at
    /// that deadline nevertheless. The clock may have advanced to a deadline that belongs to
    /// no task.
    pub at: Instant,
    /// Every task that has not ended, the main future first.
    pub tasks: Vec<StalledTask>,
}

/// The kinds of [`Stall`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StallKind {
    /// No task is awake and no timer is set, so nothing can ever happen. Or only wires
    /// move, and have not woken a task for many edges.
    Deadlock,
    /// As a deadlock, but a task made progress when polled once more: its waker should
    /// have been woken.
    LostWake,
    /// Tasks kept waking themselves or one another while time stood still.
    Spin,
}

/// A task of a [`Stall`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StalledTask {
    /// `main`, the task's name, or the place where it was spawned.
    pub name: String,
    /// The number of polls at the instant of the stall.
    pub polls: u32,
    /// What the task reports to wait for ([`waits_for`](tickwire_traits::waits_for)).
    pub waits_for: Vec<String>,
}

impl fmt::Display for Stall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            StallKind::Deadlock => "deadlock: no task can ever wake",
            StallKind::LostWake => "lost wake-up: a task could make progress, but was not woken",
            StallKind::Spin => "spin: tasks keep waking while time stands still",
        };
        write!(f, "{what}, at {:?}", self.at)?;
        for task in &self.tasks {
            let waits_for = match &task.waits_for[..] {
                [] => "an unreported event".into(),
                some => some.join(", "),
            };
            write!(f, "\n  task {}", task.name)?;
            if self.kind == StallKind::Spin {
                write!(f, ", polled {} times,", task.polls)?;
            }
            write!(f, " waits for {waits_for}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Stall {}
