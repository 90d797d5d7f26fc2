//! A ring buffer of fixed capacity.
//!
//! FILLED, on which the `unsafe` in this file rests: the `len` places from `first` on,
//! wrapping at the end, hold one item each, and the others none. A ring is not `Sync`, so
//! one context at a time has it; no reference into it is given out.

use core::cell::{Cell, UnsafeCell};
use core::mem::MaybeUninit;

/// A queue of up to `N` items, with two half-words of overhead.
pub(crate) struct Ring<T, const N: usize> {
    first: Cell<u16>,
    len: Cell<u16>,
    places: [UnsafeCell<MaybeUninit<T>>; N],
}

impl<T, const N: usize> Ring<T, N> {
    /// `N` in the type of the counters.
    pub(crate) const CAPACITY: u16 = {
        assert!(N > 0, "a queue needs room for one item at least");
        assert!(N <= u16::MAX as usize, "a queue has room for 65535 items at most");
        N as u16
    };

    pub(crate) const fn new() -> Self {
        let places = [const { UnsafeCell::new(MaybeUninit::uninit()) }; N];
        Self { first: Cell::new(0), len: Cell::new(0), places }
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> u16 {
        self.len.get()
    }

    /// Appends `item`, if there is room.
    #[inline(always)]
    pub(crate) fn push(&self, item: T) -> Result<(), T> {
        let (first, len) = (u32::from(self.first.get()), u32::from(self.len.get()));
        if len == u32::from(Self::CAPACITY) {
            return Err(item);
        }
        // Without a remainder: small cores have no division.
        let end = first + len;
        let place = end.checked_sub(u32::from(Self::CAPACITY)).unwrap_or(end);
        self.len.set(self.len.get() + 1);
        // SAFETY: the place after the last item is in range and empty: FILLED.
        unsafe { self.places.get_unchecked(place as usize).get().write(MaybeUninit::new(item)) };
        Ok(())
    }

    /// Removes and returns the first item.
    #[inline(always)]
    pub(crate) fn pop(&self) -> Option<T> {
        let first = self.first.get();
        self.len.set(self.len.get().checked_sub(1)?);
        self.first.set(if first + 1 == Self::CAPACITY { 0 } else { first + 1 });
        // SAFETY: the place holds an item, and is no longer counted: FILLED.
        Some(unsafe { self.places.get_unchecked(usize::from(first)).get().read().assume_init() })
    }
}

impl<T, const N: usize> Drop for Ring<T, N> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}
