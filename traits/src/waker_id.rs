//! Identities of wakers.

use core::ptr;
use core::task::Waker;

/// The identity of a waker: two wakers with the same identity wake the same task.
///
/// It is the pair of pointers that [`Waker::will_wake`] compares. While a clone of the
/// waker exists, no other waker has this identity.
///
/// ```
/// use std::sync::Arc;
/// use std::task::{Wake, Waker};
/// use tickwire_traits::WakerId;
///
/// struct Task;
///
/// impl Wake for Task {
///     fn wake(self: Arc<Self>) {}
/// }
///
/// let task = Waker::from(Arc::new(Task));
/// assert_eq!(WakerId::of(&task), WakerId::of(&task.clone()));
/// assert_ne!(WakerId::of(&task), WakerId::of(Waker::noop()));
/// ```
///
/// # For implementers
///
/// A [`TimerQueue`](crate::TimerQueue) finds a waker's entry by its identity. Some wakers
/// have clones with other identities; treat each as a separate waker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct WakerId {
    data: usize,
    vtable: usize,
}

impl WakerId {
    /// Returns the identity of `waker`.
    #[inline]
    pub fn of(waker: &Waker) -> Self {
        Self { data: waker.data().addr(), vtable: ptr::from_ref(waker.vtable()).addr() }
    }
}
