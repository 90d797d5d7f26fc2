//! Wires and their pins.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use embedded_hal::digital::PinState::{self, High, Low};
use embedded_hal::digital::{InputPin, OutputPin, StatefulOutputPin};
use embedded_hal_async::digital::Wait;
use tickwire_sim::{Bounce, InvalidDiagram, PinFault, Sim, SimClock, Trace, Wire, impatiently};
use tickwire_traits::{Clock, Duration, Edge, Edges, Instant, Timer};

fn millis(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

#[test]
fn each_wait_ends_at_its_own_edge() {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), Low);
    wire.toggle_at(&[10, 20, 30, 40, 50].map(millis));
    let mut pin = wire.input();
    sim.run(async {
        pin.wait_for_low().await.unwrap();
        assert_eq!(clock.now(), Instant::EPOCH);
        pin.wait_for_high().await.unwrap();
        assert_eq!(clock.now(), millis(10));
        pin.wait_for_falling_edge().await.unwrap();
        assert_eq!(clock.now(), millis(20));
        pin.wait_for_falling_edge().await.unwrap();
        assert_eq!(clock.now(), millis(40));
        pin.wait_for_rising_edge().await.unwrap();
        assert_eq!(clock.now(), millis(50));
        assert!(pin.is_high().unwrap());
    });
    wire.toggle_at(&[millis(60)]);
    sim.run(pin.wait_for_any_edge()).unwrap();
    assert_eq!(clock.now(), millis(60));
}

#[test]
fn edges_keep_their_times_however_late_one_looks() {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), Low);
    wire.toggle_at(&[1, 2, 5].map(millis));
    let mut pin = wire.input();
    pin.arm().unwrap();
    sim.run(clock.sleep(Duration::from_secs(9)));
    for (at, level) in [(1, High), (2, Low), (5, High)] {
        let edge = sim.run(impatiently(async || pin.edge().await)).unwrap();
        assert_eq!(edge, Edge { line: (), at: millis(at), level, missed: 0 });
    }
}

#[test]
fn edges_that_do_not_fit_are_counted() {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), Low);
    wire.toggle_at(&[1, 2, 3, 4, 5].map(millis));
    let mut pin = wire.input().with_edge_capacity(2);
    pin.arm().unwrap();
    sim.run(clock.sleep_until(millis(5)));
    let mut next = || sim.run(pin.edge()).unwrap();
    assert_eq!((next().missed, next().missed), (0, 0));
    wire.toggle_at(&[millis(6)]);
    assert_eq!(next(), Edge { line: (), at: millis(6), level: Low, missed: 3 });
}

#[test]
fn a_capacity_holds_also_for_an_input_that_is_armed() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), Low);
    let mut pin = wire.input();
    pin.arm().unwrap();
    wire.set(High);
    wire.set(Low);
    let mut pin = pin.with_edge_capacity(0); // Taken as 1.
    wire.set(High);
    let mut next = || {
        let edge = sim.run(pin.edge()).unwrap();
        (edge.level, edge.missed)
    };
    assert_eq!([next(), next()], [(High, 0), (Low, 0)]);
    wire.set(Low);
    assert_eq!(next(), (Low, 1));
}

#[test]
fn arming_forgets_what_was_before() {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), Low);
    wire.toggle_at(&[1, 2, 8].map(millis));
    let mut pin = wire.input().with_edge_capacity(1);
    pin.arm().unwrap();
    sim.run(clock.sleep(Duration::from_millis(5)));
    pin.arm().unwrap();
    let expected = Edge { line: (), at: millis(8), level: High, missed: 0 };
    assert_eq!(sim.run(pin.edge()).unwrap(), expected);
}

#[test]
fn a_plan_that_comes_while_one_waits_is_seen() {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), High);
    let (planner, at) = (wire.clone(), clock.clone());
    let task = sim.spawner().spawn_named("planner", async move {
        at.sleep(Duration::from_millis(3)).await;
        planner.toggle_at(&[millis(7)]);
    });
    sim.run(wire.input().wait_for_low()).unwrap();
    assert_eq!(clock.now(), millis(7));
    drop(task);
}

#[test]
fn setting_a_level_leaves_the_plan_so_many_toggles() {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), Low);
    wire.toggle_at(&[10, 20].map(millis));
    wire.set(High);
    wire.set(High);
    sim.run(clock.sleep_until(millis(10)));
    assert_eq!(wire.level(), Low);
    wire.set_at(millis(30), Low);
    sim.run(clock.sleep_until(millis(40)));
    assert_eq!(wire.level(), Low);
}

