//! Running futures in virtual time.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use tickwire_traits::{Clock, Exit, Instant, JoinHandle, Spawn, SpawnError};

use crate::{SimClock, census};

/// A deterministic executor: time passes only when nothing else can happen.
///
/// Tasks run in the order in which they were woken, and are woken in the order
/// in which they fell asleep, also among equal deadlines.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Clock, Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// sim.run(clock.sleep(Duration::from_secs(86_400))); // A day, at once.
/// assert_eq!(clock.now(), Instant::from_micros(86_400_000_000));
/// ```
#[derive(Debug)]
pub struct Sim {
    clock: SimClock,
    tasks: Rc<Tasks>,
    spin_limit: u32,
}

/// Why a [`Sim`] could not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stall {
    /// What was wrong.
    pub kind: StallKind,
    /// When it was.
    pub at: Instant,
    /// Every task that has not ended, the main future first.
    pub tasks: Vec<StalledTask>,
}

/// The ways in which a [`Sim`] can fail to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StallKind {
    /// No task is awake and no timer is set: nothing would ever happen again.
    Deadlock,
    /// As a deadlock, but a task that was polled once more did make progress:
    /// whoever made that possible failed to wake it.
    LostWake,
    /// Tasks kept waking themselves or one another while time stood still.
    Spin,
}

/// One task of a [`Stall`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StalledTask {
    /// `main`, or where the task was spawned.
    pub name: String,
    /// What it said that it waits for ([`waits_for`](crate::waits_for)).
    pub waits_for: Vec<String>,
}

impl Sim {
    /// Creates a simulation at its epoch.
    pub fn new() -> Self {
        Self { clock: SimClock::new(), tasks: Rc::default(), spin_limit: 100_000 }
    }

    /// Sets how many polls may happen at one instant before that is a
    /// [`StallKind::Spin`]. The default is 100 000.
    pub fn with_spin_limit(mut self, polls: u32) -> Self {
        self.spin_limit = polls;
        self
    }

    /// Returns the simulation's clock.
    pub fn clock(&self) -> SimClock {
        self.clock.clone()
    }

    /// Returns a handle that spawns tasks on this simulation.
    pub fn spawner(&self) -> SimSpawner {
        SimSpawner(self.tasks.clone())
    }

    /// Returns how often this simulation has polled a future, to show that
    /// something sleeps which should.
    ///
    /// ```
    /// use tickwire_sim::Sim;
    /// use tickwire_traits::{Duration, Timer};
    ///
    /// let sim = Sim::new();
    /// sim.run(sim.clock().sleep(Duration::from_secs(60)));
    /// assert_eq!(sim.polls(), 2); // Once to fall asleep, once to wake up.
    /// ```
    pub fn polls(&self) -> u64 {
        self.tasks.polls.get()
    }

    /// Runs `main`, and all tasks that it spawns, until `main` ends.
    ///
    /// Tasks that are left then go on in the next run, and are dropped with the
    /// simulation.
    ///
    /// # Panics
    ///
    /// With the report of [`try_run`](Self::try_run), and if called from inside
    /// of itself.
    #[track_caller]
    pub fn run<F: Future>(&self, main: F) -> F::Output {
        match self.try_run(main) {
            Ok(output) => output,
            Err(stall) => panic!("{stall}"),
        }
    }

