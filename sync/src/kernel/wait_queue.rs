//! The kernel: tasks that wait in line, without storage of their own.
//!
//! A [`Waiter`] is part of the future that waits, and holds the [`Node`] by which
//! it stands in line. It is put in line by the poll that finds nothing to have,
//! and taken out by who wakes it, or by being dropped.
//!
//! ```text
//!             first poll                       somebody calls it up
//!   new ────────────────────▶ IN LINE ──────────────────────────────▶ CALLED
//!    │                           │                                      │
//!    │ first poll,               │ drop: leaves the line                │ drop: hands on what it was given
//!    │ nothing in the way        │ poll: stays, with the new waker      │ poll
//!    ▼                           ▼                                      ▼
//!  ready                        gone                                  ready
//! ```
//!
//! LINKED, on which the `unsafe` in this file rests: a node is linked only while
//! it is pinned, into the one queue that its waiter borrows, and links, queue and
//! everything else that both sides see are touched only inside the lock of the
//! monitor which holds that queue; leaving the pin goes through `Waiter::drop`,
//! which takes the node out of the line first. Inside of the lock no code of
//! others runs: nothing is cloned, dropped, woken or compared there but numbers
//! and pointers.
//!
//! Monitor, line and waiter are in one file, long as it is: LINKED speaks of all three.

use core::cell::{Cell, UnsafeCell};
use core::future::Future;
use core::marker::{PhantomData, PhantomPinned};
use core::mem::{self, MaybeUninit};
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll, Waker};

use tickwire_traits::waits_for;

use super::claim::Claim;
use super::raw::RawMutex;

/// A state, and the lines of those who wait for it to change, under one lock.
pub(crate) struct Monitor<R, S, const LINES: usize = 1> {
    raw: R,
    inside: Inside<S, LINES>,
}

/// What is seen of a [`Monitor`] while it is locked.
pub(crate) struct Inside<S, const LINES: usize = 1> {
    pub(crate) state: S,
    pub(crate) lines: [WaitQueue; LINES],
}

// SAFETY: what is inside is reached through `lock` alone, one context at a time.
// It may be made by one thread and used by another, hence `S: Send`.
unsafe impl<R: RawMutex + Sync, S: Send, const LINES: usize> Sync for Monitor<R, S, LINES> {}

impl<R: RawMutex, S, const LINES: usize> Monitor<R, S, LINES> {
    pub(crate) const fn new(state: S) -> Self {
        let lines = [const { WaitQueue::new() }; LINES];
        Self { raw: R::INIT, inside: Inside { state, lines } }
    }

    /// Runs `f` under the lock. It returns wakers rather than wake them.
    #[inline(always)]
    pub(crate) fn lock<T>(&self, f: impl FnOnce(&Inside<S, LINES>) -> T) -> T {
        self.raw.lock(|| f(&self.inside))
    }

    /// Returns the state without locking.
    ///
    /// # Safety
    ///
    /// The caller touches only such parts of it as the lock does not guard.
    #[inline(always)]
    pub(crate) unsafe fn state_unlocked(&self) -> &S {
        &self.inside.state
    }

    /// Wakes who was called up, and whoever else there is something for.
    #[inline(always)]
    pub(crate) fn wake<C: Claim<S>>(&self, called: Called) {
        match called.waker {
            Some(first) if called.others => self.wake_and_settle::<C>(first),
            Some(only) => only.wake(),
            None => {}
        }
    }

    #[inline(never)]
    fn wake_and_settle<C: Claim<S>>(&self, first: Waker) {
        self.wake_one::<C>(first);
        self.settle::<C>();
    }

    /// Wakes whoever `settle` calls up, one by one, until there is nobody left.
    ///
    /// The lock is taken anew for each, so an interrupt waits for one at most.
    #[inline]
    pub(crate) fn settle<C: Claim<S>>(&self) {
        while let Some(waker) = self.lock(|inside| C::settle(&inside.state, inside.line::<C>())) {
            self.wake_one::<C>(waker);
        }
    }

    /// Wakes one of several. If its waker panics, the others are woken all the same,
    /// before the panic goes on. Where panics abort, this is a wake and no more.
    #[inline(always)]
    fn wake_one<C: Claim<S>>(&self, waker: Waker) {
        let others = Others::<_, _, C, LINES>(self, PhantomData);
        waker.wake();
        mem::forget(others);
    }

    pub(crate) fn into_inner(self) -> S {
        self.inside.state
    }

    /// The state, which nobody else can see now.
    pub(crate) fn get_mut(&mut self) -> &mut S {
        &mut self.inside.state
    }
}

