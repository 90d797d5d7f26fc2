//! Waiting for all of a fixed set of futures.

mod tuples;

use core::array;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_util::future::{MaybeDone, maybe_done};
use pin_project_lite::pin_project;

use crate::combine::element;

/// Runs futures concurrently, and returns their results in order. asyncio's `gather`,
/// with `return_exceptions=True`.
///
/// `children` is a tuple of 2 to 8 futures, or an array of any length.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::gather;
/// use tickwire_traits::{Clock, Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let square = async |n: u64| {
///     clock.sleep(Duration::from_secs(n)).await;
///     n * n
/// };
/// assert_eq!(sim.run(gather([3, 1, 2].map(&square))), [9, 1, 4]);
/// let (four, text) = sim.run(gather((square(2), async { "text" })));
/// assert_eq!((four, text), (4, "text"));
/// assert_eq!(clock.now(), Instant::from_micros(5_000_000)); // 3 s and 2 s.
/// ```
///
/// An error is a result like any other: children that return a `Result` yield one each.
/// [`try_gather`] stops at the first error.
///
/// All children share one waker, so any wake-up polls every child that has not ended. For
/// many children, or one that is woken often, use a [`TaskGroup`](crate::TaskGroup),
/// which polls only the woken task. The future is as large as its children; a result
/// takes the place of a child that has ended.
///
/// # Panics
///
/// If a child panics. The other children are dropped with the future.
///
/// # Cancel safety
///
/// The same as that of the children, which are dropped too; but the results of ended
/// children are lost. To keep them, await `&mut` of the pinned future, or use a
/// [`TaskGroup`](crate::TaskGroup).
pub fn gather<C: GatherChildren>(children: C) -> Gather<C> {
    Gather { children: children.begin() }
}

/// Runs futures concurrently, and returns all their values in order, or the first error
/// immediately. asyncio's `gather` with its defaults.
///
/// The first error drops, and so cancels, the other children. asyncio lets them continue
/// without an owner. Here, spawn a child that must not be cancelled as its own task, and
/// put one that cleans up asynchronously in a [`TaskGroup`](crate::TaskGroup::try_all).
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::try_gather;
/// use tickwire_traits::{Clock, Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let work = async |millis: u64, result: Result<u8, &'static str>| {
///     clock.sleep(Duration::from_millis(millis)).await;
///     result
/// };
/// assert_eq!(sim.run(try_gather((work(9, Ok(1)), work(5, Ok(2))))), Ok((1, 2)));
/// let first = sim.run(try_gather([work(9, Ok(1)), work(5, Err("b")), work(8, Err("c"))]));
/// assert_eq!(first, Err("b"));
/// assert_eq!(clock.now(), Instant::from_millis(9 + 5));
/// ```
///
/// Wakers, polls and size are the same as with [`gather`].
///
/// # Errors
///
/// The error of the child that failed first; of two in the same poll, the one earlier in
/// the tuple or array.
///
/// # Panics
///
/// If a child panics, as with [`gather`].
///
/// # Cancel safety
///
/// The same as that of [`gather`].
pub fn try_gather<C: TryGatherChildren>(children: C) -> TryGather<C> {
    TryGather { children: children.begin() }
}

pin_project! {
    /// The future of [`gather`].
    ///
    /// ```
    /// use std::future::{Ready, ready};
    /// use tickwire_sim::Sim;
    /// use tickwire_sync::{Gather, gather};
    ///
    /// let both: Gather<[Ready<u8>; 2]> = gather([ready(1), ready(2)]);
    /// assert_eq!(Sim::new().run(both), [1, 2]);
    /// ```
    #[must_use = "futures do nothing unless polled"]
    pub struct Gather<C: GatherChildren> {
        #[pin]
        children: C::Running,
    }
}

pin_project! {
    /// The future of [`try_gather`].
    ///
    /// ```
    /// use std::future::{Ready, ready};
    /// use tickwire_sim::Sim;
    /// use tickwire_sync::{TryGather, try_gather};
    ///
    /// let one: TryGather<[Ready<Result<u8, ()>>; 1]> = try_gather([ready(Ok(1))]);
    /// assert_eq!(Sim::new().run(one), Ok([1]));
    /// ```
    #[must_use = "futures do nothing unless polled"]
    pub struct TryGather<C: TryGatherChildren> {
        #[pin]
        children: C::Running,
    }
}