    /// Runs `main`, and all tasks that it spawns, until `main` ends.
    ///
    /// # Errors
    ///
    /// [`Stall`] with the time, and what each task was waiting for, when nothing
    /// can ever wake, or when time cannot go on. `main` has been dropped; the
    /// simulation may be used again.
    ///
    /// # Panics
    ///
    /// If called from inside of itself.
    pub fn try_run<F: Future>(&self, main: F) -> Result<F::Output, Stall> {
        let _running = Running::enter(&self.tasks.running);
        let mut main = pin!(main);
        let waker = self.tasks.ready.waker(MAIN);
        let mut cx = Context::from_waker(&waker);
        self.tasks.ready.push(MAIN);
        loop {
            let mut polls = 0;
            while let Some(id) = self.tasks.ready.pop() {
                polls += 1;
                if polls > self.spin_limit {
                    return Err(self.stall(StallKind::Spin, main.as_mut(), &mut cx));
                }
                if id != MAIN {
                    self.tasks.poll(id);
                    continue;
                }
                self.tasks.count_poll();
                if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
                    return Ok(output);
                }
            }
            if !self.clock.jump() {
                return Err(self.stall(StallKind::Deadlock, main.as_mut(), &mut cx));
            }
        }
    }

    /// Polls everyone once more, to hear what they wait for.
    fn stall<F: Future>(&self, kind: StallKind, main: Pin<&mut F>, cx: &mut Context<'_>) -> Stall {
        let at = self.clock.now();
        let mut progress = false;
        let mut tasks = Vec::new();
        let (polled, waits_for) = census::take(|| main.poll(cx));
        progress |= polled.is_ready();
        tasks.push(StalledTask { name: "main".into(), waits_for });
        for (id, name) in self.tasks.list() {
            let (ended, waits_for) = census::take(|| self.tasks.poll(id));
            progress |= ended;
            tasks.push(StalledTask { name, waits_for });
        }
        progress |= !self.tasks.ready.is_empty() || !self.clock.nobody_sleeps();
        let kind = match kind {
            StallKind::Deadlock if progress => StallKind::LostWake,
            kind => kind,
        };
        Stall { kind, at, tasks }
    }
}

impl Default for Sim {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Stall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            StallKind::Deadlock => "deadlock: nothing can ever wake",
            StallKind::LostWake => "lost wake-up: a task could go on, but nobody woke it",
            StallKind::Spin => "spin: tasks keep waking while time stands still",
        };
        write!(f, "{what}, at {:?}", self.at)?;
        for task in &self.tasks {
            let waits_for = match &task.waits_for[..] {
                [] => "something that did not say what it is".into(),
                some => some.join(", "),
            };
            write!(f, "\n  task {} waits for {waits_for}", task.name)?;
        }
        Ok(())
    }
}

impl std::error::Error for Stall {}

/// Spawns tasks on a [`Sim`].
#[derive(Clone, Debug)]
pub struct SimSpawner(Rc<Tasks>);

impl Spawn for SimSpawner {
    type Handle = SimTask;

    /// Never fails: tasks live on the heap.
    #[track_caller]
    fn spawn<F>(&self, future: F) -> Result<SimTask, SpawnError>
    where
        F: Future<Output = ()> + 'static,
    {
        Ok(self.0.spawn(Location::caller().to_string(), Box::pin(future)))
    }
}

impl SimSpawner {
    /// Starts `future` under a name, which a [`Stall`] will tell.
    ///
    /// ```
    /// use tickwire_sim::Sim;
    ///
    /// let sim = Sim::new();
    /// let sleeper = sim.spawner().spawn_named("sleeper", std::future::pending());
    /// let stall = sim.try_run(sleeper).unwrap_err();
    /// assert_eq!(stall.tasks[1].name, "sleeper");
    /// ```
    pub fn spawn_named(
        &self,
        name: impl Into<String>,
        future: impl Future<Output = ()> + 'static,
    ) -> SimTask {
        self.0.spawn(name.into(), Box::pin(future))
    }
}

/// Owns a task on a [`Sim`].
#[must_use = "dropping a task cancels it; call `detach` to let it run"]
pub struct SimTask {
    id: Id,
    end: Rc<End>,
    tasks: Rc<Tasks>,
}

impl Future for SimTask {
    type Output = Exit;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        if let Some(exit) = self.end.exit.get() {
            return Poll::Ready(exit);
        }
        self.end.waiter.set(Some(cx.waker().clone()));
        census::waits_for(|| "the end of another task".into());
        Poll::Pending
    }
}

impl JoinHandle for SimTask {
    async fn cancel(mut self) -> Exit {
        self.tasks.cancel(self.id);
        poll_fn(|cx| Pin::new(&mut self).poll(cx)).await
    }

    fn detach(self) {
        self.end.detached.set(true);
    }
}

impl Drop for SimTask {
    fn drop(&mut self) {
        if !self.end.detached.get() {
            self.tasks.cancel(self.id);
        }
    }
}

impl fmt::Debug for SimTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimTask").field("exit", &self.end.exit).finish_non_exhaustive()
    }
}

