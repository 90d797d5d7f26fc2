//! Polls and wakes, counted where the feature `watched` asks for it.

#[cfg(feature = "watched")]
mod counting {
    extern crate std;

    use std::cell::Cell;
    use std::pin::Pin;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
    use std::sync::{Arc, Mutex, PoisonError};
    use std::task::{Context, Poll, Wake, Waker};

    static WAKES: AtomicU64 = AtomicU64::new(0);
    static ARE_WAKERS_KEPT: AtomicBool = AtomicBool::new(false);

    std::thread_local! {
        static POLLS: Cell<u64> = const { Cell::new(0) };
    }

    /// Returns how often a [`watched`] future was polled by this thread.
    #[must_use]
    pub fn polls() -> u64 {
        POLLS.get()
    }

    /// Returns how often the waker of a [`watched`] future was called. `None` if these have the
    /// wakers of their tasks.
    #[must_use]
    pub fn wakes() -> Option<u64> {
        (!ARE_WAKERS_KEPT.load(Relaxed)).then(|| WAKES.load(Relaxed))
    }

    /// From here on, [`watched`] futures get the waker of their task, for an executor whose
    /// timers accept no other. Only their polls are counted.
    pub fn keep_wakers() {
        ARE_WAKERS_KEPT.store(true, Relaxed);
    }

    /// Counts the polls of `future`, and the calls of its waker.
    pub fn watched<F: Future>(future: F) -> Watched<F> {
        Watched { future: std::boxed::Box::pin(future), wake: Arc::default() }
    }

    /// The future of [`watched`].
    #[derive(Debug)]
    pub struct Watched<F> {
        future: Pin<std::boxed::Box<F>>,
        wake: Arc<Counted>,
    }

    #[derive(Debug, Default)]
    struct Counted(Mutex<Option<Waker>>);

    impl Wake for Counted {
        fn wake(self: Arc<Self>) {
            self.wake_by_ref();
        }

        fn wake_by_ref(self: &Arc<Self>) {
            WAKES.fetch_add(1, Relaxed);
            let waker = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    impl<F: Future> Future for Watched<F> {
        type Output = F::Output;

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
            POLLS.set(POLLS.get() + 1);
            if ARE_WAKERS_KEPT.load(Relaxed) {
                return self.future.as_mut().poll(cx);
            }
            let waker = cx.waker().clone();
            *self.wake.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker);
            let waker = Waker::from(self.wake.clone());
            self.future.as_mut().poll(&mut Context::from_waker(&waker))
        }
    }
}

#[cfg(not(feature = "watched"))]
mod counting {
    /// Returns 0: this build does not count.
    #[must_use]
    pub fn polls() -> u64 {
        0
    }

    /// Returns `None`: this build does not count.
    #[must_use]
    pub fn wakes() -> Option<u64> {
        None
    }

    /// Does nothing: this build does not count.
    pub const fn keep_wakers() {}

    /// A future as it is.
    pub type Watched<F> = F;

    /// Returns the future as it is: this build does not count.
    pub fn watched<F: Future>(future: F) -> Watched<F> {
        future
    }
}

pub use counting::{Watched, keep_wakers, polls, wakes, watched};
