//! Wait queues of tasks, without storage of their own.
//!
//! A [`Waiter`] is part of the future that waits, and holds the [`Node`] with which it is
//! queued. The poll that cannot take the claim queues the node; a grant or the waiter's
//! drop removes it.
//!
//! ```text
//!             first poll                       grant
//!   new ────────────────────▶ QUEUED ───────────────────────────────▶ GRANTED
//!    │                           │                                      │
//!    │ first poll,               │ drop: leaves the queue               │ drop: passes the grant on
//!    │ available                 │ poll: stays, with the new waker      │ poll
//!    ▼                           ▼                                      ▼
//!  ready                        gone                                  ready
//! ```
//!
//! LINKED, on which the `unsafe` in this file rests: a node is linked only while it is
//! pinned, into the one queue that its waiter borrows. Links, queue and everything else
//! that both sides see are accessed only under the lock of the monitor which holds that
//! queue. Every pin ends in `Waiter::drop`, which first unlinks the node. Under the lock
//! no foreign code runs: nothing is cloned, dropped or woken, and only numbers and
//! pointers are compared.
//!
//! Queue and waiter share one long file, because LINKED covers both.

use core::cell::{Cell, UnsafeCell};
use core::future::Future;
use core::marker::PhantomPinned;
use core::mem::{self, MaybeUninit};
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll, Waker};

use tickwire_traits::waits_for;

use super::claim::Claim;
use super::monitor::{Inside, Monitor};
use super::raw::RawMutex;

/// A first-in, first-out queue of waiters. One word.
///
/// ```text
///   last ──▶ node ⇄ node ⇄ node      a ring; the last one's next is the first
///             ▲  first       │ last
///             └──────────────┘
/// ```
pub(crate) struct WaitQueue {
    last: Cell<Option<NonNull<Node>>>,
}

// SAFETY: its nodes are accessed only under the lock: LINKED.
unsafe impl Send for WaitQueue {}

