//! Ten thousand gestures each, on contacts that bounce for up to 10 ms: every gesture is
//! reported once, and no other. The knob of an encoder is in it with its push contact.
#![forbid(unsafe_code)]

use core::ops::Range;

use embedded_hal::digital::PinState;
use tickwire_drivers::button::{Button, Event, Reporting, Timing};
use tickwire_drivers::encoder::{Division, Encoder};
use tickwire_drivers::switch::{Contact, Debounce, Mode, Switch};
use tickwire_sim::models::knob::{self, Knob};
use tickwire_sim::{Bounce, InputPair, Sim, SimClock, Wire};
use tickwire_traits::{Duration, Edges, Instant, Timer};

const TIMES: usize = 10_000;

const MS: Duration = Duration::from_millis(1);

/// For eager reports, and longer than any contact bounces.
const DEBOUNCES: [Debounce; 2] = [Debounce::eager(Duration::from_millis(50)), FILTER];
const FILTER: Debounce = Debounce::confirmed(Duration::from_millis(15));

fn bounce(seed: u64) -> Bounce {
    Bounce::new(seed).with_span(MS * 10).with_bounces(4)
}

/// Random numbers.
struct Random(u64);

impl Random {
    fn within(&mut self, range: Range<u64>) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        range.start + (self.0 >> 33) % (range.end - range.start)
    }

    fn millis(&mut self, range: Range<u64>) -> Duration {
        Duration::from_millis(self.within(range))
    }
}

/// A hand on a knob, whose contacts bounce.
fn hand(sim: &Sim, seed: u64) -> ([Wire<SimClock>; 3], Knob<SimClock>) {
    let wires = [(); 3].map(|()| Wire::new(sim.clock(), PinState::High));
    let knob = Knob::new(sim.clock(), wires.each_ref()).with_bounce(bounce(seed));
    (wires, knob)
}

#[test]
fn a_switch_reports_every_change_once() {
    for (seed, debounce) in (0..).zip(DEBOUNCES) {
        let (sim, mut random, mut bounce) = (Sim::new(), Random(seed), bounce(seed));
        let wire = Wire::new(sim.clock(), PinState::High);
        let mut input = wire.input();
        input.arm().unwrap();
        let (mut at, mut expected) = (Instant::EPOCH, Vec::new());
        for _ in 0..TIMES / 2 {
            for contact in [Contact::Closed, Contact::Open] {
                at += random.millis(65..500);
                let toggles = bounce.toggles(at);
                expected.push(match debounce.mode {
                    Mode::Eager => (contact, at),
                    Mode::Confirmed => (contact, toggles[toggles.len() - 1] + debounce.close),
                });
                wire.toggle_at(&toggles);
            }
        }
        let mut switch = Switch::new(input, sim.clock()).with_debounce(debounce);
        let seen = sim.run(async {
            let mut seen = Vec::new();
            while let Ok(change) = sim.clock().timeout_at(at + MS * 1_000, switch.change()).await {
                let change = change.unwrap();
                seen.push((change.contact, change.at));
            }
            seen
        });
        assert!(seen == expected, "{debounce:?}: {} of {}", seen.len(), expected.len());
    }
}

#[test]
fn pulses_shorter_than_the_filter_are_no_changes() {
    let sim = Sim::new();
    let (wires, mut knob) = hand(&sim, 3);
    let mut random = Random(3);
    let mut switch = Switch::new(wires[2].input(), sim.clock()).with_debounce(FILTER);
    let mut pulses = |knob: &mut Knob<_>| {
        for _ in 0..TIMES / 2 {
            knob.pause(Duration::from_micros(random.within(1..40_000)));
            let width = random.within(1..FILTER.close.as_micros());
            knob.glitch(knob::Contact::Push, Duration::from_micros(width));
        }
    };
    pulses(&mut knob);
    knob.pause(MS * 20);
    let pressed = knob.press();
    knob.pause(MS * 20);
    pulses(&mut knob);
    let change = sim.run(switch.change()).unwrap();
    assert_eq!(change.contact, Contact::Closed);
    assert!(change.at > pressed && change.at <= pressed + MS * 25, "{change:?}");
    let end = knob.still_at() + MS * 1_000;
    assert_eq!(sim.run(sim.clock().timeout_at(end, switch.change())).ok(), None);
}

#[test]
fn a_pushed_knob_reports_every_gesture_once() {
    for (seed, debounce) in (0..).zip(DEBOUNCES) {
        let (sim, mut random) = (Sim::new(), Random(seed));
        let (wires, mut knob) = hand(&sim, seed);
        let mut input = wires[2].input();
        input.arm().unwrap();
        let (mut gestures, mut presses) = (Vec::new(), 0);
        for _ in 0..TIMES / 2 {
            knob.pause(random.millis(500..900));
            let (event, clicks) = match random.within(0..3) {
                0 => (Event::Click, 1),
                1 => (Event::Double, 2),
                _ => (Event::Long, 0),
            };
            if clicks == 0 {
                knob.push(random.millis(1_050..1_500));
            }
            for _ in 0..clicks {
                knob.push(random.millis(70..150));
                knob.pause(random.millis(70..150));
            }
            presses += clicks.max(1);
            gestures.push(event);
        }
        let timing = Timing { reporting: Reporting::Exclusive, ..Timing::default() };
        let mut button =
            Button::of(Switch::new(input, sim.clock()).with_debounce(debounce)).with_timing(timing);
        let end = knob.still_at() + MS * 2_000;
        let seen = sim.run(async {
            let mut seen = Vec::new();
            while let Ok(gesture) = sim.clock().timeout_at(end, button.gesture()).await {
                seen.push(gesture.unwrap().event);
            }
            seen
        });
        let of = |wanted| seen.iter().filter(|event| **event == wanted).count();
        assert_eq!((of(Event::Press), of(Event::Release)), (presses, presses), "{debounce:?}");
        let is_edge = |event: &&Event| matches!(event, Event::Press | Event::Release);
        assert!(seen.iter().filter(|event| !is_edge(event)).eq(&gestures), "{debounce:?}");
    }
}

#[test]
fn a_turned_knob_reports_every_detent_once() {
    let (sim, mut random) = (Sim::new(), Random(5));
    let (wires, mut knob) = hand(&sim, 5);
    let mut it =
        Encoder::new(InputPair::new(&wires[0], &wires[1]), sim.clock()).with_division(Division::X1);
    it.arm().unwrap();
    let (mut expected, mut at) = (Vec::new(), 0);
    while expected.len() < TIMES {
        let detents = random.within(0..11) as i32 - 5;
        knob.turn(detents, random.millis(4..100));
        for _ in 0..detents.abs() {
            at += detents.signum();
            expected.push((at, detents.signum()));
        }
    }
    let end = knob.still_at() + MS;
    let seen = sim.run(async {
        let mut seen = Vec::new();
        while let Ok(turn) = sim.clock().timeout_at(end, it.turn()).await {
            let turn = turn.unwrap();
            seen.push((turn.position, turn.delta));
        }
        seen
    });
    assert!(seen == expected, "{} of {}", seen.len(), expected.len());
    assert_eq!((it.illegal(), it.missed_edges(), knob.detent()), (0, 0, at.into()));
}
