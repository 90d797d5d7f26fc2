//! The model of a rotary encoder, against its datasheet.

use std::cell::RefCell;
use std::rc::Rc;

use embedded_hal::digital::PinState::{High, Low};
use tickwire_sim::models::knob::{Contact, Knob};
use tickwire_sim::{Bounce, Sim, SimClock, Wire};
use tickwire_traits::{Duration, Instant, Timer};

const MS: Duration = Duration::from_millis(1);

/// A knob, and each edge of its wires: milliseconds, the contact's name, closed or open.
struct Rig {
    sim: Sim,
    wires: [Wire<SimClock>; 3],
    knob: Knob<SimClock>,
    edges: Rc<RefCell<Vec<(u64, char, bool)>>>,
}

impl Rig {
    fn new() -> Self {
        let sim = Sim::new();
        let wires = [(); 3].map(|()| Wire::new(sim.clock(), Low));
        let knob = Knob::new(sim.clock(), wires.each_ref());
        assert!(wires.iter().all(|wire| wire.level() == High), "with pull-ups");
        let edges = Rc::new(RefCell::new(Vec::new()));
        for (wire, name) in wires.iter().zip("abp".chars()) {
            let edges = edges.clone();
            wire.on_edge(move |edge| {
                edges.borrow_mut().push((edge.at.as_micros(), name, edge.level == Low));
            });
        }
        Self { sim, wires, knob, edges }
    }

    /// Waits for the end of all motions, and returns the edges.
    fn finish(&mut self) -> Vec<(u64, char, bool)> {
        self.sim.run(self.sim.clock().sleep_until(self.knob.still_at() + MS));
        self.edges.take()
    }
}

/// Checks the edges of what a hand does: `+a40` is A that closes at 40 µs.
#[track_caller]
fn check(hand: impl Fn(&mut Knob<SimClock>), expected: &str) {
    let mut rig = Rig::new();
    hand(&mut rig.knob);
    let told = |(at, name, is_closed)| format!("{}{name}{at}", if is_closed { '+' } else { '-' });
    let seen: Vec<_> = rig.finish().into_iter().map(told).collect();
    assert_eq!(seen.join(" "), expected);
}

const DETENT: Duration = Duration::from_micros(80);

#[test]
fn a_leads_clockwise_and_b_leads_back() {
    check(|knob| _ = knob.turn(1, DETENT), "+a10 +b30 -a50 -b70");
    check(|knob| _ = knob.turn(-1, DETENT), "+b10 +a30 -b50 -a70");
    let there_and_back = |knob: &mut Knob<_>| {
        knob.turn(1, DETENT);
        knob.turn(-1, DETENT);
        assert_eq!((knob.detent(), knob.quarters()), (0, 0));
    };
    check(there_and_back, "+a10 +b30 -a50 -b70 +b90 +a110 -b130 -a150");
}

#[test]
fn a_cycle_has_one_detent_or_two_or_four() {
    for (detents, edges) in [(1, 4), (2, 2), (4, 1)] {
        let mut rig = Rig::new();
        rig.knob = Knob::new(rig.sim.clock(), rig.wires.each_ref()).with_detents_per_cycle(detents);
        assert_eq!(rig.knob.turn(3, DETENT), Instant::EPOCH + DETENT * 3);
        assert_eq!((rig.finish().len(), rig.knob.detent()), (3 * edges, 3));
        rig.knob.turn(-4, DETENT);
        assert_eq!((rig.finish().len(), rig.knob.detent()), (4 * edges, -1));
    }
}

#[test]
#[should_panic(expected = "not 3")]
fn a_cycle_does_not_have_three_detents() {
    let rig = Rig::new();
    let _ = rig.knob.with_detents_per_cycle(3);
}

#[test]
fn a_hand_may_stop_between_two_detents() {
    let mut rig = Rig::new();
    for (quarters, at, detent) in [(3, 3, 0), (1, 4, 1), (-1, 3, 0), (-4, -1, -1)] {
        rig.knob.turn_quarters(quarters, MS);
        assert_eq!((rig.knob.quarters(), rig.knob.detent()), (at, detent));
    }
    let levels = [High, Low, High]; // One quarter before the detent, B is closed.
    rig.finish();
    assert_eq!(rig.wires.map(|wire| wire.level()), levels);
}

