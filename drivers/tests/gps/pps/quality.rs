//! Jitter, drift, missing and additional pulses, and late sentences.

use proptest::prelude::*;
use tickwire_drivers::gps::pps::{State, Timekeeper};
use tickwire_traits::{Duration, Instant};

use super::{Bench, EVE};
use crate::random::Random;

fn locked() -> Bench {
    let mut bench = Bench::new();
    bench.sentence(0);
    bench.run(1..41);
    assert_eq!(bench.keeper.lock(bench.now(40)).state, State::Locked);
    bench
}

/// Checks the largest error within the second after the last pulse, in microseconds.
#[track_caller]
fn check(bench: &Bench, second: u64, bound: i64) {
    for of_second in [0, 1, 250_000, 500_000, 999_999] {
        let error = bench.error(second * 1_000_000 + of_second);
        assert!(error.abs() <= bound, "{error} µs at {second} s + {of_second} µs");
    }
}

#[test]
fn a_lock_takes_eight_pulses_and_three_sentences() {
    let mut bench = Bench::new();
    let state = |bench: &Bench, second| bench.keeper.lock(bench.now(second)).state;
    bench.pulse(0);
    assert_eq!(state(&bench, 0), State::Searching);
    bench.sentence(0);
    assert_eq!(state(&bench, 0), State::Searching);
    for second in 1..8 {
        bench.pulse(second);
        bench.sentence(second);
        assert_eq!(state(&bench, second), State::Tentative);
    }
    bench.pulse(8);
    assert_eq!(state(&bench, 8), State::Locked);
    assert_eq!(state(&bench, 10), State::Holdover);
}

#[test]
fn any_drift_is_measured_and_removed() {
    for ppb in [0, 1, -40, 999, -20_000, 100_000, -500_000, 9_000_000, -9_000_000] {
        let mut bench = Bench { ppb, ..Bench::new() };
        bench.sentence(0);
        for second in 1..200 {
            bench.pulse(second);
            bench.sentence(second);
            if second >= 8 {
                check(&bench, second, 2);
            }
        }
        let drift = i64::from(bench.keeper.drift().unwrap().ppb());
        assert!((drift - ppb).abs() <= 60, "{drift} for {ppb} ppb");
    }
}

