//! The storage for the wakers of a group's children.

use core::fmt;
use core::task::Waker;

#[cfg(feature = "std")]
use tickwire_traits::WakerId;

use super::slot::{ReadyList, Slot};
use super::slot_waker;
use crate::kernel::raw::CriticalSectionRawMutex;

/// Slots for the wakers of `M` children of [`TaskGroup`](crate::TaskGroup)s.
///
/// A waker may be kept for any time: a timer queue keeps it until it is due. So a child's
/// waker does not point into its group, but to a slot in a `static`. Several groups may
/// share the slots: each running child has one, and returns it when it ends or is
/// dropped.
/// is dropped.
///
/// ```
/// use core::pin::pin;
/// use tickwire_sim::Sim;
/// use tickwire_sync::{TaskGroup, WakeSlots};
/// use tickwire_traits::{Duration, Timer};
///
/// static SLOTS: WakeSlots<8> = WakeSlots::new();
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let mut naps = pin!(TaskGroup::<_, 3>::new(&SLOTS));
/// for millis in [30, 10, 20] {
///     naps.as_mut().add(clock.sleep(Duration::from_millis(millis))).unwrap();
/// }
/// assert_eq!(SLOTS.free(), 5);
/// sim.run(async { while naps.as_mut().next().await.is_some() {} });
/// assert_eq!(SLOTS.free(), 8);
/// ```
///
/// A wake after its child has gone has no effect, or polls the slot's next owner once
/// spuriously.
///
/// `G` is the number of groups that may have children at the same time; by default as
/// many as there are slots. On a 32-bit microcontroller a slot takes 12 bytes, and so
/// does a group: `WakeSlots<8, 1>` takes 108 bytes and `WakeSlots<8>` 192.
///
/// A leaked group (`mem::forget`) never returns its slots.
pub struct WakeSlots<const M: usize, const G: usize = M> {
    slots: [Slot; M],
    lists: [ReadyList; G],
}

impl<const M: usize, const G: usize> WakeSlots<M, G> {
    /// Creates free slots.
    pub const fn new() -> Self {
        Self { slots: [const { Slot::new() }; M], lists: [const { ReadyList::new() }; G] }
    }

    /// Returns these slots as the home of a group.
    pub const fn home(&'static self) -> StaticSlots {
        StaticSlots(self)
    }

    /// Returns how many slots are free, across all groups.
    pub fn free(&self) -> usize {
        self.slots.iter().filter(|slot| slot.is_free()).count()
    }
}

impl<const M: usize, const G: usize> Default for WakeSlots<M, G> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const M: usize, const G: usize> fmt::Debug for WakeSlots<M, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WakeSlots").field("slots", &M).field("free", &self.free()).finish()
    }
}

/// The slots of a `static` [`WakeSlots`], as the home of a group.
///
/// It has no lifetime, so a future that holds a group can be `Send`.
///
/// ```
/// use core::future::Ready;
/// use tickwire_sync::{StaticSlots, TaskGroup, WakeSlots};
///
/// static SLOTS: WakeSlots<8> = WakeSlots::new();
///
/// let home: StaticSlots = SLOTS.home();
/// let group = TaskGroup::<Ready<u8>, 4, StaticSlots>::with_home(home);
/// assert!(group.is_empty());
/// ```
#[derive(Clone, Copy)]
pub struct StaticSlots(&'static dyn Places);

/// [`WakeSlots`] of any size. A pointer to it is shorter than two slices.
trait Places: Sync {
    fn slots(&self) -> &[Slot];
    fn lists(&self) -> &[ReadyList];
}

impl<const M: usize, const G: usize> Places for WakeSlots<M, G> {
    fn slots(&self) -> &[Slot] {
        &self.slots
    }

    fn lists(&self) -> &[ReadyList] {
        &self.lists
    }
}

impl fmt::Debug for StaticSlots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StaticSlots").field(&self.0.slots()).finish()
    }
}

/// Slots on the heap: one allocation per child, and one per group that has children. They
/// need no `static`, and only the group limits their number.
///
/// ```
/// use core::future::{Ready, ready};
/// use core::pin::pin;
/// use tickwire_sim::Sim;
/// use tickwire_sync::{HeapSlots, TaskGroup};
///
/// let mut group = pin!(TaskGroup::<Ready<u8>, 4, _>::with_home(HeapSlots));
/// let id = group.as_mut().add(ready(7)).unwrap();
/// assert_eq!(Sim::new().run(group.as_mut().next()), Some((id, 7)));
/// ```
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
#[derive(Clone, Copy, Debug, Default)]
pub struct HeapSlots;

/// The storage of a group's slots: [`StaticSlots`], or `HeapSlots` with the feature
/// `alloc`.
///
/// ```
/// use core::pin::pin;
/// use tickwire_sim::Sim;
/// use tickwire_sync::{TaskGroup, WakeHome, WakeSlots};
///
/// async fn last<F: Future>(futures: impl Iterator<Item = F>, home: impl WakeHome) -> F::Output {
///     let mut group = pin!(TaskGroup::<F, 4, _>::with_home(home));
///     for future in futures {
///         group.as_mut().add(future).unwrap();
///     }
///     let mut last = None;
///     while let Some((_, output)) = group.as_mut().next().await {
///         last = Some(output);
///     }
///     last.unwrap()
/// }
///
/// static SLOTS: WakeSlots<4> = WakeSlots::new();
/// assert_eq!(Sim::new().run(last([1, 2].map(core::future::ready).into_iter(), SLOTS.home())), 2);
/// ```
///
/// # For implementers
///
/// This trait is sealed.
pub trait WakeHome: sealed::Home<Slot: sealed::Lends> {}

