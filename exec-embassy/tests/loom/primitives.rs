//! Loom's building blocks, in place of `src/primitives.rs`.
//!
//! SECTION, on which the `unsafe` in this file rests: one Loom mutex is the only critical
//! section, and a value in a [`Locked`] is accessed under it only. An [`Exclusive`] has a
//! cell alongside its value, through which Loom sees each access.

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::sync::OnceLock;

use loom::cell;
use loom::sync::Mutex;
pub(crate) use loom::sync::atomic::fence;
use loom::sync::atomic::{AtomicPtr as Inner, Ordering};

/// Loom's atomics have no constant constructor, so this one is created at its first use.
pub(crate) struct AtomicPtr<T>(OnceLock<Inner<T>>);

impl<T> AtomicPtr<T> {
    pub(crate) const fn new(null: *mut T) -> Self {
        assert!(null.is_null());
        Self(OnceLock::new())
    }

    fn inner(&self) -> &Inner<T> {
        self.0.get_or_init(|| Inner::new(std::ptr::null_mut()))
    }

    pub(crate) fn load(&self, order: Ordering) -> *mut T {
        self.inner().load(order)
    }

    pub(crate) fn store(&self, value: *mut T, order: Ordering) {
        self.inner().store(value, order);
    }
}

loom::lazy_static! {
    static ref SECTION: Mutex<()> = Mutex::new(());
}

/// The right to access what is [`Locked`].
#[derive(Clone, Copy)]
pub(crate) struct Section<'a>(PhantomData<&'a ()>);

pub(crate) fn section<R>(f: impl FnOnce(Section<'_>) -> R) -> R {
    let _locked = SECTION.lock().unwrap();
    f(Section(PhantomData))
}

pub(crate) struct Locked<T>(T);

// SAFETY: one thread at a time has a reference to the value: SECTION.
unsafe impl<T: Send> Sync for Locked<T> {}

impl<T> Locked<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }

    pub(crate) fn borrow<'a>(&'a self, _: Section<'a>) -> &'a T {
        &self.0
    }

    pub(crate) fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        section(|section| f(self.borrow(section)))
    }
}

#[repr(C, align(8))]
pub(crate) struct Exclusive<T> {
    seen: OnceLock<cell::UnsafeCell<()>>,
    value: Aligned<T>,
}

/// Gives the value the same offset for every type.
#[repr(C, align(8))]
struct Aligned<T>(UnsafeCell<T>);

impl<T> Exclusive<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { seen: OnceLock::new(), value: Aligned(UnsafeCell::new(value)) }
    }

    /// # Safety
    ///
    /// As in `src/primitives.rs`, except for other accesses: Loom detects these.
    pub(crate) unsafe fn access<R>(this: *const Self, f: impl FnOnce(*mut T) -> R) -> R {
        // SAFETY: the caller promises that `this` points to a valid `Exclusive`.
        let (seen, value) = unsafe { (&(*this).seen, &raw const (*this).value.0) };
        let seen = seen.get_or_init(|| cell::UnsafeCell::new(()));
        seen.with_mut(|_| f(UnsafeCell::raw_get(value)))
    }
}
