//! The building blocks of the slot protocol.
//!
//! Loom's models compile [`slot`](crate::slot) and [`place`](crate::place) with
//! `tests/loom/primitives.rs` in place of this file.
//!
//! EXCLUSIVE, which callers of the one `unsafe` function in this file promise: the accesses
//! to an [`Exclusive`] happen one after another.

use core::cell::UnsafeCell;
pub(crate) use core::sync::atomic::{AtomicPtr, fence};

pub(crate) use critical_section::CriticalSection as Section;

/// Calls `f` in a critical section.
#[inline]
pub(crate) fn section<R>(f: impl FnOnce(Section<'_>) -> R) -> R {
    critical_section::with(f)
}

/// A value that is accessed in critical sections only.
pub(crate) struct Locked<T>(critical_section::Mutex<T>);

impl<T> Locked<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(critical_section::Mutex::new(value))
    }

    #[inline]
    pub(crate) fn borrow<'a>(&'a self, section: Section<'a>) -> &'a T {
        self.0.borrow(section)
    }

    #[inline]
    pub(crate) fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        section(|section| f(self.borrow(section)))
    }
}

/// A value whose users ensure that its accesses exclude each other.
#[repr(transparent)]
pub(crate) struct Exclusive<T>(UnsafeCell<T>);

impl<T> Exclusive<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// Calls `f` with the address of the value, and counts the call as one access.
    ///
    /// # Safety
    ///
    /// EXCLUSIVE. `this` points to a valid `Exclusive`.
    #[inline]
    pub(crate) unsafe fn access<R>(this: *const Self, f: impl FnOnce(*mut T) -> R) -> R {
        f(UnsafeCell::raw_get(this.cast()))
    }
}
