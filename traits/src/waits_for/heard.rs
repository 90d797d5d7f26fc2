//! Where an executor may ask.

extern crate std;

use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::cell::RefCell;
use std::string::{String, ToString};
use std::thread_local;
use std::vec::Vec;

/// How many ask, on all threads.
static ASKING: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static ANSWERS: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

#[inline]
pub(super) fn answer<D: fmt::Display>(what: impl FnOnce() -> D) {
    // This thread sees its own changes: no order with those of others is needed.
    if ASKING.load(Ordering::Relaxed) != 0 {
        note(what);
    }
}

#[cold]
fn note<D: fmt::Display>(what: impl FnOnce() -> D) {
    if !ANSWERS.with_borrow(Option::is_some) {
        return;
    }
    // Nothing is borrowed: it may come back here.
    let what = what().to_string();
    ANSWERS.with_borrow_mut(|answers| answers.get_or_insert_default().push(what));
}

/// Runs `poll`, and also returns what was said meanwhile, on this thread, by
/// [`waits_for`](super::waits_for).
///
/// One in another asks for itself; the outer one goes on after it.
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
/// Poll a task within it that is stuck: a future says what it waits for at each poll.
pub fn hear_waits<T>(poll: impl FnOnce() -> T) -> (T, Vec<String>) {
    let outer = Outer(ANSWERS.replace(Some(Vec::new())));
    ASKING.fetch_add(1, Ordering::Relaxed);
    let output = poll();
    let answers = ANSWERS.take().unwrap_or_default();
    drop(outer);
    (output, answers)
}

/// What the asker outside of this one has heard: it goes on, even if `poll` panics.
struct Outer(Option<Vec<String>>);

impl Drop for Outer {
    fn drop(&mut self) {
        ANSWERS.set(self.0.take());
        ASKING.fetch_sub(1, Ordering::Relaxed);
    }
}
