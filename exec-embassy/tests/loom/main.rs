//! Every order in which threads can access a slot.
//!
//! The protocol is compiled from the crate's sources, with Loom's atomics and lock in place
//! of `core`'s, and a model in place of embassy.
#![cfg(not(any(miri, light_tests)))] // Loom switches stacks by hand.
#![deny(unsafe_code)]

#[path = "../../src/free.rs"]
mod free;
#[allow(unsafe_code)] // OWNER
mod home;
#[path = "../../src/place.rs"]
#[allow(unsafe_code)] // STORED
mod place;
#[allow(unsafe_code)] // SECTION
mod primitives;
#[allow(unsafe_code)] // RUNNER
mod runner;
#[path = "../../src/slot.rs"]
#[allow(unsafe_code)] // STEP
mod slot;
#[path = "../../src/task.rs"]
#[allow(unreachable_pub)] // It is public in the crate.
mod task;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::model::Builder;
use loom::sync::mpsc;
use loom::thread;
use tickwire_traits::{Exit, JoinHandle};

use home::{Home, send, spawn};
use runner::{end, executor, poll};
use task::ArenaTask;

/// The number of preemptions in a model, in addition to the threads' own waits.
const INTERRUPTIONS: usize = 3;

/// Runs a model in every order of its threads, with an unused slot and with a used one.
fn every_order(interruptions: usize, model: impl Fn(&'static Home) + Send + Sync + 'static) {
    let model = Arc::new(model);
    for is_used in [false, true] {
        let model = Arc::clone(&model);
        let mut builder = Builder::new();
        builder.preemption_bound = Some(interruptions);
        builder.check(move || {
            let slot = Box::leak(Box::new(Home::new()));
            if is_used {
                let mut task = send(slot, Probe::new(&Drops::default(), 1)).unwrap();
                poll();
                let exit = Pin::new(&mut task).poll(&mut Context::from_waker(Waker::noop()));
                assert_eq!(exit, Poll::Ready(Exit::Completed));
            }
            model(slot);
            assert!(slot.is_free(), "the slot was not freed");
            let task = send(slot, Probe::endless(&Drops::default()));
            assert!(task.is_some(), "the slot was lost");
            std::mem::forget(task);
            assert!(send(slot, Probe::endless(&Drops::default())).is_none(), "it was freed twice");
        });
    }
}

/// Counts the drops of a future.
#[derive(Clone, Default)]
struct Drops(Arc<AtomicU32>);

impl Drops {
    #[track_caller]
    fn expect_one(&self) {
        assert_eq!(self.0.load(Ordering::Relaxed), 1, "the future was not dropped once");
    }
}

/// A future that counts its drops.
struct Probe {
    drops: Drops,
    polls: u32,
}

impl Probe {
    /// Creates a future that is ready at its poll of this number, and wakes itself until then.
    fn new(drops: &Drops, polls: u32) -> Self {
        Self { drops: drops.clone(), polls }
    }

    /// Creates a future that is never woken and never ready.
    fn endless(drops: &Drops) -> Self {
        Self::new(drops, 0)
    }
}

impl Future for Probe {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        assert_eq!(self.drops.0.load(Ordering::Relaxed), 0, "polled after it was dropped");
        match self.polls {
            0 => return Poll::Pending,
            1 => return Poll::Ready(()),
            _ => self.polls -= 1,
        }
        runner::RunnerRef.wake();
        Poll::Pending
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.drops.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_future_that_was_sent_is_seen_whole_even_by_a_stale_poll() {
    every_order(INTERRUPTIONS, |slot| {
        let executor = executor(poll);
        let drops = Drops::default();
        let task = send(slot, Probe::new(&drops, 2)).unwrap();
        assert_eq!(block_on(task), Exit::Completed);
        drops.expect_one();
        end(executor);
    });
}

#[test]
fn a_cancellation_is_never_lost() {
    every_order(INTERRUPTIONS, |slot| {
        let executor = executor(poll);
        let drops = Drops::default();
        let task = send(slot, Probe::endless(&drops)).unwrap();
        assert_eq!(block_on(task.cancel()), Exit::Cancelled);
        drops.expect_one();
        end(executor);
    });
}

#[test]
fn a_cancellation_from_another_context_than_that_of_the_spawner_is_never_lost() {
    every_order(INTERRUPTIONS, |slot| {
        let drops = Drops::default();
        let (sender, handle) = mpsc::channel();
        let executor = executor({
            let drops = drops.clone();
            move || sender.send(spawn(slot, Probe::endless(&drops)).unwrap()).unwrap()
        });
        let task: ArenaTask = handle.recv().unwrap();
        assert_eq!(block_on(task.cancel()), Exit::Cancelled);
        drops.expect_one();
        end(executor);
    });
}

#[test]
fn a_task_that_completes_while_it_is_cancelled_ends_once_and_leaves_a_slot_that_works() {
    every_order(INTERRUPTIONS, |slot| {
        let executor = executor(poll);
        let drops = Drops::default();
        let task = send(slot, Probe::new(&drops, 1)).unwrap();
        // Either end is possible.
        let _exit = block_on(task.cancel());
        drops.expect_one();
        let drops = Drops::default();
        let next = send(slot, Probe::new(&drops, 1)).unwrap();
        assert_eq!(block_on(next), Exit::Completed);
        drops.expect_one();
        end(executor);
    });
}

#[test]
fn a_handle_that_is_dropped_cancels_and_one_that_is_detached_does_not() {
    fn until_free(slot: &Home) {
        while !slot.is_free() {
            thread::yield_now();
        }
    }

    every_order(INTERRUPTIONS, |slot| {
        let executor = executor(poll);
        let drops = Drops::default();
        drop(send(slot, Probe::endless(&drops)).unwrap());
        until_free(slot);
        drops.expect_one();
        end(executor);
    });
    every_order(INTERRUPTIONS, |slot| {
        let executor = executor(poll);
        let drops = Drops::default();
        send(slot, Probe::new(&drops, 1)).unwrap().detach();
        until_free(slot);
        drops.expect_one();
        end(executor);
    });
}

#[test]
fn a_slot_is_claimed_by_one_at_a_time() {
    every_order(2, |slot| {
        let executor = executor(poll);
        let sender = move || {
            let drops = Drops::default();
            if let Some(task) = send(slot, Probe::new(&drops, 1)) {
                assert_eq!(block_on(task), Exit::Completed);
            }
            drops.expect_one();
        };
        let other = thread::spawn(sender);
        sender();
        other.join().unwrap();
        end(executor);
    });
}
