//! How often tasks are polled while they wait for one lock.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::pin;
use std::rc::Rc;

use tickwire_sim::Sim;
use tickwire_traits::{Duration, JoinHandle, Spawn, Timer};

use crate::table::{NoopE, NoopT};

const WAITERS: [u32; 4] = [1, 2, 8, 64];
/// What one instant of virtual time may take before it is given up.
const LIMIT: u32 = 100_000;

/// Prints a row for each mutex, and returns what is wrong with ours.
pub(crate) fn print() -> Option<String> {
    println!("\npolls of N tasks that wait for a lock held for 100 ms");
    let counts = WAITERS.map(|waiters| format!("{waiters:>12}"));
    println!("{:28}{}", "N", counts.concat());
    let ours = row("tickwire", || {
        let mutex: &_ = leak(tickwire_sync::Mutex::<NoopT, u32>::new(0));
        || mutex.lock()
    });
    row("embassy-sync", || {
        let mutex: &_ = leak(embassy_sync::mutex::Mutex::<NoopE, u32>::new(0));
        || mutex.lock()
    });
    row("maitake-sync", || {
        let mutex: &_ = leak(maitake_sync::Mutex::<u32>::new(0));
        || mutex.lock()
    });
    row("async-lock", || {
        let mutex: &_ = leak(async_lock::Mutex::<u32>::new(0));
        || mutex.lock()
    });
    row("tokio", || {
        let mutex: &_ = leak(tokio::sync::Mutex::<u32>::new(0));
        || mutex.lock()
    });
    row("futures", || {
        let mutex: &_ = leak(futures_util::lock::Mutex::<u32>::new(0));
        || mutex.lock()
    });
    (ours != WAITERS.map(Some)).then(|| format!("tickwire's polls while idle: {ours:?}"))
}

/// Tasks are `'static`, and so is what they share; the program is about to end.
fn leak<T>(value: T) -> &'static T {
    black_box(Box::leak(Box::new(value)))
}

fn row<L, G, F>(name: &str, new: impl Fn() -> L) -> [Option<u32>; WAITERS.len()]
where
    L: Fn() -> F + Copy + 'static,
    F: Future<Output = G> + 'static,
{
    let polls = WAITERS.map(|waiters| polls(waiters, new()));
    let told = polls.map(|polls| polls.map_or(format!("> {LIMIT}"), |polls| polls.to_string()));
    println!("{name:28}{}", told.map(|told| format!("{told:>12}")).concat());
    polls
}

/// Returns how often all waiters together were polled until the lock was given
/// back; none if time could not go on for polls.
fn polls<G, F>(waiters: u32, lock: impl Fn() -> F + Copy + 'static) -> Option<u32>
where
    F: Future<Output = G> + 'static,
{
    let sim = Sim::new().with_spin_limit(LIMIT);
    let clock = sim.clock();
    let polls = Rc::new(Cell::new(0));
    sim.try_run(async {
        let held = lock().await;
        for _ in 0..waiters {
            let polls = polls.clone();
            let waiter = async move {
                let mut lock = pin!(lock());
                let counted = poll_fn(|cx| {
                    polls.set(polls.get() + 1);
                    lock.as_mut().poll(cx)
                });
                drop(counted.await);
            };
            let task = sim.spawner().spawn(waiter);
            task.expect("a simulation's spawner never fails").detach();
        }
        clock.sleep(Duration::from_millis(100)).await;
        let until_then = polls.get();
        drop(held);
        until_then
    })
    .ok()
}
