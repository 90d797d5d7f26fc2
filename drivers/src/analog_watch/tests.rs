extern crate std;
use std::vec::Vec;

use tickwire_traits::{Duration, Instant};

use super::InvalidSettings::*;
use super::Place::{Inside, Outside};
use super::*;

const FULL: u32 = 65_535;

fn watcher(settings: Settings) -> Watcher {
    Watcher::new(settings, FULL).unwrap()
}

/// Takes a reading when it is due. Returns the place of the value that it completes.
fn take(watcher: &mut Watcher, reading: u32) -> Option<Sample> {
    let now = watcher.deadline();
    watcher.reading(reading, FULL, now).unwrap()
}

#[track_caller]
fn check(band: Band, expected: &[(u32, Place)]) {
    let mut watcher = watcher(Settings::new(band));
    for (reading, place) in expected {
        let sample = take(&mut watcher, *reading).unwrap();
        assert_eq!((sample.value, sample.place), (*reading, *place), "{reading}");
        assert_eq!(watcher.place(), Some(*place));
    }
}

/// Recorded with the driver for MicroPython.
#[test]
fn both_ends_are_inside() {
    let absolute = Band::between(5_000, 10_000);
    check(absolute, &[(6_000, Inside), (4_999, Outside), (5_000, Inside)]);
    check(absolute, &[(10_000, Inside), (10_001, Outside), (0, Outside), (5_000, Inside)]);
    let relative = Band::around(10_001, 2_000);
    check(relative, &[(8_001, Inside), (8_000, Outside), (12_001, Inside), (12_002, Outside)]);
}

#[test]
fn a_band_around_the_current_value_stays_there() {
    let band = Band::around_current(2_000);
    let leaves = [(10_001, Inside), (12_001, Inside), (8_001, Inside), (8_000, Outside)];
    check(band, &leaves);
    check(band, &[(10_001, Inside), (12_002, Outside), (12_001, Inside)]);
    // As far as the scale reaches.
    check(band, &[(1_000, Inside), (0, Inside), (3_000, Inside), (3_001, Outside)]);
    check(band, &[(65_000, Inside), (FULL, Inside), (63_000, Inside), (62_999, Outside)]);
    check(Band::around_current(u32::MAX), &[(7, Inside), (FULL, Inside), (0, Inside)]);
}

#[test]
fn a_value_enters_by_the_hysteresis() {
    let band = Band::between(1_000, 2_000).with_hysteresis(100);
    check(band, &[(1_000, Inside), (999, Outside), (1_099, Outside), (1_100, Inside)]);
    check(band, &[(2_001, Outside), (1_901, Outside), (1_900, Inside), (2_000, Inside)]);
    // Across the band, from one side to the other.
    check(band, &[(2_001, Outside), (1_000, Outside), (2_000, Outside), (1_500, Inside)]);
    let around = Band::around_current(500).with_hysteresis(500);
    check(around, &[(5_000, Inside), (5_501, Outside), (5_001, Outside), (5_000, Inside)]);
}

#[test]
fn an_end_of_the_scale_has_no_hysteresis() {
    let low = Band::between(0, 2_000).with_hysteresis(100);
    check(low, &[(2_001, Outside), (0, Inside)]);
    check(low, &[(2_001, Outside), (1_901, Outside), (1_900, Inside)]);
    let high = Band::between(1_000, FULL).with_hysteresis(100);
    check(high, &[(999, Outside), (1_099, Outside), (FULL, Inside)]);
    let near = Band::around(50, 100).with_hysteresis(100);
    check(near, &[(151, Outside), (0, Inside), (151, Outside), (51, Outside), (50, Inside)]);
}

