extern crate std;
use std::vec::Vec;

use proptest::prelude::*;
use tickwire_traits::Duration;

use super::*;

const FULL: Brightness = Brightness::FULL;
const OFF: Brightness = Brightness::OFF;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Plays `program` from `start` on, each deadline being met. Returns the first changes as
/// microseconds after the start.
fn changes(program: Program, start: Instant, count: usize) -> Vec<(u64, Brightness)> {
    let mut player = Player::new();
    player.start(program, start);
    let mut changes = Vec::new();
    while changes.len() < count {
        let Some(due) = player.deadline() else { break };
        let before = player.brightness();
        let brightness = player.elapse(due, true);
        if brightness != before {
            changes.push(((due - start).as_micros(), brightness));
        }
    }
    changes
}

#[track_caller]
fn check(program: Program, expected: &[(u64, u16)]) {
    let expected: Vec<_> =
        expected.iter().map(|(at, parts)| (*at, Brightness::new(*parts))).collect();
    for start in [Instant::EPOCH, Instant::from_micros(12_345_678)] {
        let seen = changes(program, start, expected.len() + 1);
        assert_eq!(seen[..expected.len().min(seen.len())], expected);
    }
}

/// micropython-async's `LED_async.flash` changes every 500 / rate ms.
#[test]
fn a_rate_flashes_as_in_the_tutorial() {
    for (rate, half) in [(1, 500_000), (2, 250_000), (3, 166_666), (5, 100_000), (200, 2_500)] {
        let program = Program::flash(Duration::from_secs(1) / rate);
        check(program, &[(0, 65_535), (half, 0), (2 * half, 65_535), (3 * half, 0)]);
    }
    for (period, half) in [(0, 1_000), (1_999, 1_000), (2_001, 1_000), (2_002, 1_001)] {
        check(Program::flash(Duration::from_micros(period)), &[(0, 65_535), (half, 0)]);
    }
    check(Program::flash(Duration::from_secs(9_000)), &[(0, 65_535), (3_600_000_000, 0)]);
}

#[test]
fn steps_follow_each_other() {
    const SHORT: Step = Step::on(Duration::from_millis(1));
    const GAP: Step = Step::off(Duration::from_millis(2));
    const NOTHING: Step = Step::at(Brightness::new(7), Duration::ZERO);
    check(Program::OFF, &[]);
    check(Program::ON, &[(0, 65_535)]);
    check(Program::once(&[]), &[]);
    check(Program::once(&[NOTHING]), &[(0, 7)]);
    check(Program::once(&[SHORT, GAP, SHORT]), &[(0, 65_535), (1_000, 0), (3_000, 65_535)]);
    let twice = Program::repeat(&[SHORT, GAP, NOTHING]).unwrap();
    check(twice, &[(0, 65_535), (1_000, 0), (3_000, 65_535), (4_000, 0), (6_000, 65_535)]);
}