#[test]
fn motions_follow_one_another() {
    let hand = |knob: &mut Knob<_>| {
        knob.press();
        knob.turn_quarters(1, DETENT);
        knob.release();
        knob.pause(DETENT);
        knob.push(DETENT / 4);
    };
    check(hand, "+p0 +a40 -p80 +p160 -p180");
    // A motion that is planned late begins late.
    let mut rig = Rig::new();
    rig.sim.run(rig.sim.clock().sleep(MS));
    rig.knob.push(MS);
    assert_eq!(rig.finish(), [(1_000, 'p', true), (2_000, 'p', false)]);
}

#[test]
fn a_dirty_contact_loses_both_edges_of_a_closure() {
    let twice = |contact, closures| {
        move |knob: &mut Knob<_>| {
            knob.skip(contact, closures);
            knob.turn(2, DETENT);
            knob.push(DETENT);
        }
    };
    check(twice(Contact::A, 1), "+b30 -b70 +a90 +b110 -a130 -b150 +p160 -p240");
    check(twice(Contact::B, 2), "+a10 -a50 +a90 -a130 +p160 -p240");
    check(twice(Contact::Push, 1), "+a10 +b30 -a50 -b70 +a90 +b110 -a130 -b150");
}

#[test]
fn both_lines_may_move_at_once() {
    let slipping = |quarters, slips| {
        move |knob: &mut Knob<_>| {
            knob.slip(slips);
            knob.turn_quarters(quarters, DETENT / 4);
        }
    };
    check(slipping(4, 1), "+a20 +b20 -a50 -b70");
    check(slipping(4, 2), "+a20 +b20 -a60 -b60");
    // The last edge of a turn has none to come together with.
    check(slipping(-1, 1), "+b10");
}

#[test]
fn interference_is_a_pulse_of_the_other_level() {
    let hand = |knob: &mut Knob<_>| {
        knob.glitch(Contact::B, DETENT / 8);
        knob.turn_quarters(1, DETENT / 4);
        knob.glitch(Contact::A, DETENT / 8);
        assert_eq!(knob.quarters(), 1, "the knob did not move");
    };
    check(hand, "+b0 -b10 +a20 -a30 +a40");
}

/// At speeds from slower than the bounce to much faster.
#[test]
fn each_contact_bounces_and_settles() {
    const SPAN: u64 = 10_000;
    let mut most = 0;
    for (seed, millis) in (0..60).flat_map(|seed| [4, 30, 200].map(|millis| (seed, millis))) {
        let mut rig = Rig::new();
        let bounce = Bounce::new(seed).with_span(MS * 10).with_bounces(8);
        rig.knob = rig.knob.with_bounce(bounce);
        let quarter = MS * millis / 4;
        rig.knob.turn(3, quarter * 4);
        let turned = rig.knob.turn(-2, quarter * 4);
        rig.knob.push(MS * 2);
        let edges = rig.finish();
        assert!(edges.last().unwrap().0 <= rig.knob.still_at().as_micros());

        for (name, moves) in [('a', 10), ('b', 10), ('p', 2)] {
            let of: Vec<_> = edges.iter().filter(|edge| edge.1 == name).collect();
            let told = format!("seed {seed}, {millis} ms, {name}: {of:?}");
            assert!(of.windows(2).all(|pair| pair[0].0 < pair[1].0), "{told}");
            assert_eq!(of.len() % 2, 0, "{told}");
            assert!(!of.last().unwrap().2, "at the end, it is open: {told}");
            most = most.max(of.len() / moves);
            // A bounce is shorter than its span; so, at a slow turn, are all edges of a move.
            let trains = of.chunk_by(|one, next| next.0 - one.0 < 20_000);
            if millis == 200 && name != 'p' {
                let trains: Vec<_> = trains.collect();
                assert_eq!(trains.len(), moves, "{told}");
                assert!(trains.iter().all(|train| train.len() % 2 == 1), "{told}");
                assert!(trains.iter().all(|train| train.last().unwrap().0 - train[0].0 <= SPAN));
            }
        }
        // A and B never bounce at once, but for B's own way back after three detents.
        let trains = edges.chunk_by(|one, next| one.1 == next.1).count();
        assert_eq!(trains, 12 + 8 - 1 + 1, "seed {seed}, {millis} ms: {edges:?}");
        assert!(edges.iter().all(|edge| (edge.1 == 'p') == (edge.0 >= turned.as_micros())));
        assert_eq!(rig.knob.detent(), 1);
    }
    assert!(most > 8, "hardly any bounce: {most} edges per move");
}
