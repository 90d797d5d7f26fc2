//! Wakers by deadline: the timer queue that hosted executors share.
//!
//! A sleep under [`TimerQueue`](tickwire_traits::TimerQueue) keeps nothing in
//! its future; it asks again whenever it is polled. So the queue holds one entry
//! per waker, found by its [identity](WakerId), with the earliest
//! deadline asked for: a sleep that is polled a million times before it is due
//! has one entry. To insert and to fire is O(log n).
//!
//! That holds for wakers whose clones have the same identity, as those of executors
//! do. One that is made anew for each poll, or for each clone, has an
//! entry for each time it asked; all of them are woken.
//!
//! A sleep that is dropped leaves its entry, and with it what the waker keeps
//! alive: it has no storage by which the entry could be found. The entry goes when
//! it is due, or when the executor [forgets](WakeQueue::forget) the waker of a task
//! that has ended. A deadline of [`Instant::MAX`] never comes and is not queued.
#![forbid(unsafe_code)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::hash_map::{Entry, HashMap};
use std::task::Waker;

use rustc_hash::FxBuildHasher;
use tickwire_traits::{Instant, WakerId};

/// Wakers, and the earliest time each wants.
///
/// Wakers with equal deadlines come out in the order in which they asked. Which
/// of them are one and the same, and for how long they stay, is in the [crate's
/// docs](crate).
///
/// ```
/// use std::task::Waker;
/// use tickwire_traits::Instant;
/// use tickwire_wake_queue::WakeQueue;
///
/// let mut queue = WakeQueue::new();
/// queue.schedule(Instant::from_millis(20), Waker::noop());
/// queue.schedule(Instant::from_millis(10), Waker::noop()); // Earlier: moves it.
/// queue.schedule(Instant::from_millis(30), Waker::noop()); // Later: is enough.
/// assert_eq!((queue.len(), queue.next_deadline()), (1, Some(Instant::from_millis(10))));
///
/// assert!(queue.pop(Instant::from_millis(9)).is_none());
/// queue.pop(Instant::from_millis(10)).unwrap().wake();
/// assert!(queue.is_empty());
/// ```
#[derive(Debug, Default)]
pub struct WakeQueue {
    /// Invariant: the entry at the top counts. Below it there may be entries that
    /// were moved or forgotten.
    heap: BinaryHeap<Reverse<Entered>>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// The waker in a slot keeps its pointers from being used again.
    by_waker: HashMap<WakerId, u32, FxBuildHasher>,
    asked: u64,
}

/// The deadline, a number that keeps equal ones in order, and the slot.
type Entered = (Instant, u64, u32);

#[derive(Debug)]
struct Slot {
    waker: Option<Waker>,
    /// The number of the entry that counts.
    asked: u64,
    at: Instant,
}

/// Entries that may be left behind before the heap is searched for them.
const SLACK: usize = 64;

impl WakeQueue {
    /// Creates an empty queue.
    pub const fn new() -> Self {
        Self {
            heap: BinaryHeap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            by_waker: HashMap::with_hasher(FxBuildHasher),
            asked: 0,
        }
    }

    /// Asks for `waker` to be woken at `at`, or earlier if it asked for that.
    ///
    /// A waker that is not in the queue is cloned. Where the queue is under a lock,
    /// take [`insert`](Self::insert): a waker's `clone` may be anybody's code.
    pub fn schedule(&mut self, at: Instant, waker: &Waker) {
        match self.by_waker.get(&WakerId::of(waker)) {
            Some(&slot) => self.advance(slot, at),
            None => drop(self.insert(at, waker.clone())),
        }
    }

    /// Asks for `waker` to be woken at `at`, or earlier if it asked for that.
    ///
    /// Returns the waker if it is in the queue already, or not needed. Drop it when
    /// no lock is held.
    ///
    /// ```
    /// use std::task::Waker;
    /// use tickwire_traits::Instant;
    /// use tickwire_wake_queue::WakeQueue;
    ///
    /// let mut queue = WakeQueue::new();
    /// assert!(queue.insert(Instant::from_millis(20), Waker::noop().clone()).is_none());
    /// assert!(queue.insert(Instant::from_millis(10), Waker::noop().clone()).is_some());
    /// assert_eq!((queue.len(), queue.next_deadline()), (1, Some(Instant::from_millis(10))));
    /// ```
    pub fn insert(&mut self, at: Instant, waker: Waker) -> Option<Waker> {
        if at == Instant::MAX {
            return Some(waker);
        }
        match self.by_waker.entry(WakerId::of(&waker)) {
            Entry::Occupied(slot) => {
                let slot = *slot.get();
                self.advance(slot, at);
                Some(waker)
            }
            Entry::Vacant(place) => {
                self.asked += 1;
                let filled = Slot { waker: Some(waker), asked: self.asked, at };
                let slot = match self.free.pop() {
                    Some(slot) => {
                        self.slots[slot as usize] = filled;
                        slot
                    }
                    None => {
                        self.slots.push(filled);
                        u32::try_from(self.slots.len() - 1).expect("memory runs out before")
                    }
                };
                place.insert(slot);
                self.heap.push(Reverse((at, self.asked, slot)));
                None
            }
        }
    }

