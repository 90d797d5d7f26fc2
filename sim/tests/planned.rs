//! Plans of wires that no task reads.

use std::cell::RefCell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use embedded_hal::digital::PinState::{High, Low};
use embedded_hal_async::digital::Wait;
use tickwire_sim::{Pace, Sim, SimClock, StallKind, Wire};
use tickwire_traits::{Clock, Duration, Instant, Timer};

fn millis(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

type Log = Rc<RefCell<Vec<(Instant, Instant)>>>;

/// Records each edge: the time at which it is heard, and its own.
fn logged(wire: &Wire<SimClock>, clock: &SimClock) -> Log {
    let log = Log::default();
    let (clock, own) = (clock.clone(), log.clone());
    wire.on_edge(move |edge| own.borrow_mut().push((clock.now(), edge.at)));
    log
}

#[test]
fn a_listener_hears_a_planned_edge_when_it_is_due() {
    for pace in Pace::ALL {
        let sim = pace.sim();
        let clock = sim.clock();
        let (before, after) = (Wire::new(clock.clone(), Low), Wire::new(clock.clone(), Low));
        // Whether the plan or the listener comes first.
        before.toggle_at(&[10, 20, 50].map(millis));
        let logs = [logged(&before, &clock), logged(&after, &clock)];
        after.play("_-___-", Duration::from_millis(10)).unwrap();
        // A plan continues in the next run.
        sim.run(clock.sleep_until(millis(45)));
        sim.run(clock.sleep_until(millis(60)));
        for log in logs {
            let expected = [10, 20, 50].map(|ms| (millis(ms), millis(ms)));
            assert_eq!(*log.borrow(), expected, "{pace:?}");
        }
    }
}

#[test]
fn a_plan_is_heard_while_a_task_holds_the_thread() {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), Low);
    let log = logged(&wire, &clock);
    wire.toggle_at(&[10, 20].map(millis));
    clock.pass(Duration::from_millis(15));
    assert_eq!(*log.borrow(), [(millis(10), millis(10))]);
}

#[test]
fn a_listener_may_plan_the_next_edge_and_move_other_wires() {
    let sim = Sim::new();
    let clock = sim.clock();
    let (trigger, echo) = (Wire::new(clock.clone(), Low), Wire::new(clock.clone(), Low));
    let far = echo.clone();
    trigger.on_edge(move |edge| far.toggle_at(&[edge.at + Duration::from_millis(3)]));
    let (own, far) = (trigger.clone(), echo.clone());
    echo.on_edge(move |edge| {
        if edge.at < millis(20) {
            own.toggle_at(&[edge.at + Duration::from_millis(4)]);
            // During a call of a listener, and with a plan that is not empty.
            far.toggle_at(&[edge.at + Duration::from_millis(100)]);
        }
    });
    let log = logged(&echo, &clock);
    trigger.toggle_at(&[millis(1)]);
    // No task but this one, which reads another wire.
    sim.run(trigger.input().wait_for_rising_edge()).unwrap();
    let other = Wire::new(clock.clone(), Low);
    let (far, level) = (other.clone(), High);
    trigger.on_edge(move |edge| far.set_at(edge.at + Duration::from_millis(1), level));
    sim.run(other.input().wait_for_high()).unwrap();
    assert_eq!(clock.now(), millis(9));
    assert_eq!(log.borrow()[0], (millis(4), millis(4)));
}

#[test]
fn edges_of_several_wires_are_heard_in_the_order_of_their_times() {
    let sim = Sim::new();
    let clock = sim.clock();
    let order = Rc::new(RefCell::new(Vec::new()));
    for (name, plan) in [("a", [3, 9]), ("b", [1, 9]), ("c", [2, 4])] {
        let (wire, order) = (Wire::new(clock.clone(), Low), order.clone());
        wire.on_edge(move |_| order.borrow_mut().push(name));
        wire.toggle_at(&plan.map(millis));
        // The wire lives as long as any clone: here, in its own listener.
        let own = wire.clone();
        wire.on_edge(move |_| drop(own.clone()));
    }
    sim.run(clock.sleep(Duration::from_secs(1)));
    assert_eq!(*order.borrow(), ["b", "c", "a", "c", "b", "a"]);
}

#[test]
fn a_plan_that_nobody_hears_does_not_move_the_clock() {
    let sim = Sim::new();
    let clock = sim.clock();
    let silent = Wire::new(clock.clone(), Low);
    silent.toggle_at(&[millis(5)]);
    let gone = Wire::new(clock.clone(), Low);
    gone.on_edge(|_| {});
    gone.toggle_at(&[millis(5)]);
    drop(gone);
    let stall = sim.try_run(pending::<()>()).unwrap_err();
    assert_eq!((stall.kind, clock.now()), (StallKind::Deadlock, Instant::EPOCH));
}

#[test]
fn wires_that_move_forever_are_no_reason_to_wait() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), Low);
    let own = wire.clone();
    wire.on_edge(move |edge| own.toggle_at(&[edge.at + Duration::from_millis(1)]));
    wire.toggle_at(&[millis(1)]);
    // Allowed while a task sleeps.
    sim.run(sim.clock().sleep(Duration::from_secs(200)));
    let stall = sim.try_run(pending::<()>()).unwrap_err();
    assert_eq!((stall.kind, stall.at), (StallKind::Deadlock, millis(200_000)));
}

#[test]
fn a_listener_that_panics_leaves_the_rest_of_the_plan() {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), Low);
    let log = logged(&wire, &clock);
    wire.on_edge(|edge| assert_eq!(edge.level, Low));
    wire.toggle_at(&[1, 2].map(millis));
    let nap = || sim.run(clock.sleep_until(millis(5)));
    assert!(catch_unwind(AssertUnwindSafe(nap)).is_err());
    nap();
    assert_eq!(*log.borrow(), [1, 2].map(|ms| (millis(ms), millis(ms))));
}
