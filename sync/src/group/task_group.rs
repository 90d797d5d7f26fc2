//! A group of any number of futures, each with its own waker.

mod book;
mod try_all;

use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_util::Stream;
use futures_util::future::MaybeDone;
use tickwire_traits::waits_for;

use super::pinned::Tasks;
use super::wake_slots::sealed::Lends;
use super::wake_slots::{StaticSlots, WakeHome, WakeSlots};
use crate::full::Full;
pub(crate) use book::Book;

/// Up to `N` concurrent futures of one type, added and removed at run time. The
/// tutorial's `TaskGroup`.
///
/// ```
/// use core::pin::pin;
/// use tickwire_sim::Sim;
/// use tickwire_sync::{TaskGroup, WakeSlots};
/// use tickwire_traits::{Duration, Timer};
///
/// static SLOTS: WakeSlots<8> = WakeSlots::new();
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let task = async |n: u64| {
///     clock.sleep(Duration::from_secs(n)).await;
///     n * n
/// };
/// let mut group = pin!(TaskGroup::<_, 4>::new(&SLOTS));
/// for n in [3, 1, 2] {
///     group.as_mut().add(task(n)).unwrap();
/// }
/// sim.run(async {
///     let mut squares = Vec::new();
///     while let Some((_, square)) = group.as_mut().next().await {
///         squares.push(square);
///     }
///     assert_eq!(squares, [1, 4, 9]);
/// });
/// ```
///
/// The group is pinned, so each call goes through `as_mut()`. For a fixed set of futures,
/// use [`gather`](crate::gather).
///
/// # Tasks of different types
///
/// All tasks of a group have one type. Unify futures of different types by a `match` in
/// one `async fn`, or, without an allocator, as pinned references:
///
/// ```
/// use core::future::Future;
/// use core::pin::{Pin, pin};
/// use tickwire_sim::Sim;
/// use tickwire_sync::{TaskGroup, WakeSlots};
/// use tickwire_traits::{Duration, Timer};
///
/// static SLOTS: WakeSlots<2> = WakeSlots::new();
///
/// enum Job {
///     Wait(Duration),
///     Add(u32, u32),
/// }
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let run = async |job| match job {
///     Job::Wait(time) => {
///         clock.sleep(time).await;
///         0
///     }
///     Job::Add(left, right) => left + right,
/// };
/// let mut jobs = pin!(TaskGroup::<_, 2>::new(&SLOTS));
/// jobs.as_mut().add(run(Job::Wait(Duration::from_millis(5)))).unwrap();
/// jobs.as_mut().add(run(Job::Add(1, 2))).unwrap();
/// assert_eq!(sim.run(jobs.as_mut().next()).unwrap().1, 3);
/// jobs.as_mut().cancel_all();
///
/// type Task<'a> = Pin<&'a mut dyn Future<Output = ()>>;
/// let blink = pin!(async { clock.sleep(Duration::from_millis(1)).await });
/// let idle = pin!(core::future::ready(()));
/// let mut tasks = pin!(TaskGroup::<Task<'_>, 2>::new(&SLOTS));
/// tasks.as_mut().add(blink).unwrap();
/// tasks.as_mut().add(idle).unwrap();
/// sim.run(async { while tasks.as_mut().next().await.is_some() {} });
/// ```
///
/// # How tasks run
///
/// The tasks run only while [`next`](Self::next) or [`try_all`](Self::try_all) is
/// awaited. They may borrow, and return values. Dropping the group drops them;
/// [`cancel`](Self::cancel) drops one.
///
/// Each task has its own waker, so only woken tasks are polled. In `gather` and `join`
/// any wake-up polls every future, which costs more with many futures, and less with two
/// or three. The wakers point to storage that outlives them:
/// [`WakeSlots`](crate::WakeSlots) in a `static`, or `HeapSlots` with the feature
/// `alloc`. On embassy, tasks that sleep need the feature `any-waker` of
/// `tickwire-exec-embassy`, whose timer accepts such wakers.
///
/// Tasks are polled in the order of their wakes. One poll of the group polls each task
/// woken before it once: a task that wakes itself or another task waits until the
/// executor has run all other tasks. A wake and a poll take the same time with any number
/// of tasks.
///
/// A task that panics is dropped, and the panic propagates to the task that awaits the
/// group. The other tasks are unaffected: the group may be awaited again.
///
/// A leaked group (`mem::forget`) leaks its tasks, and their slots are never freed.
/// Nothing else can happen, since no pointer leads into the group.
#[doc(alias = "JoinSet")]
#[doc(alias = "FuturesUnordered")]
#[doc(alias = "nursery")]
pub struct TaskGroup<F: Future, const N: usize, H: WakeHome = StaticSlots> {
    /// `Done` for a first error that has not been returned yet.
    pub(crate) tasks: Tasks<F, N>,
    pub(crate) book: Book<N, H>,
}

/// The identifier of a task in a group, for [`TaskGroup::cancel`].
///
/// It never identifies a later task, even one in the same place (until that has had 2³²
/// of them). In another group it has no meaning.
///
/// ```
/// use core::future::ready;
/// use core::pin::pin;
/// use tickwire_sync::{TaskGroup, TaskId, WakeSlots};
///
/// static SLOTS: WakeSlots<1> = WakeSlots::new();
///
/// let mut group = pin!(TaskGroup::<_, 1>::new(&SLOTS));
/// let first: TaskId = group.as_mut().add(ready(())).unwrap();
/// group.as_mut().cancel(first);
/// let second = group.as_mut().add(ready(())).unwrap();
/// assert_ne!(first, second);
/// assert!(!group.as_mut().cancel(first) && group.contains(second));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TaskId {
    place: usize,
    serial: u32,
}

impl<F: Future, const N: usize> TaskGroup<F, N> {
    /// Creates an empty group whose tasks take their slots from `slots`.
    pub const fn new<const M: usize, const G: usize>(slots: &'static WakeSlots<M, G>) -> Self {
        Self::with_home(slots.home())
    }
}

impl<F: Future, const N: usize, H: WakeHome> TaskGroup<F, N, H> {
    /// Creates an empty group whose tasks have their slots in `home`: on the heap, or in
    /// the caller's storage.
    pub const fn with_home(home: H) -> Self {
        Self { tasks: Tasks::none(), book: Book::new(home) }
    }

    /// Adds a task. It is first polled when the group is next awaited.
    ///
    /// Takes constant time after a task has ended and while the group is being filled. In
    /// the worst case, it searches all `N` places, and all [`WakeSlots`] that groups
    /// share.
    ///
    /// # Errors
    ///
    /// [`Full`] with the future, if the group has `N` tasks, or its home has no free slot
    /// or serves its maximum number of groups. Try again after a task has ended.
    pub fn add(mut self: Pin<&mut Self>, future: F) -> Result<TaskId, Full<F>> {
        let Some(id) = self.as_mut().book().enroll() else { return Err(Full(future)) };
        self.task(id.place).set(MaybeDone::Future(future));
        Ok(id)
    }

    /// Waits for the next task to end, and returns its output. Returns `None` if the
    /// group is empty.
    ///
    /// # Panics
    ///
    /// If a task panics. That task is removed, and the group may be used again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a result is taken only in the poll that returns it, and the tasks
    /// stay in the group.
    pub fn next(mut self: Pin<&mut Self>) -> impl Future<Output = Option<(TaskId, F::Output)>> {
        poll_fn(move |cx| self.as_mut().poll_next(cx))
    }

    /// Drops a task. Returns false if it has already ended.
    pub fn cancel(self: Pin<&mut Self>, id: TaskId) -> bool {
        let there = self.contains(id);
        if there {
            self.remove(id.place);
        }
        there
    }

    /// Drops all tasks.
    pub fn cancel_all(mut self: Pin<&mut Self>) {
        for place in 0..N {
            if self.book.holds(place) {
                self.as_mut().remove(place);
            }
        }
    }

    /// Returns whether a task is still in the group.
    pub fn contains(&self, id: TaskId) -> bool {
        self.book.holds(id.place) && self.book.id(id.place) == id
    }

    /// Returns the number of tasks whose result has not been taken.
    pub fn len(&self) -> usize {
        self.book.len()
    }

    /// Returns whether the group has no task.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the maximum number of tasks: `N`, if there are enough slots.
    pub const fn capacity(&self) -> usize {
        N
    }

    fn remove(mut self: Pin<&mut Self>, place: usize) {
        // Dropped last, even if dropping the task panics: both run foreign code.
        let _list = self.as_mut().book().strike(place);
        self.task(place).set(MaybeDone::Gone);
    }

    /// Polls the woken tasks until one ends.
    fn poll_running(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<(TaskId, F::Output)>> {
        if !self.as_mut().book().running.take(cx.waker()) {
            return Poll::Ready(None);
        }
        while let Some(place) = self.as_mut().book().running.next() {
            let mut turn = Turn { group: self.as_mut(), place };
            if turn.poll().is_pending() {
                turn.goes_on();
                continue;
            }
            let output = turn.task().take_output();
            drop(turn);
            let id = self.book.id(place);
            return Poll::Ready(output.map(|output| (id, output)));
        }
        // Only woken tasks are polled, so the others cannot report their own reasons.
        waits_for(|| "a task of a `TaskGroup`");
        Poll::Pending
    }

    fn take_failed(mut self: Pin<&mut Self>) -> Option<(TaskId, F::Output)> {
        let place = self.book.failed?;
        self.as_mut().book().failed = None;
        let id = self.book.id(place);
        self.task(place).take_output().map(|output| (id, output))
    }
}

impl<F: Future, const N: usize, H: WakeHome> Stream for TaskGroup<F, N, H> {
    type Item = (TaskId, F::Output);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(failed) = self.as_mut().take_failed() {
            return Poll::Ready(Some(failed));
        }
        self.poll_running(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // More tasks may be added, and one that panics yields nothing.
        (0, None)
    }
}

impl<F: Future, const N: usize, H: WakeHome> fmt::Debug for TaskGroup<F, N, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("TaskGroup");
        debug.field("len", &self.len()).field("capacity", &N).finish_non_exhaustive()
    }
}

/// The poll of one task, which is removed if it ends or panics.
struct Turn<'a, F: Future, const N: usize, H: WakeHome> {
    group: Pin<&'a mut TaskGroup<F, N, H>>,
    place: usize,
}

impl<F: Future, const N: usize, H: WakeHome> Turn<'_, F, N, H> {
    fn task(&mut self) -> Pin<&mut MaybeDone<F>> {
        self.group.as_mut().task(self.place)
    }

    #[inline]
    fn poll(&mut self) -> Poll<()> {
        let (task, book) = self.group.as_mut().task_and_book(self.place);
        match book.running.get(self.place) {
            Some(slot) => slot.lend(|waker| task.poll(&mut Context::from_waker(waker))),
            None => Poll::Pending,
        }
    }

    fn goes_on(self) {
        core::mem::forget(self);
    }
}

impl<F: Future, const N: usize, H: WakeHome> Drop for Turn<'_, F, N, H> {
    fn drop(&mut self) {
        self.group.as_mut().remove(self.place);
    }
}
