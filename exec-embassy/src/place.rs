//! Storage of fixed size for a future of any type.
//!
//! STORED, on which the `unsafe` in this file rests: a place is filled from the end of
//! [`Place::put`] to the start of [`drop_in`]. While a place is filled, its bytes are a
//! future of one type, which does not move, and only the functions for that type access
//! them, one at a time. While a place is empty, only [`Place::put`] accesses its bytes.
//! No other reference to the bytes exists.

use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::primitives::Exclusive;

/// Storage for one future of at most `BYTES` bytes.
#[repr(C, align(8))]
pub(crate) struct Place<const BYTES: usize>(Exclusive<[MaybeUninit<u8>; BYTES]>);

/// The address of a place of any size.
pub(crate) type PlacePtr = *const Place<0>;

// SAFETY: one context at a time accesses the bytes: STORED. The callers of the functions
// below keep a future that is not `Send` in the context that it was created in.
unsafe impl<const BYTES: usize> Sync for Place<BYTES> {}

impl<const BYTES: usize> Place<BYTES> {
    pub(crate) const fn new() -> Self {
        Self(Exclusive::new([MaybeUninit::uninit(); BYTES]))
    }

    /// Moves `future` into the place. A future that does not fit does not compile.
    ///
    /// # Safety
    ///
    /// The place is empty, and no other context fills it.
    #[inline]
    pub(crate) unsafe fn put<F>(&self, future: F)
    where
        F: Future<Output = ()> + 'static,
    {
        const {
            assert!(
                size_of::<F>() <= BYTES,
                "this future is larger than its arena's BYTES: see Arena, Sizes"
            );
            assert!(
                align_of::<F>() <= align_of::<Self>(),
                "this future is aligned to more than the 8 bytes of an arena"
            );
        }
        // SAFETY: the bytes are large enough and aligned for an `F`, as asserted above,
        // and this is their only access: STORED.
        unsafe { Exclusive::access(&self.0, |bytes| bytes.cast::<F>().write(future)) }
    }
}

/// Polls the future in `place`.
///
/// # Safety
///
/// `place` is the address of a place that is filled with an `F`, and may be used for all
/// of its bytes. The caller's context may access that `F`, and no other does until this
/// returns.
#[inline]
pub(crate) unsafe fn poll_in<F>(place: PlacePtr, cx: &mut Context<'_>) -> Poll<()>
where
    F: Future<Output = ()> + 'static,
{
    // SAFETY: it is an `F`, which this accesses alone and which never moves: STORED.
    unsafe {
        Exclusive::access(&raw const (*place).0, |bytes| {
            Pin::new_unchecked(&mut *bytes.cast::<F>()).poll(cx)
        })
    }
}

/// Drops the future in `place`, which is empty afterward, even if the destructor panics.
///
/// # Safety
///
/// As for [`poll_in`].
pub(crate) unsafe fn drop_in<F>(place: PlacePtr) {
    // SAFETY: it is an `F`, which this accesses alone: STORED.
    unsafe {
        Exclusive::access(&raw const (*place).0, |bytes| bytes.cast::<F>().drop_in_place());
    }
}