#[test]
fn a_day_across_the_end_of_the_year_is_kept() {
    let mut bench = Bench { ppb: 17_300, ..Bench::new() };
    bench.run(0..1);
    let mut random = Random(1);
    for second in 1..86_400 {
        let jitter = random.below(11) as i64 - 5;
        bench.late_pulse(second, jitter);
        bench.sentence(second);
        if second >= 32 {
            check(&bench, second, 6);
        }
    }
    assert_eq!(bench.keeper.counters().overruled, 0);
    assert_eq!(bench.keeper.counters().strays, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_jitter_bounds_the_error(
        bound in 0_i64..2_000,
        ppb in -100_000_i64..100_000,
        seed: u64,
    ) {
        let mut bench = Bench { ppb, ..Bench::new() };
        let mut random = Random(seed);
        bench.sentence(0);
        for second in 1..300 {
            let jitter = random.below(2 * bound as usize + 1) as i64 - bound;
            bench.late_pulse(second, jitter);
            bench.sentence(second);
            if second > 32 {
                check(&bench, second, bound + 2);
                let lock = bench.keeper.lock(bench.now(second + 1));
                check(&bench, second, lock.error.as_micros() as i64);
            }
        }
    }

    #[test]
    fn any_pulses_and_sentences_are_taken(
        events in proptest::collection::vec((any::<u64>(), any::<bool>(), any::<u16>()), 0..60),
        small: bool,
    ) {
        let mut keeper = Timekeeper::new();
        for (at, is_pulse, year) in events {
            let at = Instant::from_micros(if small { at % 10_000_000 } else { at });
            if is_pulse {
                keeper.pulse(at);
            } else if let Some(date) = tickwire_drivers::gps::Date::new(year, 12, 31) {
                keeper.sentence(date, super::time(23, 59, 59, 999), at);
            }
            let _ = (keeper.utc_at(at), keeper.utc_at(Instant::MAX), keeper.next_second(at));
            let _ = (keeper.lock(at), keeper.lock(Instant::MAX), keeper.drift());
            let _ = keeper.compare(&keeper, at);
        }
    }
}

#[test]
fn missing_pulses_are_counted_and_cost_no_second() {
    let mut bench = Bench { ppb: 20_000, ..Bench::new() };
    bench.sentence(0);
    bench.run(1..41);
    let missed = bench.keeper.counters().missed;
    for second in 41..101 {
        bench.sentence(second);
    }
    let lock = bench.keeper.lock(bench.now(100));
    assert_eq!((lock.state, lock.age.as_secs()), (State::Holdover, 60));
    assert!(lock.error > Duration::from_micros(5), "{lock:?}");
    check(&bench, 100, lock.error.as_micros() as i64);
    bench.run(101..140);
    assert_eq!(bench.keeper.counters().missed - missed, 60);
    check(&bench, 139, 2);
}

#[test]
fn doubled_and_stray_pulses_are_ignored() {
    let mut bench = locked();
    for second in 41..80 {
        bench.late_pulse(second, -30_000);
        bench.pulse(second);
        bench.late_pulse(second, 3);
        bench.late_pulse(second, 50);
        bench.late_pulse(second, 400_000);
        bench.sentence(second);
        check(&bench, second, 1);
    }
    let counters = bench.keeper.counters();
    assert_eq!((counters.strays + counters.extra, counters.new_phases), (156, 0));
}

#[test]
fn the_third_stray_pulse_in_a_row_is_a_new_phase() {
    let mut bench = locked();
    for second in 41..44 {
        bench.late_pulse(second, 300_000);
        bench.sentence(second);
        let is_new = bench.keeper.counters().new_phases == 1;
        assert_eq!(is_new, second == 43);
        check(&bench, second, if is_new { 300_000 } else { 1 });
    }
    assert_eq!(bench.keeper.counters().strays, 2);
}

#[test]
fn a_stray_pulse_that_bounces_is_one() {
    let mut bench = locked();
    for bounce in 0..9 {
        bench.late_pulse(41, 300_000 + 50 * bounce);
    }
    assert_eq!(bench.keeper.counters().new_phases, 0);
}

#[test]
fn a_new_phase_is_tentative_for_four_pulses() {
    let mut bench = locked();
    for second in 41..50 {
        bench.late_pulse(second, 5_000);
        bench.sentence(second);
        let state = match second {
            // The strays, which are not used.
            41 => State::Locked,
            42 => State::Holdover,
            43..47 => State::Tentative,
            _ => State::Locked,
        };
        assert_eq!(bench.keeper.lock(bench.now(second)).state, state, "{second}");
    }
}

#[test]
fn a_sentence_may_come_with_its_second_and_before_a_late_pulse() {
    let mut bench = Bench::new();
    for second in 0..20 {
        bench.late_sentence(second, 2);
        bench.late_pulse(second, 5_000);
    }
    check(&bench, 19, 5_001);
}

/// Without a jitter: 2 µs, and 0.375 ppm for the slope and 0.1 ppm for the oscillator.
#[test]
fn the_error_to_expect_grows_by_half_a_microsecond_per_second() {
    let lock = locked().keeper.lock(locked().now(40 + 3_600));
    assert!((1_705..1_720).contains(&lock.error.as_micros()), "{lock:?}");
}

/// A rate that changed by 1 ppm moves the pulse after 100 s by 100 µs, more than any jitter here.
#[test]
fn a_pulse_after_a_long_time_may_be_as_late_as_the_rate_changed() {
    let mut bench = Bench { ppb: 1_000, ..locked() };
    bench.sentence(140);
    bench.pulse(140);
    assert_eq!((bench.keeper.counters().strays, bench.keeper.counters().missed), (0, 99));
}

#[test]
fn pulses_without_a_rhythm_are_no_phase() {
    let mut bench = locked();
    for second in 41..80 {
        bench.late_pulse(second, 250_000 + (second as i64 % 3) * 150_000);
        bench.sentence(second);
        check(&bench, second, 1);
    }
    assert_eq!(bench.keeper.counters().new_phases, 0);
}

#[test]
fn a_sentence_that_is_read_late_is_overruled() {
    let mut bench = locked();
    for second in 41..60 {
        bench.pulse(second);
        bench.late_sentence(second, if second % 3 == 0 { 300 } else { 1_400 });
        check(&bench, second, 1);
    }
    assert_eq!(bench.keeper.counters().renamed, 0);
    assert!(bench.keeper.counters().overruled > 10);
}

#[test]
fn any_latency_of_less_than_a_second_names_the_same_second() {
    for latency_ms in [0, 1, 300, 500, 900, 979] {
        let mut bench = Bench { latency_ms, ..Bench::new() };
        bench.run(0..20);
        check(&bench, 19, 1);
    }
}

#[test]
fn a_receiver_that_is_always_late_needs_its_latency() {
    for (latency, error) in [(0, -1_000_000), (1_000, 0)] {
        let mut bench = Bench { latency_ms: 1_300, ..Bench::new() };
        bench.keeper = Timekeeper::new().with_latency(Duration::from_millis(latency));
        bench.run(0..20);
        assert_eq!(bench.error(19_000_000), error);
    }
}

#[test]
fn a_second_that_the_receiver_corrects_is_changed_by_the_third_sentence() {
    let mut bench = locked();
    for (second, ahead) in [(41, 0), (42, 0), (43, 2_000_000), (44, 2_000_000)] {
        bench.pulse(second);
        let utc = super::Utc::from_unix_micros((EVE + second + 2) * 1_000_000);
        let seen = bench.local(second * 1_000_000 + 300_000);
        bench.keeper.sentence(utc.date(), utc.time(), seen);
        assert_eq!(bench.error(second * 1_000_000 + 300_000), ahead);
    }
    assert_eq!(bench.keeper.counters().renamed, 1);
}

#[test]
fn pulses_without_a_fix_are_ignored() {
    let mut bench = locked();
    bench.keeper.fix_lost();
    for second in 41..60 {
        bench.late_pulse(second, 300 * (second as i64 - 40));
    }
    check(&bench, 59, 1);
    assert_eq!(bench.keeper.counters().without_fix, 19);
    assert_eq!(bench.keeper.lock(bench.now(59)).state, State::Holdover);
    // Nor are those of a receiver whose sentences do not come.
    let mut bench = locked();
    for second in 41..80 {
        bench.pulse(second);
    }
    assert_eq!(bench.keeper.counters().without_fix, 24);
}

#[test]
fn a_step_of_the_local_clock_is_followed() {
    for step in [700_000, -300_000, 3_000_000, 123, 5_250_000, 1_000_000] {
        let mut bench = locked();
        bench.ahead += step;
        bench.run(41..60);
        check(&bench, 59, 1);
        assert_eq!(bench.keeper.lock(bench.now(59)).state, State::Locked, "{step}");
    }
}

#[test]
fn jitter_that_grows_is_followed() {
    let mut bench = locked();
    let mut random = Random(7);
    for second in 41..120 {
        bench.late_pulse(second, random.below(2_001) as i64 - 1_000);
        bench.sentence(second);
        check(&bench, second, 2_000);
    }
    let lock = bench.keeper.lock(bench.now(119));
    assert!(lock.state == State::Locked && lock.jitter > Duration::from_micros(200), "{lock:?}");
}

#[test]
fn two_sources_that_disagree_are_told_apart() {
    let (ours, mut theirs) = (locked(), Bench::new());
    theirs.sentence(0);
    for second in 1..41 {
        theirs.late_pulse(second, 250);
        theirs.sentence(second);
    }
    let difference = ours.keeper.compare(&theirs.keeper, ours.now(40)).unwrap();
    assert!(!difference.agrees(), "{difference:?}");
    assert!((difference.micros - 250).abs() <= 1, "{difference:?}");
    assert!(ours.keeper.compare(&locked().keeper, ours.now(40)).unwrap().agrees());
}
