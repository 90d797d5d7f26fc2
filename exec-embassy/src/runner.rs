//! The task of embassy's that a slot has, and the runner in it.
//!
//! It never ends: it polls what is in the slot's place, and sleeps while there is
//! nothing. Embassy calls a task through a function that is made for its type. So a
//! runner has a type for each type of future, and embassy calls that future as it calls
//! its own. All these types are one pointer to the slot, and a task that is there is
//! turned from one to the next.
//!
//! TYPED, on which the `unsafe` in this file rests: of which type a task's runner is,
//! embassy's function tells. That is read and written in the context of the executor
//! alone, once the task has been started, and while it is settled the slot's place is
//! filled with a future of that type. An [`AvailableTask`] is the address of a storage.
//! Its `initialize` writes the function, the runner, and what a task's metadata are at
//! first; not who is to run the task, nor whether it is about to be.

use core::convert::Infallible;
use core::future::Pending;
use core::marker::{PhantomData, PhantomPinned};
use core::pin::Pin;
use core::task::{Context, Poll};
use core::{mem, ptr};

use embassy_executor::SendSpawner;
use embassy_executor::raw::{AvailableTask, TaskRef, TaskStorage, task_from_waker, wake_task};
use tickwire_traits::Exit;

use crate::place::Table;
use crate::slot::Slot;

/// A slot's task. It is nothing yet, or has a runner for some type of future.
pub(crate) struct Task<const BYTES: usize>(Storage<BYTES, Pending<()>>);

type Storage<const BYTES: usize, F> = TaskStorage<Runner<BYTES, F>>;

/// What a place keeps for the runner: [`Task::turn`], for its future's type.
pub(crate) type Turn<const BYTES: usize> = unsafe fn(&'static Slot<BYTES>);

impl<const BYTES: usize> Task<BYTES> {
    pub(crate) const fn new() -> Self {
        Self(TaskStorage::new())
    }

    /// Lets the executor poll the slot's task, which has this runner if it was ever
    /// polled. It is not before whoever runs there now comes back to the executor.
    #[inline(never)]
    pub(crate) fn rouse(
        slot: &'static Slot<BYTES>,
        runner: Option<TaskRef>,
        executor: SendSpawner,
    ) {
        match runner {
            Some(runner) => wake_task(runner),
            None => Self::start(slot, executor),
        }
    }

    /// Starts it, with a runner for nothing.
    #[cold]
    fn start(slot: &'static Slot<BYTES>, executor: SendSpawner) {
        let storage = &slot.task.0;
        // It is never taken twice: there is a runner when the slot is next claimed.
        if let Some(task) = AvailableTask::claim(storage) {
            // What `turn` takes for granted. The compiler sees that it is so, and
            // leaves nothing of this in the program.
            assert!(ptr::eq(address(&task), storage), "embassy's AvailableTask is another");
            executor.spawn(task.initialize(|| Runner::new(slot)));
        }
    }

    /// Makes the slot's runner one for an `F`, from the next poll on.
    ///
    /// # Safety
    ///
    /// The task has been started, this is the context of its executor, and the slot is
    /// not settled.
    pub(crate) unsafe fn turn<F>(slot: &'static Slot<BYTES>)
    where
        F: Future<Output = ()> + 'static,
    {
        type Available<const BYTES: usize, F> = AvailableTask<Runner<BYTES, F>>;
        let storage = slot.task.storage::<F>();
        // SAFETY: that is what it is, and nobody reads what it writes: TYPED.
        let task =
            unsafe { mem::transmute::<&'static Storage<BYTES, F>, Available<BYTES, F>>(storage) };
        // It is not to be spawned: it is running.
        mem::forget(task.initialize(|| Runner::new(slot)));
    }

    /// What a place is to have beside an `F`.
    pub(crate) const fn table<F>() -> &'static Table<Turn<BYTES>>
    where
        F: Future<Output = ()> + 'static,
    {
        const { &Table::of::<F>(Self::turn::<F>) }
    }

    fn storage<F>(&'static self) -> &'static Storage<BYTES, F>
    where
        F: Future<Output = ()> + 'static,
    {
        const {
            assert!(size_of::<Storage<BYTES, F>>() == size_of::<Self>());
            assert!(align_of::<Storage<BYTES, F>>() == align_of::<Self>());
        }
        // SAFETY: it is what embassy has on every task, and a pointer that is not there
        // or is the same for all: TYPED.
        unsafe { &*(&raw const self.0).cast() }
    }
}

/// Whose address it is that embassy has made available.
fn address<F: Future>(task: &AvailableTask<F>) -> *const TaskStorage<F> {
    const { assert!(size_of::<AvailableTask<F>>() == size_of::<*const ()>()) }
    // SAFETY: it is one pointer, as asserted, and that is not followed: TYPED.
    unsafe { mem::transmute_copy(task) }
}

/// The future of the slot's task. It may be written anew while it is polled, so it is not
/// `Unpin`: who polls something that is may count on being alone with it.
#[repr(transparent)]
struct Runner<const BYTES: usize, F> {
    slot: &'static Slot<BYTES>,
    of: PhantomData<(fn() -> F, PhantomPinned)>,
}

impl<const BYTES: usize, F: Future<Output = ()> + 'static> Runner<BYTES, F> {
    fn new(slot: &'static Slot<BYTES>) -> Self {
        Self { slot, of: PhantomData }
    }
}

impl<const BYTES: usize, F: Future<Output = ()> + 'static> Future for Runner<BYTES, F> {
    type Output = Infallible;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Infallible> {
        let slot = self.slot;
        if slot.is_settled() || Slot::settle(task_from_waker(cx.waker()), slot, Task::table::<F>())
        {
            // SAFETY: it is settled, so this is an `F`: TYPED. Nobody else polls it or
            // empties the place: HOME, in `slot`.
            if unsafe { slot.place.poll::<F>(cx) }.is_ready() {
                slot.end(Exit::Completed);
            }
        }
        Poll::Pending
    }
}