/// Those behind one that is being woken. Dropped in a panic of its waker alone.
struct Others<'a, R: RawMutex, S, C: Claim<S>, const LINES: usize>(
    &'a Monitor<R, S, LINES>,
    PhantomData<C>,
);

impl<R: RawMutex, S, C: Claim<S>, const LINES: usize> Drop for Others<'_, R, S, C, LINES> {
    #[cold]
    fn drop(&mut self) {
        self.0.settle::<C>();
    }
}

/// Who was called up, to be woken outside of the lock.
pub(crate) struct Called {
    waker: Option<Waker>,
    /// Whether anybody is left in the line. If not, nothing is owed to anybody:
    /// who comes later looks for itself.
    others: bool,
}

impl Called {
    pub(crate) const NOBODY: Self = Self { waker: None, others: false };
}

impl<S, const LINES: usize> Inside<S, LINES> {
    #[inline(always)]
    pub(crate) fn line<C: Claim<S>>(&self) -> &WaitQueue {
        &self.lines[C::LINE]
    }

    /// Notes who is left in line behind the one that was called up.
    #[inline(always)]
    pub(crate) fn called<C: Claim<S>>(&self, waker: Option<Waker>) -> Called {
        Called { waker, others: !self.line::<C>().is_empty() }
    }
}

/// Those who wait, first come, first served. One word.
///
/// ```text
///   last ──▶ node ⇄ node ⇄ node      a ring; the last one's next is the first
///             ▲  first       │ last
///             └──────────────┘
/// ```
pub(crate) struct WaitQueue {
    last: Cell<Option<NonNull<Node>>>,
}

// SAFETY: the nodes that it leads to are touched under the lock alone: LINKED.
unsafe impl Send for WaitQueue {}

impl WaitQueue {
    pub(crate) const fn new() -> Self {
        Self { last: Cell::new(None) }
    }

    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.last.get().is_none()
    }

    /// Returns the ticket of the first in line.
    #[inline(always)]
    pub(crate) fn first_ticket(&self) -> Option<u32> {
        let last = self.last.get()?;
        // SAFETY: who has a queue holds its lock; what is linked lives: LINKED.
        Some(unsafe { last.as_ref().linked().next.as_ref().ticket() })
    }

    /// Returns the ticket of the last in line.
    pub(crate) fn last_ticket(&self) -> Option<u32> {
        let last = self.last.get()?;
        // SAFETY: as above.
        Some(unsafe { last.as_ref().ticket() })
    }

    /// Calls up the first in line: it is given what it waits for, and leaves.
    #[inline(always)]
    pub(crate) fn call_first(&self) -> Option<Waker> {
        let last = self.last.get()?;
        // SAFETY: as above.
        unsafe {
            let first = last.as_ref().linked().next;
            first.as_ref().called.set(true);
            Some(self.take_out(first))
        }
    }

    /// # Safety
    ///
    /// `node` is pinned, not linked, and its waiter will unlink it: LINKED.
    #[inline(always)]
    unsafe fn link_last(&self, node: NonNull<Node>, ticket: u32, waker: Waker) {
        // SAFETY: the caller's, and what is linked lives: LINKED.
        unsafe {
            let (previous, next) = match self.last.get() {
                None => (node, node),
                Some(last) => (last, last.as_ref().linked().next),
            };
            node.as_ref().place.get().write(MaybeUninit::new(Link { previous, next, waker }));
            node.as_ref().ticket.set(MaybeUninit::new(ticket));
            previous.as_ref().linked_mut().next = node;
            next.as_ref().linked_mut().previous = node;
        }
        self.last.set(Some(node));
    }

    /// # Safety
    ///
    /// `node` is linked into this queue: LINKED.
    #[inline(always)]
    unsafe fn take_out(&self, node: NonNull<Node>) -> Waker {
        // SAFETY: the caller's, and its neighbours are linked too. What is read is a
        // link no longer, so the waker is in one place only: LINKED.
        unsafe {
            let Link { previous, next, waker } = node.as_ref().place.get().read().assume_init();
            if next == node {
                self.last.set(None);
            } else {
                previous.as_ref().linked_mut().next = next;
                next.as_ref().linked_mut().previous = previous;
                if self.last.get() == Some(node) {
                    self.last.set(Some(previous));
                }
            }
            waker
        }
    }
}

/// One place in line: 24 bytes on a 32-bit machine.
struct Node {
    /// Written when it is linked, and not looked at before.
    place: UnsafeCell<MaybeUninit<Link>>,
    /// Written when it is linked, and left there when it is taken out.
    ticket: Cell<MaybeUninit<u32>>,
    /// It was called up and has not come, and is no longer linked.
    called: Cell<bool>,
    /// It stands in line, or was called up and has not come. Only the waiter
    /// itself looks at this, so it may do so outside of the lock.
    enrolled: Cell<bool>,
}

