//! Deadlines of the tasks of a run loop.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::task::Waker;

use tickwire_traits::Instant;
use tickwire_wake_queue::WakeQueue;

use crate::quiet::wake;

/// The earliest deadline of each task, by the task's number.
///
/// The deadlines of a task go when it ends. Deadlines of children of its groups are in a
/// queue per task.
///
/// A stale entry, of a deadline that was moved or forgotten, stays in the heap until it
/// reaches the top, or until most entries are stale. So each change is O(log n).
#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: BinaryHeap<Reverse<Entry>>,
    tasks: Vec<Wanted>,
    /// The number of entries in the heap that are not stale.
    live: usize,
    /// The number of requests so far.
    asked: u64,
}

/// Deadline, request and task. Equal deadlines are in the order of requests.
type Entry = (Instant, u64, u32);

/// The deadlines of one task.
#[derive(Debug)]
struct Wanted {
    /// The deadline in the heap, with its request; `NEVER` if there is none.
    at: Instant,
    asked: u64,
    /// The deadline of the task itself; `NEVER` if there is none.
    own: Instant,
    children: Option<Box<Children>>,
}

/// The deadlines of children of a task's groups.
#[derive(Debug, Default)]
pub(crate) struct Children {
    queue: WakeQueue,
    /// The number of live children at the last search for others.
    alive: usize,
}

/// A deadline that is never reached, and not queued.
const NEVER: Instant = Instant::MAX;

/// Stale entries that are tolerated before a search for them.
const SLACK: usize = 64;

/// A task or a child whose deadline is due.
#[derive(Debug)]
pub(crate) enum Due {
    Task(u32),
    Child(Waker),
}

impl Timers {
    /// Schedules task `number` for `at`, unless it is scheduled for an earlier time.
    pub(crate) fn schedule(&mut self, at: Instant, number: u32) {
        let wanted = self.wanted(number);
        if at < wanted.own {
            wanted.own = at;
            self.settle(number);
        }
    }

    /// Schedules a child of a group in task `number`.
    ///
    /// Deadlines of children that have ended stay until they may be the most. Then
    /// `is_alive`, called with the wakers of children, decides which of them to keep. So a
    /// task that runs one group after another keeps few.
    pub(crate) fn schedule_child(
        &mut self,
        at: Instant,
        number: u32,
        waker: &Waker,
        is_alive: impl FnMut(&Waker) -> bool,
    ) {
        if at < NEVER {
            let Children { queue, alive } =
                &mut **self.wanted(number).children.get_or_insert_default();
            if queue.len() > 2 * *alive + SLACK {
                // Dropping them runs no foreign code: they belong to our groups.
                drop(queue.retain(is_alive));
                *alive = queue.len();
            }
            queue.schedule(at, waker);
            self.settle(number);
        }
    }

    /// Forgets the deadlines of task `number`. Returns those of its children.
    pub(crate) fn forget(&mut self, number: u32) -> Option<Box<Children>> {
        let wanted = self.tasks.get_mut(number as usize)?;
        wanted.own = NEVER;
        let children = wanted.children.take();
        self.settle(number);
        children
    }

    /// Returns the earliest deadline.
    pub(crate) fn next(&mut self) -> Option<Instant> {
        while let Some(&Reverse((at, asked, number))) = self.heap.peek() {
            if self.counts(at, asked, number) {
                return Some(at);
            }
            self.heap.pop();
        }
        None
    }

    /// Takes out one deadline that is due at `now`.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Due> {
        self.next().filter(|at| *at <= now)?;
        let &Reverse((.., number)) = self.heap.peek()?;
        let wanted = self.wanted(number);
        if wanted.own <= now {
            wanted.own = NEVER;
            self.settle(number);
            return Some(Due::Task(number));
        }
        let child = wanted.children.as_mut()?.queue.pop(now);
        self.settle(number);
        child.map(Due::Child)
    }

    fn wanted(&mut self, number: u32) -> &mut Wanted {
        let index = number as usize;
        if index >= self.tasks.len() {
            self.tasks.resize_with(index + 1, Wanted::default);
        }
        &mut self.tasks[index]
    }

    fn counts(&self, at: Instant, asked: u64, number: u32) -> bool {
        self.tasks.get(number as usize).is_some_and(|it| (it.at, it.asked) == (at, asked))
    }

    /// Brings the heap up to date with the deadlines of task `number`.
    fn settle(&mut self, number: u32) {
        let asked = self.asked + 1;
        let wanted = self.wanted(number);
        let children = wanted.children.as_ref().and_then(|children| children.queue.next_deadline());
        let at = children.map_or(wanted.own, |at| at.min(wanted.own));
        if at == wanted.at {
            return;
        }
        let before = std::mem::replace(&mut wanted.at, at);
        wanted.asked = asked;
        self.asked = asked;
        self.live = self.live + usize::from(at < NEVER) - usize::from(before < NEVER);
        if at < NEVER {
            self.heap.push(Reverse((at, asked, number)));
        }
        if self.heap.len() > 2 * self.live + SLACK {
            let tasks = &self.tasks;
            self.heap.retain(|Reverse((at, asked, number))| {
                let wanted = &tasks[*number as usize];
                (wanted.at, wanted.asked) == (*at, *asked)
            });
        }
    }
}

impl Children {
    /// Wakes all children. The caller must not borrow anything of the loop.
    #[cold]
    pub(crate) fn wake_all(&mut self) {
        while let Some(child) = self.queue.pop(NEVER) {
            wake(child);
        }
    }
}

impl Default for Wanted {
    fn default() -> Self {
        Self { at: NEVER, asked: 0, own: NEVER, children: None }
    }
}