/// The children of [`gather`]: a tuple of 2 to 8 futures, or an array.
///
/// ```
/// use std::future::ready;
/// use tickwire_sim::Sim;
/// use tickwire_sync::{GatherChildren, gather};
///
/// fn now<C: GatherChildren>(children: C) -> C::Output {
///     Sim::new().run(gather(children))
/// }
/// assert_eq!(now((ready(1), ready('a'))), (1, 'a'));
/// ```
///
/// # For implementers
///
/// This trait is sealed.
pub trait GatherChildren: sealed::Begin {
    /// The results of the children, in order.
    type Output;

    #[doc(hidden)]
    fn poll_all(running: Pin<&mut Self::Running>, cx: &mut Context<'_>) -> Poll<Self::Output>;
}

/// The children of [`try_gather`]: a tuple of 2 to 8 futures of a `Result` with one error
/// type, or an array.
///
/// ```
/// use std::future::ready;
/// use tickwire_sim::Sim;
/// use tickwire_sync::{TryGatherChildren, try_gather};
///
/// fn now<C: TryGatherChildren>(children: C) -> Result<C::Values, C::Error> {
///     Sim::new().run(try_gather(children))
/// }
/// assert_eq!(now((ready(Ok::<_, u8>(1)), ready(Err::<char, u8>(2)))), Err(2));
/// ```
///
/// # For implementers
///
/// This trait is sealed.
pub trait TryGatherChildren: sealed::Begin {
    /// The values of the children, in order, if none failed.
    type Values;
    /// The error of a child.
    type Error;

    #[doc(hidden)]
    fn poll_all(
        running: Pin<&mut Self::Running>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::Values, Self::Error>>;
}

impl<C: GatherChildren> Future for Gather<C> {
    type Output = C::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<C::Output> {
        C::poll_all(self.project().children, cx)
    }
}

impl<C: TryGatherChildren> Future for TryGather<C> {
    type Output = Result<C::Values, C::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        C::poll_all(self.project().children, cx)
    }
}

impl<C: GatherChildren> fmt::Debug for Gather<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gather").finish_non_exhaustive()
    }
}

impl<C: TryGatherChildren> fmt::Debug for TryGather<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryGather").finish_non_exhaustive()
    }
}

impl<F: Future, const N: usize> sealed::Begin for [F; N] {
    type Running = [MaybeDone<F>; N];

    fn begin(self) -> Self::Running {
        self.map(maybe_done)
    }
}

impl<F: Future, const N: usize> GatherChildren for [F; N] {
    type Output = [F::Output; N];

    fn poll_all(mut running: Pin<&mut Self::Running>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut all = true;
        for at in 0..N {
            all &= element(running.as_mut(), at).poll(cx).is_ready();
        }
        if !all {
            return Poll::Pending;
        }
        Poll::Ready(array::from_fn(|at| output(element(running.as_mut(), at))))
    }
}

impl<F: Future<Output = Result<T, E>>, T, E, const N: usize> TryGatherChildren for [F; N] {
    type Values = [T; N];
    type Error = E;

    fn poll_all(
        mut running: Pin<&mut Self::Running>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<[T; N], E>> {
        let mut all = true;
        for at in 0..N {
            match poll_child(element(running.as_mut(), at), cx) {
                Ok(ended) => all &= ended,
                Err(error) => {
                    for at in 0..N {
                        element(running.as_mut(), at).set(MaybeDone::Gone);
                    }
                    return Poll::Ready(Err(error));
                }
            }
        }
        if !all {
            return Poll::Pending;
        }
        Poll::Ready(Ok(array::from_fn(|at| value(element(running.as_mut(), at)))))
    }
}

/// Polls a child. Returns whether it has ended, or its error.
fn poll_child<F, T, E>(mut child: Pin<&mut MaybeDone<F>>, cx: &mut Context<'_>) -> Result<bool, E>
where
    F: Future<Output = Result<T, E>>,
{
    if child.as_mut().poll(cx).is_pending() {
        return Ok(false);
    }
    if let Some(Err(_)) = child.as_mut().output_mut()
        && let Some(Err(error)) = child.take_output()
    {
        return Err(error);
    }
    Ok(true)
}

fn output<F: Future>(child: Pin<&mut MaybeDone<F>>) -> F::Output {
    child.take_output().expect("the child has ended")
}

fn value<F: Future<Output = Result<T, E>>, T, E>(child: Pin<&mut MaybeDone<F>>) -> T {
    output(child).ok().expect("an error was returned before")
}

mod sealed {
    pub trait Begin {
        type Running;

        fn begin(self) -> Self::Running;
    }
}
