//! Waiting for a condition on data under a lock.

use core::cell::Cell;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Waker;

use crate::kernel::broadcast::Broadcast;
use crate::kernel::claim::Claim;
use crate::kernel::monitor::Monitor;
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::{WaitQueue, Waiter};
use crate::mutex::{Mutex, MutexGuard};

/// A condition variable for the data of a [`Mutex`]: tasks wait until a notifier has
/// changed the data.
///
/// Waiters are notified in order. If a notified waiter is dropped before it has the lock
/// again, the notification passes to the next one. Notifications are not stored for later
/// waiters: check the data first, as [`wait_until`](Self::wait_until) does.
///
/// Notifying needs no lock. A notified task sees the changes made under the lock before.
///
/// The tutorial's `Condition`; elsewhere `Condvar`.
///
/// ```
/// use futures_util::future::join;
/// use tickwire_sim::Sim;
/// use tickwire_sync::local;
///
/// let level = local::Mutex::<u32>::new(0);
/// let risen = local::Condition::new();
/// let (seen, ()) = Sim::new().run(join(
///     risen.wait_until(&level, |level| (*level >= 3).then_some(*level)),
///     async {
///         for _ in 0..4 {
///             level.with(|level| *level += 1).await;
///             risen.notify_all();
///         }
///     },
/// ));
/// assert_eq!(seen, 4); // The lock was free again for the check.
/// ```
#[doc(alias = "Condvar")]
pub struct Condition<R> {
    monitor: Monitor<R, State>,
}

impl<R: RawMutex> Condition<R> {
    /// Creates a condition.
    pub const fn new() -> Self {
        let state = State { owed: Cell::new(0), all: Broadcast::new() };
        Self { monitor: Monitor::new(state) }
    }

    /// Notifies the longest waiter, if there is one.
    ///
    /// With `CriticalSectionRawMutex`, an interrupt may call it.
    #[doc(alias = "notify")]
    pub fn notify_one(&self) {
        self.notify_many(1);
    }

    /// Notifies the first `count` waiters. If there are fewer, a task that starts to wait
    /// meanwhile may be notified too; the rest is not stored.
    pub fn notify_many(&self, count: u32) {
        self.monitor.lock(|inside| {
            inside.state.owed.set(inside.state.owed.get().saturating_add(count));
        });
        self.monitor.settle::<Notified>();
    }

    /// Notifies all waiters, in order.
    pub fn notify_all(&self) {
        self.monitor.lock(|inside| inside.state.all.pulse());
        self.monitor.settle::<Notified>();
    }

    /// Unlocks, waits for a notification, and locks again.
    ///
    /// The task is queued before the lock is released. The data may have changed again
    /// when the task has the lock: check them.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the first poll has released the lock. Dropping the future removes it
    /// from the queue; an unused notification passes to the next waiter.
    pub async fn wait<'a, M: RawMutex, T>(
        &self,
        guard: MutexGuard<'a, M, T>,
    ) -> MutexGuard<'a, M, T> {
        let mutex = guard.lockable();
        let notification = self.notified(guard).await;
        let guard = mutex.lock().await;
        notification.used();
        guard
    }

    /// Waits until `ready` returns `Some`, and returns its value.
    ///
    /// `ready` is called with the lock: immediately, and then after each notification.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, like [`wait`](Self::wait). `ready` is called in full or not at all;
    /// a value that it takes out of the data is returned in the same poll.
    pub async fn wait_until<M: RawMutex, T, U>(
        &self,
        mutex: &Mutex<M, T>,
        mut ready: impl FnMut(&mut T) -> Option<U>,
    ) -> U {
        let mut notification = None;
        loop {
            let mut guard = mutex.lock().await;
            let found = ready(&mut guard);
            if let Some(notification) = notification.take() {
                Notification::used(notification);
            }
            if let Some(found) = found {
                return found;
            }
            notification = Some(self.notified(guard).await);
        }
    }

    /// Queues the task, releases `guard`, and waits for a notification.
    async fn notified<M: RawMutex, T>(&self, guard: MutexGuard<'_, M, T>) -> Notification<'_, R> {
        let mut waiter = pin!(Waiter::new(&self.monitor, Notified));
        let mut guard = Some(guard);
        poll_fn(|cx| {
            let notified = waiter.as_mut().poll(cx);
            guard = None; // Queued by now, so no later notification is missed.
            notified
        })
        .await;
        Notification { condition: self }
    }
}

/// A notification after which the task has not checked the data yet.
struct Notification<'a, R: RawMutex> {
    condition: &'a Condition<R>,
}

impl<R: RawMutex> Notification<'_, R> {
    fn used(self) {
        core::mem::forget(self);
    }
}

impl<R: RawMutex> Drop for Notification<'_, R> {
    fn drop(&mut self) {
        self.condition.notify_one();
    }
}

struct State {
    /// The number of queued waiters still to be notified.
    owed: Cell<u32>,
    /// Notifies all queued waiters.
    all: Broadcast,
}

/// The claim of a task that waits for a notification.
struct Notified;

impl Claim<State> for Notified {
    const WAITS_FOR: &'static str = "a `Condition` to be notified";

    fn try_claim(&self, _state: &State, _queue: &WaitQueue) -> bool {
        false
    }

    fn ticket(&self, state: &State) -> u32 {
        state.all.number()
    }

    fn passed(state: &State, ticket: u32) -> bool {
        state.all.number() != ticket
    }

    fn give_back(&self, state: &State, ticket: u32) {
        // After `notify_all` there is no waiter to pass it to.
        if !Self::passed(state, ticket) {
            state.owed.set(state.owed.get().saturating_add(1));
        }
    }

    fn settle(state: &State, queue: &WaitQueue) -> Option<Waker> {
        if let Some(one_of_all) = state.all.grant_one(queue) {
            return Some(one_of_all);
        }
        let left = state.owed.get().checked_sub(1)?;
        let granted = queue.grant_first();
        // Notifications without a waiter are not stored.
        state.owed.set(if granted.is_some() { left } else { 0 });
        granted
    }
}

impl<R: RawMutex> Default for Condition<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RawMutex> fmt::Debug for Condition<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Condition")
    }
}
