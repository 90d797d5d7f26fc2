//! Slots of children, and the ready lists of their groups.
//!
//! A child's waker points to a [`Slot`]. A group has one slot per child, and one
//! [`ReadyList`]: the woken children in the order of their wakes, and the waker of the
//! task that polls the group.
//!
//! ```text
//!            claim                  next
//!   FREE ─────────────▶ QUEUED ─────────────▶ IDLE
//!    ▲                   │  ▲      wake        │
//!    │      release      │  └──────────────────┤
//!    └───────────────────┴─────────────────────┘
//! ```
//!
//! A wake queues an idle slot, and takes and wakes the group's waker. A poll of the group
//! stores its waker and takes the whole list, in one step; then it makes the slots idle
//! one by one, and polls their children. So a slot queued later always finds a waker, or
//! one that is already being woken.
//!
//! Each step takes constant time, and is a critical section. On processors with atomic
//! swaps, a swap makes a slot idle instead: it reads what all earlier wakes wrote, and a
//! later wake queues the slot again. Wakers are cloned, woken and dropped outside
//! critical sections.
//!
//! HELD, on which the `unsafe` in this file rests: a slot is not free exactly while it
//! belongs to some [`Members`], which hold it and its list, and release it before they
//! let go of either. An idle slot points to that list. A queued slot points to its
//! neighbors, which are queued slots of the same members. Fields are accessed under one
//! lock, except that `mark` is atomic, and that only the members access the links of
//! slots they have taken: these are marked as queued, and a wake does not access a queued
//! slot.
//!
//! Slot, list and members share one long file, because HELD covers all three.

mod mark;
#[cfg(all(test, not(any(miri, light_tests))))]
mod orders;
#[cfg(test)]
mod sequences;

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;
use core::ptr;
use core::sync::atomic::AtomicUsize;
use core::task::Waker;

#[cfg(feature = "std")]
use tickwire_traits::WakerId;

#[cfg(feature = "std")]
use super::wake_slots::root_of;
use super::wake_slots::sealed::Home;
use crate::kernel::raw::{CriticalSectionRawMutex, RawMutex};
pub(crate) use mark::Mark;
use mark::{FREE, QUEUED, place, queued};

/// A raw mutex type whose objects are all one lock.
///
/// # Safety
///
/// While a closure given to `lock` runs, no other context runs a closure given to `lock`
/// of any object of the type.
pub unsafe trait OneLock: RawMutex + Send + Sync {
    /// The mark of a slot. Loom has its own type.
    type Mark: Mark;

    /// Whether marks are swapped, so that a poll clears them without a lock.
    const SWAPS: bool = cfg!(target_has_atomic = "ptr");
}

// SAFETY: a critical section excludes every other one in the program: HELD.
unsafe impl OneLock for CriticalSectionRawMutex {
    type Mark = AtomicUsize;
}

/// A pointer whose target does not move when the pointer does.
///
/// # Safety
///
/// The target is neither moved nor dropped while the pointer exists.
pub unsafe trait Holds<T>: Deref<Target = T> {}

// SAFETY: the target of a static reference never moves: HELD.
unsafe impl<T> Holds<T> for &'static T {}

#[cfg(any(all(feature = "alloc", target_has_atomic = "ptr"), test))]
// SAFETY: the target is on the heap, and lives as long as its count: HELD.
unsafe impl<T> Holds<T> for alloc::sync::Arc<T> {}

/// The target of a child's waker.
pub struct Slot<R: OneLock = CriticalSectionRawMutex> {
    /// The child's place in its group, and whether the slot is queued.
    mark: R::Mark,
    /// The next slot, while this one is queued. The last slot's `next` is the first.
    next: Cell<*const Self>,
    /// The previous slot while this one is queued, the list while it is idle. One word
    /// for both: a queued slot is not queued again.
    back: Cell<*const ()>,
    /// The list, unless the slot is free.
    #[cfg(feature = "std")]
    list: Cell<*const ReadyList<R>>,
    /// Whether a backend has arranged to wake the child while the list's root polled it.
    #[cfg(feature = "std")]
    is_relied_on: Cell<bool>,
    lock: PhantomData<R>,
}