impl<T: sealed::Home<Slot: sealed::Lends>> WakeHome for T {}

/// Returns whether `waker` belongs to a task in a [`TaskGroup`](crate::TaskGroup) that
/// was last polled with the waker `parent`. For nested groups, `parent` is the waker of
/// the outermost one.
///
/// ```
/// use core::future::poll_fn;
/// use core::pin::pin;
/// use core::task::{Context, Poll, Waker};
/// use tickwire_sync::{TaskGroup, WakeSlots, is_child_of};
/// use tickwire_traits::WakerId;
///
/// static SLOTS: WakeSlots<1> = WakeSlots::new();
///
/// let parent = Waker::noop();
/// let mut group = pin!(TaskGroup::<_, 1>::new(&SLOTS));
/// let task = poll_fn(|cx| Poll::Ready(is_child_of(cx.waker(), WakerId::of(parent))));
/// group.as_mut().add(task).unwrap();
/// let mut next = pin!(group.next());
/// let Poll::Ready(Some((_, is_child))) = next.as_mut().poll(&mut Context::from_waker(parent))
///     else { panic!("it is ready") };
/// assert!(is_child);
/// assert!(!is_child_of(parent, WakerId::of(parent)));
/// ```
///
/// # For implementers
///
/// A [`TimerQueue`](tickwire_traits::TimerQueue) that receives a waker of no task of its
/// executor cannot know whether the task returns to its executor, or whether another
/// executor holds the thread until that waker is woken. For a task in a group it can
/// know, while it polls the task with the waker `parent`. The queue may rely on `true`:
/// if another executor polls the group later, the group polls that task once more, and
/// the task asks the queue again.
///
/// A later waker may have the identity of a dropped one. So a queue that forgets its
/// arrangements for a task, because the task or the executor has ended, wakes the wakers
/// for which it got `true`.
#[cfg(feature = "std")]
pub fn is_child_of(waker: &Waker, parent: WakerId) -> bool {
    slot_waker::slot_of(waker).and_then(|slot| slot.rely_on(|root| root == parent)).is_some()
}

/// Returns the waker that polls the outermost group, for a group that is polled with
/// `waker`.
#[cfg(feature = "std")]
#[inline]
pub(crate) fn root_of(waker: &Waker) -> WakerId {
    // A backend may rely on this root for the tasks of this group.
    let root = slot_waker::slot_of(waker).and_then(|slot| slot.rely_on(|_| true));
    root.unwrap_or_else(|| WakerId::of(waker))
}

impl sealed::Home for StaticSlots {
    type Lock = CriticalSectionRawMutex;
    type Slot = &'static Slot;
    type List = &'static ReadyList;

    fn slots(&self, place: usize) -> impl Iterator<Item = Self::Slot> {
        let slots = self.0.slots();
        let near = slots.get(place..).unwrap_or_default();
        near.iter().chain(slots.iter().take(place)).filter(|slot| slot.is_free())
    }

    fn lists(&self) -> impl Iterator<Item = Self::List> {
        self.0.lists().iter()
    }
}

impl sealed::Lends for &'static Slot {
    #[inline]
    fn lend<T>(&self, f: impl FnOnce(&Waker) -> T) -> T {
        slot_waker::lend(self, f)
    }
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod heap {
    use alloc::sync::Arc;
    use core::iter::once_with;
    use core::task::Waker;

    use super::super::slot::{ReadyList, Slot};
    use super::super::slot_waker;
    use super::{HeapSlots, sealed};
    use crate::kernel::raw::CriticalSectionRawMutex;

    impl sealed::Home for HeapSlots {
        type Lock = CriticalSectionRawMutex;
        type Slot = Arc<Slot>;
        type List = Arc<ReadyList>;

        fn slots(&self, _: usize) -> impl Iterator<Item = Self::Slot> {
            once_with(|| Arc::new(Slot::new()))
        }

        fn lists(&self) -> impl Iterator<Item = Self::List> {
            once_with(|| Arc::new(ReadyList::new()))
        }
    }

    impl sealed::Lends for Arc<Slot> {
        #[inline]
        fn lend<T>(&self, f: impl FnOnce(&Waker) -> T) -> T {
            slot_waker::heap::lend(self, f)
        }
    }
}

pub(crate) mod sealed {
    use core::task::Waker;

    use super::super::slot::{Holds, OneLock, ReadyList, Slot};

    pub trait Home {
        type Lock: OneLock;
        type Slot: Holds<Slot<Self::Lock>>;
        type List: Holds<ReadyList<Self::Lock>>;

        /// Returns slots that may be free, those near `place` first.
        fn slots(&self, place: usize) -> impl Iterator<Item = Self::Slot>;

        /// Returns lists that may be free.
        fn lists(&self) -> impl Iterator<Item = Self::List>;
    }

    pub trait Lends {
        /// Calls `f` with a waker of the slot.
        fn lend<T>(&self, f: impl FnOnce(&Waker) -> T) -> T;
    }
}
