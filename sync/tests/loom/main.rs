//! Every order in which threads reach a primitive.
//!
//! All primitives are generic over their raw mutex, so they need no special build: these
//! tests use one that Loom sees. A lock is one point at which threads may switch, as a
//! critical section is one at which an interrupt may occur.
#![cfg(not(any(miri, light_tests)))] // Loom switches stacks by hand.
#![deny(unsafe_code)]

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::model::Builder;
use loom::thread;
use tickwire_sync::RawMutex;

#[path = "../support/section.rs"]
#[allow(unsafe_code)] // SECTION
mod section;

mod interrupts;
mod news;
mod queues;
mod turns;

/// The maximum number of preemptions in a model, not counting the threads' own waits. The
/// known ways to lose a wake need one or two; any number takes hours.
const INTERRUPTIONS: usize = 4;

/// Runs a model in every order of its threads.
fn every_order(model: impl Fn() + Send + Sync + 'static) {
    every_order_of(INTERRUPTIONS, model);
}

fn every_order_of(interruptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(interruptions);
    builder.check(model);
}

type Waits<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Runs `wake` against each way of waiting. One call releases one waiter, whatever other
/// tasks did before.
fn wakes<S: Send + Sync + 'static>(
    make: fn() -> S,
    wait: for<'a> fn(&'a S) -> Waits<'a>,
    wake: fn(&S),
) {
    wakes_of(INTERRUPTIONS, make, wait, wake);
}

fn wakes_of<S: Send + Sync + 'static>(
    interruptions: usize,
    make: fn() -> S,
    wait: for<'a> fn(&'a S) -> Waits<'a>,
    wake: fn(&S),
) {
    // A task that starts to wait.
    every_order_of(interruptions, move || {
        let shared = Arc::new(make());
        let waker = spawn(&shared, wake);
        block_on(wait(&shared));
        waker.join().unwrap();
    });
    // A task that waited, was dropped, and waits again.
    every_order_of(interruptions, move || {
        let shared = Arc::new(make());
        let waker = spawn(&shared, wake);
        let mut waiting = wait(&shared);
        if poll_once(waiting.as_mut()).is_pending() {
            drop(waiting);
            block_on(wait(&shared));
        }
        waker.join().unwrap();
    });
    // A task that polls with another waker.
    every_order_of(interruptions, move || {
        let shared = Arc::new(make());
        let waker = spawn(&shared, wake);
        let mut waiting = wait(&shared);
        if poll_once(waiting.as_mut()).is_pending() {
            block_on(waiting);
        }
        waker.join().unwrap();
    });
    // Two tasks: one polls once and is dropped, and wakes again if it was released.
    every_order_of(interruptions, move || {
        let shared = Arc::new(make());
        let stays = spawn(&shared, move |shared| block_on(wait(shared)));
        let leaves = spawn(&shared, move |shared| {
            let got = poll_once(wait(shared).as_mut());
            if got.is_ready() {
                wake(shared);
            }
        });
        wake(&shared);
        leaves.join().unwrap();
        stays.join().unwrap();
    });
}

fn spawn<S: Send + Sync + 'static, T: 'static>(
    shared: &Arc<S>,
    f: impl FnOnce(&S) -> T + 'static,
) -> thread::JoinHandle<T> {
    let shared = shared.clone();
    thread::spawn(move || f(&shared))
}
