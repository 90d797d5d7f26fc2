extern crate std;
use std::format;
use std::vec::Vec;

use proptest::prelude::*;
use tickwire_traits::Duration;

use super::*;
use crate::analog_watch::BeyondFullScale;
use crate::contact::Contact::{Closed, Open};

const FULL: u32 = 1_000;

/// Keys at 100, 300 and 600, a tolerance of 50, and 1000 at rest. One reading is enough.
fn settings() -> Settings<3> {
    Settings::new([10, 30, 60].map(Share::percent))
        .with_tolerance(Share::percent(5))
        .with_readings(1)
}

fn decoder(settings: Settings<3>) -> Decoder<3> {
    Decoder::new(settings, FULL).unwrap()
}

/// Returns the changes that readings cause, `+key` for a key that goes down, each in the
/// reading's place.
#[track_caller]
fn check(settings: Settings<3>, readings: &[u32], expected: &[&str]) {
    let mut decoder = decoder(settings);
    let told: Vec<_> = readings.iter().map(|reading| told(&mut decoder, *reading)).collect();
    assert_eq!(told, expected);
}

fn told(decoder: &mut Decoder<3>, reading: u32) -> std::string::String {
    let now = decoder.deadline();
    let change = decoder.reading(reading, now).unwrap();
    let changes = [change, decoder.owed()].into_iter().flatten();
    let sign = |contact| if contact == Closed { '+' } else { '-' };
    changes.map(|change| format!("{}{}", sign(change.contact), change.key)).collect()
}

#[test]
fn a_level_within_the_tolerance_is_its_key() {
    for reading in 0..=FULL {
        let mut decoder = decoder(settings());
        let now = decoder.deadline();
        let key = decoder.reading(reading, now).unwrap().map(|change| change.key);
        let expected = [100, 300, 600].iter().position(|level| reading.abs_diff(*level) <= 50);
        assert_eq!(key.map(usize::from), expected, "{reading}");
        let is_between = expected.is_none() && reading < 950;
        assert_eq!(decoder.between(), u16::from(is_between), "{reading}");
    }
}

#[test]
fn readings_between_the_levels_are_counted_up_to_the_most_that_fits() {
    let mut decoder = decoder(settings());
    for _ in 0..=u16::MAX {
        decoder.reading(200, Instant::EPOCH).unwrap();
    }
    assert_eq!(decoder.between(), u16::MAX);
}

#[test]
fn changes_are_told_in_order() {
    let three = settings().with_readings(3);
    check(settings(), &[1_000, 300, 300, 1_000], &["", "+1", "", "-1"]);
    // The lowest hides the others.
    check(settings(), &[600, 100, 600, 1_000], &["+2", "-2+0", "-0+2", "-2"]);
    // Between the levels, nothing is told.
    check(settings(), &[200, 600, 800, 200, 1_000], &["", "+2", "", "", "-2"]);
    check(three, &[300; 5], &["", "", "+1", "", ""]);
    check(three, &[300, 300, 1_000, 300, 300, 300], &["", "", "", "", "", "+1"]);
    check(three, &[300, 300, 200, 300, 300, 300], &["", "", "", "", "", "+1"]);
    check(three, &[300, 300, 600, 600, 600], &["", "", "", "", "+2"]);
}

#[test]
fn keys_to_the_supply_rest_at_zero() {
    let settings = settings().with_rest(Share::percent(0)).with_tolerance(Share::percent(4));
    check(settings, &[0, 300, 0, 1_000], &["", "+1", "-1", ""]);
}

#[test]
fn it_is_read_more_often_while_a_key_may_be_down() {
    let (idle, active) = (Duration::from_millis(50), Duration::from_millis(4));
    let mut decoder = decoder(settings().with_readings(2).with_periods(idle, active));
    let mut at = Instant::EPOCH;
    for (reading, wait) in [
        (1_000, 50),
        (300, 4),
        (1_000, 50),
        (300, 4),
        (300, 4),
        (300, 4),
        (200, 4),
        (1_000, 4),
        (1_000, 50),
    ] {
        assert_eq!(decoder.deadline(), at);
        decoder.reading(reading, at).unwrap();
        at += Duration::from_millis(wait);
    }
    decoder.skip(Instant::from_millis(1_000));
    assert_eq!(decoder.deadline(), Instant::from_millis(1_050), "after an error");
}

#[test]
fn a_change_that_is_owed_is_not_lost_to_a_reading() {
    let mut decoder = decoder(settings());
    let (first, later) = (Instant::from_millis(3), Instant::from_millis(9));
    decoder.reading(600, first).unwrap();
    let up = decoder.reading(100, later).unwrap().unwrap();
    assert_eq!((up.key, up.contact, decoder.key(), decoder.deadline()), (2, Open, None, later));
    let down = decoder.reading(1_000, Instant::from_millis(50)).unwrap().unwrap();
    assert_eq!((down.key, down.contact, down.at, decoder.key()), (0, Closed, later, Some(0)));
    assert_eq!(decoder.owed(), None);
    assert_eq!(decoder.deadline(), later + Duration::from_millis(5), "not again at once");
}

