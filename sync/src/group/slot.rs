//! Slots of children, and the ready lists of their groups.
//!
//! A child's waker points to a [`Slot`]. A group has one slot per child, and one
//! [`ReadyList`]: the children to poll, in the order in which they were woken, and the
//! waker of the task that polls the group.
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
//! leaves its waker and takes the whole list, in one step; then it makes one slot after the
//! other idle, and polls its child. So a slot that is queued later always finds a waker, or
//! one that was taken and is being woken.
//!
//! Each step takes constant time, and is a critical section. Where the processor has atomic
//! swaps, a slot is made idle by one of these instead: it reads what all wakes before it
//! wrote, and a wake after it queues the slot again. Wakers are cloned, woken and dropped
//! outside of critical sections.
//!
//! HELD, on which the `unsafe` in this file rests: a slot is not free exactly while it is
//! one of some [`Members`], which hold it and its list, and release it before they let go
//! of either. An idle slot points to that list. A queued slot points to its neighbors,
//! which are queued slots of the same members. Fields are touched under one lock, except
//! that `mark` is atomic, and that members alone touch the links of the slots that they
//! have taken: these are marked as queued, and a wake touches no slot that is.
//!
//! Slot, list and members are in one file, long as it is: HELD speaks of all three.

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

/// A raw mutex of which all objects are one lock.
///
/// # Safety
///
/// While a closure given to `lock` runs, no other context runs one given to `lock` of any
/// object of the type.
pub unsafe trait OneLock: RawMutex + Send + Sync {
    /// Loom has a type of its own.
    type Mark: Mark;

    /// Whether marks are swapped, so that a poll needs no lock to clear them.
    const SWAPS: bool = cfg!(target_has_atomic = "ptr");
}

// SAFETY: a critical section excludes every other one in the program: HELD.
unsafe impl OneLock for CriticalSectionRawMutex {
    type Mark = AtomicUsize;
}

/// A pointer whose target stays at its address, however often the pointer is moved.
///
/// # Safety
///
/// The target is not moved or dropped while the pointer is there.
pub unsafe trait Holds<T>: Deref<Target = T> {}

// SAFETY: a reference is as good as its target: HELD.
unsafe impl<T> Holds<T> for &'static T {}

#[cfg(any(all(feature = "alloc", target_has_atomic = "ptr"), test))]
// SAFETY: the target is on the heap, and there as long as the count: HELD.
unsafe impl<T> Holds<T> for alloc::sync::Arc<T> {}

/// What a child's waker points to.
pub struct Slot<R: OneLock = CriticalSectionRawMutex> {
    /// The child's place in its group, and whether it is queued.
    mark: R::Mark,
    /// The next slot while it is queued. The last slot's is the first.
    next: Cell<*const Self>,
    /// The previous slot while it is queued, the list while it is idle. One word for both:
    /// a queued slot is not queued again.
    back: Cell<*const ()>,
    /// The list, unless the slot is free.
    #[cfg(feature = "std")]
    list: Cell<*const ReadyList<R>>,
    /// A backend has arranged to wake the child while the list's root polled it.
    #[cfg(feature = "std")]
    is_relied_on: Cell<bool>,
    lock: PhantomData<R>,
}

/// The children of a group that were woken, and whom to wake for them.
pub struct ReadyList<R: OneLock = CriticalSectionRawMutex> {
    /// The last slot, whose `next` is the first. The address of the list itself if no slot
    /// is queued, null if no group has the list.
    last: Cell<*const ()>,
    /// Taken by the wake that uses it, left by the next poll of the group.
    parent: Cell<Option<Waker>>,
    /// The waker with which the outermost group was polled.
    #[cfg(feature = "std")]
    root: Cell<Option<WakerId>>,
    lock: PhantomData<R>,
}

