//! The implementation with `std`: an executor may ask.

extern crate std;

use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::cell::RefCell;
use std::string::{String, ToString};
use std::thread_local;
use std::vec::Vec;

/// The number of active [`hear_waits`] calls on all threads.
static ASKING: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static ANSWERS: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

#[inline]
pub(super) fn answer<D: fmt::Display>(what: impl FnOnce() -> D) {
    // A thread sees its own changes; no ordering with other threads is needed.
    if ASKING.load(Ordering::Relaxed) != 0 {
        note(what);
    }
}

#[cold]
fn note<D: fmt::Display>(what: impl FnOnce() -> D) {
    if !ANSWERS.with_borrow(Option::is_some) {
        return;
    }
    // `what` may call back into this module, so nothing is borrowed here.
    let what = what().to_string();
    ANSWERS.with_borrow_mut(|answers| answers.get_or_insert_default().push(what));
}

/// Runs `poll`, and also returns the reasons that [`waits_for`](super::waits_for)
/// reported on this thread meanwhile.
///
/// A nested call collects its own reasons; the outer call then continues.
///
/// ```
/// use std::future::{Future, pending};
/// use std::pin::pin;
/// use std::task::{Context, Poll, Waker};
/// use tickwire_traits::{hear_waits, waits_for};
///
/// let mut task = pin!(async {
///     waits_for(|| "a bus");
///     pending::<()>().await
/// });
/// let poll = || task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
/// assert_eq!(hear_waits(poll), (Poll::Pending, vec!["a bus".to_owned()]));
/// ```
///
/// # For implementers
///
/// Poll a stuck task inside it: a future reports its reason at each poll.
pub fn hear_waits<T>(poll: impl FnOnce() -> T) -> (T, Vec<String>) {
    let outer = Outer(ANSWERS.replace(Some(Vec::new())));
    ASKING.fetch_add(1, Ordering::Relaxed);
    let output = poll();
    let answers = ANSWERS.take().unwrap_or_default();
    drop(outer);
    (output, answers)
}

/// The reasons collected by the outer call, restored even if `poll` panics.
struct Outer(Option<Vec<String>>);

impl Drop for Outer {
    fn drop(&mut self) {
        ANSWERS.set(self.0.take());
        ASKING.fetch_sub(1, Ordering::Relaxed);
    }
}
