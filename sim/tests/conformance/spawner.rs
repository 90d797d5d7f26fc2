//! Spawners with one flaw each, and a correct one with a number of slots.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use tickwire_sim::{SimSpawner, SimTask};
use tickwire_traits::{Exit, JoinHandle, Spawn, SpawnError};

use crate::Flaw;

#[derive(Clone)]
pub(crate) struct Spawner {
    tasks: SimSpawner,
    slots: Option<usize>,
    flaw: Flaw,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    taken: Cell<usize>,
    spawned: Cell<usize>,
    /// The spawner refuses every task.
    shut: Cell<bool>,
    /// Values that should have been dropped.
    kept: RefCell<Vec<Box<dyn Any>>>,
    stopped: Arc<AtomicBool>,
}

impl Spawner {
    pub(crate) fn new(tasks: SimSpawner, slots: Option<usize>, flaw: Flaw) -> Self {
        Self { tasks, slots, flaw, state: Rc::default() }
    }
}

impl Spawn for Spawner {
    type Handle = Task;

    fn spawn<F>(&self, future: F) -> Result<Task, SpawnError>
    where
        F: Future<Output = ()> + 'static,
    {
        let (flaw, state) = (self.flaw, self.state.clone());
        let spare = usize::from(flaw == Flaw::HasASlotTooMany);
        let full = self.slots.is_some_and(|slots| state.taken.get() >= slots + spare);
        if full || state.shut.get() {
            state.shut.set(flaw == Flaw::StaysFull);
            if flaw == Flaw::KeepsWhatItRefuses {
                state.kept.borrow_mut().push(Box::new(future));
            }
            return Err(SpawnError::NoFreeSlot);
        }
        state.taken.set(state.taken.get() + 1);
        let nth = state.spawned.replace(state.spawned.get() + 1);
        let slot = Slot { state: state.clone(), flaw, ended: false };
        let future = Box::pin(future);
        let body = Body { future: Some(future), bent: None, slot, nth, waited: false };
        Ok(Task { task: Some(self.tasks.spawn_named("task", body)), flaw })
    }
}

/// A slot, which is returned when dropped.
struct Slot {
    state: Rc<State>,
    flaw: Flaw,
    ended: bool,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let kept = match self.flaw {
            Flaw::CancelledTasksKeepTheirSlots => !self.ended,
            Flaw::EndedTasksKeepTheirSlots => self.ended,
            _ => false,
        };
        if !kept {
            self.state.taken.set(self.state.taken.get() - 1);
        }
    }
}

struct Body<F> {
    // In this order: a slot is free once the future has been dropped.
    future: Option<Pin<Box<F>>>,
    bent: Option<Arc<Bent>>,
    slot: Slot,
    nth: usize,
    waited: bool,
}

impl<F: Future<Output = ()> + 'static> Future for Body<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let flaw = self.slot.flaw;
        if flaw == Flaw::EveryOtherTaskIsSlow && self.nth.is_multiple_of(2) {
            self.waited = !self.waited;
            if self.waited {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
        let stopped = self.slot.state.stopped.clone();
        if stopped.swap(false, Ordering::Relaxed) {
            return Poll::Pending;
        }
        let bent = self.bent.get_or_insert_with(|| Bent::new(cx.waker(), flaw, stopped)).clone();
        let Some(future) = self.future.as_mut() else { return Poll::Pending };
        let polled = match flaw {
            Flaw::PollsTwice => match future.as_mut().poll(cx) {
                Poll::Pending => future.as_mut().poll(cx),
                ended => ended,
            },
            Flaw::LosesWakesDuringPolls
            | Flaw::PollsYieldingTasksAgain
            | Flaw::WakesOfTheDeadStopTheLiving => bent.poll(future.as_mut()),
            _ => future.as_mut().poll(cx),
        };
        if polled.is_ready() {
            self.slot.ended = true;
            let future = self.future.take();
            if flaw == Flaw::ReportsTheEndBeforeTheDrop {
                self.slot.state.kept.borrow_mut().push(Box::new(future));
            }
        }
        polled
    }
}

impl<F> Drop for Body<F> {
    fn drop(&mut self) {
        if let Some(bent) = &self.bent {
            bent.dead.store(true, Ordering::Relaxed);
        }
    }
}

/// A waker around the task's own.
struct Bent {
    own: Waker,
    flaw: Flaw,
    polling: AtomicBool,
    woken: AtomicBool,
    dead: AtomicBool,
    stopped: Arc<AtomicBool>,
}

impl Bent {
    fn new(own: &Waker, flaw: Flaw, stopped: Arc<AtomicBool>) -> Arc<Self> {
        let [polling, woken, dead] = [const { AtomicBool::new(false) }; 3];
        Arc::new(Self { own: own.clone(), flaw, polling, woken, dead, stopped })
    }

    fn poll(self: Arc<Self>, mut future: Pin<&mut impl Future<Output = ()>>) -> Poll<()> {
        let waker = Waker::from(self.clone());
        for _ in 0..3 {
            self.woken.store(false, Ordering::Relaxed);
            self.polling.store(true, Ordering::Relaxed);
            let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
            self.polling.store(false, Ordering::Relaxed);
            let woken = self.woken.load(Ordering::Relaxed);
            if polled.is_ready() || !woken || self.flaw != Flaw::PollsYieldingTasksAgain {
                return polled;
            }
        }
        self.own.wake_by_ref();
        Poll::Pending
    }
}

impl Wake for Bent {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
        let stops = self.flaw == Flaw::WakesOfTheDeadStopTheLiving;
        if stops && self.dead.load(Ordering::Relaxed) {
            self.stopped.store(true, Ordering::Relaxed);
        }
        let flaws = [Flaw::LosesWakesDuringPolls, Flaw::PollsYieldingTasksAgain];
        if !self.polling.load(Ordering::Relaxed) || !flaws.contains(&self.flaw) {
            self.own.wake_by_ref();
        }
    }
}

pub(crate) struct Task {
    task: Option<SimTask>,
    flaw: Flaw,
}

impl Future for Task {
    type Output = Exit;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        Pin::new(self.task.as_mut().unwrap()).poll(cx)
    }
}

impl JoinHandle for Task {
    async fn cancel(mut self) -> Exit {
        match self.flaw {
            Flaw::CancelDoesNotDrop => {
                self.task.take().unwrap().detach();
                Exit::Cancelled
            }
            Flaw::CancelThatIsDroppedDetaches => {
                let mut cancelling = Detaching(self.task.take());
                let mut yielded = false;
                poll_fn(|cx| {
                    if std::mem::replace(&mut yielded, true) {
                        return Poll::Ready(());
                    }
                    cx.waker().wake_by_ref();
                    Poll::Pending
                })
                .await;
                cancelling.0.take().unwrap().cancel().await
            }
            _ => self.task.take().unwrap().cancel().await,
        }
    }

    fn is_finished(&self) -> bool {
        match self.flaw {
            Flaw::FinishesBeforeTheEnd => true,
            Flaw::NeverFinishes => false,
            _ => self.task.as_ref().unwrap().is_finished(),
        }
    }

    fn detach(mut self) {
        let task = self.task.take().unwrap();
        if self.flaw != Flaw::DetachCancels {
            task.detach();
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(task) = self.task.take()
            && self.flaw == Flaw::DroppedHandleDetaches
        {
            task.detach();
        }
    }
}

struct Detaching(Option<SimTask>);

impl Drop for Detaching {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            task.detach();
        }
    }
}
