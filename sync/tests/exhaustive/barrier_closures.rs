//! Every sequence of steps on a barrier while the closure of a round's last participant
//! runs.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use tickwire_sync::{Barrier, NoopRawMutex};

use crate::choices::Choices;

const TASKS: usize = 3;

/// The steps of one sequence, including those within closures.
const STEPS: usize = if cfg!(miri) { 12 } else { 8 };

/// The state promised to waiters, in terms of rounds that are never reused.
#[derive(Default)]
struct Model {
    round: u64,
    arrived: u16,
    /// The number of running closures.
    busy: u32,
    /// The round of each waiter.
    waiting: [Option<u64>; TASKS],
    /// Waiters that no closure holds back, even a later one.
    called: [bool; TASKS],
}

impl Model {
    /// Counts one arrival. Returns whether it completes the round.
    fn come(&mut self, participants: u16) -> bool {
        self.arrived = (self.arrived + 1) % participants;
        self.round += u64::from(self.arrived == 0);
        self.arrived == 0
    }

    /// Releases the waiters of complete rounds, unless a closure runs.
    fn settle(&mut self) {
        for (called, waiting) in self.called.iter_mut().zip(self.waiting) {
            *called |= self.busy == 0 && waiting.is_some_and(|round| round != self.round);
        }
    }
}

#[derive(Clone, Copy)]
enum Step {
    Poll(usize),
    Drop(usize),
    Trigger,
    /// Arrives last, and performs further steps in its closure.
    ComeLast,
    /// Ends the innermost closure.
    Return,
}

/// A waiter, and whether it was woken since its last poll.
struct Task<'a> {
    waits: Pin<Box<dyn Future<Output = ()> + 'a>>,
    woken: Arc<Woken>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        assert!(!self.0.swap(true, Ordering::Relaxed), "woken twice");
    }
}

struct Run<'a> {
    barrier: &'a Barrier<NoopRawMutex>,
    participants: u16,
    choices: RefCell<&'a mut Choices>,
    model: RefCell<Model>,
    tasks: RefCell<[Option<Task<'a>>; TASKS]>,
    left: Cell<usize>,
}

impl<'a> Run<'a> {
    /// Performs steps until none are left or, in a closure, until it returns.
    fn go(&self) {
        while self.left.get() > 0 {
            self.left.set(self.left.get() - 1);
            let steps = self.steps();
            let chosen = self.choices.borrow_mut().pick(steps.len());
            match steps[chosen] {
                Step::Poll(id) => self.poll(id),
                Step::Drop(id) => self.leave(id),
                Step::Trigger => {
                    let mut model = self.model.borrow_mut();
                    assert_eq!(self.barrier.trigger(), model.come(self.participants));
                    model.settle();
                }
                Step::ComeLast => self.come_last(),
                Step::Return => return,
            }
            self.compare();
        }
    }

    fn steps(&self) -> Vec<Step> {
        let model = self.model.borrow();
        let mut steps = vec![Step::Trigger];
        // Tasks that have not arrived yet are equivalent: one stands for all.
        let mut someone_new = false;
        for (id, waiting) in model.waiting.iter().enumerate() {
            match waiting {
                Some(_) => steps.extend([Step::Poll(id), Step::Drop(id)]),
                None if !someone_new => {
                    someone_new = true;
                    steps.push(Step::Poll(id));
                }
                None => {}
            }
        }
        if model.arrived + 1 == self.participants {
            steps.push(Step::ComeLast);
        }
        if model.busy > 0 {
            steps.push(Step::Return);
        }
        steps
    }

    fn poll(&self, id: usize) {
        let mut task = self.tasks.borrow_mut()[id].take().unwrap_or_else(|| Task {
            waits: Box::pin(async {
                self.barrier.wait().await;
            }),
            woken: Arc::new(Woken(AtomicBool::new(false))),
        });
        task.woken.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(task.woken.clone());
        let polled = task.waits.as_mut().poll(&mut Context::from_waker(&waker));
        let mut model = self.model.borrow_mut();
        let round = model.round;
        let goes = match model.waiting[id] {
            Some(_) => model.called[id],
            None => model.come(self.participants),
        };
        assert_eq!(polled, if goes { Poll::Ready(()) } else { Poll::Pending });
        if goes {
            (model.waiting[id], model.called[id]) = (None, false);
            model.settle();
        } else {
            model.waiting[id].get_or_insert(round);
            self.tasks.borrow_mut()[id] = Some(task);
        }
    }

    fn leave(&self, id: usize) {
        drop(self.tasks.borrow_mut()[id].take());
        let mut model = self.model.borrow_mut();
        model.called[id] = false;
        if model.waiting[id].take() == Some(model.round) {
            model.arrived -= 1;
        }
    }

    fn come_last(&self) {
        let mut last = Box::pin(self.barrier.wait_with(|| {
            let mut model = self.model.borrow_mut();
            assert!(model.come(self.participants));
            model.busy += 1;
            drop(model);
            self.compare();
            self.go();
            // The others continue when this closure returns.
            let mut model = self.model.borrow_mut();
            model.busy -= 1;
            model.settle();
        }));
        assert!(last.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    }

    fn compare(&self) {
        let model = self.model.borrow();
        assert_eq!(self.barrier.arrived(), model.arrived);
        for (id, task) in self.tasks.borrow().iter().enumerate() {
            let woken = task.as_ref().is_some_and(|task| task.woken.0.load(Ordering::Relaxed));
            assert_eq!(woken, model.called[id], "task {id}");
        }
    }
}

#[test]
fn whatever_happens_while_closures_run_each_waiter_goes_on_with_its_round() {
    for participants in [1, 2, 3] {
        let mut choices = Choices::new();
        loop {
            let barrier = Barrier::new(participants);
            let run = Run {
                barrier: &barrier,
                participants,
                choices: RefCell::new(&mut choices),
                model: RefCell::default(),
                tasks: RefCell::default(),
                left: Cell::new(STEPS),
            };
            run.go();
            drop(run);
            if !choices.advance() {
                break;
            }
        }
    }
}
