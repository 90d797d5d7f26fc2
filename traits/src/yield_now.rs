//! Giving other tasks their turn.

use core::future::Future;
use core::mem::replace;
use core::pin::Pin;
use core::task::{Context, Poll};

/// Lets every other task that is awake run before the caller goes on.
///
/// A loop that computes for long and awaits nothing else holds its executor's thread; an
/// `await` of this in each round gives other tasks their turn. It wakes the task at once,
/// so it does not wait for anything: in a loop that polls a condition it spins. Wait for
/// the condition there ([`Readiness`](crate::Readiness),
/// [`PollEvery`](crate::PollEvery)).
///
/// ```
/// use core::cell::Cell;
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Exit, Spawn, yield_now};
///
/// let sim = Sim::new();
/// let order = std::rc::Rc::new(Cell::new(0));
/// let task = {
///     let order = order.clone();
///     sim.spawner().spawn(async move { order.set(1) }).unwrap()
/// };
/// sim.run(async {
///     yield_now().await;
///     assert_eq!(order.get(), 1);
///     assert_eq!(task.await, Exit::Completed);
/// });
/// ```
///
/// # Cancel safety
///
/// Cancel-safe: yielding changes nothing.
pub fn yield_now() -> impl Future<Output = ()> {
    YieldNow { yielded: false }
}

struct YieldNow {
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if replace(&mut self.yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
