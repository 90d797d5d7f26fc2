//! Waiting for all tasks or the first error, with or without cleanup.

use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Poll, ready};

use futures_util::Stream;
use futures_util::future::MaybeDone;

use super::TaskGroup;
use crate::group::wake_slots::WakeHome;

impl<F, T, E, const N: usize, H> TaskGroup<F, N, H>
where
    F: Future<Output = Result<T, E>>,
    H: WakeHome,
{
    /// Waits until all tasks have ended. At the first error it calls `stop`, waits for
    /// the remaining tasks, and then returns that error.
    ///
    /// A dropped future cannot await its cleanup. So `stop` asks the tasks to end by
    /// setting a value that they check, such as a `CancelToken`. No task is dropped here;
    /// [`cancel_all`](Self::cancel_all) from outside does that.
    ///
    /// ```
    /// use core::cell::Cell;
    /// use core::pin::pin;
    /// use tickwire_sim::Sim;
    /// use tickwire_sync::{TaskGroup, WakeSlots};
    /// use tickwire_traits::{Clock, Duration, Instant, Timer};
    ///
    /// static SLOTS: WakeSlots<4> = WakeSlots::new();
    ///
    /// let sim = Sim::new();
    /// let clock = sim.clock();
    /// let stopped = Cell::new(false);
    /// let motor = async |fails: bool| {
    ///     while !stopped.get() {
    ///         clock.sleep(Duration::from_secs(1)).await;
    ///         if fails {
    ///             return Err("jammed");
    ///         }
    ///     }
    ///     clock.sleep(Duration::from_millis(200)).await; // The brake time.
    ///     Ok(())
    /// };
    /// let mut motors = pin!(TaskGroup::<_, 2>::new(&SLOTS));
    /// motors.as_mut().add(motor(false)).unwrap();
    /// motors.as_mut().add(motor(true)).unwrap();
    /// let result = sim.run(motors.as_mut().try_all(|| stopped.set(true)));
    /// assert_eq!(result, Err("jammed"));
    /// assert_eq!(clock.now(), Instant::from_millis(2_200));
    /// ```
    ///
    /// Values are dropped, and so are errors after the first: use [`next`](Self::next) to
    /// receive them.
    ///
    /// # Errors
    ///
    /// The first error, after all other tasks have ended. The group is then empty, and
    /// may be filled again.
    /// be filled again.
    ///
    /// # Panics
    ///
    /// If a task panics, as with [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the group keeps the first error. The next call then calls its own
    /// `stop`, and continues; [`next`](Self::next) would return the error.
    pub fn try_all(
        mut self: Pin<&mut Self>,
        stop: impl FnOnce(),
    ) -> impl Future<Output = Result<(), E>> {
        let mut stop = Some(stop);
        poll_fn(move |cx| {
            loop {
                if self.book.failed.is_some()
                    && let Some(stop) = stop.take()
                {
                    stop();
                }
                let Some((id, output)) = ready!(self.as_mut().poll_running(cx)) else { break };
                if output.is_err() && self.book.failed.is_none() {
                    self.as_mut().book().failed = Some(id.place);
                    self.as_mut().task(id.place).set(MaybeDone::Done(output));
                }
            }
            let failed = self.as_mut().take_failed();
            Poll::Ready(failed.map_or(Ok(()), |(_, output)| output.map(drop)))
        })
    }
    /// Waits until all tasks have ended. At the first error, drops all other tasks and
    /// returns that error.
    ///
    /// [`try_all`](Self::try_all) lets tasks clean up instead.
    ///
    /// ```
    /// use core::pin::pin;
    /// use tickwire_sim::Sim;
    /// use tickwire_sync::{TaskGroup, WakeSlots};
    /// use tickwire_traits::{Clock, Duration, Instant, Timer};
    ///
    /// static SLOTS: WakeSlots<4> = WakeSlots::new();
    ///
    /// let sim = Sim::new();
    /// let clock = sim.clock();
    /// let probe = async |seconds, answer| {
    ///     clock.sleep(Duration::from_secs(seconds)).await;
    ///     answer
    /// };
    /// let mut probes = pin!(TaskGroup::<_, 2>::new(&SLOTS));
    /// probes.as_mut().add(probe(1, Err("no answer"))).unwrap();
    /// probes.as_mut().add(probe(60, Ok(()))).unwrap();
    /// assert_eq!(sim.run(probes.as_mut().try_all_or_cancel()), Err("no answer"));
    /// assert_eq!(clock.now(), Instant::from_millis(1_000));
    /// assert!(probes.is_empty());
    /// ```
    ///
    /// Values are dropped.
    ///
    /// # Errors
    ///
    /// The first error in time. The group is then empty, and may be filled again.
    ///
    /// # Panics
    ///
    /// If a task panics, as with [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the tasks stay in the group, and an error is taken only in the poll
    /// that returns it.
    pub fn try_all_or_cancel(mut self: Pin<&mut Self>) -> impl Future<Output = Result<(), E>> {
        poll_fn(move |cx| {
            loop {
                match ready!(self.as_mut().poll_next(cx)) {
                    None => return Poll::Ready(Ok(())),
                    Some((_, Ok(_))) => {}
                    Some((_, Err(error))) => {
                        self.as_mut().cancel_all();
                        return Poll::Ready(Err(error));
                    }
                }
            }
        })
    }
}
