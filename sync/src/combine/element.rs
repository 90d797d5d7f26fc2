//! The elements of a pinned array, for which `core` has no safe way.
//!
//! ELEMENT, on which the `unsafe` in this file rests: an array is pinned exactly when
//! its elements are. An array has no `Drop` of its own, drops each element in its
//! place, and is `Unpin` only if they are.

use core::pin::Pin;

/// Returns the element at `at`, pinned as its array is.
///
/// # Panics
///
/// If there is none.
pub(crate) fn element<T, const N: usize>(array: Pin<&mut [T; N]>, at: usize) -> Pin<&mut T> {
    // SAFETY: the element stays where it is for as long as the array does, and is
    // dropped there: ELEMENT.
    unsafe { array.map_unchecked_mut(|array| &mut array[at]) }
}