/// The woken children of a group, and the waker of the group's task.
pub struct ReadyList<R: OneLock = CriticalSectionRawMutex> {
    /// The last slot, whose `next` is the first. The address of the list itself if no
    /// slot is queued; null if no group has the list.
    last: Cell<*const ()>,
    /// The waker of the group's task. The wake that uses it takes it; the next poll of
    /// the group stores it again.
    parent: Cell<Option<Waker>>,
    /// The waker with which the outermost group was polled.
    #[cfg(feature = "std")]
    root: Cell<Option<WakerId>>,
    lock: PhantomData<R>,
}

// SAFETY: one context at a time accesses the fields, and any context may use their
// values: HELD.
unsafe impl<R: OneLock> Send for Slot<R> {}
// SAFETY: as above.
unsafe impl<R: OneLock> Sync for Slot<R> {}
// SAFETY: as above. A waker may be used by any context.
unsafe impl<R: OneLock> Send for ReadyList<R> {}
// SAFETY: as above.
unsafe impl<R: OneLock> Sync for ReadyList<R> {}

#[inline(always)]
fn locked<R: OneLock, T>(f: impl FnOnce() -> T) -> T {
    R::INIT.lock(f)
}

impl Slot {
    /// Creates a free slot.
    pub(crate) const fn new() -> Self {
        Self::with(AtomicUsize::new(FREE))
    }
}

impl<R: OneLock> Slot<R> {
    const fn with(mark: R::Mark) -> Self {
        Self {
            mark,
            next: Cell::new(ptr::null()),
            back: Cell::new(ptr::null()),
            #[cfg(feature = "std")]
            list: Cell::new(ptr::null()),
            #[cfg(feature = "std")]
            is_relied_on: Cell::new(false),
            lock: PhantomData,
        }
    }

    /// Queues the child, and wakes its group's task. Does nothing if the slot is free.
    pub(crate) fn wake(&self) {
        let parent = locked::<R, _>(|| {
            if self.set_mark() {
                return None;
            }
            // SAFETY: the slot was idle, so this is its list, which is held: HELD.
            unsafe {
                let list = self.back.get().cast::<ReadyList<R>>();
                (*list).push(self);
                (*list).parent.take()
            }
        });
        if let Some(parent) = parent {
            parent.wake();
        }
    }

    /// Returns whether the slot is free. The answer may be outdated.
    pub(crate) fn is_free(&self) -> bool {
        self.mark.load() == FREE
    }

    /// Returns the root that polled the group last, if `is` accepts it; the caller then
    /// relies on it. `None` if the slot is free.
    #[cfg(feature = "std")]
    pub(crate) fn rely_on(&self, is: impl FnOnce(WakerId) -> bool) -> Option<WakerId> {
        locked::<R, _>(|| {
            // SAFETY: accessed under the lock; null or a held list: HELD.
            let root = unsafe { self.list.get().as_ref() }?.root.get()?;
            let is = is(root);
            self.is_relied_on.set(self.is_relied_on.get() || is);
            is.then_some(root)
        })
    }

    /// Queues the child if a backend has relied on its root. Wakes no task.
    ///
    /// # Safety
    ///
    /// The caller has claimed the slot: HELD.
    #[cfg(feature = "std")]
    unsafe fn recall(&self) {
        locked::<R, _>(|| {
            if self.is_relied_on.take() && !self.set_mark() {
                // SAFETY: the slot was idle and not free, so this is its list: HELD.
                unsafe { (*self.list.get()).push(self) };
            }
        });
    }

