//! Waiting for data under a lock to be as one wants them.

use core::cell::Cell;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Waker;

use crate::kernel::broadcast::Broadcast;
use crate::kernel::claim::Claim;
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::{Monitor, WaitQueue, Waiter};
use crate::mutex::{Mutex, MutexGuard};

/// Waiting for the data of a [`Mutex`] to be as one wants them, and telling those
/// who wait that they have changed.
///
/// Those who wait are told in the order in which they came. Who is told and
/// dropped before it has the lock again hands that on to the next. Nothing is
/// kept for who comes later: look at the data first, which
/// [`wait_until`](Self::wait_until) does.
///
/// To notify, nothing has to be locked. What was changed under the lock is seen
/// by who is told.
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
/// assert_eq!(seen, 4); // The lock was free again when it looked.
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

    /// Tells who waits longest. If nobody does, nothing happens.
    ///
    /// May be called from an interrupt, with the raw mutex for it.
    #[doc(alias = "notify")]
    pub fn notify_one(&self) {
        self.notify_many(1);
    }

    /// Tells the first `count` of those who wait. Are there fewer, who comes while
    /// they are told may be told as well; nothing is kept after that.
    pub fn notify_many(&self, count: u32) {
        self.monitor.lock(|inside| {
            inside.state.owed.set(inside.state.owed.get().saturating_add(count));
        });
        self.monitor.settle::<Notified>();
    }

    /// Tells all who wait, in order.
    pub fn notify_all(&self) {
        self.monitor.lock(|inside| inside.state.all.pulse());
        self.monitor.settle::<Notified>();
    }

    /// Unlocks, waits to be told, and locks again.
    ///
    /// One counts as waiting before the lock is free. The data may have changed
    /// again when this has the lock: look at them.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: once this was polled the lock is free; who is dropped leaves the
    /// line, and what it was told and had no time to use is told to the next.
    pub async fn wait<'a, M: RawMutex, T>(
        &self,
        guard: MutexGuard<'a, M, T>,
    ) -> MutexGuard<'a, M, T> {
        let mutex = guard.lockable();
        let told = self.told(guard).await;
        let guard = mutex.lock().await;
        told.used();
        guard
    }

    /// Waits until `ready` finds in the data what it wants, and returns that.
    ///
    /// `ready` is called with the lock: at once, and then each time this is told.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, as [`wait`](Self::wait). `ready` is called whole or not at all;
    /// what it has taken out of the data it returns in the same poll.
    pub async fn wait_until<M: RawMutex, T, U>(
        &self,
        mutex: &Mutex<M, T>,
        mut ready: impl FnMut(&mut T) -> Option<U>,
    ) -> U {
        let mut told = None;
        loop {
            let mut guard = mutex.lock().await;
            let found = ready(&mut guard);
            if let Some(told) = told.take() {
                Told::used(told);
            }
            if let Some(found) = found {
                return found;
            }
            told = Some(self.told(guard).await);
        }
    }

    /// Stands in line, gives up `guard`, and waits to be told.
    async fn told<M: RawMutex, T>(&self, guard: MutexGuard<'_, M, T>) -> Told<'_, R> {
        let mut waiter = pin!(Waiter::new(&self.monitor, Notified));
        let mut guard = Some(guard);
        poll_fn(|cx| {
            let told = waiter.as_mut().poll(cx);
            guard = None; // In line now: nothing that is told from here on is missed.
            told
        })
        .await;
        Told { condition: self }
    }
}

/// Was told, and has not looked at the data yet.
struct Told<'a, R: RawMutex> {
    condition: &'a Condition<R>,
}

impl<R: RawMutex> Told<'_, R> {
    fn used(self) {
        core::mem::forget(self);
    }
}

impl<R: RawMutex> Drop for Told<'_, R> {
    fn drop(&mut self) {
        self.condition.notify_one();
    }
}

struct State {
    /// How many of those in line are to be told.
    owed: Cell<u32>,
    /// Announces to all who are in line.
    all: Broadcast,
}

/// Waiting to be told.
struct Notified;

impl Claim<State> for Notified {
    const WAITS_FOR: &'static str = "a `Condition` to be notified";

    fn try_claim(&self, _state: &State, _line: &WaitQueue) -> bool {
        false
    }

    fn ticket(&self, state: &State) -> u32 {
        state.all.number()
    }

    fn passed(state: &State, ticket: u32) -> bool {
        state.all.number() != ticket
    }

    fn hand_back(&self, state: &State, ticket: u32) {
        // Where all were told there is nobody to hand it to.
        if !Self::passed(state, ticket) {
            state.owed.set(state.owed.get().saturating_add(1));
        }
    }

    fn settle(state: &State, line: &WaitQueue) -> Option<Waker> {
        if let Some(one_of_all) = state.all.call_one(line) {
            return Some(one_of_all);
        }
        let left = state.owed.get().checked_sub(1)?;
        let called = line.call_first();
        // What nobody waits for is not kept.
        state.owed.set(if called.is_some() { left } else { 0 });
        called
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
