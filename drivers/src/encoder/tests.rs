extern crate std;
use std::vec::Vec;

use embedded_hal::digital::PinState::{self, High, Low};
use tickwire_traits::{Duration, Edge, Instant, Side};

use super::*;

/// The levels in the order of a turn upward.
const UP: [(PinState, PinState); 4] = [(High, High), (Low, High), (Low, Low), (High, Low)];

/// Two lines, with the turn that their edges mean, computed from [`UP`] alone.
#[derive(Clone)]
struct Lines {
    levels: (PinState, PinState),
    turned: i32,
}

impl Lines {
    fn at(levels: (PinState, PinState)) -> Self {
        Self { levels, turned: 0 }
    }

    fn quarter(&self) -> i32 {
        UP.iter().position(|levels| *levels == self.levels).unwrap() as i32
    }

    /// Toggles a line.
    fn toggle(&mut self, line: Side) -> Edge<Side> {
        let before = self.quarter();
        let level = match line {
            Side::A => &mut self.levels.0,
            Side::B => &mut self.levels.1,
        };
        *level = !*level;
        let level = *level;
        self.turned += if (self.quarter() - before).rem_euclid(4) == 1 { 1 } else { -1 };
        Edge { line, at: Instant::EPOCH, level, missed: 0 }
    }
}

/// The lines that the bits of `script` name.
fn sides(script: u32, edges: u32) -> impl Iterator<Item = Side> {
    (0..edges).map(move |bit| if script >> bit & 1 == 0 { Side::A } else { Side::B })
}

#[test]
fn a_look_steps_by_the_table() {
    for (from, before) in UP.into_iter().enumerate() {
        for (to, after) in UP.into_iter().enumerate() {
            let mut quadrature = Quadrature::new();
            assert_eq!(quadrature.look(before.0, before.1), 0, "the start");
            quadrature.forget();
            let (step, illegal) = [(0, 0), (1, 0), (0, 1), (-1, 0)][(to + 4 - from) % 4];
            let seen = quadrature.look(after.0, after.1);
            assert_eq!((seen, quadrature.illegal()), (step, illegal), "{before:?} to {after:?}");
        }
    }
}

/// Every sequence of edges, from each state, whether the start was read or is learned.
#[test]
fn edges_step_as_the_knob_turns() {
    const EDGES: u32 = 8;
    for start in UP {
        for script in 0..1 << EDGES {
            for is_read in [true, false] {
                let mut lines = Lines::at(start);
                let mut quadrature = Quadrature::new();
                if is_read {
                    quadrature.look(start.0, start.1);
                }
                let mut sum = 0;
                for side in sides(script, EDGES) {
                    sum += i32::from(quadrature.edge(lines.toggle(side)));
                    if !quadrature.is_unsure() {
                        assert_eq!(sum, lines.turned, "{start:?}, {script:#b}");
                    }
                }
                if quadrature.is_unsure() {
                    sum += i32::from(quadrature.look(lines.levels.0, lines.levels.1));
                }
                assert_eq!(
                    (sum, quadrature.illegal()),
                    (lines.turned, 0),
                    "{start:?}, {script:#b}"
                );
            }
        }
    }
}

/// Every sequence of edges with every gap in it.
#[test]
fn a_gap_costs_its_edges_and_two_at_most() {
    const EDGES: u32 = 8;
    for start in UP {
        for script in 0..1_u32 << EDGES {
            for (from, to) in
                (0..EDGES).flat_map(|from| (from + 1..EDGES).map(move |to| (from, to)))
            {
                let mut lines = Lines::at(start);
                let mut quadrature = Quadrature::new();
                quadrature.look(start.0, start.1);
                let mut sum = 0;
                for (index, side) in (0..).zip(sides(script, EDGES)) {
                    let edge = lines.toggle(side);
                    if !(from..to).contains(&index) {
                        let missed = if index == to { to - from } else { 0 };
                        sum += i32::from(quadrature.edge(Edge { missed, ..edge }));
                    }
                }
                if quadrature.is_unsure() {
                    sum += i32::from(quadrature.look(lines.levels.0, lines.levels.1));
                }
                let told = std::format!("{start:?}, {script:#b}, without {from}..{to}");
                assert_eq!(u32::from(quadrature.missed()), to - from, "{told}");
                let off = sum - lines.turned;
                assert!(off.unsigned_abs() <= to - from + 2, "{told}: off by {off}");
                // An illegal transition is two steps in an unknown direction.
                let hidden = off + 2 * i32::from(quadrature.illegal());
                assert_eq!(hidden.rem_euclid(4), 0, "{told}: off by {off}, not counted");
            }
        }
    }
}