impl WaitQueue {
    pub(crate) const fn new() -> Self {
        Self { last: Cell::new(None) }
    }

    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.last.get().is_none()
    }

    /// Returns the ticket of the first waiter.
    #[inline(always)]
    pub(crate) fn first_ticket(&self) -> Option<u32> {
        let last = self.last.get()?;
        // SAFETY: the caller has the queue, so it holds the lock; linked nodes live:
        // LINKED.
        Some(unsafe { last.as_ref().linked().next.as_ref().ticket() })
    }

    /// Returns the ticket of the last waiter.
    pub(crate) fn last_ticket(&self) -> Option<u32> {
        let last = self.last.get()?;
        // SAFETY: as above.
        Some(unsafe { last.as_ref().ticket() })
    }

    /// Grants to the first waiter and dequeues it. Returns its waker.
    #[inline(always)]
    pub(crate) fn grant_first(&self) -> Option<Waker> {
        let last = self.last.get()?;
        // SAFETY: as above.
        unsafe {
            let first = last.as_ref().linked().next;
            first.as_ref().granted.set(true);
            Some(self.take_out(first))
        }
    }

    /// # Safety
    ///
    /// `node` is pinned, not linked, and its waiter will unlink it: LINKED.
    #[inline(always)]
    unsafe fn link_last(&self, node: NonNull<Node>, ticket: u32, waker: Waker) {
        // SAFETY: guaranteed by the caller; linked nodes live: LINKED.
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
        // SAFETY: guaranteed by the caller; the neighbors are linked too. The link read
        // here is no longer used, so the waker exists only once: LINKED.
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

/// A node of a wait queue: 24 bytes on a 32-bit machine.
struct Node {
    /// Written when the node is linked, and not read before.
    place: UnsafeCell<MaybeUninit<Link>>,
    /// Written when the node is linked, and kept when it is unlinked.
    ticket: Cell<MaybeUninit<u32>>,
    /// The node was granted its claim and unlinked, and its waiter has not polled since.
    granted: Cell<bool>,
    /// The node is queued, or granted and not polled since. Only its waiter accesses this
    /// field, so it needs no lock.
    enrolled: Cell<bool>,
}

/// The contents of a linked node.
struct Link {
    previous: NonNull<Node>,
    next: NonNull<Node>,
    waker: Waker,
}

impl Node {
    /// Written field by field: a partly uninitialized constant is copied as a whole, and
    /// a waiter that need not wait uses no place.
    #[inline(always)]
    fn new() -> Self {
        let mut node = MaybeUninit::<Self>::uninit();
        let blank = node.as_mut_ptr();
        // SAFETY: the other fields may be uninitialized, by their types, and are not read
        // before the node is linked: LINKED.
        unsafe {
            (&raw mut (*blank).granted).write(Cell::new(false));
            (&raw mut (*blank).enrolled).write(Cell::new(false));
            node.assume_init()
        }
    }

    /// Consumes the grant. Returns whether there was one. Call it under the lock.
    #[inline(always)]
    fn take_grant(&self) -> bool {
        let granted = self.granted.get();
        if granted {
            self.granted.set(false);
            self.enrolled.set(false);
        }
        granted
    }

    /// # Safety
    ///
    /// The node is or was linked, and the lock is held: LINKED.
    #[inline(always)]
    unsafe fn ticket(&self) -> u32 {
        // SAFETY: guaranteed by the caller; written when the node was linked: LINKED.
        unsafe { self.ticket.get().assume_init() }
    }

    /// # Safety
    ///
    /// The node is linked, the lock is held, and no other reference to the link is alive:
    /// LINKED.
    #[inline(always)]
    unsafe fn linked(&self) -> &Link {
        // SAFETY: guaranteed by the caller; written when the node was linked: LINKED.
        unsafe { (*self.place.get()).assume_init_ref() }
    }

    /// # Safety
    ///
    /// The same as for `linked`.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)] // The caller guarantees exclusive access, as with any cell.
    unsafe fn linked_mut(&self) -> &mut Link {
        // SAFETY: guaranteed by the caller; written when the node was linked: LINKED.
        unsafe { (*self.place.get()).assume_init_mut() }
    }
}

/// A future that waits for `claim`, queued in the monitor that it borrows.
pub(crate) struct Waiter<'a, R: RawMutex, S, C: Claim<S>, const QUEUES: usize = 1> {
    monitor: &'a Monitor<R, S, QUEUES>,
    claim: C,
    node: Node,
    _pinned: PhantomPinned,
}

// SAFETY: the polling thread accesses the node under the monitor's lock; the bound on the
// reference decides whether another thread may use the monitor.
unsafe impl<'a, R: RawMutex, S, C: Claim<S> + Send, const QUEUES: usize> Send
    for Waiter<'a, R, S, C, QUEUES>
where
    &'a Monitor<R, S, QUEUES>: Send,
{
}

/// The outcome of one check under the lock.
enum Look<T> {
    Ready(T),
    Waits,
    /// The task has to wait, and the queue has no waker for it.
    NeedsWaker,
}

impl<'a, R: RawMutex, S, C: Claim<S>, const QUEUES: usize> Waiter<'a, R, S, C, QUEUES> {
    #[inline(always)]
    pub(crate) fn new(monitor: &'a Monitor<R, S, QUEUES>, claim: C) -> Self {
        Self { monitor, claim, node: Node::new(), _pinned: PhantomPinned }
    }