    /// Claims the slot for the child at `place`, queued for its first poll. Returns false
    /// if the slot is not free.
    ///
    /// # Safety
    ///
    /// The caller holds the slot and `list` until it has released the slot: HELD.
    unsafe fn claim(&self, list: &ReadyList<R>, place: usize) -> bool {
        locked::<R, _>(|| {
            let free = self.is_free();
            if free {
                self.mark.store(queued(place));
                #[cfg(feature = "std")]
                self.list.set(list);
                // SAFETY: the slot was free, so it is not queued. The caller guarantees
                // the rest: HELD.
                unsafe { list.push(self) };
            }
            free
        })
    }

    /// Frees the slot, and removes it from the list in which it is queued: `list`, or the
    /// one that ends with `taken`. Its wakers have no effect from now on.
    ///
    /// # Safety
    ///
    /// The caller has claimed the slot with `list`, and taken its slots: HELD.
    unsafe fn release(&self, list: &ReadyList<R>, taken: &mut *const Self) {
        locked::<R, _>(|| {
            if self.set_mark() {
                // SAFETY: a queued slot has queued neighbors, which are held: HELD.
                let previous = unsafe { self.unlink() };
                if ptr::eq(*taken, self) {
                    *taken = previous;
                } else if ptr::eq(list.last.get().cast(), self) {
                    list.last.set(if previous.is_null() { list.empty() } else { previous.cast() });
                }
            }
            #[cfg(feature = "std")]
            {
                self.list.set(ptr::null());
                self.is_relied_on.set(false);
            }
            self.mark.store(FREE);
        });
    }

    /// Marks the slot as queued. Returns whether it was queued or free. Call it under the
    /// lock.
    #[inline(always)]
    fn set_mark(&self) -> bool {
        #[cfg(target_has_atomic = "ptr")]
        if R::SWAPS {
            // Writes in any case: the swap that makes the slot idle has to read it.
            return self.mark.set(QUEUED) & QUEUED != 0;
        }
        let mark = self.mark.load();
        self.mark.store(mark | QUEUED);
        mark & QUEUED != 0
    }

    /// Makes the slot idle. Returns its place.
    ///
    /// # Safety
    ///
    /// The caller has taken the slot from `list`, and unlinked it from the others that it
    /// has taken: HELD.
    #[inline(always)]
    unsafe fn rest(&self, list: &ReadyList<R>) -> usize {
        self.back.set(ptr::from_ref(list).cast());
        // The slot is queued, so no other context changes it.
        let idle = self.mark.load() & !QUEUED;
        #[cfg(target_has_atomic = "ptr")]
        if R::SWAPS {
            self.mark.swap(idle);
            return place(idle);
        }
        locked::<R, _>(|| self.mark.store(idle));
        place(idle)
    }

    /// Queues the slot behind `last`.
    ///
    /// # Safety
    ///
    /// The caller may access the slot, and all that are queued with `last`: HELD.
    #[inline(always)]
    unsafe fn link_behind(&self, last: &Self) {
        let first = last.next.replace(self);
        self.next.set(first);
        self.back.set(ptr::from_ref(last).cast());
        // SAFETY: guaranteed by the caller: HELD.
        unsafe { (*first).back.set(ptr::from_ref(self).cast()) };
    }

    /// Unlinks the slot. Returns the previous slot, or null if there is none.
    ///
    /// # Safety
    ///
    /// The slot is queued, and the caller may access all that are queued with it: HELD.
    #[inline(always)]
    unsafe fn unlink(&self) -> *const Self {
        let next = self.next.get();
        if ptr::eq(next, self) {
            return ptr::null();
        }
        let previous = self.back.get().cast::<Self>();
        // SAFETY: guaranteed by the caller: HELD.
        unsafe {
            (*previous).next.set(next);
            (*next).back.set(previous.cast());
        }
        previous
    }

    /// Links the slots that end with `back` behind those that end with `front`, if there
    /// are any. Returns the last of all.
    ///
    /// # Safety
    ///
    /// The caller may access all of them: HELD.
    #[inline(always)]
    unsafe fn join(front: *const Self, back: *const Self) -> *const Self {
        // SAFETY: guaranteed by the caller: HELD.
        unsafe {
            if let Some(front) = front.as_ref() {
                let back = &*back;
                front.next.swap(&back.next);
                (*front.next.get()).back.set(ptr::from_ref(front).cast());
                (*back.next.get()).back.set(ptr::from_ref(back).cast());
            }
        }
        back
    }
}

