//! Tasks of any type, in slots that RTIC's tasks poll.
//!
//! STORED: while a slot has no `exit`, its words are a future. Only `future` refers to it, or the
//! call of [`State::poll`] that has taken it from there.

use core::cell::{Cell, UnsafeCell};
use core::future::poll_fn;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use tickwire_traits::{Exit, JoinHandle, Spawn, SpawnError};

/// Storage for `SLOTS` tasks of at most `8 * WORDS` bytes. A larger future does not compile.
pub struct Pool<const SLOTS: usize, const WORDS: usize>([Slot<WORDS>; SLOTS]);

struct Slot<const WORDS: usize> {
    words: UnsafeCell<MaybeUninit<[u64; WORDS]>>,
    state: State,
}

/// The slot is free if there are an exit and no owner.
struct State {
    future: Cell<Option<Pin<&'static mut dyn Future<Output = ()>>>>,
    exit: Cell<Option<Exit>>,
    is_owned: Cell<bool>,
    is_cancelled: Cell<bool>,
    owner: Cell<Option<Waker>>,
    runner: Cell<Option<Waker>>,
}

impl<const SLOTS: usize, const WORDS: usize> Pool<SLOTS, WORDS> {
    /// Creates a pool without tasks.
    pub const fn new() -> Self {
        Self([const { Slot::new() }; SLOTS])
    }

    /// Runs the tasks of slot `nth`, without end, in one task of RTIC's per slot. Cancel-safe.
    pub async fn run_slot(&'static self, nth: usize) {
        poll_fn(|cx| self.0[nth].state.poll(cx)).await
    }
}

impl<const SLOTS: usize, const WORDS: usize> Spawn for &'static Pool<SLOTS, WORDS> {
    type Handle = RticTask;

    fn spawn<F: Future<Output = ()> + 'static>(&self, future: F) -> Result<RticTask, SpawnError> {
        const { assert!(size_of::<F>() <= 8 * WORDS && align_of::<F>() <= 8, "a slot is too small") };
        let is_free = |it: &&Slot<WORDS>| it.state.exit.get().is_some() && !it.state.is_owned.get();
        let Slot { words, state } = self.0.iter().find(is_free).ok_or(SpawnError::NoFreeSlot)?;
        let place = words.get().cast::<MaybeUninit<F>>();
        // SAFETY: STORED. There was no future. The words suffice, and are borrowed forever.
        state.future.set(Some(unsafe { Pin::new_unchecked((*place).write(future)) }));
        state.exit.set(None);
        state.is_owned.set(true);
        state.wake(false);
        Ok(RticTask(Some(state)))
    }
}

impl<const WORDS: usize> Slot<WORDS> {
    const fn new() -> Self {
        let state = State {
            future: Cell::new(None),
            exit: Cell::new(Some(Exit::Completed)),
            is_owned: Cell::new(false),
            is_cancelled: Cell::new(false),
            owner: Cell::new(None),
            runner: Cell::new(None),
        };
        Self { words: UnsafeCell::new(MaybeUninit::uninit()), state }
    }
}

impl State {
    /// Polls the future. Drops it if it has ended or is cancelled.
    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.runner.set(Some(cx.waker().clone()));
        let Some(mut future) = self.future.take() else { return Poll::Pending };
        let has_ended = !self.is_cancelled.get() && future.as_mut().poll(cx).is_ready();
        if has_ended || self.is_cancelled.get() {
            // SAFETY: STORED. The only reference to it ends here.
            unsafe { core::ptr::drop_in_place(future.get_unchecked_mut()) };
            self.exit.set(Some(if has_ended { Exit::Completed } else { Exit::Cancelled }));
            self.owner.take().into_iter().for_each(Waker::wake);
        } else {
            self.future.set(Some(future));
        }
        Poll::Pending
    }

    /// Has the runner poll the future, or drop it. A runner without a waker is yet to start.
    fn wake(&self, is_cancelled: bool) {
        self.is_cancelled.set(is_cancelled);
        self.runner.take().into_iter().for_each(Waker::wake);
    }
}

/// A task in a [`Pool`]. It has its slot until its exit is read or it ends without an owner.
#[must_use = "dropping a task cancels it; call `detach` to let it run"]
pub struct RticTask(Option<&'static State>);

impl RticTask {
    fn leave(&mut self) -> Option<&'static State> {
        let state = self.0.take()?;
        state.is_owned.set(false);
        drop(state.owner.take());
        Some(state)
    }
}

impl Future for RticTask {
    type Output = Exit;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        let state = self.0.expect("not polled again after it resolved");
        if let Some(exit) = state.exit.get() {
            self.leave();
            return Poll::Ready(exit);
        }
        state.owner.set(Some(cx.waker().clone()));
        Poll::Pending
    }
}

impl JoinHandle for RticTask {
    async fn cancel(self) -> Exit {
        self.0.inspect(|state| state.wake(true));
        self.await
    }

    fn is_finished(&self) -> bool {
        self.0.is_none_or(|state| state.exit.get().is_some())
    }

    fn detach(mut self) {
        self.leave();
    }
}

impl Drop for RticTask {
    fn drop(&mut self) {
        self.leave().inspect(|state| state.wake(true));
    }
}
