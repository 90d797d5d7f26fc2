//! Pinned access to the elements of an array, for which `core` has no safe function.
//!
//! ELEMENT, on which the `unsafe` in this file rests: an array is pinned exactly when its
//! elements are. An array has no `Drop` of its own, drops each element in place, and is
//! `Unpin` only if its elements are.

use core::pin::Pin;

/// Returns the element at `at`, pinned like its array.
///
/// # Panics
///
/// If there is no such element.
pub(crate) fn element<T, const N: usize>(array: Pin<&mut [T; N]>, at: usize) -> Pin<&mut T> {
    // SAFETY: the element does not move while the array does not, and is dropped in
    // place: ELEMENT.
    unsafe { array.map_unchecked_mut(|array| &mut array[at]) }
}