#[test]
fn a_reading_beyond_the_full_scale_is_no_level() {
    let mut decoder = decoder(settings().with_readings(2));
    let mut read = |reading| decoder.reading(reading, Instant::EPOCH).map(|it| it.is_some());
    assert_eq!([read(300), read(FULL + 1)], [Ok(false), Err(BeyondFullScale(FULL + 1))]);
    assert_eq!([read(FULL + 1), read(300), read(300)], [Ok(false), Ok(false), Ok(true)]);
    assert_eq!(read(u32::MAX), Err(BeyondFullScale(u32::MAX)));
    for _ in 0..66_000 {
        let _ = read(u32::MAX);
        read(FULL - 1).unwrap();
    }
    assert_eq!((decoder.beyond(), decoder.between()), (u16::MAX, 0));
}

#[test]
fn settings_that_contradict_are_refused() {
    use InvalidSettings::*;
    let (some, zero) = (Duration::from_millis(1), Duration::ZERO);
    let levels = |levels: [u8; 3]| Settings { levels: levels.map(Share::percent), ..settings() };
    for (settings, expected) in [
        (settings(), None),
        (settings().with_periods(zero, some), Some(ZeroPeriod)),
        (settings().with_periods(some, zero), Some(ZeroPeriod)),
        (settings().with_readings(0), Some(NoReadings)),
        (levels([30, 10, 60]), Some(NotAscending)),
        (levels([10, 10, 60]), Some(NotAscending)),
        (levels([10, 20, 60]), Some(TooClose)),
        (levels([10, 22, 60]), None),
        (levels([10, 30, 90]), Some(TooClose)),
        (settings().with_rest(Share::percent(35)), Some(TooClose)),
        (settings().with_rest(Share::percent(45)), None),
        (settings().with_tolerance(Share::FULL), Some(TooClose)),
    ] {
        assert_eq!(Decoder::new(settings, FULL).err(), expected, "{settings:?}");
    }
    assert_eq!(Decoder::new(settings(), 3).err(), Some(TooClose), "too few steps");
    assert_eq!(Decoder::new(settings(), 0).err(), Some(TooClose));
    assert_eq!(Decoder::new(Settings::<0>::new([]), FULL).err(), Some(NumberOfKeys));
}

#[test]
fn shares_are_those_of_their_resistors() {
    for (to_ground, to_supply, of_65535) in [
        (0, 10_000, 0),
        (10_000, 10_000, 32_768),
        (10_000, 0, 65_535),
        (0, 0, 0),
        (u32::MAX, u32::MAX, 32_768),
    ] {
        assert_eq!(Share::divider(to_ground, to_supply).of(65_535), of_65535);
    }
    for full in [1, 255, 1_023, 4_095, 65_535, 65_536, 1 << 24, u32::MAX] {
        assert_eq!(Share::FULL.of(full), full);
        for percent in 0..=100_u8 {
            let exact = u64::from(full) * ((u64::from(percent) * 65_535).div_ceil(100)) / 65_535;
            assert_eq!(u64::from(Share::percent(percent).of(full)), exact, "{percent}");
        }
    }
}

/// Ten thousand presses of random keys, each contact bouncing for up to 10 ms.
#[test]
fn each_press_of_a_bouncing_key_is_told_once() {
    let mut seed = 0x5eed_u32;
    let mut random = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    let mut decoder = decoder(settings().with_readings(3));
    let (levels, mut is_down, mut began) = ([100, 300, 600], false, 0_u64);
    let (mut key, mut pressed, mut expected, mut seen) = (0, 0, Vec::new(), Vec::new());
    while pressed < 10_000 {
        // The contact moves, bounces for 10 ms, and stays for 50 ms more at least.
        is_down = !is_down;
        if is_down {
            key = random(3) as usize;
            pressed += 1;
        }
        expected.push((key, is_down));
        let (end, settled) = (began + u64::from(60_000 + random(60_000)), began + 10_000);
        while decoder.deadline() < Instant::from_micros(end) {
            let at = decoder.deadline();
            let bounces = at < Instant::from_micros(settled) && random(2) == 0;
            let level = if is_down != bounces { levels[key] } else { FULL };
            if let Some(change) = decoder.reading(level, at).unwrap() {
                seen.push((usize::from(change.key), change.contact == Closed));
            }
        }
        began = end;
    }
    assert_eq!(seen, expected);
}

proptest! {
    /// Whatever is read, one key at most is down, and the last readings have told of it.
    #[test]
    fn changes_alternate(readings in proptest::collection::vec(0_u32..1_100, 1..200), of in 1_u8..5) {
        let mut decoder = decoder(settings().with_readings(of));
        let mut down = None;
        let mut states = Vec::new();
        for reading in readings {
            let now = decoder.deadline();
            let change = decoder.reading(reading, now).unwrap_or(None);
            states.push([100, 300, 600].iter().position(|level| reading.abs_diff(*level) <= 50));
            for change in [change, decoder.owed()].into_iter().flatten() {
                let key = Some(usize::from(change.key));
                prop_assert_eq!(change.contact == Closed, down.is_none());
                down = if down.is_none() { key } else { prop_assert_eq!(down, key); None };
                let is_agreed = states.iter().rev().take(of.into()).all(|it| *it == states[states.len() - 1]);
                prop_assert!(is_agreed);
            }
            prop_assert_eq!(decoder.key().map(usize::from), down);
        }
    }
}
