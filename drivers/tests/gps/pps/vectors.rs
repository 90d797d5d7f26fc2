//! Vectors of the tutorial's timer, and cases of its defects.
//!
//! Two results differ on purpose from those of the tutorial's code. A pulse without a new sentence
//! counts the seconds on, where that code ignores it. The pulse of midnight is used, where that
//! code waits for the next. A third differs by its rounding: 104.8 steps are 105.

use tickwire_drivers::gps::pps::{Drift, Pulse, Timekeeper};
use tickwire_drivers::gps::{Receiver, Time};
use tickwire_traits::Instant;

use super::{SECOND, date, ms, time};

/// Offset of local time, one hour.
const LOCAL_MS: u32 = 3_600_000;

/// A sentence that is read at 400 ms, then a pulse at 1 s.
fn kept(sentence: &str) -> Timekeeper {
    kept_with_pulse_at(sentence, ms(1_000))
}

fn kept_with_pulse_at(sentence: &str, pulse: Instant) -> Timekeeper {
    let mut receiver = Receiver::<102>::new();
    let mut keeper = Timekeeper::new();
    for byte in sentence.bytes() {
        if let Some(update) = receiver.push(byte, ms(400)) {
            keeper.update(&update, receiver.fix());
        }
    }
    keeper.pulse(pulse);
    keeper
}

fn rmc(time: &str, date: &str) -> String {
    summed(&format!("GPRMC,{time},A,3749.1851,N,08338.7891,W,001.9,154.9,{date},,,A"))
}

fn summed(body: &str) -> String {
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${body}*{sum:02X}\r\n")
}

/// Checks the local time of day, as the tutorial's `get_t_split` returns it.
#[track_caller]
fn check(keeper: &Timekeeper, at: u64, of_day: u32, split: (u8, u8, u8, u32), day: &str) {
    let utc = keeper.utc_at(Instant::from_micros(at)).expect("there is a time");
    let local = (utc.time().millis_of_day() + LOCAL_MS) % 86_400_000;
    assert_eq!(local, of_day);
    let seconds = local / 1_000;
    let hms = ((seconds / 3_600) as u8, (seconds / 60 % 60) as u8, (seconds % 60) as u8);
    assert_eq!((hms.0, hms.1, hms.2, utc.subsec_micros()), split);
    assert_eq!(utc.date().to_string(), day);
}

#[test]
fn a_pulse_begins_the_second_after_that_of_the_sentence() {
    let keeper = kept(&rmc("180041.000", "240911"));
    check(&keeper, 1_000_000, 68_442_000, (19, 0, 42, 0), "2011-09-24");
    check(&keeper, 1_123_456, 68_442_123, (19, 0, 42, 123_456), "2011-09-24");
    check(&keeper, 2_500_000, 68_443_500, (19, 0, 43, 500_000), "2011-09-24");
    // A receiver whose fixes are not at whole seconds.
    let keeper = kept_with_pulse_at(&rmc("180041.896", "240911"), ms(450));
    check(&keeper, 450_000, 68_442_000, (19, 0, 42, 0), "2011-09-24");
}

#[test]
fn a_pulse_without_a_new_sentence_counts_on() {
    let mut keeper = kept(&rmc("180041.000", "240911"));
    assert_eq!(keeper.pulse(ms(2_000)), Pulse::Second { missed: 0 });
    check(&keeper, 2_000_000, 68_443_000, (19, 0, 43, 0), "2011-09-24");
}

#[test]
fn the_pulse_of_midnight_is_used() {
    let keeper = kept(&rmc("225959", "240911"));
    check(&keeper, 1_000_000, 0, (0, 0, 0, 0), "2011-09-24");
    let keeper = kept(&rmc("230000", "240911"));
    check(&keeper, 1_000_000, 1_000, (0, 0, 1, 0), "2011-09-24");
}