/// Checks all sequences of values from 0 to 4, for all bands and all values of hysteresis.
#[test]
fn places_are_those_of_the_definition() {
    const FULL: u32 = 4;
    let mut bands = 0;
    for (low, high) in (0..=FULL).flat_map(|low| (0..=FULL).map(move |high| (low, high))) {
        for hysteresis in 0..=FULL + 1 {
            let enters = |value: u32| {
                let from_low = low == 0 || value >= low + hysteresis;
                let from_high = high == FULL || value + hysteresis <= high;
                low <= value && value <= high && from_low && from_high
            };
            let band = Band::between(low, high).with_hysteresis(hysteresis);
            let Ok(fresh) = Watcher::new(Settings::new(band), FULL) else {
                assert!(!(0..=FULL).any(enters), "{band:?} is refused");
                continue;
            };
            assert!((0..=FULL).any(enters), "{band:?} is accepted");
            bands += 1;
            for script in 0..5_u32.pow(5) {
                let mut watcher = fresh.clone();
                let mut was_inside = true;
                for index in 0..5 {
                    let value = script / 5_u32.pow(index) % 5;
                    let is_inside =
                        if was_inside { low <= value && value <= high } else { enters(value) };
                    let sample = watcher.reading(value, FULL, watcher.deadline()).unwrap().unwrap();
                    assert_eq!(sample.place == Inside, is_inside, "{band:?}, {script}, {index}");
                    was_inside = is_inside;
                }
            }
        }
    }
    assert_eq!(bands, 33);
}

#[test]
fn settings_that_contradict_one_another_are_refused() {
    let band = Band::between;
    let settings = Settings::new(band(1, 2));
    let zero = Duration::ZERO;
    let table = [
        (Settings::new(band(0, FULL)), Ok(())),
        (Settings::new(band(7, 7)), Ok(())),
        (Settings::new(band(8, 7)), Err(LowAboveHigh)),
        (Settings::new(band(70_000, 60_000)), Err(LowAboveHigh)),
        (Settings::new(band(0, FULL + 1)), Err(BandBeyondFullScale)),
        (Settings::new(band(u32::MAX, u32::MAX)), Err(BandBeyondFullScale)),
        (Settings::new(Band::around(FULL, u32::MAX)), Ok(())),
        (Settings::new(Band::around(FULL + 1, 5)), Err(BandBeyondFullScale)),
        (Settings::new(Band::around_current(u32::MAX)), Ok(())),
        (Settings::new(band(10, 20).with_hysteresis(5)), Ok(())),
        (Settings::new(band(10, 20).with_hysteresis(6)), Err(HysteresisTooWide)),
        (Settings::new(band(10, 20).with_hysteresis(u32::MAX)), Err(HysteresisTooWide)),
        (Settings::new(band(0, 20).with_hysteresis(20)), Ok(())),
        (Settings::new(band(0, 20).with_hysteresis(21)), Err(HysteresisTooWide)),
        (Settings::new(band(0, FULL).with_hysteresis(u32::MAX)), Ok(())),
        (Settings::new(band(10, FULL).with_hysteresis(FULL - 10)), Ok(())),
        (Settings::new(band(10, FULL).with_hysteresis(FULL - 9)), Err(HysteresisTooWide)),
        (Settings::new(band(10, FULL).with_hysteresis(u32::MAX)), Err(HysteresisTooWide)),
        (Settings::new(Band::around(50, 9).with_hysteresis(9)), Ok(())),
        (Settings::new(Band::around(50, 9).with_hysteresis(10)), Err(HysteresisTooWide)),
        (Settings::new(Band::around_current(9).with_hysteresis(9)), Ok(())),
        (Settings::new(Band::around_current(9).with_hysteresis(10)), Err(HysteresisTooWide)),
        (settings.with_period(zero), Err(ZeroPeriod)),
        (settings.with_period(Duration::MAX), Ok(())),
        (settings.with_mean_of(0), Err(NoReadings)),
        (settings.with_mean_of(256), Ok(())),
        (settings.with_mean_of(257), Err(TooManyReadings)),
    ];
    for (settings, expected) in table {
        let made = Watcher::new(settings, FULL).map(drop);
        assert_eq!(made, expected, "{settings:?}");
    }
    for (full, readings, expected) in [
        ((1 << 24) - 1, 256, Ok(())),
        (1 << 24, 256, Err(TooManyReadings)),
        (u32::MAX, 2, Err(TooManyReadings)),
        (u32::MAX, 1, Ok(())),
    ] {
        let made = Watcher::new(settings.with_mean_of(readings), full).map(drop);
        assert_eq!(made, expected, "{readings} of {full}");
    }
    // No value is so large: the sum of the low end and the hysteresis is beyond 32 bits.
    let beyond = Settings::new(band(10, u32::MAX).with_hysteresis(u32::MAX - 9));
    assert_eq!(Watcher::new(beyond, u32::MAX).map(drop), Err(HysteresisTooWide));
}

