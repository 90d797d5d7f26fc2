//! Yielding to other tasks.

use core::future::Future;
use core::mem::replace;
use core::pin::Pin;
use core::task::{Context, Poll};

/// Lets every other woken task run before the caller continues.
///
/// A long computation without an `await` blocks its executor's thread; awaiting this
/// function in each round lets other tasks run. It wakes its task immediately, so a loop
/// that uses it to poll a condition spins. Wait for a condition with
/// [`Readiness`](crate::Readiness) or [`PollEvery`](crate::PollEvery).
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
/// Cancel-safe: yielding changes no state.
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