    #[inline(always)]
    pub(crate) fn monitor(&self) -> &'a Monitor<R, S, QUEUES> {
        self.monitor
    }

    #[inline(always)]
    pub(crate) fn claim(&self) -> &C {
        &self.claim
    }

    /// Waits, then runs `take` under the lock that ends the wait.
    #[inline(always)]
    pub(crate) fn poll_with<T>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        take: impl Fn(&Inside<S, QUEUES>) -> T + Copy,
    ) -> Poll<T> {
        self.poll_and_wake(cx, move |inside| Some((take(inside), None)))
    }

    /// Waits, then runs `take` under the lock that ends the wait, and wakes the waiter
    /// that `take` granted to. If `take` returns `None`, waits on.
    ///
    /// The poll that need not wait is the one that other tasks wait for: only this path
    /// is small enough to be inlined into its caller.
    #[inline(always)]
    pub(crate) fn poll_and_wake<T>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        take: impl Fn(&Inside<S, QUEUES>) -> Option<(T, Option<Waker>)> + Copy,
    ) -> Poll<T> {
        let this = self.into_ref();
        let at_once = this.monitor.lock(
            #[inline(always)]
            |inside| if this.may_go(inside) { take(inside) } else { None },
        );
        let Some((taken, granted)) = at_once else { return this.wait_with(cx.waker(), take) };
        if let Some(granted) = granted {
            granted.wake();
        }
        Poll::Ready(taken)
    }

    /// Takes the claim, if it was granted or is available immediately.
    #[inline(always)]
    fn may_go(&self, inside: &Inside<S, QUEUES>) -> bool {
        self.node.take_grant()
            || !self.node.enrolled.get() && self.claim.try_claim(&inside.state, inside.queue::<C>())
    }

    /// Checks again, and supplies a waker, cloned outside the lock, if one is needed.
    #[cold]
    #[inline(never)]
    fn wait_with<T>(
        self: Pin<&Self>,
        waker: &Waker,
        take: impl Fn(&Inside<S, QUEUES>) -> Option<(T, Option<Waker>)> + Copy,
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
        let (taken, granted) = taken.expect("not polled again after it resolved");
        if let Some(granted) = granted {
            granted.wake();
        }
        Poll::Ready(taken)
    }

    /// Checks the claim, or queues the waiter. Also returns a leftover waker, to be
    /// dropped outside the lock.
    #[inline(always)]
    fn look<T>(
        self: Pin<&Self>,
        waker: &Waker,
        brought: &mut Option<Waker>,
        take: impl Fn(&Inside<S, QUEUES>) -> T + Copy,
    ) -> (Look<T>, Option<Waker>) {
        let this = self.get_ref();
        this.monitor.lock(|inside| {
            let queue = inside.queue::<C>();
            if !this.node.enrolled.get() {
                if this.claim.try_claim(&inside.state, queue) {
                    return (Look::Ready(take(inside)), None);
                }
                let Some(waker) = brought.take() else { return (Look::NeedsWaker, None) };
                this.node.enrolled.set(true);
                let ticket = this.claim.ticket(&inside.state);
                // SAFETY: the node is pinned like `self`, is not linked since it is not
                // enrolled, and `drop` unlinks it: LINKED.
                unsafe { queue.link_last(NonNull::from(&this.node), ticket, waker) };
                return (Look::Waits, None);
            }
            if this.node.take_grant() {
                return (Look::Ready(take(inside)), None);
            }
            // SAFETY: enrolled without a grant means linked: LINKED.
            let (link, ticket) = unsafe { (this.node.linked_mut(), this.node.ticket()) };
            if C::passed(&inside.state, ticket) {
                this.node.enrolled.set(false);
                // SAFETY: as above.
                let unused = unsafe { queue.take_out(NonNull::from(&this.node)) };
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
            // SAFETY: enrolled means linked now or before: LINKED.
            let (state, ticket) = (&inside.state, unsafe { self.node.ticket() });
            let granted = self.node.granted.get();
            if granted {
                self.claim.give_back(state, ticket);
            } else {
                self.claim.left(state, ticket);
            }
            // SAFETY: enrolled without a grant means linked: LINKED.
            let take_out = || unsafe { inside.queue::<C>().take_out(NonNull::from(&self.node)) };
            let unused = (!granted).then(take_out);
            // The returned grant is for the next waiter, and the waiter that leaves may
            // have blocked others. Settling under the same lock keeps a new task from
            // taking it in between.
            (unused, C::settle(state, inside.queue::<C>()))
        });
        if let Some(next) = next {
            self.monitor.wake_one::<C>(next);
            self.monitor.settle::<C>();
        }
    }
}

impl<R: RawMutex, S, C: Claim<S>, const QUEUES: usize> Future for Waiter<'_, R, S, C, QUEUES> {
    type Output = ();

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_with(cx, |_| ())
    }
}

impl<R: RawMutex, S, C: Claim<S>, const QUEUES: usize> Drop for Waiter<'_, R, S, C, QUEUES> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.node.enrolled.get() {
            self.leave();
        }
    }
}
