//! Wakers by deadline: the timer queue that hosted executors share.
//!
//! A sleep under [`TimerQueue`](tickwire_traits::TimerQueue) keeps nothing in
//! its future; it asks again whenever it is polled. So the queue holds one entry
//! a waker, found by the waker's data and vtable pointers, with the earliest
//! deadline asked for: a sleep that is polled a million times before it is due
//! has one entry. To insert and to fire is O(log n).
//!
//! That holds for wakers that clone to the same two pointers, as those of
//! executors do. One that is made anew for each poll, or for each clone, has an
//! entry for each time it asked; all of them are woken.
//!
//! An entry stays until it is due, also when nobody wants it any more, and with
//! it what the waker keeps alive. That is the price of a sleep without storage:
//! it has nothing by which it could be found when it is dropped. So a task that
//! gives up long timeouts has one entry, and a million tasks that each gave up
//! one have a million.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::task::Waker;

use tickwire_traits::Instant;

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
    by_deadline: BTreeMap<Key, Waker>,
    /// The clone in `by_deadline` keeps these pointers from being used again.
    by_waker: BTreeMap<Identity, Key>,
    asked: u64,
}

/// The deadline, and a number that keeps equal ones in order.
type Key = (Instant, u64);
/// A waker's data and vtable, as addresses.
type Identity = (usize, usize);

fn identity(waker: &Waker) -> Identity {
    (waker.data().addr(), std::ptr::from_ref(waker.vtable()).addr())
}

impl WakeQueue {
    /// Creates an empty queue.
    pub const fn new() -> Self {
        Self { by_deadline: BTreeMap::new(), by_waker: BTreeMap::new(), asked: 0 }
    }

    /// Asks for `waker` to be woken at `at`, or earlier if it asked for that.
    pub fn schedule(&mut self, at: Instant, waker: &Waker) {
        let known = self.by_waker.get(&identity(waker)).copied();
        let kept = match known {
            Some((earlier, _)) if earlier <= at => return,
            Some(key) => self.by_deadline.remove(&key),
            None => None,
        };
        let kept = kept.unwrap_or_else(|| waker.clone());
        let key = (at, self.asked);
        self.asked += 1;
        // The clone's own pointers: not every waker clones to the same, and then
        // the clone may be in here already. It wakes the same task, so one entry
        // with the earlier time serves both.
        match self.by_waker.entry(identity(&kept)) {
            Entry::Occupied(other) if known.is_none() && other.get().0 <= at => return,
            Entry::Occupied(mut other) => {
                let replaced = other.insert(key);
                self.by_deadline.remove(&replaced);
            }
            Entry::Vacant(slot) => {
                slot.insert(key);
            }
        }
        self.by_deadline.insert(key, kept);
    }

    /// Returns the earliest time anyone waits for.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.by_deadline.first_key_value().map(|(&(at, _), _)| at)
    }

    /// Takes out the next waker that is due at `now`.
    ///
    /// Wake it when no lock is held: it may call back into the queue.
    pub fn pop(&mut self, now: Instant) -> Option<Waker> {
        let entry = self.by_deadline.first_entry().filter(|entry| entry.key().0 <= now)?;
        let waker = entry.remove();
        self.by_waker.remove(&identity(&waker));
        Some(waker)
    }

    /// Returns the number of wakers that wait.
    pub fn len(&self) -> usize {
        self.by_deadline.len()
    }

    /// Returns whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.by_deadline.is_empty()
    }
}