    /// Returns the earliest time that any waker waits for.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.heap.peek().map(|&Reverse((at, ..))| at)
    }

    /// Takes out the next waker that is due at `now`.
    ///
    /// Wake it when no lock is held: it may call back into the queue.
    pub fn pop(&mut self, now: Instant) -> Option<Waker> {
        let &Reverse((at, _, slot)) = self.heap.peek()?;
        if at > now {
            return None;
        }
        self.heap.pop();
        let waker = self.vacate(slot)?;
        self.by_waker.remove(&WakerId::of(&waker));
        self.uncover();
        Some(waker)
    }

    /// Takes out a waker that is not to be woken any more: its task has ended.
    ///
    /// Drop it when no lock is held.
    ///
    /// ```
    /// use std::task::Waker;
    /// use tickwire_traits::Instant;
    /// use tickwire_wake_queue::WakeQueue;
    ///
    /// let mut queue = WakeQueue::new();
    /// queue.schedule(Instant::from_millis(20), Waker::noop());
    /// assert!(queue.forget(Waker::noop()).is_some());
    /// assert!(queue.is_empty() && queue.forget(Waker::noop()).is_none());
    /// ```
    pub fn forget(&mut self, waker: &Waker) -> Option<Waker> {
        let slot = self.by_waker.remove(&WakerId::of(waker))?;
        let waker = self.vacate(slot);
        self.uncover();
        self.sweep();
        waker
    }

    /// Takes out all wakers that are not to be woken any more, and returns them.
    ///
    /// Drop them when no lock is held.
    ///
    /// ```
    /// use std::task::Waker;
    /// use tickwire_traits::Instant;
    /// use tickwire_wake_queue::WakeQueue;
    ///
    /// let mut queue = WakeQueue::new();
    /// queue.schedule(Instant::from_millis(20), Waker::noop());
    /// assert_eq!(queue.retain(|waker| waker.will_wake(Waker::noop())).len(), 0);
    /// assert_eq!(queue.retain(|_| false).len(), 1);
    /// assert!(queue.is_empty());
    /// ```
    pub fn retain(&mut self, mut keep: impl FnMut(&Waker) -> bool) -> Vec<Waker> {
        let mut others = Vec::new();
        self.by_waker.retain(|_, slot| {
            let filled = &mut self.slots[*slot as usize];
            let Some(waker) = filled.waker.take_if(|waker| !keep(waker)) else { return true };
            filled.asked = 0;
            self.free.push(*slot);
            others.push(waker);
            false
        });
        self.uncover();
        self.sweep();
        others
    }

    /// Returns the number of wakers that wait.
    pub fn len(&self) -> usize {
        self.by_waker.len()
    }

    /// Returns whether no waker waits.
    pub fn is_empty(&self) -> bool {
        self.by_waker.is_empty()
    }

    /// Moves the waker in `slot` to `at`, if that is earlier.
    fn advance(&mut self, slot: u32, at: Instant) {
        let filled = &mut self.slots[slot as usize];
        if at < filled.at {
            self.asked += 1;
            (filled.at, filled.asked) = (at, self.asked);
            self.heap.push(Reverse((at, self.asked, slot)));
            // If the entry that is left behind was at the top, this one is now.
            self.sweep();
        }
    }

    fn vacate(&mut self, slot: u32) -> Option<Waker> {
        let filled = &mut self.slots[slot as usize];
        // No entry has this number.
        filled.asked = 0;
        self.free.push(slot);
        filled.waker.take()
    }

    /// Drops entries from the top that do not count.
    fn uncover(&mut self) {
        while let Some(&Reverse((_, asked, slot))) = self.heap.peek()
            && self.slots[slot as usize].asked != asked
        {
            self.heap.pop();
        }
    }

    /// Drops all entries that do not count, when they are the most.
    fn sweep(&mut self) {
        if self.heap.len() > 2 * self.by_waker.len() + SLACK {
            let slots = &self.slots;
            self.heap.retain(|&Reverse((_, asked, slot))| slots[slot as usize].asked == asked);
        }
    }
}
