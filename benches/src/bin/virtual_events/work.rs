//! What is counted.

use std::sync::Arc;
use std::task::{Wake, Waker};

use tickwire_sim::Sim;
use tickwire_traits::{Duration, Instant, Spawn, Timer};
use tickwire_wake_queue::WakeQueue;

/// `N` tasks that sleep in a loop, each for spans of its own: `times` wake-ups.
pub(crate) fn events<const N: u32>(times: u32) {
    let sim = Sim::new();
    let (clock, spawner) = (sim.clock(), sim.spawner());
    let sleeper = |n: u32| {
        let clock = clock.clone();
        async move {
            let span = span(n);
            for _ in 0..times / N {
                clock.sleep(span).await;
            }
        }
    };
    let tasks: Vec<_> =
        (0..N).map(|n| spawner.spawn(sleeper(n)).expect("tasks live on the heap")).collect();
    sim.run(async {
        for task in tasks {
            task.await;
        }
    });
}

pub(crate) fn events_of_main(times: u32) {
    let sim = Sim::new();
    let clock = sim.clock();
    sim.run(async {
        for _ in 0..times {
            clock.sleep(Duration::from_millis(1)).await;
        }
    });
}

/// `N` wakers that are queued, and fired when the last one is.
pub(crate) fn queued<const N: u32>(times: u32) {
    struct Nobody;

    impl Wake for Nobody {
        fn wake(self: Arc<Self>) {}
    }

    let wakers: Vec<_> = (0..N).map(|_| Waker::from(Arc::new(Nobody))).collect();
    let mut queue = WakeQueue::new();
    let mut now = Instant::EPOCH;
    for _ in 0..times / N {
        for (n, waker) in (0..).zip(&wakers) {
            queue.schedule(now + span(n), waker);
        }
        while let Some(next) = queue.next_deadline() {
            now = next;
            while let Some(waker) = queue.pop(now) {
                waker.wake();
            }
        }
    }
}

/// Spans from 1 to 66 ms in no order.
fn span(n: u32) -> Duration {
    Duration::from_micros(1_000 + u64::from(n.wrapping_mul(40_503) % 65_536))
}
