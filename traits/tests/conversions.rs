//! Conversions from the time types of other crates.
#![cfg(all(feature = "fugit", feature = "embassy-time"))]

use tickwire_traits::Duration;

#[test]
fn fugit_durations_round_up() {
    // 3 ticks at 32 768 Hz are 91.55 µs.
    let ticks = fugit::Duration::<u64, 1, 32_768>::from_ticks(3);
    assert_eq!(Duration::from(ticks), Duration::from_micros(92));
    let short = fugit::MillisDuration::<u32>::from_ticks(7);
    assert_eq!(Duration::from(short), Duration::from_millis(7));
    let back = fugit::MicrosDuration::<u64>::from(Duration::from_millis(2));
    assert_eq!(back.to_micros(), 2_000);
}

#[test]
fn embassy_durations_round_up() {
    let there = embassy_time::Duration::from(Duration::from_micros(1_001));
    assert!(there.as_micros() >= 1_001);
    let back = Duration::from(there);
    assert!(back >= Duration::from_micros(1_001));
    assert_eq!(Duration::from(embassy_time::Duration::MAX), Duration::MAX);
}
