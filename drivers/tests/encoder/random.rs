//! The machines at random, compared with oracles that work in another way.

use proptest::collection::vec;
use proptest::prelude::*;
use tickwire_drivers::encoder::{Acceleration, Curve, Division, Position, Quadrature, Range};
use tickwire_traits::{Duration, Instant, Side};

use crate::lines::Lines;

/// What happens to the lines next.
#[derive(Clone, Copy, Debug)]
enum Happens {
    /// An edge, which the source may lose.
    Edge { is_a: bool, is_lost: bool },
    /// A pulse that ends before its edges are read: both have the level that the line has.
    Pulse { is_a: bool },
    /// The source has no further edge.
    Quiet,
}

/// `losses` of 100 edges are lost.
fn happens(losses: u32) -> impl Strategy<Value = Happens> {
    let edge = (any::<bool>(), 0..100_u32)
        .prop_map(move |(is_a, luck)| Happens::Edge { is_a, is_lost: luck < losses });
    prop_oneof![
        12 => edge,
        1 => any::<bool>().prop_map(|is_a| Happens::Pulse { is_a }),
        2 => Just(Happens::Quiet),
    ]
}

/// The decoder after what happened.
struct Decoded {
    lines: Lines,
    sum: i32,
    lost: u32,
    gaps: i32,
    pulses: u16,
    quadrature: Quadrature,
}

impl Decoded {
    fn after(script: &[Happens]) -> Self {
        let mut it = Self {
            lines: Lines::default(),
            sum: 0,
            lost: 0,
            gaps: 0,
            pulses: 0,
            quadrature: Quadrature::new(),
        };
        it.look();
        let mut missed = 0;
        let side = |is_a| if is_a { Side::A } else { Side::B };
        for happens in script {
            match *happens {
                Happens::Edge { is_a, is_lost } => {
                    it.lines.toggle(side(is_a));
                    missed += u32::from(is_lost);
                    if !is_lost {
                        it.edge(side(is_a), &mut missed);
                    }
                }
                Happens::Pulse { is_a } => {
                    it.edge(side(is_a), &mut missed);
                    it.edge(side(is_a), &mut missed);
                    it.pulses += 1;
                }
                Happens::Quiet => it.look(),
            }
        }
        // The edges lost last are told by the next one; so is the loss.
        it.lines.toggle(Side::A);
        it.edge(Side::A, &mut missed);
        it.look();
        it
    }

    fn edge(&mut self, line: Side, missed: &mut u32) {
        self.gaps += i32::from(*missed > 0);
        self.lost += *missed;
        self.sum += i32::from(self.quadrature.edge(self.lines.edge(line, *missed)));
        *missed = 0;
    }

    fn look(&mut self) {
        if self.quadrature.is_unsure() {
            let (a, b) = self.lines.levels();
            self.sum += i32::from(self.quadrature.look(a, b));
        }
    }
}

/// A position, from the whole way of the knob: the counts are the least that keep within half a
/// division of it.
struct Counted {
    division: i64,
    range: (i64, i64),
    wraps: bool,
    raw: i64,
    counts: i64,
    value: i64,
    moved: i64,
}

