//! A million steps in random directions, of which each bounces.

use tickwire_drivers::encoder::{Position, Quadrature};

use crate::lines::Lines;

const STEPS: u32 = 1_000_000;

/// Returns random numbers of 16 bits.
fn random() -> impl FnMut() -> u32 {
    let mut seed = 0x1dea_u32;
    move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 16
    }
}

fn begin(lines: &Lines) -> Quadrature {
    let mut quadrature = Quadrature::new();
    let (a, b) = lines.levels();
    quadrature.look(a, b);
    quadrature
}

#[test]
fn bounces_leave_the_position_exact() {
    let mut random = random();
    let mut lines = Lines::default();
    let mut quadrature = begin(&lines);
    let mut position = Position::new();
    let mut expected = 0;
    for _ in 0..STEPS {
        let is_up = random() & 1 == 0;
        expected += if is_up { 1 } else { -1 };
        let line = lines.next(is_up);
        for _ in 0..1 + 2 * (random() % 4) {
            lines.toggle(line);
            position.advance(quadrature.edge(lines.edge(line, 0)));
        }
        assert_eq!((position.get(), lines.turned), (expected, expected));
    }
    assert_eq!((quadrature.illegal(), quadrature.missed()), (0, 0));
}

/// The part of the position that is wrong is judged whenever the decoder is certain again.
#[test]
fn each_loss_is_counted_and_bounded() {
    // A counter ends at 65,535.
    const STEPS_PER_COUNT: u32 = 10_000;
    let mut random = random();
    let mut lines = Lines::default();
    let (mut gaps_seen, mut most_off) = (0, 0);
    for _ in 0..STEPS / STEPS_PER_COUNT {
        let mut quadrature = begin(&lines);
        let (start, mut sum, mut off) = (lines.turned, 0, 0);
        let (mut to_lose, mut missed, mut missed_in_all, mut allowed) = (0, 0, 0, 0);
        for _ in 0..STEPS_PER_COUNT {
            let line = lines.next(random() & 1 == 0);
            for _ in 0..1 + 2 * (random() % 2) {
                lines.toggle(line);
                if to_lose == 0 && random().is_multiple_of(64) {
                    to_lose = 1 + random() % 8;
                }
                if to_lose > 0 {
                    (to_lose, missed) = (to_lose - 1, missed + 1);
                    continue;
                }
                if missed > 0 {
                    allowed += missed + 2;
                    missed_in_all += missed;
                    gaps_seen += 1;
                }
                sum += i32::from(quadrature.edge(lines.edge(line, missed)));
                missed = 0;
                if quadrature.is_unsure() && random().is_multiple_of(2) {
                    let (a, b) = lines.levels();
                    sum += i32::from(quadrature.look(a, b));
                }
                if !quadrature.is_unsure() {
                    let now = sum - (lines.turned - start);
                    assert!(now.abs_diff(off) <= allowed, "off by {off}, and then by {now}");
                    most_off = most_off.max(now.abs_diff(off));
                    (off, allowed) = (now, 0);
                    // Each illegal transition was two steps, of which nobody knows the direction.
                    let hidden = off + 2 * i32::from(quadrature.illegal());
                    assert_eq!(hidden.rem_euclid(4), 0, "off by {off}, and not counted");
                    assert_eq!(u32::from(quadrature.missed()), missed_in_all);
                }
            }
        }
    }
    assert!(gaps_seen > 20_000 && most_off > 4, "{gaps_seen} gaps, off by {most_off} at most");
}
