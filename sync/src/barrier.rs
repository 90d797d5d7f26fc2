//! A place where tasks wait for one another.

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;

use crate::kernel::claim::Claim;
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::{Monitor, WaitQueue, Waiter};

/// A place where tasks wait until so many have come; then all go on, and it
/// starts anew.
///
/// The last to come does not wait. It may have something to do before the others
/// go on: [`wait_with`](Self::wait_with). Who is only to be counted calls
/// [`trigger`](Self::trigger), which an interrupt may do too.
///
/// Who stops waiting is not counted any more: a barrier for three opens for
/// three that are there.
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

/// Whether one was the last to come to a [`Barrier`]. Returned by [`Barrier::wait`].
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
    /// Returns whether this was the last to come. It is one in each round, unless
    /// that was a [`trigger`](Barrier::trigger).
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl<R: RawMutex> Barrier<R> {
    /// Creates a barrier for `participants`; for none it is as for one, and nobody
    /// ever waits.
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

    /// Waits until all have come. One counts from the first poll on.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: who is dropped while it waits is not counted any more. Once all
    /// have come, dropping changes nothing.
    pub fn wait(&self) -> impl Future<Output = BarrierWaitResult> {
        let waiter = Waiter::new(&self.monitor, Arrive::new());
        Wait {
            waiter,
            at_last: Some(|| ()),
            result: |last: Option<()>| BarrierWaitResult(last.is_some()),
        }
    }

    /// Waits until all have come; the last runs `f` before the others go on, and
    /// gets what it returned.
    ///
    /// `f` is called without a lock. Should it panic, the others go on. Where the next
    /// round is complete before `f` returns, those of both go on when the last ones of
    /// both are done.
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
    /// Cancel-safe: as [`wait`](Self::wait). `f` runs in the poll that resolves, or
    /// not at all.
    pub fn wait_with<U>(&self, f: impl FnOnce() -> U) -> impl Future<Output = Option<U>> {
        let waiter = Waiter::new(&self.monitor, Arrive::new());
        Wait { waiter, at_last: Some(f), result: |last| last }
    }

    /// Counts one who does not wait. Returns whether it was the last.
    ///
    /// May be called from an interrupt, with the raw mutex for it.
    pub fn trigger(&self) -> bool {
        let last = self.monitor.lock(|inside| {
            let last = inside.state.is_last(inside.line::<Arrive>());
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

    /// Returns how many have come and wait, or were counted by
    /// [`trigger`](Self::trigger), since it last opened.
    pub fn arrived(&self) -> u16 {
        self.monitor.lock(|inside| inside.state.arrived.get())
    }
}

struct State {
    participants: u16,
    /// Of this round.
    arrived: Cell<u16>,
    /// The ticket of this round's waiters. It advances when a round that has waiters
    /// ends. So rounds that are in line have different numbers, unless there are 2^32
    /// nodes in line: more than memory holds, however long nobody may go on.
    round: Cell<u32>,
    /// How many last ones still have something to do. Meanwhile nobody goes on: of
    /// several it is not known which will be done first. Each has a stack frame.
    busy: Cell<u32>,
}

impl State {
    /// Ends the round if nobody but the caller is missing.
    fn is_last(&self, line: &WaitQueue) -> bool {
        let last = self.arrived.get() + 1 == self.participants;
        if last {
            self.arrived.set(0);
            // This round's waiters are the last in line.
            if line.last_ticket() == Some(self.round.get()) {
                self.round.set(self.round.get().wrapping_add(1));
            }
            self.busy.set(self.busy.get() + 1);
        }
        last
    }
}

/// Arriving, and waiting for the rest.
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

    fn try_claim(&self, state: &State, line: &WaitQueue) -> bool {
        self.last.set(state.is_last(line));
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
        // Not if its round is complete, and only the last one is not done yet.
        if ticket == state.round.get() {
            state.arrived.set(state.arrived.get() - 1);
        }
    }

    fn settle(state: &State, line: &WaitQueue) -> Option<Waker> {
        let first = line.first_ticket()?;
        if Self::passed(state, first) { line.call_first() } else { None }
    }
}

/// Lets the others go on when it is dropped, in a panic too.
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