/// A time without a date, after midnight and before the new date, would be a day early.
#[test]
fn only_a_sentence_with_date_and_time_names_a_second() {
    let mut receiver = Receiver::<102>::new();
    let mut keeper = Timekeeper::new();
    let mut at = 400;
    for sentence in [
        rmc("235959", "311218"),
        summed("GPGGA,000000,3749.1802,N,08338.7865,W,1,07,1.1,397.4,M,-32.5,M,,0000"),
        summed("GPGLL,3749.1802,N,08338.7865,W,000000,A"),
        rmc("000000", "010119"),
    ] {
        let (_, update) = receiver.push_all(sentence.as_bytes(), ms(at));
        keeper.update(&update.unwrap(), receiver.fix());
        if at == 400 {
            keeper.pulse(ms(1_000));
            at = 1_300;
        }
        let utc = keeper.utc_at(ms(1_000)).unwrap();
        assert_eq!(utc.to_string(), "2019-01-01T00:00:00.000000Z", "{sentence}");
    }
    assert_eq!((keeper.counters().sentences, keeper.counters().overruled), (2, 0));
}

#[test]
fn a_sentence_without_a_fix_ends_the_use_of_pulses() {
    let mut keeper = kept(&rmc("180041.000", "240911"));
    let mut receiver = Receiver::<102>::new();
    let lost = summed("GPRMC,180042.000,V,,,,,,,240911,,,N");
    let (_, update) = receiver.push_all(lost.as_bytes(), ms(1_400));
    keeper.update(&update.unwrap(), receiver.fix());
    assert_eq!(keeper.pulse(ms(2_001)), Pulse::WithoutFix);
    check(&keeper, 2_000_000, 68_443_000, (19, 0, 43, 0), "2011-09-24");
}

#[test]
fn ten_fixes_a_second_lose_no_millisecond() {
    for (at, of_day) in [("180042.900", 68_443_000), ("180042.800", 68_443_000)] {
        let keeper = kept_with_pulse_at(&rmc(at, "240911"), ms(450));
        check(&keeper, 450_000, of_day, (19, 0, 43, 0), "2011-09-24");
    }
}

#[test]
fn a_second_of_899_milliseconds_is_900() {
    let mut receiver = Receiver::<102>::new();
    let (_, update) = receiver.push_all(rmc("180042.900", "240911").as_bytes(), ms(0));
    assert!(update.is_some());
    assert_eq!(receiver.fix().time().unwrap().value.millisecond(), 900);
}

#[test]
fn b_gps9_a_clock_that_is_set_at_the_pulse_carries() {
    for (sentence, day, expected) in [
        ((17, 29, 58, 0), (2024, 5, 4), "2024-05-04T17:30:00.000000Z"),
        ((17, 59, 58, 0), (2024, 5, 4), "2024-05-04T18:00:00.000000Z"),
        ((23, 59, 58, 0), (2024, 5, 4), "2024-05-05T00:00:00.000000Z"),
        ((23, 59, 58, 0), (2024, 2, 28), "2024-02-29T00:00:00.000000Z"),
        ((23, 59, 58, 0), (2023, 2, 28), "2023-03-01T00:00:00.000000Z"),
        ((23, 59, 58, 0), (2024, 12, 31), "2025-01-01T00:00:00.000000Z"),
    ] {
        let mut keeper = Timekeeper::new();
        let (hour, minute, second, millisecond) = sentence;
        let named: Time = time(hour, minute, second, millisecond);
        keeper.sentence(date(day.0, day.1, day.2), named, ms(400));
        keeper.pulse(ms(1_000));
        let (at, utc) = keeper.next_second(ms(1_600)).unwrap();
        assert_eq!((at, utc.to_string().as_str()), (ms(2_000), expected));
        keeper.pulse(at);
        assert_eq!(keeper.utc_at(at), Some(utc));
    }
}

#[test]
fn a_drift_over_ten_seconds_is_a_calibration() {
    for (micros, ppb, steps) in [
        (0, 0, 0),
        (10, 1_000, -1),
        (-10, -1_000, 1),
        (100, 10_000, -10),
        (-100, -10_000, 10),
        (1_000, 100_000, -105),
    ] {
        let mut keeper = Timekeeper::new();
        keeper.sentence(date(2024, 1, 1), Time::MIDNIGHT, ms(400));
        keeper.pulse(ms(1_000));
        let ten = (ms(1_000) + SECOND * 10).as_micros().saturating_add_signed(micros);
        keeper.pulse(Instant::from_micros(ten));
        let drift = keeper.drift().unwrap();
        assert!((drift.ppb() - ppb).abs() <= 1, "{drift:?}");
        assert_eq!(Drift::from_ppb(ppb).correction(954), steps);
    }
}