type Id = u64;
const MAIN: Id = 0;

#[derive(Default)]
struct Tasks {
    running: Cell<bool>,
    polls: Cell<u64>,
    spawned: Cell<Id>,
    /// In the order of their spawning.
    live: RefCell<BTreeMap<Id, Task>>,
    ready: Arc<ReadyQueue>,
}

struct Task {
    name: String,
    waker: Waker,
    end: Rc<End>,
    /// Out while it is being polled.
    future: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

#[derive(Default)]
struct End {
    exit: Cell<Option<Exit>>,
    waiter: Cell<Option<Waker>>,
    detached: Cell<bool>,
}

impl End {
    fn set(&self, exit: Exit) {
        self.exit.set(Some(exit));
        if let Some(waiter) = self.waiter.take() {
            waiter.wake();
        }
    }
}

impl Tasks {
    fn spawn(self: &Rc<Self>, name: String, future: Pin<Box<dyn Future<Output = ()>>>) -> SimTask {
        let id = self.spawned.get() + 1;
        self.spawned.set(id);
        let end = Rc::<End>::default();
        let waker = self.ready.waker(id);
        let task = Task { name, waker: waker.clone(), end: end.clone(), future: Some(future) };
        self.live.borrow_mut().insert(id, task);
        waker.wake();
        SimTask { id, end, tasks: self.clone() }
    }

    fn count_poll(&self) {
        self.polls.set(self.polls.get() + 1);
    }

    /// Polls a task, if it is still there. Returns whether it ended.
    fn poll(&self, id: Id) -> bool {
        let taken = self
            .live
            .borrow_mut()
            .get_mut(&id)
            .map(|task| (task.future.take(), task.waker.clone()));
        let Some((Some(mut future), waker)) = taken else { return false };
        self.count_poll();
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_pending()
            && let Some(task) = self.live.borrow_mut().get_mut(&id)
        {
            task.future = Some(future);
            return false;
        }
        // It returned, or cancelled itself while it ran. Its future is dropped
        // before anyone hears of its end, and while nothing is borrowed.
        drop(future);
        let ended = self.live.borrow_mut().remove(&id);
        if let Some(task) = ended {
            task.end.set(Exit::Completed);
        }
        true
    }

    fn cancel(&self, id: Id) {
        let cancelled = self.live.borrow_mut().remove(&id);
        if let Some(task) = cancelled {
            drop(task.future);
            task.end.set(Exit::Cancelled);
        }
    }

    fn list(&self) -> Vec<(Id, String)> {
        self.live.borrow().iter().map(|(id, task)| (*id, task.name.clone())).collect()
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        // A future may own handles of other tasks: let go of one at a time.
        while let Some((_, task)) = self.live.get_mut().pop_first() {
            drop(task);
        }
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.live.borrow().values().map(|task| &task.name)).finish()
    }
}

/// Who is awake, in the order of waking. Shared with wakers, which may come
/// from any thread.
#[derive(Debug, Default)]
struct ReadyQueue(Mutex<VecDeque<Arc<TaskWaker>>>);

#[derive(Debug)]
struct TaskWaker {
    id: Id,
    queued: AtomicBool,
    ready: Arc<ReadyQueue>,
}

impl ReadyQueue {
    fn waker(self: &Arc<Self>, id: Id) -> Waker {
        Waker::from(Arc::new(TaskWaker { id, queued: AtomicBool::new(false), ready: self.clone() }))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<TaskWaker>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(self: &Arc<Self>, id: Id) {
        self.waker(id).wake();
    }

    fn pop(&self) -> Option<Id> {
        let woken = self.lock().pop_front()?;
        // Before the poll: a wake-up that comes during it counts anew.
        woken.queued.store(false, Ordering::Release);
        Some(woken.id)
    }

    fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            let ready = self.ready.clone();
            ready.lock().push_back(self);
        }
    }
}

/// Keeps a second `run` from starting inside of the first.
struct Running<'a>(&'a Cell<bool>);

impl<'a> Running<'a> {
    #[track_caller]
    fn enter(running: &'a Cell<bool>) -> Self {
        assert!(!running.replace(true), "`Sim::run` was called from inside of itself");
        Self(running)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
