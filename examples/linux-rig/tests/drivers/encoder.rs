//! A knob on two lines that bounce.

use std::future::{Future, poll_fn};
use std::pin::pin;

use tickwire_drivers::encoder::{Division, Encoder, Range};
use tickwire_exec_std::gpio::{InputPair, InputSettings};
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::{Duration, Timer};

use crate::CLOCK;
use crate::rig::{Chip, with_chip};

const A: u32 = 4;
const B: u32 = 7;

/// Turns by quarters, of which each bounces. Starts with both lines high.
struct Knob<'a> {
    chip: &'a Chip,
    quarter: u32,
}

impl Knob<'_> {
    fn turn(&mut self, quarters: i32) {
        for _ in 0..quarters.abs() {
            let is_up = quarters > 0;
            let moves_a = self.quarter.is_multiple_of(2) == is_up;
            let line = if moves_a { A } else { B };
            let step = if is_up { 1 } else { 3 };
            // Both lines are high, then only B, none, and only A.
            let was_high = matches!((moves_a, self.quarter), (true, 0 | 3) | (false, 0 | 1));
            for high in [!was_high, was_high, !was_high] {
                self.chip.pull(line, high);
            }
            self.quarter = (self.quarter + step) % 4;
        }
    }
}

/// Returns an encoder on both lines, which are high.
fn encoder(chip: &Chip) -> Encoder<InputPair, StdClock> {
    let [a, b] = [A, B].map(|line| {
        chip.pull(line, true);
        chip.line(line)
    });
    Encoder::new(InputPair::open(&a, &b, InputSettings::DEFAULT).unwrap(), CLOCK)
}

#[test]
fn a_bouncing_knob_is_counted_by_the_edges_of_two_lines() {
    with_chip(|chip| {
        let mut encoder =
            encoder(&chip).with_division(Division::X1).with_range(Range::clamped(0, 4).unwrap());
        encoder.arm().unwrap();
        let mut knob = Knob { chip: &chip, quarter: 0 };
        run(async |_| {
            // Two detents at a time, of 12 edges: the kernel keeps 16 of each line.
            let mut seen = Vec::new();
            for (detents, reports) in [(1, 1), (2, 2), (2, 1), (-1, 1), (-2, 2), (-2, 1), (1, 1)] {
                for _ in 0..i32::abs(detents) {
                    knob.turn(4 * detents.signum());
                }
                for _ in 0..reports {
                    let patience = Duration::from_secs(20);
                    let turn = CLOCK.timeout(patience, encoder.turn()).await.expect("a turn");
                    let turn = turn.unwrap();
                    seen.push((turn.position, turn.delta));
                }
            }
            let up = [(1, 1), (2, 1), (3, 1), (4, 1)];
            let down = [(3, -1), (2, -1), (1, -1), (0, -1)];
            assert_eq!(seen, [&up[..], &down[..], &up[..1]].concat());
            // Nothing is left, and it is read without a wait.
            knob.turn(2);
            assert_eq!(encoder.read().unwrap(), 1);
            knob.turn(2);
            assert_eq!(encoder.read().unwrap(), 2);
        });
        assert_eq!((encoder.illegal(), encoder.missed_edges()), (0, 0));
    });
}

#[test]
fn it_is_not_polled_while_the_knob_is_still() {
    with_chip(|chip| {
        let mut encoder = encoder(&chip);
        let mut polls = 0;
        run(async |_| {
            let mut turn = pin!(encoder.turn());
            let counted = poll_fn(|cx| {
                polls += 1;
                turn.as_mut().poll(cx)
            });
            let wait = CLOCK.timeout(Duration::from_secs(5), counted).await;
            assert!(wait.is_err(), "nobody turned it");
        });
        // At the start, and when the time is over.
        assert_eq!(polls, 2);
    });
}

#[test]
fn edges_that_the_kernel_could_not_keep_are_counted() {
    with_chip(|chip| {
        let mut encoder = encoder(&chip);
        encoder.arm().unwrap();
        let mut knob = Knob { chip: &chip, quarter: 0 };
        knob.turn(400);
        let position = encoder.read().unwrap();
        let missed = encoder.missed_edges();
        assert!(missed > 100, "only {missed} are missed");
        assert!((400 - position).abs() <= i32::from(missed) + 2, "{position}, {missed}");
        let hidden = position - 400 + 2 * i32::from(encoder.illegal());
        assert_eq!(hidden.rem_euclid(4), 0, "{position}, and not counted");
        // It goes on in the right direction.
        knob.turn(-3);
        assert_eq!(encoder.read().unwrap(), position - 3);
    });
}
