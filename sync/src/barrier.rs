//! Barriers, where tasks wait for one another.

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;

use crate::kernel::claim::Claim;
use crate::kernel::monitor::Monitor;
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::{WaitQueue, Waiter};

/// A barrier: tasks wait until enough have arrived, then all continue, and the next round
/// begins.
///
/// The last task to arrive does not wait. It may run a closure before the others
/// continue: [`wait_with`](Self::wait_with). A participant that only counts calls
/// [`trigger`](Self::trigger), even from an interrupt.
///
/// A dropped waiter no longer counts: a barrier for three opens for three tasks that are
/// present.
///
/// The tutorial's `Barrier`, and tokio's.
///
/// ```
/// use futures_util::future::join;
/// use tickwire_sim::Sim;
/// use tickwire_sync::local;
///
/// let both_ready = local::Barrier::new(2);
/// let (first, second) = Sim::new().run(join(both_ready.wait(), both_ready.wait()));
/// assert!(!first.is_leader() && second.is_leader());
/// ```
pub struct Barrier<R> {
    monitor: Monitor<R, State>,
}

/// Whether the task was the last to arrive at a [`Barrier`]. Returned by
/// [`Barrier::wait`].
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{BarrierWaitResult, local};
///
/// let alone = local::Barrier::new(1);
/// let result: BarrierWaitResult = Sim::new().run(alone.wait());
/// assert!(result.is_leader());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// Returns whether this task was the last to arrive. One task is in each round,
    /// unless the last was a [`trigger`](Barrier::trigger).
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl<R: RawMutex> Barrier<R> {
    /// Creates a barrier for `participants`. Zero acts like one: no task ever waits.
    pub const fn new(participants: u16) -> Self {
        let participants = if participants == 0 { 1 } else { participants };
        Self {
            monitor: Monitor::new(State {
                participants,
                arrived: Cell::new(0),
                round: Cell::new(0),
                busy: Cell::new(0),
            }),
        }
    }

    /// Waits until all participants have arrived. A task counts from its first poll on.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a waiter dropped before the last arrival no longer counts. A later
    /// drop changes nothing.
    pub fn wait(&self) -> impl Future<Output = BarrierWaitResult> {
        let waiter = Waiter::new(&self.monitor, Arrive::new());
        Wait {
            waiter,
            at_last: Some(|| ()),
            result: |last: Option<()>| BarrierWaitResult(last.is_some()),
        }
    }

    /// Waits until all participants have arrived. The last one runs `f` before the others
    /// continue, and receives its result.
    ///
    /// `f` is called without a lock. If it panics, the others still continue. If the next
    /// round completes before `f` returns, the tasks of both rounds continue when both
    /// closures have returned.
    ///
    /// ```
    /// use futures_util::future::join;
    /// use tickwire_sim::Sim;
    /// use tickwire_sync::local;
    ///
    /// let halves = local::Barrier::new(2);
    /// let swap = || "swapped";
    /// let swapped = Sim::new().run(join(halves.wait_with(swap), halves.wait_with(swap)));
    /// assert_eq!(swapped, (None, Some("swapped")));
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, like [`wait`](Self::wait). `f` runs in the poll that resolves, or
    /// never.
    pub fn wait_with<U>(&self, f: impl FnOnce() -> U) -> impl Future<Output = Option<U>> {
        let waiter = Waiter::new(&self.monitor, Arrive::new());
        Wait { waiter, at_last: Some(f), result: |last| last }
    }

    /// Counts a participant that does not wait. Returns whether it was the last.
    ///
    /// With `CriticalSectionRawMutex`, an interrupt may call it.
    pub fn trigger(&self) -> bool {
        let last = self.monitor.lock(|inside| {
            let last = inside.state.is_last(inside.queue::<Arrive>());
            if !last {
                inside.state.arrived.set(inside.state.arrived.get() + 1);
            }
            last
        });
        if last {
            drop(Opening(&self.monitor));
        }
        last
    }

    /// Returns how many participants have arrived since the barrier last opened: waiters,
    /// and calls of [`trigger`](Self::trigger).
    pub fn arrived(&self) -> u16 {
        self.monitor.lock(|inside| inside.state.arrived.get())
    }
}

struct State {
    participants: u16,
    /// The participants that have arrived in the current round.
    arrived: Cell<u16>,
    /// The ticket of this round's waiters. It advances when a round that has waiters
    /// ends. So rounds with queued waiters have different numbers, unless 2^32 nodes are
    /// queued: more than memory holds.
    round: Cell<u32>,
    /// The number of closures of last participants that still run. Until it is zero no
    /// waiter continues: which closure returns first is unknown. Each has a stack frame.
    busy: Cell<u32>,
}

impl State {
    /// Ends the round if only the caller is missing.
    fn is_last(&self, queue: &WaitQueue) -> bool {
        let last = self.arrived.get() + 1 == self.participants;
        if last {
            self.arrived.set(0);
            // This round's waiters are at the end of the queue.
            if queue.last_ticket() == Some(self.round.get()) {
                self.round.set(self.round.get().wrapping_add(1));
            }
            self.busy.set(self.busy.get() + 1);
        }
        last
    }
}

/// The claim of a task that arrives and waits for the rest.
struct Arrive {
    last: Cell<bool>,
}

impl Arrive {
    const fn new() -> Self {
        Self { last: Cell::new(false) }
    }
}

impl Claim<State> for Arrive {
    const WAITS_FOR: &'static str = "a `Barrier` to open";

    fn try_claim(&self, state: &State, queue: &WaitQueue) -> bool {
        self.last.set(state.is_last(queue));
        self.last.get()
    }

    fn ticket(&self, state: &State) -> u32 {
        state.arrived.set(state.arrived.get() + 1);
        state.round.get()
    }

    fn passed(state: &State, ticket: u32) -> bool {
        state.busy.get() == 0 && ticket != state.round.get()
    }

    fn left(&self, state: &State, ticket: u32) {
        // Not if the round is complete and only the closure of its last participant still
        // runs.
        if ticket == state.round.get() {
            state.arrived.set(state.arrived.get() - 1);
        }
    }

    fn settle(state: &State, queue: &WaitQueue) -> Option<Waker> {
        let first = queue.first_ticket()?;
        if Self::passed(state, first) { queue.grant_first() } else { None }
    }
}

/// A guard that releases the waiters when dropped, even by a panic.
struct Opening<'a, R: RawMutex>(&'a Monitor<R, State>);

impl<R: RawMutex> Drop for Opening<'_, R> {
    fn drop(&mut self) {
        self.0.lock(|inside| inside.state.busy.set(inside.state.busy.get() - 1));
        self.0.settle::<Arrive>();
    }
}

pin_project! {
    struct Wait<'a, R: RawMutex, F, G> {
        #[pin]
        waiter: Waiter<'a, R, State, Arrive>,
        at_last: Option<F>,
        result: G,
    }
}

impl<R: RawMutex, T, F: FnOnce() -> T, U, G: Fn(Option<T>) -> U> Future for Wait<'_, R, F, G> {
    type Output = U;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<U> {
        let mut this = self.project();
        if this.waiter.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        if !this.waiter.claim().last.get() {
            return Poll::Ready((this.result)(None));
        }
        let opening = Opening(this.waiter.monitor());
        let at_last = this.at_last.take().expect("not polled again after it resolved");
        let returned = at_last();
        drop(opening);
        Poll::Ready((this.result)(Some(returned)))
    }
}

impl<R: RawMutex> fmt::Debug for Barrier<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").field("arrived", &self.arrived()).finish()
    }
}
