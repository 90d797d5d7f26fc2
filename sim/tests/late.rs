//! Simulations that are late: a clock that wakes rarely, and a busy neighbor.

use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;

use tickwire_sim::{Pace, Sim, StallKind};
use tickwire_traits::{Clock, Duration, Instant, JoinHandle, Spawn, Timer};

fn millis(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

/// Checks the end of a sleep until `deadline`, begun at 3 ms, on a clock that wakes every
/// `period`.
#[track_caller]
fn check(period: u64, deadline: Instant, expected: Instant) {
    let sim = Sim::new().waking_every(Duration::from_millis(period));
    let clock = sim.clock();
    clock.pass(Duration::from_millis(3));
    sim.run(clock.sleep_until(deadline));
    assert_eq!(clock.now(), expected);
}

#[test]
fn a_late_clock_wakes_at_multiples_of_its_period() {
    check(0, millis(4), millis(4));
    check(7, millis(4), millis(7));
    check(7, millis(7), millis(7));
    check(7, millis(8), millis(14));
    // A due deadline does not wait.
    check(7, millis(3), millis(3));
    check(7, millis(1), millis(3));
}

#[test]
fn a_deadline_that_a_late_clock_would_reach_after_all_time_never_comes() {
    let sim = Sim::new().waking_every(Duration::from_secs(1));
    let clock = sim.clock();
    for deadline in [u64::MAX, u64::MAX - 1].map(Instant::from_micros) {
        let never = sim.try_run(clock.sleep_until(deadline)).unwrap_err();
        assert_eq!((never.kind, never.at), (StallKind::Deadlock, Instant::EPOCH));
    }
}

#[test]
fn handles_of_one_clock_may_be_late_and_punctual() {
    let sim = Sim::new();
    let clock = sim.clock();
    let late = clock.waking_every(Duration::from_millis(40));
    for (clock, expected) in [(&clock, 1), (&late, 40), (&clock, 41), (&late, 80)] {
        sim.run(clock.sleep(Duration::from_millis(1)));
        assert_eq!(late.now(), millis(expected));
    }
}

#[test]
fn time_that_passes_in_a_poll_wakes_in_the_order_of_deadlines_and_after_the_poll() {
    let sim = Sim::new();
    let (clock, spawner) = (sim.clock(), sim.spawner());
    let woken = Rc::new(RefCell::new(Vec::new()));
    for deadline in [30, 10, 20, 50] {
        let (clock, woken) = (clock.clone(), woken.clone());
        let sleeper = async move {
            clock.sleep_until(millis(deadline)).await;
            woken.borrow_mut().push((deadline, clock.now()));
        };
        spawner.spawn(sleeper).unwrap().detach();
    }
    sim.run(async {
        clock.sleep(Duration::from_millis(1)).await;
        clock.pass(Duration::from_millis(39));
        assert!(woken.borrow().is_empty(), "nothing else runs in a poll");
        clock.sleep(Duration::from_millis(20)).await;
    });
    let at_40 = [10, 20, 30].map(|deadline| (deadline, millis(40)));
    assert_eq!(woken.borrow()[..3], at_40);
    assert_eq!(woken.borrow()[3..], [(50, millis(50))]);
}

#[test]
fn a_task_that_waits_in_vain_is_reported_at_every_pace() {
    for pace in Pace::ALL {
        let stall = pace.sim().try_run(pending::<()>()).unwrap_err();
        assert_eq!(stall.kind, StallKind::Deadlock, "{pace:?}");
    }
}

#[test]
fn no_wait_is_later_than_its_pace_allows_and_one_is_as_late() {
    for pace in Pace::ALL {
        let sim = pace.sim();
        let clock = sim.clock();
        let mut most = Duration::ZERO;
        sim.run(async {
            for micros in (1..=2_000).step_by(37) {
                let span = Duration::from_micros(micros);
                let began = clock.now();
                clock.sleep(span).await;
                let took = clock.now() - began;
                assert!(took >= span, "{pace:?}: {took:?} for {span:?}");
                most = most.max(took - span);
            }
        });
        assert!(most <= pace.lateness(), "{pace:?}: {most:?}");
        assert!(most * 2 >= pace.lateness(), "{pace:?}: {most:?}");
    }
}
