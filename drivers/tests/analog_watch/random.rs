//! The machine, at random.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tickwire_drivers::analog_watch::{Band, BeyondFullScale, Place, Settings, Watcher};
use tickwire_traits::{Duration, Instant};

/// The same inputs each time.
fn config() -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(13);
    ProptestConfig { cases: 256, failure_persistence: None, rng_seed, ..ProptestConfig::default() }
}

/// Any settings, most of which are accepted.
fn settings(full_scale: u32) -> impl Strategy<Value = Settings> {
    let near = move || prop_oneof![9 => 0..=full_scale, 1 => any::<u32>()];
    let band = prop_oneof![
        (near(), near()).prop_map(|(low, high)| Band::between(low, high)),
        (near(), near()).prop_map(|(value, span)| Band::around(value, span)),
        near().prop_map(Band::around_current),
    ];
    let hysteresis = prop_oneof![3 => 0..=full_scale / 8, 1 => any::<u32>()];
    let period = prop_oneof![9 => 1..100_000_u64, 1 => any::<u64>()];
    let readings = prop_oneof![3 => 1..5_u16, 1 => any::<u16>()];
    (band, hysteresis, period, readings).prop_map(|(band, hysteresis, period, readings)| {
        Settings::new(band.with_hysteresis(hysteresis))
            .with_period(Duration::from_micros(period))
            .with_mean_of(readings)
    })
}

proptest! {
    #![proptest_config(config())]

    /// Whatever the settings, the readings and the times are.
    #[test]
    fn a_value_is_within_its_readings_and_the_deadline_is_ahead(
        (full_scale, settings) in prop_oneof![Just(1_023), Just(65_535), any::<u32>()]
            .prop_flat_map(|full| (Just(full), settings(full))),
        events in vec((any::<u32>(), any::<bool>(), 0..1_000_000_u64), 1..100),
    ) {
        let Ok(mut watcher) = Watcher::new(settings, full_scale) else { return Ok(()) };
        let (mut readings, mut beyond, mut was_beyond) = (Vec::new(), 0_u16, false);
        let mut now = Instant::EPOCH;
        for (reading, is_huge, wait) in events {
            now += Duration::from_micros(wait);
            let before = watcher.deadline();
            let reading = if is_huge { reading } else { reading % full_scale.saturating_add(1).max(1) };
            let sample = watcher.reading(reading, full_scale, now);
            prop_assert!(watcher.deadline() > now);
            prop_assert!(watcher.deadline() >= before);
            if reading > full_scale {
                beyond += 1;
                let expected = if was_beyond { Ok(None) } else { Err(BeyondFullScale(reading)) };
                prop_assert_eq!(sample, expected);
                was_beyond = true;
                continue;
            }
            was_beyond = false;
            readings.push(u64::from(reading));
            if let Some(sample) = sample.unwrap() {
                let count = readings.len() as u64;
                let mean = (2 * readings.iter().sum::<u64>() + count) / (2 * count);
                prop_assert_eq!(u64::from(sample.value), mean);
                prop_assert_eq!((sample.at, Some(sample.place)), (now, watcher.place()));
                readings.clear();
            }
        }
        prop_assert_eq!(watcher.beyond(), beyond);
    }

    /// Noise of up to the hysteresis around any value is one change at most.
    #[test]
    fn noise_within_the_hysteresis_is_one_change(
        low in 0..500_u32,
        width in 100..500_u32,
        hysteresis in 1..50_u32,
        rest in 0..1_000_u32,
        noise in vec(any::<u32>(), 2..100),
    ) {
        let band = Band::between(low, low + width).with_hysteresis(hysteresis);
        let mut watcher = Watcher::new(Settings::new(band), 1_023).unwrap();
        let (mut changes, mut place) = (0, None::<Place>);
        for noise in noise {
            // As far apart as the hysteresis, at most.
            let value = (rest + noise % (hysteresis + 1)).min(1_023);
            let now = watcher.deadline();
            let sample = watcher.reading(value, 1_023, now).unwrap().unwrap();
            changes += u32::from(place.is_some_and(|place| place != sample.place));
            place = Some(sample.place);
        }
        prop_assert!(changes <= 1, "{} changes", changes);
    }
}
