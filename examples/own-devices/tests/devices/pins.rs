//! Calls of three kinds of pins: with interrupts, with waits alone, and with neither.

use std::cell::RefCell;
use std::iter::repeat_n;
use std::vec::Vec;

use embedded_hal::digital::PinState::{self, High, Low};
use tickwire_drivers::switch::Switch;
use tickwire_own_devices::{PinCall, PolledPin};
use tickwire_sim::{Input, Pace, PinFault, Sim, SimClock, Wire, at_every_pace, impatiently};
use tickwire_traits::{Clock, Duration, Edges, Instant, PolledEdges, Timer, race};

type Call = (u64, PinState);

/// The time of each toggle, in milliseconds: the shortest level lasts for 2 s, longer than any
/// task is late.
const TOGGLES: [u64; 5] = [3_000, 5_000, 8_000, 10_000, 13_000];
const END: Instant = Instant::from_millis(20_000);

/// Runs the calls of a pin until the end, dropped at each pending poll.
fn calls<P: Edges<Line = ()>>(sim: &Sim, mut pin: PinCall<P>) -> Vec<Call> {
    let (clock, calls) = (sim.clock(), RefCell::new(Vec::new()));
    let call = |level| {
        let calls = &calls;
        move |at: Instant| calls.borrow_mut().push((at.as_micros() / 1_000, level))
    };
    let _ = sim.run(impatiently(async || {
        race(pin.run(call(High), call(Low)), clock.sleep_until(END)).await
    }));
    calls.into_inner()
}

/// Creates a wire that toggles.
fn toggling(sim: &Sim) -> Wire<SimClock> {
    let wire = Wire::new(sim.clock(), Low);
    wire.toggle_at(&TOGGLES.map(Instant::from_millis));
    wire
}

#[test]
fn edges_are_called_in_order_with_their_own_times() {
    let calls = at_every_pace(|sim| {
        let mut pin = PinCall::new(toggling(sim).input());
        pin.arm().unwrap();
        calls(sim, pin)
    });
    let levels = [High, Low, High, Low, High];
    assert_eq!(calls, TOGGLES.into_iter().zip(levels).collect::<Vec<_>>());
}

/// Checks that each level has its call, not early and as late as the task and `period` are.
#[track_caller]
fn check<P: Edges<Line = ()>>(period: u64, pin: impl Fn(Input<SimClock>, SimClock) -> P) {
    for pace in Pace::ALL {
        let sim = pace.sim();
        let mut pin = PinCall::new(pin(toggling(&sim).input(), sim.clock()));
        pin.arm().unwrap();
        let calls = calls(&sim, pin);
        assert_eq!(calls.len(), TOGGLES.len(), "{pace:?}: {calls:?}");
        let late = pace.lateness().as_micros() / 1_000 + period;
        for ((at, level), (toggle, expected)) in
            calls.into_iter().zip(TOGGLES.into_iter().zip([High, Low, High, Low, High]))
        {
            assert_eq!(level, expected, "{pace:?}");
            assert!((toggle..=toggle + late).contains(&at), "{pace:?}: {toggle} at {at} ms");
        }
    }
}

#[test]
fn a_pin_that_can_only_wait_is_called_by_its_levels() {
    check(0, PolledEdges::new);
}

#[test]
fn a_pin_that_can_only_be_read_is_called_at_its_period() {
    check(5, |pin, clock| PolledPin::new(pin, clock, Duration::from_millis(5)));
}

#[test]
fn between_looks_nothing_runs_and_without_a_wait_nothing_looks() {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(sim.clock(), Low);
    let mut pin = PolledPin::new(wire.input(), sim.clock(), Duration::from_millis(5));
    // A look at the start, and one per 5 ms.
    wire.fail_after(20);
    let failed = sim.run(pin.edge());
    assert_eq!((failed, clock.now()), (Err(PinFault), Instant::from_millis(100)));
    sim.run(clock.sleep(Duration::from_secs(60)));
    wire.fail_after(0);
    assert_eq!(sim.run(pin.edge()), Err(PinFault), "a minute has looked at nothing");
}

#[test]
fn edges_that_found_no_room_are_counted() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), Low);
    let mut pin = PinCall::new(wire.input().with_edge_capacity(2));
    pin.arm().unwrap();
    repeat_n((), 7).for_each(|()| wire.set(!wire.level()));
    let _ = sim.run(sim.clock().timeout(Duration::from_millis(1), pin.run(|_| (), |_| ())));
    wire.set(!wire.level());
    let _ = sim.run(sim.clock().timeout(Duration::from_millis(1), pin.run(|_| (), |_| ())));
    assert_eq!(pin.missed(), 5);
}

#[test]
fn a_pin_that_fails_is_an_error_and_the_next_call_works() {
    for looks in 0..20 {
        let sim = Sim::new();
        let clock = sim.clock();
        let wire = Wire::new(sim.clock(), Low);
        wire.toggle_at(&[Instant::from_millis(30)]);
        wire.fail_after(looks);
        let mut pin =
            PinCall::new(PolledPin::new(wire.input(), sim.clock(), Duration::from_millis(2)));
        let (mut failures, mut rises) = (0, 0);
        sim.run(async {
            while clock.now() < Instant::from_millis(50) {
                let calls = pin.run(|_| rises += 1, |_| unreachable!("it only rises"));
                let limit = clock.timeout_at(Instant::from_millis(50), calls).await;
                failures += u32::from(limit == Ok(PinFault));
            }
        });
        assert_eq!((failures, rises), (1, 1), "at look {looks}");
    }
}

#[test]
fn a_driver_takes_a_pin_of_another_project() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), High);
    wire.toggle_at(&[Instant::from_millis(7)]);
    let pin = PolledPin::new(wire.input(), sim.clock(), Duration::from_millis(5));
    let mut switch = Switch::new(pin, sim.clock());
    let change = sim.run(switch.change()).unwrap();
    assert_eq!(change.at, Instant::from_millis(10));
}