#[test]
fn a_toggle_that_is_planned_too_late_comes_after_the_last_edge() {
    let sim = Sim::new();
    let trace = Trace::new();
    let wire = trace.wire("wire", sim.clock(), Low);
    let heard = listen(&wire);
    sim.run(sim.clock().sleep_until(millis(100)));
    wire.toggle_at(&[millis(40)]);
    assert_eq!(*heard.borrow(), [(40, High)], "it happens at once");
    wire.set(Low);
    wire.toggle_at(&[50, 200].map(millis));
    assert_eq!(*heard.borrow(), [(40, High), (100, Low), (100, High)]);
    let waveform = [(millis(0), Low), (millis(40), High), (millis(100), Low), (millis(100), High)];
    assert_eq!(trace.waveform("wire"), waveform);
}

#[test]
fn a_diagram_is_played_and_a_bad_one_is_refused() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), Low);
    assert_eq!(
        wire.play("__x", Duration::from_millis(1)),
        Err(InvalidDiagram { found: 'x', at: 2 })
    );
    wire.play("__--_", Duration::from_millis(1)).unwrap();
    let mut pin = wire.input();
    pin.arm().unwrap();
    let mut at = || sim.run(pin.edge()).unwrap().at;
    assert_eq!([at(), at()], [2, 4].map(millis));
}

#[test]
fn an_output_drives_what_an_input_reads() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), Low);
    let (mut output, mut input) = (wire.output(), wire.input());
    output.set_high().unwrap();
    assert!(output.is_set_high().unwrap() && input.is_high().unwrap());
    output.toggle().unwrap();
    assert!(output.is_set_low().unwrap() && input.is_low().unwrap());
}

#[test]
fn a_fault_befalls_one_operation() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), Low);
    wire.fail_after(1);
    let mut pin = wire.input();
    assert_eq!([pin.is_low(), pin.is_low(), pin.is_low()], [Ok(true), Err(PinFault), Ok(true)]);
    wire.fail_after(0);
    assert_eq!(sim.run(pin.wait_for_high()), Err(PinFault));
}

/// The edges that a listener has heard.
type Heard = Rc<RefCell<Vec<(u64, PinState)>>>;

/// Records the edges of a wire: the times in milliseconds, and the levels.
fn listen(wire: &Wire<SimClock>) -> Heard {
    let heard = Heard::default();
    let log = heard.clone();
    wire.on_edge(move |edge| {
        log.borrow_mut().push(((edge.at - Instant::EPOCH).as_millis(), edge.level))
    });
    heard
}

#[test]
fn a_listener_may_come_back_to_its_wire() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), Low);
    let before = listen(&wire);
    let later = Rc::new(RefCell::new(Vec::new()));
    let (echo, added) = (wire.clone(), later.clone());
    wire.on_edge(move |edge| {
        // The listener reads, sets, and adds another listener.
        assert_eq!(echo.level(), edge.level);
        if edge.level == High {
            echo.set(Low);
            added.borrow_mut().push(listen(&echo));
        }
    });
    let after = listen(&wire);
    wire.set(High);
    assert_eq!(wire.level(), Low);
    assert_eq!(*before.borrow(), [(0, High), (0, Low)]);
    assert_eq!(*after.borrow(), [(0, High), (0, Low)]);
    assert_eq!(*later.borrow()[0].borrow(), [], "it came after both");
    wire.set(High);
    assert_eq!(*later.borrow()[0].borrow(), [(0, High), (0, Low)]);
}

#[test]
fn a_listener_that_looks_hears_all_that_was_planned() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), Low);
    let echo = wire.clone();
    wire.on_edge(move |_| assert_eq!(echo.level(), High));
    let heard = listen(&wire);
    sim.run(sim.clock().sleep_until(millis(10)));
    wire.toggle_at(&[1, 2, 3].map(millis)); // These are past.
    assert_eq!(wire.level(), High);
    assert_eq!(*heard.borrow(), [(1, High), (2, Low), (3, High)]);
    let late = listen(&wire);
    assert_eq!(*late.borrow(), [], "it hears what comes");
}

#[test]
fn a_listener_that_panics_leaves_the_others_listening() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), Low);
    let heard = listen(&wire);
    wire.on_edge(|edge| assert_eq!(edge.level, Low));
    assert!(catch_unwind(AssertUnwindSafe(|| wire.set(High))).is_err());
    wire.set(Low);
    assert_eq!(*heard.borrow(), [(0, High), (0, Low)]);
}

#[test]
fn bounce_is_odd_in_order_and_the_same_for_a_seed() {
    for seed in 0..500 {
        let mut bounce = Bounce::new(seed);
        for at in [5, 500] {
            let toggles = bounce.toggles(millis(at));
            assert_eq!(toggles.len() % 2, 1);
            assert_eq!(toggles[0], millis(at));
            assert!(toggles.is_sorted_by(|a, b| a < b));
            assert!(*toggles.last().unwrap() <= millis(at + 5));
        }
    }
    let toggles = |seed| Bounce::new(seed).with_bounces(30).toggles(Instant::EPOCH);
    assert_eq!(toggles(7), toggles(7));
    assert_ne!(toggles(7), toggles(8));
}
