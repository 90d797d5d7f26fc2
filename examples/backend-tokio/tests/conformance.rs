//! What every backend must pass, in real time and in tokio's virtual time.

use std::task::Waker;

use tickwire_backend_tokio::{TokioClock, TokioSpawner, run};
use tickwire_conformance::{Bench, Order, Progress, Scratch, run_all};
use tickwire_traits::Duration;

struct OnTokio(TokioClock, TokioSpawner, &'static Scratch);

impl Bench for OnTokio {
    type Clock = TokioClock;
    type Spawner = TokioSpawner;

    fn clock(&self) -> TokioClock {
        self.0.clone()
    }
    fn spawner(&self) -> TokioSpawner {
        self.1.clone()
    }
    fn scratch(&self) -> &'static Scratch {
        self.2
    }
    fn wake_elsewhere(&self, waker: Waker) {
        tokio::task::spawn_blocking(|| waker.wake()); // Meanwhile, virtual time stands still.
    }
    fn slots(&self) -> Option<usize> {
        None
    }
    fn order(&self) -> Order {
        Order::Unspecified
    }
    fn timer_step(&self) -> Duration {
        Duration::from_millis(1)
    }
}

#[test]
fn the_backend_conforms_in_real_time_and_in_virtual_time_to_the_millisecond() {
    // No pool, no order; and in real time, no exact wakes.
    for (paused, skips) in [(false, 3), (true, 2)] {
        let totals = run(paused, async |clock, spawner| {
            let bench = OnTokio(clock, spawner, Box::leak(Box::default()));
            run_all(&bench, |check, progress: Progress| println!("{check}: {progress}")).await
        });
        assert_eq!((totals.failed, totals.skipped), (0, skips), "paused: {paused}");
    }
}
