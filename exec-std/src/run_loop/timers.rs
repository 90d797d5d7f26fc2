//! When the tasks of a run loop want to be woken.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::task::Waker;

use tickwire_traits::Instant;
use tickwire_wake_queue::WakeQueue;

use crate::quiet::wake;

/// The earliest deadline of each task, by the task's number.
///
/// A task that ends takes its deadlines along. The children of a task's groups
/// have theirs in a queue that belongs to the task.
///
/// A deadline that is moved or forgotten stays in the heap until it comes to the
/// top, or until such entries are the most of it; so each change is O(log n).
#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: BinaryHeap<Reverse<Entry>>,
    tasks: Vec<Wanted>,
    /// How many entries of the heap count.
    live: usize,
    asked: u64,
}

/// Ordered by deadline; equal ones as they were asked for.
type Entry = (Instant, u64, u32);

/// What one task wants.
#[derive(Debug)]
struct Wanted {
    /// The entry in the heap that counts; `NEVER` if there is none.
    at: Instant,
    asked: u64,
    /// The task's own deadline, `NEVER` if it has none.
    own: Instant,
    children: Option<Box<Children>>,
}

/// What the children of a task's groups want.
#[derive(Debug, Default)]
pub(crate) struct Children {
    queue: WakeQueue,
    /// How many were found to be alive when the queue was last searched for the others.
    alive: usize,
}

/// A deadline that no clock reaches. It is not queued.
const NEVER: Instant = Instant::MAX;

/// Entries that may be left behind before the heap is searched for them.
const SLACK: usize = 64;

/// What is to be woken.
#[derive(Debug)]
pub(crate) enum Due {
    Task(u32),
    Child(Waker),
}

impl Timers {
    /// Notes that task `number` wants to be polled at `at`, or earlier if it
    /// asked for that.
    pub(crate) fn schedule(&mut self, at: Instant, number: u32) {
        let wanted = self.wanted(number);
        if at < wanted.own {
            wanted.own = at;
            self.settle(number);
        }
    }

    /// Notes the same for a child of a group in task `number`.
    ///
    /// Children that have ended may have left deadlines behind. When these may be the
    /// most, they are searched for: `is_alive` tells which are none, and is called with
    /// wakers of children. So a task that runs one group after the other keeps few.
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
                // To drop them runs no code of others: they are all of our groups.
                drop(queue.retain(is_alive));
                *alive = queue.len();
            }
            queue.schedule(at, waker);
            self.settle(number);
        }
    }

    /// Forgets all that task `number` wanted.
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

    /// Takes out one that is due.
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

    /// Makes the heap say what the task wants.
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
    /// Wakes all children, with nothing borrowed.
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