#[test]
fn an_edge_to_the_level_that_the_line_had_is_illegal() {
    let edge = |line, level| Edge { line, at: Instant::EPOCH, level, missed: 0 };
    let mut quadrature = Quadrature::new();
    quadrature.look(High, High);
    // It happened just before the levels were read.
    assert_eq!((quadrature.edge(edge(Side::A, High)), quadrature.illegal()), (0, 0));
    assert_eq!((quadrature.edge(edge(Side::A, High)), quadrature.illegal()), (0, 1));
    assert_eq!((quadrature.edge(edge(Side::A, Low)), quadrature.illegal()), (1, 1));
    assert_eq!((quadrature.edge(edge(Side::A, Low)), quadrature.illegal()), (0, 2));
    assert_eq!((quadrature.edge(edge(Side::B, Low)), quadrature.illegal()), (1, 2));
    assert_eq!((quadrature.edge(edge(Side::B, Low)), quadrature.illegal()), (0, 3));
}

#[test]
fn counters_stop_at_their_largest_number() {
    let mut quadrature = Quadrature::new();
    quadrature.look(High, High);
    let edge = Edge { line: Side::A, at: Instant::EPOCH, level: High, missed: 0 };
    for _ in 0..66_000 {
        quadrature.edge(edge);
    }
    quadrature.edge(Edge { missed: 60_000, ..edge });
    quadrature.edge(Edge { missed: u32::MAX, ..edge });
    assert_eq!((quadrature.illegal(), quadrature.missed()), (u16::MAX, u16::MAX));
}

/// Returns the deltas of a knob that is turned by `steps`.
fn deltas(position: &mut Position, steps: &[i8]) -> Vec<i32> {
    let now = Instant::EPOCH;
    let turned = steps.iter().filter_map(|step| {
        position.advance(*step);
        position.turn(now).map(|turn| turn.delta)
    });
    turned.collect()
}

/// Every sequence of steps at several divisions.
#[test]
fn a_position_is_within_half_a_count_of_its_knob() {
    const STEPS: u32 = 12;
    for by in [1, 2, 3, 4, 8] {
        for script in 0..1_u32 << STEPS {
            let mut position = Position::new();
            position.set_division(Division::by(by).unwrap());
            let (mut raw, mut last) = (0, 0);
            for bit in 0..STEPS {
                let step = if script >> bit & 1 == 0 { 1 } else { -1 };
                raw += i32::from(step);
                position.advance(step);
                let off = |value: i32| 2 * (raw - value * i32::from(by)).abs();
                let told = std::format!("by {by}, {script:#b}");
                assert!(off(position.get()) <= i32::from(by), "{told}");
                // Half way, it stays.
                assert!(position.get() == last || off(last) > i32::from(by), "{told}");
                last = position.get();
            }
        }
    }
}

#[test]
fn each_detent_is_one_count_above_zero_and_below() {
    for (division, steps) in [(Division::X1, 4), (Division::X2, 2), (Division::X4, 1)] {
        let mut position = Position::new();
        position.set_division(division);
        for direction in [-1, -1, -1, 1, 1, 1, 1, 1, -1] {
            let seen = deltas(&mut position, &[direction].repeat(steps));
            assert_eq!(seen, [i32::from(direction)], "{division:?}");
        }
    }
}