/// What a node is while it is linked.
struct Link {
    previous: NonNull<Node>,
    next: NonNull<Node>,
    waker: Waker,
}

impl Node {
    /// Written field by field: a constant that is uninitialized in part is copied as a
    /// whole, and who need not wait needs no place.
    #[inline(always)]
    fn new() -> Self {
        let mut node = MaybeUninit::<Self>::uninit();
        let blank = node.as_mut_ptr();
        // SAFETY: what is not written here may be uninitialized, as its type says, and
        // is not read before it is linked: LINKED.
        unsafe {
            (&raw mut (*blank).called).write(Cell::new(false));
            (&raw mut (*blank).enrolled).write(Cell::new(false));
            node.assume_init()
        }
    }

    /// Returns whether it was called up; that is over then. Only under the lock.
    #[inline(always)]
    fn comes(&self) -> bool {
        let called = self.called.get();
        if called {
            self.called.set(false);
            self.enrolled.set(false);
        }
        called
    }

    /// # Safety
    ///
    /// It is linked or was, and the lock is held: LINKED.
    #[inline(always)]
    unsafe fn ticket(&self) -> u32 {
        // SAFETY: the caller's; it was written when it was linked: LINKED.
        unsafe { self.ticket.get().assume_init() }
    }

    /// # Safety
    ///
    /// It is linked, the lock is held, and no other reference to the link is
    /// alive: LINKED.
    #[inline(always)]
    unsafe fn linked(&self) -> &Link {
        // SAFETY: the caller's; it was written when it was linked: LINKED.
        unsafe { (*self.place.get()).assume_init_ref() }
    }

    /// # Safety
    ///
    /// As for `linked`.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)] // As with any cell, the caller sees to it.
    unsafe fn linked_mut(&self) -> &mut Link {
        // SAFETY: the caller's; it was written when it was linked: LINKED.
        unsafe { (*self.place.get()).assume_init_mut() }
    }
}

/// Waits in line for `claim`, in the monitor that it borrows.
pub(crate) struct Waiter<'a, R: RawMutex, S, C: Claim<S>, const LINES: usize = 1> {
    monitor: &'a Monitor<R, S, LINES>,
    claim: C,
    node: Node,
    _pinned: PhantomPinned,
}

// SAFETY: the node is touched under the monitor's lock, from whichever thread
// polls; whether a monitor may be used by another thread, its reference knows.
unsafe impl<'a, R: RawMutex, S, C: Claim<S> + Send, const LINES: usize> Send
    for Waiter<'a, R, S, C, LINES>
where
    &'a Monitor<R, S, LINES>: Send,
{
}

/// What one look under the lock came to.
enum Look<T> {
    Ready(T),
    Waits,
    /// It has to wait, and nobody would wake it.
    NeedsWaker,
}

impl<'a, R: RawMutex, S, C: Claim<S>, const LINES: usize> Waiter<'a, R, S, C, LINES> {
    #[inline(always)]
    pub(crate) fn new(monitor: &'a Monitor<R, S, LINES>, claim: C) -> Self {
        Self { monitor, claim, node: Node::new(), _pinned: PhantomPinned }
    }