impl Counted {
    fn advance(&mut self, steps: i64) {
        self.raw += steps;
        let (twice, before) = (2 * self.division, self.counts);
        let least = (2 * self.raw - self.division).div_euclid(twice)
            + i64::from((2 * self.raw - self.division).rem_euclid(twice) > 0);
        let most = (2 * self.raw + self.division).div_euclid(twice);
        self.counts = before.clamp(least, most);
        let (min, max) = self.range;
        let to = self.value + self.counts - before;
        let reached = if self.wraps {
            min + (to - min).rem_euclid(max - min + 1)
        } else {
            to.clamp(min, max)
        };
        self.moved += if self.wraps { to - self.value } else { reached - self.value };
        self.value = reached;
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn edges_that_arrive_leave_the_position_exact(script in vec(happens(0), 0..200)) {
        let it = Decoded::after(&script);
        prop_assert_eq!(it.sum, it.lines.turned);
        prop_assert_eq!((it.quadrature.missed(), it.lost), (0, 0));
        // Of a pulse, both edges are illegal; unless the level was read just before.
        let illegal = it.quadrature.illegal();
        prop_assert!(illegal <= 2 * it.pulses && illegal >= it.pulses, "{} of {}", illegal, it.pulses);
    }

    #[test]
    fn lost_edges_are_counted_and_cost_two_more_per_gap(
        script in (1..60_u32).prop_flat_map(|losses| vec(happens(losses), 0..200)),
    ) {
        let script: Vec<_> =
            script.into_iter().filter(|it| !matches!(it, Happens::Pulse { .. })).collect();
        let it = Decoded::after(&script);
        prop_assert_eq!(u32::from(it.quadrature.missed()), it.lost);
        let off = it.sum - it.lines.turned;
        prop_assert!(off.abs() <= it.lost as i32 + 2 * it.gaps, "off by {}", off);
        // What is not known to be illegal is exact up to whole cycles.
        let hidden = off + 2 * i32::from(it.quadrature.illegal());
        prop_assert_eq!(hidden.rem_euclid(4), 0, "off by {}", off);
    }

    #[test]
    fn a_position_is_that_of_its_oracle(
        division in prop_oneof![Just(1), Just(2), Just(4), 1..=u8::MAX],
        range in prop_oneof![
            (-20..20_i32, 0..40_i32).prop_map(|(min, more)| (min, min + more)),
            Just((i32::MIN, i32::MAX)),
        ],
        wraps in any::<bool>(),
        start in -30..30_i32,
        steps in vec((prop_oneof![9 => -2..=2_i8, 1 => any::<i8>()], any::<bool>()), 0..300),
    ) {
        let mut position = Position::new();
        position.set_division(Division::by(division).unwrap());
        let (min, max) = range;
        position.set_range(
            if wraps { Range::wrapping(min, max) } else { Range::clamped(min, max) }.unwrap(),
        );
        position.set(start);
        let mut oracle = Counted {
            division: division.into(),
            range: (min.into(), max.into()),
            wraps,
            raw: 0,
            counts: 0,
            value: start.clamp(min, max).into(),
            moved: 0,
        };
        for (step, is_asked) in steps {
            position.advance(step);
            oracle.advance(step.into());
            prop_assert_eq!(i64::from(position.get()), oracle.value);
            if is_asked {
                let delta = position.turn(Instant::EPOCH).map_or(0, |turn| turn.delta);
                prop_assert_eq!(i64::from(delta), std::mem::take(&mut oracle.moved));
            }
        }
    }

    /// A caller that comes at each deadline or later, and at edges.
    #[test]
    fn reports_have_their_interval_and_their_sum(
        interval in 1..50_000_u64,
        moves in vec((0..20_000_u64, -3..=3_i8), 1..200),
        late in 0..5_000_u64,
    ) {
        let mut position = Position::new();
        position.set_interval(Duration::from_micros(interval));
        let (mut now, mut turns, mut sum) = (Instant::EPOCH, Vec::new(), 0);
        for (wait, steps) in moves {
            let next = now + Duration::from_micros(wait);
            while let Some(due) = position.deadline().filter(|due| *due <= next) {
                now = now.max(due + Duration::from_micros(late));
                turns.push(position.turn(now).unwrap());
            }
            now = now.max(next);
            let was_still = position.deadline().is_none();
            position.advance(steps);
            sum += i32::from(steps);
            prop_assert_eq!(position.get(), sum);
            // After a pause, a move is reported at once.
            let since = turns.last().map(|turn| now - turn.at);
            if was_still && steps != 0 && since.is_none_or(|since| since.as_micros() >= interval) {
                prop_assert!(position.deadline().is_some_and(|due| due <= now));
            }
        }
        if let Some(due) = position.deadline() {
            turns.push(position.turn(due.max(now)).unwrap());
        }
        prop_assert_eq!(turns.iter().map(|turn| turn.delta).sum::<i32>(), sum);
        prop_assert!(turns.iter().all(|turn| turn.delta != 0));
        prop_assert!(turns.windows(2).all(|two| (two[1].at - two[0].at).as_micros() >= interval));
    }

    /// By division, which the curve does without.
    #[test]
    fn an_acceleration_is_in_proportion_to_the_speed(
        slow in prop_oneof![1 => 0..100_u64, 9 => 0..1_000_000_u64],
        most in any::<u8>(),
        counts in vec((prop_oneof![1 => Just(0), 9 => 0..300_000_u64], any::<bool>()), 1..100),
    ) {
        let mut curve = Acceleration::new(Duration::from_micros(slow), most);
        let (mut now, mut last): (_, Option<(bool, u64)>) = (Instant::from_millis(1), None);
        for (wait, is_up) in counts {
            now += Duration::from_micros(wait);
            let positions = match last {
                Some((was_up, before)) if was_up == is_up => {
                    slow.checked_div(wait).map_or(before, |times| times.clamp(1, most.max(1).into()))
                }
                _ => 1,
            };
            prop_assert_eq!(u64::from(curve.positions(is_up, now)), positions);
            last = Some((is_up, positions));
        }
    }

    /// Whatever the curve, the deltas are those of the position.
    #[test]
    fn an_accelerated_position_keeps_within_its_range(
        (min, more, wraps) in (-50..50_i32, 0..100_i32, any::<bool>()),
        moves in vec((any::<u8>(), -2..=2_i8), 0..200),
    ) {
        struct Script(u8);
        impl Curve for Script {
            fn positions(&mut self, _: bool, _: Instant) -> u8 {
                self.0
            }
        }

        let (max, width) = (min + more, i64::from(more) + 1);
        let mut position = Position::new();
        let range = if wraps { Range::wrapping(min, max) } else { Range::clamped(min, max) };
        position.set_range(range.unwrap());
        let mut expected = i64::from(position.get());
        for (positions, steps) in moves {
            position.advance_along(&mut Script(positions), steps, Instant::EPOCH);
            let (min, before) = (i64::from(min), expected);
            let wanted = before + i64::from(steps) * i64::from(positions);
            expected = if wraps {
                min + (wanted - min).rem_euclid(width)
            } else {
                wanted.clamp(min, max.into())
            };
            let moved = if wraps { wanted } else { expected } - before;
            let delta = position.turn(Instant::EPOCH).map_or(0, |turn| turn.delta);
            prop_assert_eq!((i64::from(position.get()), i64::from(delta)), (expected, moved));
        }
    }
}
