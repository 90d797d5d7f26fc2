//! Where a slot notes its place, and whether it is queued or free.

#[cfg(target_has_atomic = "ptr")]
use core::sync::atomic::Ordering;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The bit of a mark that is set while the slot is queued, and while it is free. The other
/// bits are the place. The lowest bit is the one that a processor sets and tests in one
/// instruction.
pub(super) const QUEUED: usize = 1;

/// The mark of a free slot.
pub(super) const FREE: usize = usize::MAX;

/// Returns the mark of a slot that is queued.
pub(super) const fn queued(place: usize) -> usize {
    place << 1 | QUEUED
}

/// Returns the place of a slot that is not free.
pub(super) const fn place(mark: usize) -> usize {
    mark >> 1
}

/// How `swap` and `set` order memory. A wake that finds the slot queued wrote before it
/// what the child reads in the coming poll, for which the mark is swapped.
#[cfg(target_has_atomic = "ptr")]
pub(super) const BOTH: Ordering = Ordering::AcqRel;

/// An atomic word, written under the lock only, or swapped.
pub trait Mark: Send + Sync {
    fn load(&self) -> usize;
    fn store(&self, mark: usize);
    #[cfg(target_has_atomic = "ptr")]
    fn swap(&self, mark: usize) -> usize;
    /// Sets bits, and returns what was there before.
    #[cfg(target_has_atomic = "ptr")]
    fn set(&self, bits: usize) -> usize;
}

impl Mark for AtomicUsize {
    #[inline(always)]
    fn load(&self) -> usize {
        self.load(Relaxed)
    }

    #[inline(always)]
    fn store(&self, mark: usize) {
        self.store(mark, Relaxed);
    }

    #[inline(always)]
    #[cfg(target_has_atomic = "ptr")]
    fn swap(&self, mark: usize) -> usize {
        self.swap(mark, BOTH)
    }

    #[inline(always)]
    #[cfg(target_has_atomic = "ptr")]
    fn set(&self, bits: usize) -> usize {
        self.fetch_or(bits, BOTH)
    }
}