    #[inline(always)]
    pub(crate) fn monitor(&self) -> &'a Monitor<R, S, LINES> {
        self.monitor
    }

    #[inline(always)]
    pub(crate) fn claim(&self) -> &C {
        &self.claim
    }

    /// Waits, and runs `take` under the lock that finds the wait over.
    #[inline(always)]
    pub(crate) fn poll_with<T>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        take: impl Fn(&Inside<S, LINES>) -> T + Copy,
    ) -> Poll<T> {
        self.poll_and_wake(cx, move |inside| Some((take(inside), None)))
    }

    /// Waits, runs `take` under the lock that finds the wait over, and then wakes
    /// whom that called up. There is something to take, or it waits on.
    ///
    /// A poll that need not wait is the one that others wait for: it is kept short
    /// enough to be compiled into its caller, and nothing else is.
    #[inline(always)]
    pub(crate) fn poll_and_wake<T>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        take: impl Fn(&Inside<S, LINES>) -> Option<(T, Option<Waker>)> + Copy,
    ) -> Poll<T> {
        let this = self.into_ref();
        let at_once = this.monitor.lock(
            #[inline(always)]
            |inside| if this.may_go(inside) { take(inside) } else { None },
        );
        let Some((taken, called)) = at_once else { return this.wait_with(cx.waker(), take) };
        if let Some(called) = called {
            called.wake();
        }
        Poll::Ready(taken)
    }

    /// Takes what is waited for, if it was given to it or may be had at once.
    #[inline(always)]
    fn may_go(&self, inside: &Inside<S, LINES>) -> bool {
        self.node.comes()
            || !self.node.enrolled.get() && self.claim.try_claim(&inside.state, inside.line::<C>())
    }

    /// Looks again, and brings a waker, cloned outside of the lock, if it is asked
    /// for one.
    #[cold]
    #[inline(never)]
    fn wait_with<T>(
        self: Pin<&Self>,
        waker: &Waker,
        take: impl Fn(&Inside<S, LINES>) -> Option<(T, Option<Waker>)> + Copy,
    ) -> Poll<T> {
        let mut looked = Look::NeedsWaker;
        if self.node.enrolled.get() {
            looked = self.look(waker, &mut None, take).0;
        }
        if let Look::NeedsWaker = looked {
            looked = self.look(waker, &mut Some(waker.clone()), take).0;
        }
        let Look::Ready(taken) = looked else {
            waits_for(|| C::WAITS_FOR);
            return Poll::Pending;
        };
        let (taken, called) = taken.expect("not polled again after it resolved");
        if let Some(called) = called {
            called.wake();
        }
        Poll::Ready(taken)
    }

    /// Also returns a waker that is left over: it is dropped outside of the lock,
    /// where it may do what it likes.
    #[inline(always)]
    fn look<T>(
        self: Pin<&Self>,
        waker: &Waker,
        brought: &mut Option<Waker>,
        take: impl Fn(&Inside<S, LINES>) -> T + Copy,
    ) -> (Look<T>, Option<Waker>) {
        let this = self.get_ref();
        this.monitor.lock(|inside| {
            let line = inside.line::<C>();
            if !this.node.enrolled.get() {
                if this.claim.try_claim(&inside.state, line) {
                    return (Look::Ready(take(inside)), None);
                }
                let Some(waker) = brought.take() else { return (Look::NeedsWaker, None) };
                this.node.enrolled.set(true);
                let ticket = this.claim.ticket(&inside.state);
                // SAFETY: pinned, as `self` is; not linked, since not enrolled; and
                // `drop` unlinks it: LINKED.
                unsafe { line.link_last(NonNull::from(&this.node), ticket, waker) };
                return (Look::Waits, None);
            }
            if this.node.comes() {
                return (Look::Ready(take(inside)), None);
            }
            // SAFETY: enrolled and not called means linked: LINKED.
            let (link, ticket) = unsafe { (this.node.linked_mut(), this.node.ticket()) };
            if C::passed(&inside.state, ticket) {
                this.node.enrolled.set(false);
                // SAFETY: as above.
                let unused = unsafe { line.take_out(NonNull::from(&this.node)) };
                return (Look::Ready(take(inside)), Some(unused));
            }
            if link.waker.will_wake(waker) {
                return (Look::Waits, None);
            }
            match brought.take() {
                Some(waker) => (Look::Waits, Some(mem::replace(&mut link.waker, waker))),
                None => (Look::NeedsWaker, None),
            }
        })
    }

    #[inline(never)]
    fn leave(&self) {
        let (_unused, next) = self.monitor.lock(|inside| {
            // SAFETY: enrolled means linked, now or before: LINKED.
            let (state, ticket) = (&inside.state, unsafe { self.node.ticket() });
            let called = self.node.called.get();
            if called || C::passed(state, ticket) {
                self.claim.hand_back(state, ticket);
            } else {
                self.claim.left(state, ticket);
            }
            // SAFETY: enrolled and not called means linked: LINKED.
            let take_out = || unsafe { inside.line::<C>().take_out(NonNull::from(&self.node)) };
            let unused = (!called).then(take_out);
            // What was handed back is for the next in line, and who left may have
            // stood in the way of others. Under the same lock: who comes in between
            // would find it there to be had.
            (unused, C::settle(state, inside.line::<C>()))
        });
        if let Some(next) = next {
            self.monitor.wake_one::<C>(next);
            self.monitor.settle::<C>();
        }
    }
}

impl<R: RawMutex, S, C: Claim<S>, const LINES: usize> Future for Waiter<'_, R, S, C, LINES> {
    type Output = ();

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_with(cx, |_| ())
    }
}

impl<R: RawMutex, S, C: Claim<S>, const LINES: usize> Drop for Waiter<'_, R, S, C, LINES> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.node.enrolled.get() {
            self.leave();
        }
    }
}