impl<R: OneLock> ReadyList<R> {
    /// Creates a list without a group.
    pub(crate) const fn new() -> Self {
        Self {
            last: Cell::new(ptr::null()),
            parent: Cell::new(None),
            #[cfg(feature = "std")]
            root: Cell::new(None),
            lock: PhantomData,
        }
    }

    /// Claims the list for a group. Returns false if another group has it.
    pub(crate) fn claim(&self) -> bool {
        locked::<R, _>(|| {
            let free = self.last.get().is_null();
            if free {
                self.last.set(self.empty());
            }
            free
        })
    }

    /// Frees the list. All slots claimed with it have been released.
    fn release(&self) {
        let parent = locked::<R, _>(|| {
            self.last.set(ptr::null());
            self.parent.take()
        });
        drop(parent);
    }

    /// Stores `parent` as the waker to wake, and appends all queued slots to `taken`.
    ///
    /// # Safety
    ///
    /// The caller has claimed the list, and taken its slots: HELD.
    #[inline(always)]
    unsafe fn take(&self, taken: &mut *const Slot<R>, parent: &Waker) {
        let parent = Some(parent.clone());
        let before = locked::<R, _>(|| {
            if self.last.get() != self.empty() {
                // SAFETY: under the lock; the caller owns the other slots: HELD.
                *taken = unsafe { Slot::join(*taken, self.last.get().cast()) };
                self.last.set(self.empty());
            }
            self.parent.replace(parent)
        });
        drop(before);
    }

    /// # Safety
    ///
    /// The lock is held, and `slot` was claimed with this list and is not queued: HELD.
    #[inline(always)]
    unsafe fn push(&self, slot: &Slot<R>) {
        if self.last.get() == self.empty() {
            slot.next.set(slot);
            slot.back.set(ptr::from_ref(slot).cast());
        } else {
            // SAFETY: the caller may access `slot`, and the last slot is queued: HELD.
            unsafe { slot.link_behind(&*self.last.get().cast()) };
        }
        self.last.set(ptr::from_ref(slot).cast());
    }

    /// Returns the value of `last` for a list without slots.
    #[inline(always)]
    fn empty(&self) -> *const () {
        ptr::from_ref(self).cast()
    }
}

impl<R: OneLock> fmt::Debug for Slot<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("free", &self.is_free()).finish_non_exhaustive()
    }
}

impl<R: OneLock> fmt::Debug for ReadyList<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadyList").finish_non_exhaustive()
    }
}

/// The slots claimed by a group, by place, and its ready list.
pub(crate) struct Members<const N: usize, H: Home> {
    slots: [Option<H::Slot>; N],
    len: usize,
    /// The ready list. `Some` while there is a slot.
    list: Option<Claimed<H>>,
    taken: Taken<H::Lock>,
    /// The root at the most recent `take`.
    #[cfg(feature = "std")]
    root: Option<WakerId>,
    home: H,
}

/// The last of the slots that a poll has taken from the list and not polled yet.
struct Taken<R: OneLock>(*const Slot<R>);

// SAFETY: any context may access a slot, one at a time: HELD.
unsafe impl<R: OneLock> Send for Taken<R> {}
// SAFETY: as above. A shared reference leads to no slot.
unsafe impl<R: OneLock> Sync for Taken<R> {}

/// A list claimed by a group. Dropped when all slots have been released.
pub(crate) struct Claimed<H: Home>(H::List);

impl<H: Home> Drop for Claimed<H> {
    fn drop(&mut self) {
        self.0.release();
    }
}

