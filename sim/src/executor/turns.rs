//! Telling a spin from an instant at which much happens.

use std::cell::Cell;

use tickwire_traits::Instant;

/// How often a task may be polled at one instant before its polls count as a spin.
/// Enough for what a task does on purpose: begin, take turns, pass items on, end.
const FREE: u32 = 100;

/// What a task has done at one instant.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turns {
    /// None before its first poll.
    at: Option<Instant>,
    /// How often it was polled.
    polls: u32,
    /// How many tasks have spawned one another up to it.
    generation: u32,
}

/// What all tasks have done at one instant.
#[derive(Debug, Default)]
pub(super) struct Instants {
    at: Cell<Option<Instant>>,
    /// Polls beyond the [`FREE`] ones of each task.
    excess: Cell<u32>,
    /// Of the task that was polled last.
    last: Cell<Turns>,
}

impl Instants {
    /// Counts a poll of the task that has had these turns.
    ///
    /// A task beyond the [`FREE`]th generation has no free polls: tasks that spawn the
    /// next and end are polled once each, forever.
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

    /// Returns the turns of a task that is being spawned.
    pub(super) fn of_new(&self) -> Turns {
        let last = self.last.get();
        Turns { polls: 0, generation: last.generation.saturating_add(1), ..last }
    }

    /// Forgets what was counted.
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
