//! What a group knows of its tasks.

use core::task::Waker;

#[cfg(feature = "std")]
use tickwire_traits::WakerId;

use super::TaskId;
use crate::wake_slots::sealed::{Home, Taken};

/// What a group knows of its tasks.
pub(crate) struct Book<const N: usize, H: Home> {
    /// There while the task runs.
    pub(super) slots: [Option<H::Slot>; N],
    /// How many tasks each place has had.
    pub(super) serials: [u32; N],
    /// The place whose turn is next.
    pub(super) turn: usize,
    /// The place of a first error that nobody has been told of.
    pub(super) failed: Option<usize>,
    /// Whom the slots tell.
    parent: Option<Waker>,
    /// The waker with which the outermost group was polled last.
    #[cfg(feature = "std")]
    root: Option<WakerId>,
    pub(super) home: H,
}

impl<const N: usize, H: Home> Book<N, H> {
    pub(super) const fn new(home: H) -> Self {
        Self {
            slots: [const { None }; N],
            serials: [0; N],
            turn: 0,
            failed: None,
            parent: None,
            #[cfg(feature = "std")]
            root: None,
            home,
        }
    }

    pub(super) fn holds(&self, place: usize) -> bool {
        self.slots.get(place).is_some_and(Option::is_some) || self.failed == Some(place)
    }

    pub(super) fn id(&self, place: usize) -> TaskId {
        // A place that is not there has no task, and no panic in flash either.
        TaskId { place, serial: self.serials.get(place).copied().unwrap_or_default() }
    }

    /// Has tasks polled once more if `root` is another than before, and a backend has
    /// relied on the former one ([`is_child_of`](crate::is_child_of)): it may not come
    /// to wake them while another executor polls the group.
    #[cfg(feature = "std")]
    pub(super) fn follow(&mut self, root: WakerId) {
        if self.root.replace(root) != Some(root) {
            self.slots.iter().flatten().for_each(|slot| slot.slot().recall());
        }
    }

    /// Sees to it that all slots tell `parent`, who may be another than before.
    pub(super) fn tell(&mut self, parent: &Waker) {
        if self.parent.as_ref().is_some_and(|known| known.will_wake(parent)) {
            return;
        }
        for slot in self.slots.iter().flatten() {
            slot.slot().tell(parent);
        }
        self.parent = Some(parent.clone());
    }
}
