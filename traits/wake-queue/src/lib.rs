//! Wakers ordered by deadline: the timer queue shared by hosted executors.
//!
//! A sleep under [`TimerQueue`](tickwire_traits::TimerQueue) keeps no state in its
//! future; each poll schedules again. So the queue holds one entry per waker, found by
//! its [identity](WakerId), with the earliest requested deadline: a sleep polled a
//! million times before it is due has one entry. Inserting and firing take O(log n).
//!
//! This requires wakers whose clones have the same identity, as executors' own wakers do.
//! A waker created anew for each poll or clone has an entry for each request; all of them
//! are woken.
//!
//! A dropped sleep leaves its entry, which keeps alive the data of its waker: the sleep
//! has no storage by which to find the entry. The queue removes the entry when it is due,
//! or when the executor [forgets](WakeQueue::forget) the waker of an ended task. A
//! deadline of [`Instant::MAX`] never comes and is not queued.
#![forbid(unsafe_code)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::hash_map::{Entry, HashMap};
use std::task::Waker;

use rustc_hash::FxBuildHasher;
use tickwire_traits::{Instant, WakerId};

/// A queue of wakers, each with its earliest requested deadline.
///
/// Wakers with equal deadlines are returned in the order of their requests. The [crate's
/// docs](crate) describe their identity and lifetime.
///
/// ```
/// use std::task::Waker;
/// use tickwire_traits::Instant;
/// use tickwire_wake_queue::WakeQueue;
///
/// let mut queue = WakeQueue::new();
/// queue.schedule(Instant::from_millis(20), Waker::noop());
/// queue.schedule(Instant::from_millis(10), Waker::noop()); // Earlier: moves the entry.
/// queue.schedule(Instant::from_millis(30), Waker::noop()); // Later: no effect.
/// assert_eq!((queue.len(), queue.next_deadline()), (1, Some(Instant::from_millis(10))));
///
/// assert!(queue.pop(Instant::from_millis(9)).is_none());
/// queue.pop(Instant::from_millis(10)).unwrap().wake();
/// assert!(queue.is_empty());
/// ```
#[derive(Debug, Default)]
pub struct WakeQueue {
    /// Invariant: the top entry is current. Below it there may be stale entries of moved
    /// or forgotten wakers.
    heap: BinaryHeap<Reverse<Entered>>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// The waker in a slot keeps its pointers from being reused.
    by_waker: HashMap<WakerId, u32, FxBuildHasher>,
    asked: u64,
}

/// The deadline, a sequence number that orders equal deadlines, and the slot.
type Entered = (Instant, u64, u32);

#[derive(Debug)]
struct Slot {
    waker: Option<Waker>,
    /// The sequence number of the current entry.
    asked: u64,
    at: Instant,
}

/// The number of stale entries tolerated before the heap is swept.
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

    /// Schedules `waker` to be woken at `at`, or at its earlier deadline if it has one.
    ///
    /// A waker that is not in the queue is cloned. If the queue is under a lock, use
    /// [`insert`](Self::insert): a waker's `clone` may run arbitrary code.
    pub fn schedule(&mut self, at: Instant, waker: &Waker) {
        match self.by_waker.get(&WakerId::of(waker)) {
            Some(&slot) => self.advance(slot, at),
            None => drop(self.insert(at, waker.clone())),
        }
    }

    /// Schedules `waker` to be woken at `at`, or at its earlier deadline if it has one.
    ///
    /// Returns the waker if it is already in the queue or not needed. Drop it outside any
    /// lock.
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

    /// Returns the earliest deadline.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.heap.peek().map(|&Reverse((at, ..))| at)
    }

    /// Removes and returns the next waker that is due at `now`.
    ///
    /// Wake it outside any lock: it may call back into the queue.
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

    /// Removes and returns the waker of an ended task.
    ///
    /// Drop it outside any lock.
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

    /// Removes and returns all wakers that `keep` rejects.
    ///
    /// Drop them outside any lock.
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

    /// Returns the number of queued wakers.
    pub fn len(&self) -> usize {
        self.by_waker.len()
    }

    /// Returns whether no waker is queued.
    pub fn is_empty(&self) -> bool {
        self.by_waker.is_empty()
    }

    /// Moves the waker in `slot` to `at` if that is earlier.
    fn advance(&mut self, slot: u32, at: Instant) {
        let filled = &mut self.slots[slot as usize];
        if at < filled.at {
            self.asked += 1;
            (filled.at, filled.asked) = (at, self.asked);
            self.heap.push(Reverse((at, self.asked, slot)));
            // If the stale entry was at the top, the new one is now.
            self.sweep();
        }
    }

    fn vacate(&mut self, slot: u32) -> Option<Waker> {
        let filled = &mut self.slots[slot as usize];
        // No entry has sequence number 0.
        filled.asked = 0;
        self.free.push(slot);
        filled.waker.take()
    }

    /// Drops stale entries from the top.
    fn uncover(&mut self) {
        while let Some(&Reverse((_, asked, slot))) = self.heap.peek()
            && self.slots[slot as usize].asked != asked
        {
            self.heap.pop();
        }
    }

    /// Drops all stale entries when they are the majority.
    fn sweep(&mut self) {
        if self.heap.len() > 2 * self.by_waker.len() + SLACK {
            let slots = &self.slots;
            self.heap.retain(|&Reverse((_, asked, slot))| slots[slot as usize].asked == asked);
        }
    }
}
