//! A deadline, however late and however often it is asked for.

use tickwire_own_devices::MillisecTimer;
use tickwire_sim::{Pace, Sim, SimClock, impatiently};
use tickwire_traits::{Clock, Duration, Either, Instant, Interest, ReadinessExt, race};

async fn ready(timer: &mut MillisecTimer<SimClock>) {
    let Ok(()) = timer.ready(Interest::Read).await;
}

#[test]
fn twenty_numbers_come_100_ms_apart() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mut timer = MillisecTimer::new(sim.clock());
    sim.run(async {
        for number in 0..20 {
            assert_eq!(clock.now(), Instant::from_millis(100 * number));
            timer.set(100);
            ready(&mut timer).await;
        }
    });
}

#[test]
fn it_is_never_early_and_as_late_as_the_task() {
    for pace in Pace::ALL {
        for millis in [0, 1, 39, 1_000] {
            let sim = pace.sim();
            let clock = sim.clock();
            let mut timer = MillisecTimer::new(sim.clock());
            sim.run(async {
                let due = clock.now() + Duration::from_millis(millis);
                timer.set(millis);
                impatiently(async || ready(&mut timer).await).await;
                assert!(clock.now() >= due, "{pace:?}, {millis} ms");
                assert!(clock.now() <= due + pace.lateness(), "{pace:?}, {millis} ms");
            });
        }
    }
}

#[test]
fn two_of_them_are_two_deadlines_of_one_task() {
    let sim = Sim::new();
    let clock = sim.clock();
    let [mut slow, mut fast] = [(); 2].map(|()| MillisecTimer::new(sim.clock()));
    slow.set(7);
    let rounds = sim.run(async {
        let mut rounds = 0;
        fast.set(2);
        // Each round drops a wait for the slow one, which keeps its deadline.
        while let Either::Second(()) = race(ready(&mut slow), ready(&mut fast)).await {
            rounds += 1;
            fast.set(2);
        }
        rounds
    });
    assert_eq!((rounds, clock.now()), (3, Instant::from_millis(7)));
}
