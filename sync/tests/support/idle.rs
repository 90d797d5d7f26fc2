//! Counting polls.

use std::future::Future;

use tickwire_sim::Sim;
use tickwire_traits::{Duration, JoinHandle, Spawn, Timer};

/// Lets up to 64 tasks wait for 100 ms in which nothing happens, and then releases all of
/// them: each is polled once to fall asleep and once to finish.
///
/// `wait` creates a task's wait, `let_through` wakes the tasks.
#[track_caller]
pub(crate) fn each_is_polled_twice<S, W, L>(
    make: impl Fn() -> S,
    wait: impl Fn(S) -> W,
    let_through: impl Fn(S) -> L,
) where
    S: Clone + 'static,
    W: Future<Output = ()> + 'static,
    L: Future<Output = ()>,
{
    for count in if cfg!(miri) { 3..=3 } else { 1..=64 } {
        let sim = Sim::new();
        let (clock, spawner) = (sim.clock(), sim.spawner());
        let shared = make();
        sim.run(async {
            let before = sim.polls();
            for _ in 0..count {
                spawner.spawn(wait(shared.clone())).unwrap().detach();
            }
            clock.sleep(Duration::from_millis(100)).await;
            // The additional poll is this task's own.
            assert_eq!(sim.polls() - before, count + 1, "to sleep, of {count}");
            let before = sim.polls();
            let_through(shared.clone()).await;
            clock.sleep(Duration::from_millis(100)).await;
            assert_eq!(sim.polls() - before, count + 1, "to come, of {count}");
        });
    }
}
