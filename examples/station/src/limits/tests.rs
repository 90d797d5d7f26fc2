extern crate std;

use std::vec::Vec;

use Limit::{Cold, Damp, Dry, Hot};
use tickwire_drivers::htu21d::{CentiCelsius, CentiPercent};

use super::*;

#[test]
fn a_limit_moves_by_its_step_and_stops_at_its_ends() {
    #[track_caller]
    fn check(limit: Limit, steps: &[i32], expected: i16) {
        let mut limits = Limits::default();
        steps.iter().for_each(|steps| limits.turn(limit, *steps));
        assert_eq!(limits.get(limit), expected, "{limit:?} by {steps:?}");
        let mut others = Limit::ALL.into_iter().filter(|other| *other != limit);
        assert!(others.all(|other| limits.get(other) == Limits::default().get(other)));
    }
    check(Cold, &[], 1_000);
    check(Cold, &[1], 1_050);
    check(Cold, &[-3], 850);
    check(Hot, &[2], 3_100);
    check(Dry, &[-5], 2_500);
    check(Damp, &[3, -1], 7_200);
    // A lower limit stays below its upper one.
    check(Cold, &[1_000], 2_950);
    check(Hot, &[-1_000], 1_050);
    check(Dry, &[1_000], 6_900);
    check(Damp, &[-1_000], 3_100);
    check(Cold, &[i32::MIN], -4_000);
    check(Hot, &[i32::MAX], 12_500);
    check(Dry, &[i32::MIN], 0);
    check(Damp, &[i32::MAX, i32::MAX], 10_000);
    // At an end, a turn back acts immediately.
    check(Damp, &[i32::MAX, -1], 9_900);
}

#[test]
fn an_alarm_begins_beyond_its_limit_and_ends_well_within() {
    #[track_caller]
    fn check(climates: &[(i16, i16)], expected: &[&[Limit]]) {
        let limits = Limits::default();
        let mut alarms = Alarms::default();
        let seen = climates.iter().map(|(temperature, humidity)| {
            let (temperature, humidity) = (CentiCelsius(*temperature), CentiPercent(*humidity));
            alarms = alarms.after(&limits, &Measurement { temperature, humidity });
            alarms.iter().collect()
        });
        assert_eq!(seen.collect::<Vec<Vec<_>>>(), expected, "{climates:?}");
    }
    let at = |temperature| (temperature, 5_000);
    check(&[at(3_000), at(3_001), at(2_981), at(2_980)], &[&[], &[Hot], &[Hot], &[]]);
    check(&[at(1_000), at(999), at(1_019), at(1_020)], &[&[], &[Cold], &[Cold], &[]]);
    let at = |humidity| (2_000, humidity);
    check(&[at(7_000), at(7_001), at(6_901), at(6_900)], &[&[], &[Damp], &[Damp], &[]]);
    check(&[at(3_000), at(2_999), at(3_099), at(3_100)], &[&[], &[Dry], &[Dry], &[]]);
    check(&[(5_000, 9_000), (-500, 9_000)], &[&[Hot, Damp], &[Cold, Damp]]);
    check(&[(i16::MAX, i16::MIN), (i16::MIN, i16::MAX)], &[&[Hot, Dry], &[Cold, Damp]]);
}
