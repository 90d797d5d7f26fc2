//! The state shared by tasks.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::task::Waker;

use critical_section::Mutex;
use tickwire_sync::{CriticalSectionRawMutex, Event, Queue, WakeSlots};

use crate::TASKS;

/// The state that the tasks of the checks share, in a `static` or leaked on the heap,
/// because a task may only hold `'static` references.
#[derive(Debug)]
pub struct Scratch {
    pub(crate) polls: [Count; TASKS],
    pub(crate) done: Count,
    pub(crate) dropped: Count,
    pub(crate) early: Count,
    pub(crate) waker: Parked,
    pub(crate) raised: Count,
    pub(crate) go: Event<CriticalSectionRawMutex>,
    pub(crate) slots: WakeSlots<TASKS>,
    pub(crate) lock: tickwire_sync::Mutex<CriticalSectionRawMutex, ()>,
    pub(crate) queue: Queue<CriticalSectionRawMutex, u32, 5>,
    pub(crate) log: Log,
}

impl Scratch {
    /// Creates an empty scratch.
    pub const fn new() -> Self {
        Self {
            polls: [const { Count::new() }; TASKS],
            done: Count::new(),
            dropped: Count::new(),
            early: Count::new(),
            waker: Parked::new(),
            raised: Count::new(),
            go: Event::new(),
            slots: WakeSlots::new(),
            lock: tickwire_sync::Mutex::new(()),
            queue: Queue::new(),
            log: Log::new(),
        }
    }

    /// Resets the state after a check.
    pub(crate) fn reset(&self) {
        let counts = [&self.done, &self.dropped, &self.early, &self.raised];
        counts.into_iter().chain(&self.polls).for_each(|count| count.set(0));
        drop(self.waker.take());
        self.go.clear();
        while self.queue.try_pop().is_some() {}
        self.log.clear();
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

/// A number. Not an atomic, because some cores have no atomic addition.
#[derive(Debug)]
pub(crate) struct Count(Mutex<Cell<u32>>);

impl Count {
    const fn new() -> Self {
        Self(Mutex::new(Cell::new(0)))
    }

    pub(crate) fn get(&self) -> u32 {
        critical_section::with(|cs| self.0.borrow(cs).get())
    }

    pub(crate) fn set(&self, count: u32) {
        critical_section::with(|cs| self.0.borrow(cs).set(count));
    }

    pub(crate) fn add(&self) -> u32 {
        critical_section::with(|cs| {
            let count = self.0.borrow(cs);
            count.set(count.get() + 1);
            count.get()
        })
    }
}

/// A waker that other tasks can reach.
pub(crate) struct Parked(Mutex<Cell<Option<Waker>>>);

impl Parked {
    const fn new() -> Self {
        Self(Mutex::new(Cell::new(None)))
    }

    pub(crate) fn park(&self, waker: &Waker) {
        let waker = Some(waker.clone());
        let before = critical_section::with(|cs| self.0.borrow(cs).replace(waker));
        drop(before);
    }

    pub(crate) fn take(&self) -> Option<Waker> {
        critical_section::with(|cs| self.0.borrow(cs).take())
    }
}

impl fmt::Debug for Parked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parked")
    }
}

/// The order in which tasks have run.
#[derive(Debug)]
pub(crate) struct Log(Mutex<RefCell<([u8; TASKS], usize)>>);

impl Log {
    const fn new() -> Self {
        Self(Mutex::new(RefCell::new(([0; TASKS], 0))))
    }

    pub(crate) fn push(&self, task: u8) {
        critical_section::with(|cs| {
            let (entries, len) = &mut *self.0.borrow_ref_mut(cs);
            if let Some(entry) = entries.get_mut(*len) {
                *entry = task;
            }
            *len += 1;
        });
    }

    /// Returns whether exactly these tasks have run, in this order.
    pub(crate) fn is(&self, expected: [u8; TASKS]) -> bool {
        critical_section::with(|cs| *self.0.borrow_ref(cs) == (expected, TASKS))
    }

    fn clear(&self) {
        critical_section::with(|cs| self.0.borrow_ref_mut(cs).1 = 0);
    }
}
