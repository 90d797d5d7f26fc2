//! Asking stuck futures what they wait for.

use std::cell::RefCell;

thread_local! {
    static ANSWERS: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Says what the caller is waiting for, if anyone asks.
///
/// When nothing can wake any more, [`Sim`](crate::Sim) polls every task once
/// more to learn why. A model calls this when it is about to return `Pending`;
/// at all other times it costs one look at a thread-local.
///
/// ```
/// use std::future::poll_fn;
/// use std::task::Poll;
/// use tickwire_sim::{Sim, waits_for};
///
/// let stall = Sim::new().try_run(poll_fn::<(), _>(|_| {
///     waits_for(|| "the second coming".into());
///     Poll::Pending
/// }));
/// assert_eq!(stall.unwrap_err().tasks[0].waits_for, ["the second coming"]);
/// ```
pub fn waits_for(what: impl FnOnce() -> String) {
    if !ANSWERS.with_borrow(Option::is_some) {
        return;
    }
    // Nothing is borrowed: it may come back here.
    let what = what();
    ANSWERS.with_borrow_mut(|answers| answers.get_or_insert_default().push(what));
}

/// Runs `ask` and returns what was said meanwhile.
pub(crate) fn take<T>(ask: impl FnOnce() -> T) -> (T, Vec<String>) {
    let outer = Outer(ANSWERS.replace(Some(Vec::new())));
    let output = ask();
    let answers = ANSWERS.take().unwrap_or_default();
    drop(outer);
    (output, answers)
}

/// The census that this one interrupts, which goes on after it: also when a task
/// panics.
struct Outer(Option<Vec<String>>);

impl Drop for Outer {
    fn drop(&mut self) {
        ANSWERS.set(self.0.take());
    }
}