#[test]
fn a_pattern_that_would_not_end_is_refused() {
    const SHORT: Step = Step::on(Duration::from_micros(499));
    const LONG: Step = Step::off(Duration::from_micros(1_000));
    let patterns: [(&'static [Step], bool); 4] =
        [(&[], false), (&[SHORT, SHORT], false), (&[SHORT, SHORT, SHORT], true), (&[LONG], true)];
    for (steps, is_accepted) in patterns {
        assert_eq!(Program::repeat(steps).is_some(), is_accepted, "{steps:?}");
    }
}

#[test]
fn a_fade_moves_every_10_ms_to_its_end() {
    let to = Brightness::new(1_000);
    check(
        Program::fade(to, ms(40)),
        &[(10_000, 250), (20_000, 500), (30_000, 750), (40_000, 1_000)],
    );
    check(Program::fade(to, ms(15)), &[(10_000, 666), (15_000, 1_000)]);
    check(Program::fade(to, Duration::ZERO), &[(0, 1_000)]);
    const BACK: Program = Program::once(&[
        Step::at(Brightness::new(300), Duration::from_millis(5)),
        Step::fade(Brightness::OFF, Duration::from_millis(30)),
    ]);
    check(BACK, &[(0, 300), (15_000, 200), (25_000, 100), (35_000, 0)]);
    // As long as a fade can be: the brightness is as exact as 16 bits.
    let seen = changes(Program::fade(FULL, Duration::from_secs(7_200)), Instant::EPOCH, 70_000);
    assert_eq!(seen.last().unwrap().1, FULL);
    for (at, brightness) in seen {
        let exact = at * 65_535 / 3_600_000_000;
        assert!(exact.abs_diff(brightness.get().into()) <= 2, "{brightness:?} at {at}");
    }
}

#[test]
fn a_fade_begins_at_the_present_brightness() {
    let mut player = Player::new();
    player.start(Program::fade(Brightness::new(1_000), ms(100)), Instant::EPOCH);
    assert_eq!(player.elapse(Instant::from_millis(30), true).get(), 300);
    player.start(Program::fade(OFF, ms(30)), Instant::from_millis(35));
    assert_eq!(player.elapse(Instant::from_millis(35), true).get(), 300);
    assert_eq!(player.elapse(Instant::from_millis(45), true).get(), 200);
}

#[test]
fn a_light_that_is_on_or_off_changes_at_the_start_of_a_fade() {
    let mut player = Player::new();
    player.start(Program::fade(FULL, ms(100)), Instant::EPOCH);
    assert_eq!(player.elapse(Instant::EPOCH, false), FULL);
    assert_eq!(player.deadline(), Some(Instant::from_millis(100)));
}

#[test]
fn a_task_that_is_late_keeps_the_grid() {
    let program = Program::flash(ms(10));
    for (late_us, expected, due_us) in [
        (4_999, FULL, 5_000),
        (5_000, OFF, 10_000),
        (10_000, FULL, 15_000),
        (19_999, OFF, 20_000),
        (1_000_003, FULL, 1_005_000),
        (4_294_977_296, OFF, 4_294_980_000), // Later than what 32 bits count.
        (u64::MAX / 10_000 * 10_000 - 10_000, FULL, u64::MAX / 10_000 * 10_000 - 5_000),
    ] {
        let mut player = Player::new();
        player.start(program, Instant::EPOCH);
        assert_eq!(player.elapse(Instant::from_micros(late_us), true), expected, "{late_us}");
        assert_eq!(player.deadline(), Some(Instant::from_micros(due_us)), "{late_us}");
    }
}

#[test]
fn at_the_end_of_time_nothing_is_due() {
    let mut player = Player::new();
    player.start(Program::flash(ms(10)), Instant::MAX);
    player.elapse(Instant::MAX, true);
    assert_eq!(player.deadline(), None);
}

#[test]
fn curves_rise_from_dark_to_full() {
    for curve in [Curve::Linear, Curve::Perceptual] {
        for max in [1, 100, 255, 1_023, u16::MAX] {
            let mut last = 0;
            for brightness in (0..=u16::MAX).map(Brightness::new) {
                let duty = curve.duty(brightness, max);
                assert!(duty >= last, "{curve:?}, {max}: {brightness:?}");
                assert_eq!(duty == 0, brightness == OFF, "{curve:?}, {max}: {brightness:?}");
                last = duty;
            }
            assert_eq!(last, max, "{curve:?}");
        }
        assert_eq!(curve.duty(FULL, 0), 0);
    }
}

/// The formula of CIE 1976, in floating point.
#[test]
fn the_perceptual_curve_is_that_of_the_standard() {
    for parts in 0..=u16::MAX {
        let lightness = f64::from(parts) * 100. / 65_535.;
        let exact = match lightness {
            dark if dark <= 8. => dark / 903.296,
            light => ((light + 16.) / 116.).powi(3),
        };
        let duty = Curve::Perceptual.duty(Brightness::new(parts), u16::MAX);
        let off = f64::from(duty) - exact * 65_535.;
        assert!(off.abs() < 5., "{parts}: off by {off}");
    }
}

#[test]
fn percents_reach_their_steps() {
    for percent in 0..=100_u8 {
        let duty = Curve::Linear.duty(Brightness::percent(percent), 100);
        assert_eq!(duty, percent.into());
    }
    assert_eq!(Brightness::percent(255), FULL);
}

/// Steps, and where the light was before.
#[derive(Clone, Debug)]
struct Pattern {
    steps: Vec<Step>,
    repeats: bool,
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let step = (any::<u16>(), any::<bool>(), 0_u64..60_000).prop_map(|(to, fades, span)| {
        let make = if fades { Step::fade } else { Step::at };
        make(Brightness::new(to), Duration::from_micros(span))
    });
    (proptest::collection::vec(step, 1..6), any::<bool>())
        .prop_map(|(steps, repeats)| Pattern { steps, repeats })
}

impl Pattern {
    fn program(&self) -> Option<Program> {
        let steps: &'static [Step] = self.steps.clone().leak();
        if self.repeats { Program::repeat(steps) } else { Some(Program::once(steps)) }
    }

    /// The brightness `at` microseconds after the start, and whether it is that of a fade.
    fn at(&self, mut at: u64) -> (f64, bool) {
        let span = |step: &Step| u64::from(step.span.as_micros());
        let total: u64 = self.steps.iter().map(span).sum();
        let mut from = f64::from(0);
        if self.repeats && at >= total {
            at %= total;
            from = self.steps.last().map_or(0., |step| step.to.get().into());
        }
        for step in &self.steps {
            let to = f64::from(step.to.get());
            if at < span(step) {
                let part = if step.fades { at as f64 / span(step) as f64 } else { 1. };
                return (from + (to - from) * part, step.fades);
            }
            (at, from) = (at - span(step), to);
        }
        (from, false)
    }
}

proptest! {
    /// At any time, late or early, a player shows what the steps say, and is due when that
    /// changes.
    #[test]
    fn a_player_shows_its_steps(pattern in pattern(), waits in proptest::collection::vec(0_u64..400_000, 1..20)) {
        let Some(program) = pattern.program() else { return Ok(()) };
        let start = Instant::from_millis(5);
        let mut player = Player::new();
        player.start(program, start);
        let mut at = 0;
        for wait in waits {
            at += wait;
            let now = start + Duration::from_micros(at);
            let shown = player.elapse(now, true);
            let (expected, fades) = pattern.at(at);
            prop_assert!((f64::from(shown.get()) - expected).abs() <= 2., "{} of {} at {}", shown.get(), expected, at);
            match player.deadline() {
                None => prop_assert_eq!(pattern.at(u64::MAX >> 1).0, expected),
                Some(due) => {
                    prop_assert!(due > now);
                    prop_assert!(!fades || due - now <= ms(10));
                    let last = (due - start).as_micros() - 1;
                    prop_assert!(fades || pattern.at(last).0 == expected, "changed before {}", last);
                }
            }
        }
    }
}