#[test]
fn a_band_that_is_refused_changes_nothing() {
    let mut watcher = watcher(Settings::new(Band::between(10, 20)).with_mean_of(2));
    take(&mut watcher, 9);
    assert_eq!(watcher.set_band(Band::between(3, 2), FULL), Err(LowAboveHigh));
    assert_eq!(
        take(&mut watcher, 10).map(|sample| (sample.value, sample.place)),
        Some((10, Inside))
    );
    watcher.set_band(Band::between(15, 20), FULL).unwrap();
    assert_eq!(watcher.place(), None);
    take(&mut watcher, 1);
    watcher.set_band(Band::around(2, 1), FULL).unwrap();
    assert_eq!(take(&mut watcher, 4), None, "the reading before is discarded");
    assert_eq!(
        take(&mut watcher, 4).map(|sample| (sample.value, sample.place)),
        Some((4, Outside))
    );
}

#[test]
fn a_value_is_the_mean_of_its_readings_alone() {
    let values = |of, readings: &[u32]| {
        let settings = Settings::new(Band::between(0, FULL)).with_mean_of(of);
        let mut watcher = watcher(settings);
        let values: Vec<_> = readings
            .iter()
            .filter_map(|reading| take(&mut watcher, *reading))
            .map(|sample| (sample.value, sample.at.as_micros() / 10_000))
            .collect();
        values
    };
    assert_eq!(values(1, &[3, 1, 4]), [(3, 0), (1, 1), (4, 2)]);
    assert_eq!(values(2, &[1, 2, 4, 4, 9]), [(2, 1), (4, 3)], "half is rounded up");
    assert_eq!(values(3, &[0, 0, 1, 0, 1, 1]), [(0, 2), (1, 5)], "to the nearest");
    assert_eq!(values(256, &[FULL; 512]), [(FULL, 255), (FULL, 511)]);
    let mut largest =
        Watcher::new(Settings::new(Band::between(0, 1)).with_mean_of(256), (1 << 24) - 1).unwrap();
    let last = (0..256).map(|_| largest.reading((1 << 24) - 1, (1 << 24) - 1, Instant::EPOCH));
    assert_eq!(last.last().unwrap().unwrap().unwrap().value, (1 << 24) - 1);
}

#[test]
fn a_reading_beyond_the_full_scale_is_counted_and_reported_once() {
    let mut watcher = watcher(Settings::new(Band::between(0, 10)).with_mean_of(2));
    let mut read =
        |reading| watcher.reading(reading, FULL, Instant::EPOCH).map(|it| it.map(|it| it.value));
    assert_eq!(read(4), Ok(None));
    assert_eq!(read(FULL + 1), Err(BeyondFullScale(FULL + 1)));
    assert_eq!([read(u32::MAX), read(FULL + 1)], [Ok(None), Ok(None)]);
    assert_eq!(read(6), Ok(Some(5)), "it is in no mean");
    assert_eq!(read(FULL + 2), Err(BeyondFullScale(FULL + 2)), "reported again");
    for _ in 0..70_000 {
        assert_eq!(read(u32::MAX), Ok(None));
    }
    assert_eq!(watcher.beyond(), u16::MAX);
}

#[test]
fn readings_are_due_at_whole_periods() {
    let settings = Settings::new(Band::between(0, FULL)).with_period(Duration::from_millis(100));
    let mut watcher = watcher(settings);
    assert_eq!(watcher.deadline(), Instant::EPOCH, "at once");
    // When a reading was complete, and when the next one is due.
    for (now, due) in [(7, 107), (107, 207), (230, 307), (306, 307), (407, 507), (1_234, 1_307)] {
        watcher.reading(0, FULL, Instant::from_millis(now)).unwrap();
        assert_eq!(watcher.deadline(), Instant::from_millis(due), "at {now}");
    }
    watcher.skip(Instant::from_millis(1_310));
    assert_eq!(watcher.deadline(), Instant::from_millis(1_407), "after an error");
    watcher.reading(u32::MAX, FULL, Instant::from_millis(1_407)).unwrap_err();
    assert_eq!(watcher.deadline(), Instant::from_millis(1_507));
}
