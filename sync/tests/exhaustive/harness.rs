//! The runner of all sequences of steps.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use crate::choices::Choices;
use crate::model::Model;

/// A primitive, the waits of its tasks, and the other operations on it.
pub(crate) trait Subject {
    type Model: Model;

    /// The kind of wait of each task. Tasks of one kind arrive in order: their order
    /// makes no difference.
    const KINDS: &'static [usize];

    /// The number of operations that belong to no task.
    const ACTIONS: usize;

    fn wait(&self, id: usize) -> Waiting<'_>;

    /// Performs one of these operations, and returns its result.
    fn act(&self, action: usize) -> u32;

    /// Returns the state visible from outside.
    fn seen(&self) -> u32;
}

pub(crate) type Waiting<'a> = Pin<Box<dyn Future<Output = (u32, Kept<'a>)> + 'a>>;

/// A value that a task received and has to drop, such as a guard.
pub(crate) type Kept<'a> = Option<Box<dyn Droppable + 'a>>;

pub(crate) trait Droppable {}

impl<T> Droppable for T {}

/// Runs every sequence of `depth` steps, each on a new subject, and ends each in two
/// ways: by dropping everything as it is, or by running every task that can finish.
///
/// A spurious poll brings another waker; in all sequences that are two steps shorter it
/// may also bring the same one.
pub(crate) fn every_sequence<S: Subject>(depth: usize, make: impl Fn() -> (S, S::Model)) {
    sequences(depth, &[OTHER], &make);
    sequences(depth - 2, &[OTHER, SAME], &make);
}

/// The number added to the waker of a task that is polled without a wake.
const SAME: usize = 0;
const OTHER: usize = 1;

fn sequences<S: Subject>(depth: usize, for_nothing: &[usize], make: &impl Fn() -> (S, S::Model)) {
    let wakers = S::KINDS
        .iter()
        .enumerate()
        .map(|(id, _)| [0, 1].map(|waker| Arc::new(Witness { id, waker })));
    let wakers = wakers.collect::<Vec<_>>();
    let mut choices = Choices::new();
    loop {
        let (subject, model) = make();
        run(&subject, model, depth, for_nothing, &mut choices, &wakers);
        let kept = wakers.iter().flatten().filter(|waker| Arc::strong_count(waker) != 1);
        assert_eq!(kept.count(), 0, "wakers that outlive the primitive");
        if !choices.advance() {
            return;
        }
    }
}

fn run<S: Subject>(
    subject: &S,
    model: S::Model,
    depth: usize,
    for_nothing: &[usize],
    choices: &mut Choices,
    wakers: &[[Arc<Witness>; 2]],
) {
    WOKEN.take();
    let tasks = S::KINDS.iter().map(|_| Task::New).collect();
    let mut run = Run { tale: Tale(Vec::new()), subject, model, tasks, wakers };
    for _ in 0..depth {
        let steps = run.steps(for_nothing);
        if steps.is_empty() {
            break;
        }
        run.step(steps[choices.pick(steps.len())]);
    }
    if choices.pick(2) == 0 {
        for id in 0..S::KINDS.len() {
            if !matches!(run.tasks[id], Task::New | Task::Gone) {
                run.step(Step::Drop(id));
            }
        }
        return;
    }
    while let Some(step) = run.next_of_course() {
        run.step(step);
    }
}

struct Run<'a, S: Subject> {
    /// Dropped first: prints the steps of a failed run.
    tale: Tale,
    subject: &'a S,
    model: S::Model,
    tasks: Vec<Task<'a>>,
    wakers: &'a [[Arc<Witness>; 2]],
}