#[test]
fn a_look_keeps_what_an_edge_has_told() {
    let mut quadrature = Quadrature::new();
    quadrature.look(High, High);
    quadrature.forget();
    let edge = |level| Edge { line: Side::A, at: Instant::EPOCH, level, missed: 0 };
    assert_eq!(quadrature.edge(edge(Low)), 0, "B is not known");
    // A has risen again meanwhile. Its edge is yet to come.
    assert_eq!(quadrature.look(High, High), 1);
    assert_eq!((quadrature.edge(edge(High)), quadrature.illegal()), (-1, 0));
}

#[test]
fn a_clamped_position_turns_back_at_once() {
    let mut position = Position::new();
    position.set_range(Range::clamped(-1, 2).unwrap());
    assert_eq!(deltas(&mut position, &[1; 9]), [1, 1]);
    assert_eq!(deltas(&mut position, &[-1]), [-1]);
    assert_eq!((deltas(&mut position, &[-1; 9]), position.get()), ([-1, -1].into(), -1));
    position.set_division(Division::X1);
    // Against the end by two detents and a half, and back.
    assert_eq!(deltas(&mut position, &[-1; 10]), []);
    assert_eq!(deltas(&mut position, &[1; 6]), [1]);
}

#[test]
fn a_position_that_wraps_around_moves_by_one() {
    let mut position = Position::new();
    position.set_range(Range::wrapping(0, 9).unwrap());
    assert_eq!((deltas(&mut position, &[-1]), position.get()), ([-1].into(), 9));
    assert_eq!((deltas(&mut position, &[1; 11]), position.get()), ([1; 11].into(), 0));
    let mut fast = Position::new();
    fast.set_range(Range::wrapping(0, 9).unwrap());
    fast.advance(21);
    let turn = fast.turn(Instant::EPOCH).unwrap();
    assert_eq!((turn.position, turn.delta), (1, 21), "the net change is not that of the numbers");
}

#[test]
fn ranges_reach_to_the_ends_of_the_numbers() {
    assert_eq!(Range::clamped(3, 2), Err(EmptyRange));
    assert_eq!(Range::wrapping(i32::MAX, i32::MIN), Err(EmptyRange));
    assert_eq!(Division::by(0), None);
    let mut position = Position::new();
    position.set(i32::MAX);
    assert_eq!(deltas(&mut position, &[1, -1]), [-1]);
    position.set(i32::MIN);
    assert_eq!(deltas(&mut position, &[-1, 1]), [1]);
    position.set_range(Range::wrapping(i32::MIN, i32::MAX).unwrap());
    assert_eq!((deltas(&mut position, &[-1, -1]), position.get()), ([-1, -1].into(), i32::MAX));
    position.set_range(Range::wrapping(7, 7).unwrap());
    assert_eq!((deltas(&mut position, &[1]), position.get()), ([1].into(), 7));
    position.set_range(Range::clamped(7, 7).unwrap());
    assert_eq!(deltas(&mut position, &[1, -1]), []);
    position.set_division(Division::by(255).unwrap());
    assert_eq!(deltas(&mut position, &[i8::MAX, i8::MAX, i8::MIN, i8::MIN]), []);
}

#[test]
fn a_position_is_set_within_its_range() {
    let mut position = Position::new();
    position.set_range(Range::clamped(2, 5).unwrap());
    assert_eq!(position.get(), 2, "the nearest end");
    position.advance(1);
    position.set(9);
    assert_eq!((position.get(), position.turn(Instant::MAX)), (5, None), "not reported");
    assert_eq!(deltas(&mut position, &[-1]), [-1]);
}

#[test]
fn reports_have_their_interval() {
    let at = Instant::from_millis;
    let mut position = Position::new();
    position.set_interval(Duration::from_millis(100));
    assert_eq!((position.deadline(), position.turn(at(40))), (None, None));
    position.advance(1);
    assert_eq!(position.turn(at(40)).map(|turn| turn.delta), Some(1));
    position.advance(3);
    assert_eq!(position.deadline(), Some(at(140)));
    assert_eq!(position.turn(at(139)), None);
    let turn = Turn { position: 4, delta: 3, at: at(140) };
    assert_eq!(position.turn(at(140)), Some(turn));
    position.advance(2);
    position.advance(-2);
    assert_eq!(position.deadline(), None, "it is back where it was reported");
}