impl<const N: usize, H: Home> Members<N, H> {
    pub(crate) const fn new(home: H) -> Self {
        Self {
            slots: [const { None }; N],
            len: 0,
            list: None,
            taken: Taken(ptr::null()),
            #[cfg(feature = "std")]
            root: None,
            home,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn get(&self, place: usize) -> Option<&H::Slot> {
        self.slots.get(place)?.as_ref()
    }

    /// Claims a slot for `place`, which has none, and queues it. Returns false if no slot
    /// is free.
    pub(crate) fn claim(&mut self, place: usize) -> bool {
        let Some(member @ None) = self.slots.get_mut(place) else { return false };
        let claim = || self.home.lists().find(|list| list.claim()).map(Claimed);
        let Some(list) = self.list.take().or_else(claim) else { return false };
        // SAFETY: `release`, which `drop` also calls, releases the slot before either
        // goes: HELD.
        let claimed = |slot: &H::Slot| unsafe { slot.claim(&list.0, place) };
        *member = self.home.slots(place).find(claimed);
        let claimed = member.is_some();
        self.len += usize::from(claimed);
        if self.len > 0 {
            self.list = Some(list);
        }
        claimed
    }

    /// Releases the slot at `place`, if there is one. After the last slot, returns the
    /// list with its waker, for the caller to drop.
    pub(crate) fn release(&mut self, place: usize) -> Option<Claimed<H>> {
        let slot = self.slots.get_mut(place)?.take()?;
        self.len -= 1;
        // SAFETY: the slot was claimed with this list: HELD.
        unsafe { slot.release(&self.list.as_ref()?.0, &mut self.taken.0) };
        if self.len > 0 {
            return None;
        }
        #[cfg(feature = "std")]
        {
            self.root = None;
        }
        self.list.take()
    }

    /// Takes all queued slots, and stores `parent` to be woken for later ones. Returns
    /// false if there is no slot.
    #[inline(always)]
    pub(crate) fn take(&mut self, parent: &Waker) -> bool {
        #[cfg(feature = "std")]
        self.follow(root_of(parent));
        let Some(list) = &self.list else { return false };
        // SAFETY: this is the list of these members: HELD.
        unsafe { list.0.take(&mut self.taken.0, parent) };
        true
    }

    /// If `root` has changed and a backend has relied on the former one
    /// ([`is_child_of`](crate::is_child_of)), queues those children for another poll:
    /// that backend may not run while another executor polls the group.
    #[cfg(feature = "std")]
    #[inline(always)]
    fn follow(&mut self, root: WakerId) {
        if self.root.is_none_or(|known| known != root) {
            self.change_root(root);
        }
    }

    #[cfg(feature = "std")]
    #[cold]
    fn change_root(&mut self, root: WakerId) {
        let Some(list) = &self.list else { return };
        let former = self.root.replace(root);
        locked::<H::Lock, _>(|| list.0.root.set(Some(root)));
        if former.is_none() {
            return;
        }
        for slot in self.slots.iter().flatten() {
            // SAFETY: all these slots are claimed: HELD.
            unsafe { slot.recall() };
        }
    }

    /// Returns the first taken place, and makes its slot idle.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<usize> {
        // SAFETY: taken slots belong to these members, and are queued together: HELD.
        unsafe {
            let last = self.taken.0.as_ref()?;
            let list = &self.list.as_ref()?.0;
            let first = &*last.next.get();
            if ptr::eq(first, last) {
                self.taken.0 = ptr::null();
            } else {
                let second = &*first.next.get();
                last.next.set(second);
                second.back.set(ptr::from_ref(last).cast());
            }
            Some(first.rest(list))
        }
    }
}

impl<const N: usize, H: Home> Drop for Members<N, H> {
    fn drop(&mut self) {
        for place in 0..N {
            drop(self.release(place));
        }
    }
}

// SAFETY: all objects share one mutex: HELD.
#[cfg(all(test, not(any(miri, light_tests))))]
unsafe impl<const APART: bool> OneLock for orders::Section<APART> {
    type Mark = loom::sync::atomic::AtomicUsize;

    const SWAPS: bool = APART;
}