enum Task<'a> {
    New,
    Waits { future: Waiting<'a>, waker: usize, woken: bool },
    Has(Kept<'a>),
    Gone,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Poll { id: usize, waker: usize },
    Drop(usize),
    Act(usize),
}

impl<S: Subject> Run<'_, S> {
    fn steps(&self, for_nothing: &[usize]) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut kinds_begun = Vec::new();
        for (id, task) in self.tasks.iter().enumerate() {
            match task {
                Task::New if !kinds_begun.contains(&S::KINDS[id]) => {
                    kinds_begun.push(S::KINDS[id]);
                    steps.push(Step::Poll { id, waker: 0 });
                }
                // A spurious poll of a task, caused by another future of the task.
                Task::Waits { woken: false, waker, .. } => {
                    let polls = for_nothing.iter().map(|change| (waker + change) % 2);
                    steps.extend(polls.map(|waker| Step::Poll { id, waker }));
                    steps.push(Step::Drop(id));
                }
                Task::Waits { waker, .. } => {
                    steps.extend([Step::Poll { id, waker: *waker }, Step::Drop(id)]);
                }
                Task::Has(_) => steps.push(Step::Drop(id)),
                Task::New | Task::Gone => {}
            }
        }
        steps.extend((0..S::ACTIONS).map(Step::Act));
        steps
    }

    /// Returns the next step without interference: polls a woken task, or drops a
    /// received value.
    fn next_of_course(&self) -> Option<Step> {
        self.tasks.iter().enumerate().find_map(|(id, task)| match task {
            Task::Waits { waker, woken: true, .. } => Some(Step::Poll { id, waker: *waker }),
            Task::Has(_) => Some(Step::Drop(id)),
            _ => None,
        })
    }

    fn step(&mut self, step: Step) {
        self.tale.0.push(step);
        match step {
            Step::Poll { id, waker } => self.poll(id, waker),
            Step::Drop(id) => match std::mem::replace(&mut self.tasks[id], Task::Gone) {
                Task::Waits { future, .. } => {
                    drop(future);
                    self.model.leave(id);
                }
                Task::Has(kept) => {
                    drop(kept);
                    self.model.give_back(id);
                }
                Task::New | Task::Gone => unreachable!("it has nothing to drop"),
            },
            Step::Act(action) => {
                assert_eq!(self.subject.act(action), self.model.act(action), "of the action");
            }
        }
        self.compare();
    }

    fn poll(&mut self, id: usize, waker: usize) {
        let mut future = match std::mem::replace(&mut self.tasks[id], Task::Gone) {
            Task::New => self.subject.wait(id),
            Task::Waits { future, .. } => future,
            Task::Has(_) | Task::Gone => unreachable!("it does not wait"),
        };
        let context = Waker::from(self.wakers[id][waker].clone());
        let polled = future.as_mut().poll(&mut Context::from_waker(&context));
        let expected = self.model.poll(id);
        self.tasks[id] = match polled {
            Poll::Ready((got, kept)) => {
                assert_eq!(Some(got), expected, "of the poll");
                Task::Has(kept)
            }
            Poll::Pending => {
                assert_eq!(None, expected, "of the poll");
                Task::Waits { future, waker, woken: false }
            }
        };
    }

    fn compare(&mut self) {
        let mut expected = Vec::new();
        for id in self.model.lines().woken.drain(..) {
            if let Task::Waits { waker, woken, .. } = &mut self.tasks[id] {
                assert!(!*woken, "woken twice");
                *woken = true;
                expected.push((id, *waker));
            }
        }
        assert_eq!(WOKEN.take(), expected, "tasks woken, each by its last waker");
        assert_eq!(self.subject.seen(), self.model.seen(), "of what is seen");
    }
}

/// A waker that logs its task, and which of the task's two it is.
struct Witness {
    id: usize,
    waker: usize,
}

impl Wake for Witness {
    fn wake(self: Arc<Self>) {
        WOKEN.with_borrow_mut(|woken| woken.push((self.id, self.waker)));
    }
}

thread_local! {
    static WOKEN: RefCell<Vec<(usize, usize)>> = const { RefCell::new(Vec::new()) };
}

/// The steps of a run, printed if it fails.
struct Tale(Vec<Step>);

impl Drop for Tale {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("in the last of these steps: {:?}", self.0);
        }
    }
}
