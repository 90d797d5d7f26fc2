//! Distinguishing a spin from a busy instant.

use std::cell::Cell;

use tickwire_traits::Instant;

/// The number of polls of a task at one instant that do not count towards a spin.
/// Enough for deliberate work: begin, take turns, pass items on, end.
const FREE: u32 = 100;

/// The polls of a task at one instant.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turns {
    /// `None` before the first poll.
    at: Option<Instant>,
    /// The number of polls.
    polls: u32,
    /// The length of the chain of tasks that spawned one another up to this one.
    generation: u32,
}

/// The polls of all tasks at one instant.
#[derive(Debug, Default)]
pub(super) struct Instants {
    at: Cell<Option<Instant>>,
    /// Polls beyond the [`FREE`] ones of each task.
    excess: Cell<u32>,
    /// The turns of the task polled last.
    last: Cell<Turns>,
}

impl Instants {
    /// Counts a poll of the task that has these turns.
    ///
    /// A task beyond the [`FREE`]th generation has no free polls: tasks that spawn a successor
    /// and end are polled once each, forever.
    pub(super) fn count(&self, now: Instant, turns: &mut Turns) {
        let now = Some(now);
        if self.at.replace(now) != now {
            self.excess.set(0);
        }
        if turns.at != now {
            *turns = Turns { at: now, ..Turns::default() };
        }
        turns.polls = turns.polls.saturating_add(1);
        if turns.polls.max(turns.generation) > FREE {
            self.excess.set(self.excess.get().saturating_add(1));
        }
        self.last.set(*turns);
    }

    /// Returns the turns of a newly spawned task.
    pub(super) fn of_new(&self) -> Turns {
        let last = self.last.get();
        Turns { polls: 0, generation: last.generation.saturating_add(1), ..last }
    }

    /// Resets the counts.
    pub(super) fn clear(&self) {
        self.excess.set(0);
    }

    pub(super) fn excess(&self) -> u32 {
        self.excess.get()
    }
}

impl Turns {
    /// Returns how often the task was polled at `now`.
    pub(super) fn polls_at(self, now: Instant) -> u32 {
        if self.at == Some(now) { self.polls } else { 0 }
    }
}