// SAFETY: the fields are touched by one context at a time, and what is in them may be
// used by any: HELD.
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
            // SAFETY: it was idle, so this is its list, which is held: HELD.
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

    /// Returns whether the slot can be claimed, or could be a moment ago.
    pub(crate) fn is_free(&self) -> bool {
        self.mark.load() == FREE
    }

    /// Returns the root with which the group was polled last, if it `is` what the caller
    /// relies on. None if the slot is free.
    #[cfg(feature = "std")]
    pub(crate) fn rely_on(&self, is: impl FnOnce(WakerId) -> bool) -> Option<WakerId> {
        locked::<R, _>(|| {
            // SAFETY: under the lock, and null or a list which is held: HELD.
            let root = unsafe { self.list.get().as_ref() }?.root.get()?;
            let is = is(root);
            self.is_relied_on.set(self.is_relied_on.get() || is);
            is.then_some(root)
        })
    }

    /// Queues the child, if a backend has relied on its root. Wakes nobody.
    ///
    /// # Safety
    ///
    /// The caller has claimed the slot: HELD.
    #[cfg(feature = "std")]
    unsafe fn recall(&self) {
        locked::<R, _>(|| {
            if self.is_relied_on.take() && !self.set_mark() {
                // SAFETY: it was idle, and not free, so this is its list: HELD.
                unsafe { (*self.list.get()).push(self) };
            }
        });
    }

    /// Takes the slot for the child at `place`, queued for its first poll; false if it is
    /// not free.
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
                // SAFETY: it was free, so it is not queued; the rest is the caller's: HELD.
                unsafe { list.push(self) };
            }
            free
        })
    }

    /// Frees the slot, and takes it out of the list in which it is queued: `list`, or the
    /// one of which `taken` is the last. Its wakers have no effect from now on.
    ///
    /// # Safety
    ///
    /// The caller has claimed the slot with `list`, and taken its slots: HELD.
    unsafe fn release(&self, list: &ReadyList<R>, taken: &mut *const Self) {
        locked::<R, _>(|| {
            if self.set_mark() {
                // SAFETY: what is queued has queued neighbors, which are held: HELD.
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

    /// Marks the slot as queued. Returns whether it was, or is free. Under the lock.
    #[inline(always)]
    fn set_mark(&self) -> bool {
        #[cfg(target_has_atomic = "ptr")]
        if R::SWAPS {
            // A write in any case: the swap that makes the slot idle has to read it.
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
    /// The caller has taken it from `list`, and out of the others that it has taken: HELD.
    #[inline(always)]
    unsafe fn rest(&self, list: &ReadyList<R>) -> usize {
        self.back.set(ptr::from_ref(list).cast());
        // Queued, so that nobody else changes it.
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
    /// The caller may touch it, and all that are queued with `last`: HELD.
    #[inline(always)]
    unsafe fn link_behind(&self, last: &Self) {
        let first = last.next.replace(self);
        self.next.set(first);
        self.back.set(ptr::from_ref(last).cast());
        // SAFETY: the caller's: HELD.
        unsafe { (*first).back.set(ptr::from_ref(self).cast()) };
    }

    /// Takes the slot out of where it is queued. Returns the previous one, null if it was
    /// alone.
    ///
    /// # Safety
    ///
    /// It is queued, and the caller may touch all that are queued with it: HELD.
    #[inline(always)]
    unsafe fn unlink(&self) -> *const Self {
        let next = self.next.get();
        if ptr::eq(next, self) {
            return ptr::null();
        }
        let previous = self.back.get().cast::<Self>();
        // SAFETY: the caller's: HELD.
        unsafe {
            (*previous).next.set(next);
            (*next).back.set(previous.cast());
        }
        previous
    }

    /// Queues the slots of which `back` is the last behind those of which `front` is, if
    /// there are any. Returns the last of all.
    ///
    /// # Safety
    ///
    /// The caller may touch all of them: HELD.
    #[inline(always)]
    unsafe fn join(front: *const Self, back: *const Self) -> *const Self {
        // SAFETY: the caller's: HELD.
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
    /// Creates a list that no group has.
    pub(crate) const fn new() -> Self {
        Self {
            last: Cell::new(ptr::null()),
            parent: Cell::new(None),
            #[cfg(feature = "std")]
            root: Cell::new(None),
            lock: PhantomData,
        }
    }

    /// Takes the list for a group; false if another one has it.
    pub(crate) fn claim(&self) -> bool {
        locked::<R, _>(|| {
            let free = self.last.get().is_null();
            if free {
                self.last.set(self.empty());
            }
            free
        })
    }

    /// Frees the list. All slots that were claimed with it have been released.
    fn release(&self) {
        let parent = locked::<R, _>(|| {
            self.last.set(ptr::null());
            self.parent.take()
        });
        drop(parent);
    }

    /// Leaves `parent` as the waker to wake, and adds all slots to those that were `taken`.
    ///
    /// # Safety
    ///
    /// The caller has claimed the list, and taken its slots: HELD.
    #[inline(always)]
    unsafe fn take(&self, taken: &mut *const Slot<R>, parent: &Waker) {
        let parent = Some(parent.clone());
        let before = locked::<R, _>(|| {
            if self.last.get() != self.empty() {
                // SAFETY: under the lock, and the others are the caller's: HELD.
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
            // SAFETY: the caller's, and the last is queued: HELD.
            unsafe { slot.link_behind(&*self.last.get().cast()) };
        }
        self.last.set(ptr::from_ref(slot).cast());
    }

    /// Returns `last` of a list without slots.
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

/// The slots that a group has claimed, by place, and its ready list.
pub(crate) struct Members<const N: usize, H: Home> {
    slots: [Option<H::Slot>; N],
    len: usize,
    /// Set if there is a slot.
    list: Option<Claimed<H>>,
    taken: Taken<H::Lock>,
    /// The root with which the list was taken last.
    #[cfg(feature = "std")]
    root: Option<WakerId>,
    home: H,
}

/// The last of the slots that a poll has taken from the list and not polled yet.
struct Taken<R: OneLock>(*const Slot<R>);

// SAFETY: a slot may be touched by any context, if by one at a time: HELD.
unsafe impl<R: OneLock> Send for Taken<R> {}
// SAFETY: as above. With a shared reference it leads to no slot.
unsafe impl<R: OneLock> Sync for Taken<R> {}

/// A list that a group has claimed. Dropped when all slots have been released.
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

    /// Claims a slot for `place`, which has none, and queues it; false if there is none.
    pub(crate) fn claim(&mut self, place: usize) -> bool {
        let Some(member @ None) = self.slots.get_mut(place) else { return false };
        let claim = || self.home.lists().find(|list| list.claim()).map(Claimed);
        let Some(list) = self.list.take().or_else(claim) else { return false };
        // SAFETY: `release`, which `drop` calls too, releases it before either goes: HELD.
        let claimed = |slot: &H::Slot| unsafe { slot.claim(&list.0, place) };
        *member = self.home.slots(place).find(claimed);
        let claimed = member.is_some();
        self.len += usize::from(claimed);
        if self.len > 0 {
            self.list = Some(list);
        }
        claimed
    }

    /// Releases the slot at `place`, if there is one. After the last one it returns the
    /// list, with the waker in it, to be dropped.
    pub(crate) fn release(&mut self, place: usize) -> Option<Claimed<H>> {
        let slot = self.slots.get_mut(place)?.take()?;
        self.len -= 1;
        // SAFETY: it was claimed with this list: HELD.
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

    /// Takes all slots that are queued, and leaves `parent` to be woken for those that
    /// will be. Returns false if there is no slot.
    #[inline(always)]
    pub(crate) fn take(&mut self, parent: &Waker) -> bool {
        #[cfg(feature = "std")]
        self.follow(root_of(parent));
        let Some(list) = &self.list else { return false };
        // SAFETY: it is the list of these members: HELD.
        unsafe { list.0.take(&mut self.taken.0, parent) };
        true
    }

    /// Has children polled once more if `root` is another than before, and a backend has
    /// relied on the former one ([`is_child_of`](crate::is_child_of)): it may not come to
    /// wake them while another executor polls the group.
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
            // SAFETY: all of these are claimed: HELD.
            unsafe { slot.recall() };
        }
    }

    /// Returns the first place that was taken, and makes its slot idle.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<usize> {
        // SAFETY: those taken are slots of these members, queued together: HELD.
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

// SAFETY: one mutex is the raw mutex of everything: HELD.
#[cfg(all(test, not(any(miri, light_tests))))]
unsafe impl<const APART: bool> OneLock for orders::Section<APART> {
    type Mark = loom::sync::atomic::AtomicUsize;

    const SWAPS: bool = APART;
}
