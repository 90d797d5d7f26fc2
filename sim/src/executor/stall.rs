//! Why nothing moves.

use std::fmt;

use tickwire_traits::Instant;

/// Why a [`Sim`](crate::Sim) could not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stall {
    /// What was wrong.
    pub kind: StallKind,
    /// When a task was last polled.
    ///
    /// A task that gave a deadline up, as that of a timeout around what came in
    /// time, is polled at it nevertheless. The clock may have gone on, to a deadline
    /// that belongs to no task.
    pub at: Instant,
    /// Every task that has not ended, the main future first.
    pub tasks: Vec<StalledTask>,
}

/// The ways in which a [`Sim`](crate::Sim) can fail to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StallKind {
    /// No task is awake and no timer is set: nothing would ever happen again. Or wires
    /// alone go on, and have not woken a task for many edges.
    Deadlock,
    /// As a deadlock, but a task that was polled once more did make progress:
    /// whoever made that possible failed to wake it.
    LostWake,
    /// Tasks kept waking themselves or one another while time stood still.
    Spin,
}

/// One task of a [`Stall`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StalledTask {
    /// `main`, or where the task was spawned.
    pub name: String,
    /// How often it was polled at the instant of the stall.
    pub polls: u32,
    /// What it said that it waits for ([`waits_for`](tickwire_traits::waits_for)).
    pub waits_for: Vec<String>,
}

impl fmt::Display for Stall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            StallKind::Deadlock => "deadlock: nothing can ever wake",
            StallKind::LostWake => "lost wake-up: a task could go on, but nobody woke it",
            StallKind::Spin => "spin: tasks keep waking while time stands still",
        };
        write!(f, "{what}, at {:?}", self.at)?;
        for task in &self.tasks {
            let waits_for = match &task.waits_for[..] {
                [] => "something that did not say what it is".into(),
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
