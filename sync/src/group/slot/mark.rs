//! The mark of a slot: its place, and whether it is queued or free.

#[cfg(target_has_atomic = "ptr")]
use core::sync::atomic::Ordering;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The bit of a mark that is set while the slot is queued or free. The other bits are the
/// place. A processor can set and test the lowest bit in one instruction.
pub(super) const QUEUED: usize = 1;

/// The mark of a free slot.
pub(super) const FREE: usize = usize::MAX;

/// Returns the mark of a queued slot.
pub(super) const fn queued(place: usize) -> usize {
    place << 1 | QUEUED
}

/// Returns the place of a slot that is not free.
pub(super) const fn place(mark: usize) -> usize {
    mark >> 1
}

/// The ordering of `swap` and `set`. A wake that finds the slot queued has written what
/// the child reads in the coming poll, before which the mark is swapped.
#[cfg(target_has_atomic = "ptr")]
pub(super) const BOTH: Ordering = Ordering::AcqRel;

/// An atomic word that is swapped, or written only under the lock.
pub trait Mark: Send + Sync {
    fn load(&self) -> usize;
    fn store(&self, mark: usize);
    #[cfg(target_has_atomic = "ptr")]
    fn swap(&self, mark: usize) -> usize;
    /// Sets bits, and returns the previous value.
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
