//! The error of a full container.

use core::fmt;

/// The error of a full container. Contains the rejected item.
///
/// ```
/// use tickwire_sync::{Full, local};
///
/// let queue = local::Queue::<&str, 1>::new();
/// queue.try_push("a").unwrap();
/// let Err(Full(back)) = queue.try_push("b") else { unreachable!() };
/// assert_eq!(back, "b");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Full<T>(pub T);

impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Full(..)")
    }
}

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no room")
    }
}

impl<T> core::error::Error for Full<T> {}
