//! Jobs that hang, panic, and are given up.

use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time;

use futures_lite::future::poll_once;
use tickwire_sync::gather;
use tickwire_traits::Timer;

use super::*;
use crate::run;

const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(3_600);
/// Longer than any of these tests takes, even on a busy machine.
const PATIENCE: time::Duration = time::Duration::from_secs(120);

#[derive(Debug)]
enum Step {
    Double,
    Panic,
}

/// The other end of a thread's code.
struct Script {
    /// How the next job goes. It hangs until then.
    steps: Sender<Step>,
    /// The jobs that have begun. The end is that the code has been dropped.
    begun: Receiver<u32>,
}

fn scripted() -> (Script, Perform<u32>) {
    let (steps, next) = channel();
    let (starts, begun) = channel();
    let perform = move |job: &mut u32| {
        starts.send(*job).expect("the test goes on");
        match next.recv().expect("the test goes on") {
            Step::Double => *job *= 2,
            Step::Panic => panic!("as the script says"),
        }
    };
    (Script { steps, begun }, Box::new(perform))
}

impl Script {
    #[track_caller]
    fn step(&self, step: Step) {
        self.steps.send(step).expect("the code is there");
    }

    #[track_caller]
    fn begins(&self, job: u32) {
        assert_eq!(self.begun.recv_timeout(PATIENCE), Ok(job));
    }

    #[track_caller]
    fn is_dropped(&self) {
        let end = self.begun.recv_timeout(PATIENCE);
        assert_eq!(end, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
    }
}

#[test]
fn jobs_that_hang_are_abandoned_and_the_spare_continues_once() {
    let (first, perform) = scripted();
    let (second, spare) = scripted();
    let worker = Worker::start("test", SHORT, perform, Some(spare)).unwrap();
    run(async |_| {
        let mut one = pin!(worker.perform(1));
        let mut two = pin!(worker.perform(2));
        assert!(poll_once(one.as_mut()).await.is_none());
        assert!(poll_once(two.as_mut()).await.is_none());
        assert_eq!(one.await, Err(Stopped::Hung(SHORT)));
        worker.set_limit(LONG);
        second.step(Step::Double);
        assert_eq!(two.await, Ok(4));
        worker.set_limit(SHORT);
        let both = gather((worker.perform(3), worker.perform(4))).await;
        assert_eq!(both, (Err(Stopped::Hung(SHORT)), Err(Stopped::Ended)));
        assert_eq!(worker.perform(5).await, Err(Stopped::Ended));
    });
    first.begins(1);
    second.begins(2);
    second.begins(3);
    // Both return after all, and end.
    first.step(Step::Double);
    first.is_dropped();
    second.step(Step::Panic);
    second.is_dropped();
}

#[test]
fn a_job_that_was_given_up_and_hangs_is_abandoned_by_the_next_one() {
    let (first, perform) = scripted();
    let (second, spare) = scripted();
    let worker = Worker::start("test", SHORT, perform, Some(spare)).unwrap();
    run(async |_| {
        {
            let mut given_up = pin!(worker.perform(1));
            assert!(poll_once(given_up.as_mut()).await.is_none());
            first.begins(1);
        }
        assert_eq!(worker.cancelled(), 1);
        let mut next = pin!(worker.perform(2));
        while worker.0.shared.state().generation == 0 {
            assert!(poll_once(next.as_mut()).await.is_none());
            CLOCK.sleep(Duration::from_millis(1)).await;
        }
        worker.set_limit(LONG);
        second.step(Step::Double);
        assert_eq!(next.await, Ok(4));
    });
    first.step(Step::Double);
    first.is_dropped();
}

#[test]
fn a_job_that_is_given_up_before_it_begins_is_not_performed() {
    let (script, perform) = scripted();
    let worker = Worker::start("test", LONG, perform, None).unwrap();
    run(async |_| {
        let mut first = pin!(worker.perform(1));
        assert!(poll_once(first.as_mut()).await.is_none());
        script.begins(1);
        {
            let mut given_up = pin!(worker.perform(2));
            assert!(poll_once(given_up.as_mut()).await.is_none());
        }
        let mut third = pin!(worker.perform(3));
        assert!(poll_once(third.as_mut()).await.is_none());
        script.step(Step::Double);
        script.step(Step::Double);
        assert_eq!(gather((first, third)).await, (Ok(2), Ok(6)));
        script.begins(3);
    });
    assert_eq!(worker.cancelled(), 0);
    drop(worker);
    script.is_dropped();
}

#[test]
fn after_a_panic_the_spare_continues_once() {
    let (first, perform) = scripted();
    let (second, spare) = scripted();
    let worker = Worker::start("test", LONG, perform, Some(spare)).unwrap();
    first.step(Step::Panic);
    second.step(Step::Double);
    run(async |_| {
        assert_eq!(worker.perform(1).await, Err(Stopped::Panicked));
        assert_eq!(worker.perform(2).await, Ok(4));
        second.step(Step::Panic);
        let both = gather((worker.perform(3), worker.perform(4))).await;
        assert_eq!(both, (Err(Stopped::Panicked), Err(Stopped::Ended)));
        assert_eq!(worker.perform(5).await, Err(Stopped::Ended));
    });
    first.begins(1);
    first.is_dropped();
    drop(worker);
}

#[test]
fn a_limit_counts_from_the_second_look_on() {
    let mut state = State::<u32>::new(Duration::from_millis(8), None);
    let at = Instant::from_millis;
    let _id = state.submit(1, Waker::noop().clone());
    assert!(state.begin(at(100)).is_some());
    assert!(!state.is_overdue(at(107)));
    // The process was stopped for an hour.
    assert!(!state.is_overdue(at(3_600_000)));
    assert_eq!(state.deadline(at(3_600_000)), at(3_600_002));
    assert!(!state.is_overdue(at(3_600_001)));
    assert!(state.is_overdue(at(3_600_002)));
    assert!(state.abandon(at(3_600_002)).is_some());
    assert!(!state.is_overdue(at(3_600_002)));
}
