extern crate std;
use std::vec::Vec;

use proptest::prelude::*;
use tickwire_traits::Duration;

use super::*;
use crate::analog_watch::BeyondFullScale;
use crate::contact::Contact::{self, Closed, Open};

const FULL: u32 = 65_535;

fn detector(settings: Settings) -> Detector {
    Detector::new(settings).unwrap()
}

fn take(detector: &mut Detector, reading: u32) -> Option<Contact> {
    let now = detector.deadline();
    detector.reading(reading, FULL, now).unwrap().map(|change| change.contact)
}

/// A detector that knows the untouched level.
fn learned(settings: Settings, untouched: u32) -> Detector {
    let mut detector = detector(settings);
    assert_eq!([take(&mut detector, untouched), take(&mut detector, untouched)], [None; 2]);
    assert_eq!(detector.untouched(), untouched);
    detector
}

/// The changes of a pad with one reading per change, each in its reading's place. The first reading
/// was already taken once.
#[track_caller]
fn check(settings: Settings, readings: &[u32], expected: &[Option<Contact>]) {
    let mut detector = learned(settings.with_readings(1), readings[0]);
    let told: Vec<_> = readings.iter().map(|reading| take(&mut detector, *reading)).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_pad_is_touched_below_its_share_and_released_above_the_hysteresis() {
    let (down, up) = (Some(Closed), Some(Open));
    let settings = Settings::default();
    check(
        settings,
        &[1_000, 800, 799, 800, 849, 850, 800],
        &[None, None, down, None, None, up, None],
    );
    let strict = settings.with_threshold(50).with_hysteresis(0);
    check(strict, &[1_000, 500, 499, 500, 499], &[None, None, down, up, down]);
    // Rounded down, as the reference does: 99 % of 10 is 9.
    let nearly = settings.with_threshold(99).with_hysteresis(1);
    check(nearly, &[10, 9, 8, 9, 10], &[None, None, down, None, up]);
    check(settings, &[0, 0, 1, 0], &[None, None, None, None]);
    let largest = u32::MAX;
    let mut detector = detector(settings.with_readings(1));
    for _ in 0..2 {
        detector.reading(largest, largest, Instant::EPOCH).unwrap();
    }
    let bound = (u64::from(largest) * 80 / 100) as u32;
    assert_eq!(detector.reading(bound, largest, Instant::EPOCH), Ok(None));
    assert!(detector.reading(bound - 1, largest, Instant::EPOCH).unwrap().is_some());
}

#[test]
fn a_pad_that_is_touched_at_the_start_reports_its_second_touch() {
    let readings = [600, 610, 1_000, 990, 600, 1_000];
    check(Settings::default(), &readings, &[None, None, None, None, Some(Closed), Some(Open)]);
}

#[test]
fn a_single_disturbed_reading_does_not_become_the_untouched_level() {
    for disturbed in [1_300, FULL] {
        let readings = [1_000, 1_000, disturbed, 1_000, 990, disturbed, 700, 1_000];
        let mut expected = [None; 8];
        (expected[6], expected[7]) = (Some(Closed), Some(Open));
        check(Settings::default(), &readings, &expected);
    }
    // The very first one.
    let mut detector = detector(Settings::default());
    for reading in [FULL, 1_000, 1_000, 1_000] {
        assert_eq!(take(&mut detector, reading), None);
    }
    assert_eq!(detector.untouched(), 1_000);
}

#[test]
fn several_readings_in_a_row_make_a_change() {
    let mut detector = learned(Settings::default().with_readings(3), 1_000);
    let readings =
        [1_000, 500, 500, 1_000, 500, 500, 500, 500, 1_000, 1_000, 500, 1_000, 1_000, 1_000];
    let told: Vec<_> = readings.iter().map(|reading| take(&mut detector, *reading)).collect();
    let changes: Vec<_> = (0..).zip(told).filter_map(|(at, it)| Some((at, it?))).collect();
    assert_eq!(changes, [(6, Closed), (13, Open)]);
}

#[test]
fn noise_within_the_hysteresis_does_not_chatter() {
    let mut detector = learned(Settings::default().with_readings(1), 1_000);
    assert_eq!(take(&mut detector, 780), Some(Closed));
    for noise in (0..500_u32).map(|at| at.wrapping_mul(2_654_435_761) >> 27) {
        assert_eq!(take(&mut detector, 810 + noise), None);
    }
    assert_eq!(take(&mut detector, 900), Some(Open));
}

#[test]
fn the_untouched_level_rises_by_two_readings_and_falls_slowly() {
    let mut detector = learned(Settings::default(), 10_000);
    take(&mut detector, 12_000);
    assert_eq!(detector.untouched(), 10_000, "not by one reading");
    take(&mut detector, 12_000);
    assert_eq!(detector.untouched(), 12_000);
    for _ in 0..59 {
        take(&mut detector, 11_000);
    }
    assert_eq!(detector.untouched(), 12_000);
    take(&mut detector, 11_000);
    assert_eq!(detector.untouched(), 11_984, "by 1000 / 64, rounded up");
    for _ in 0..64 * 700 {
        take(&mut detector, 11_000);
    }
    assert_eq!(detector.untouched(), 11_000);
    // While it is touched, it stays.
    for _ in 0..10_000 {
        take(&mut detector, 5_000);
    }
    assert_eq!((detector.untouched(), detector.is_touched()), (11_000, true));
}

#[test]
fn a_flicker_does_not_lower_the_untouched_level() {
    let mut detector = learned(Settings::default(), 10_000);
    for reading in 1..=64_u32 * 10 {
        let level = if reading % 64 == 62 { 5_000 } else { 10_000 };
        assert_eq!(take(&mut detector, level), None);
    }
    assert_eq!(detector.untouched(), 10_000);
}

/// A level that falls by a half within an hour, and a touch now and then.
#[test]
fn a_slow_drift_is_no_touch() {
    let mut detector = detector(Settings::default());
    let (mut touches, mut seen) = (0, 0);
    for reading in 0..180_000_u32 {
        let untouched = 20_000 - reading / 18;
        let is_touched = reading % 1_000 > 950;
        touches += u32::from(reading % 1_000 == 951);
        let level = if is_touched { untouched / 2 } else { untouched };
        seen += u32::from(take(&mut detector, level) == Some(Closed));
    }
    assert_eq!((seen, touches), (180, 180));
}

#[test]
fn a_level_that_is_learned_anew_ends_a_touch() {
    let mut detector = learned(Settings::default().with_readings(1), 1_000);
    assert_eq!(take(&mut detector, 300), Some(Closed));
    detector.relearn();
    assert_eq!((take(&mut detector, 300), detector.untouched()), (Some(Open), 0));
    assert_eq!((take(&mut detector, 300), detector.untouched()), (None, 300));
    assert_eq!((take(&mut detector, 239), detector.untouched()), (Some(Closed), 300));
}

#[test]
fn a_reading_beyond_the_full_scale_is_not_learned() {
    let mut detector = learned(Settings::default(), 1_000);
    let mut read = |reading| detector.reading(reading, FULL, Instant::EPOCH);
    assert_eq!(read(FULL + 1), Err(BeyondFullScale(FULL + 1)));
    assert_eq!([read(FULL + 1), read(u32::MAX), read(1_000)], [Ok(None); 3]);
    assert_eq!(read(u32::MAX), Err(BeyondFullScale(u32::MAX)));
    // It ends a run of readings that agree.
    assert_eq!(read(700), Ok(None));
    assert_eq!(read(u32::MAX), Err(BeyondFullScale(u32::MAX)));
    assert_eq!(read(700), Ok(None));
    assert_eq!(read(700).unwrap().map(|change| change.contact), Some(Closed));
    assert_eq!((detector.untouched(), detector.beyond()), (1_000, 5));
}

#[test]
fn settings_that_contradict_are_refused() {
    use InvalidSettings::*;
    let settings = Settings::default();
    for (settings, expected) in [
        (settings, None),
        (settings.with_threshold(0), Some(Threshold)),
        (settings.with_threshold(1), None),
        (settings.with_threshold(95), None),
        (settings.with_threshold(96), Some(Hysteresis)),
        (settings.with_threshold(99).with_hysteresis(1), None),
        (settings.with_threshold(100).with_hysteresis(0), Some(Threshold)),
        (settings.with_hysteresis(21), Some(Hysteresis)),
        (settings.with_hysteresis(255), Some(Hysteresis)),
        (settings.with_period(Duration::ZERO), Some(ZeroPeriod)),
        (settings.with_readings(0), Some(NoReadings)),
    ] {
        assert_eq!(Detector::new(settings).err(), expected, "{settings:?}");
    }
}

/// Ten thousand touches, each of which flutters for up to 10 ms.
#[test]
fn each_touch_of_a_fluttering_pad_is_told_once() {
    let mut seed = 0x70c4_u32;
    let mut random = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    let mut detector = learned(Settings::default(), 30_000);
    let (mut is_down, mut began, mut seen) = (false, 100_000_u64, Vec::new());
    for _ in 0..20_000 {
        is_down = !is_down;
        let end = began + u64::from(60_000 + random(60_000));
        while detector.deadline() < Instant::from_micros(end) {
            let flutters =
                detector.deadline() < Instant::from_micros(began + 10_000) && random(2) == 0;
            let level = if is_down != flutters { 18_000 } else { 30_000 };
            seen.extend(take(&mut detector, level - random(600)));
        }
        began = end;
    }
    assert_eq!(seen, [Closed, Open].repeat(10_000));
}

proptest! {
    /// Whatever is read, changes alternate, and the untouched level is one that was read.
    #[test]
    fn changes_alternate(
        readings in proptest::collection::vec(0_u32..70_000, 1..300),
        threshold in 1_u8..=95,
        of in 1_u8..5,
    ) {
        let settings = Settings::default().with_threshold(threshold).with_readings(of);
        let mut detector = detector(settings);
        let mut is_down = false;
        let mut largest = 0;
        for reading in readings {
            let now = detector.deadline();
            if let Ok(Some(change)) = detector.reading(reading, FULL, now) {
                is_down = !is_down;
                prop_assert_eq!((change.contact == Closed, change.at), (is_down, now));
            }
            largest = if reading <= FULL { reading.max(largest) } else { largest };
            prop_assert!(detector.untouched() <= largest);
            prop_assert!(detector.deadline() > now);
            prop_assert_eq!(detector.is_touched(), is_down);
        }
    }
}
