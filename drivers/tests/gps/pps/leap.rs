//! Leap seconds.

use tickwire_drivers::gps::pps::Timekeeper;
use tickwire_drivers::gps::{Date, Receiver};
use tickwire_traits::{Duration, Instant};

use super::{Bench, date};
use crate::sentences::sentence;

#[test]
fn a_leap_second_repeats_second_59() {
    // 2016-12-31T23:59:60Z, with and without the announcement and the sentence of second 60.
    for (announced, named) in [(true, true), (false, true), (true, false), (false, false)] {
        let mut keeper = Timekeeper::new();
        let eve = date(2016, 12, 31);
        if announced {
            keeper.announce_leap_second(eve);
        }
        let seconds = (30..60).map(|second| (eve, super::time(23, 59, second, 0)));
        let sixty = (eve, super::time(23, 59, 59, 0));
        let new_year = (0..9).map(|second| (date(2017, 1, 1), super::time(0, 0, second, 0)));
        let all = seconds.chain([sixty]).chain(new_year);
        for (n, (date, time)) in all.enumerate() {
            let begin = Instant::from_millis(1_000 * n as u64 + 1_000);
            keeper.pulse(begin);
            let at_pulse = keeper.utc_at(begin);
            if named || n != 30 {
                let read = begin + Duration::from_millis(300);
                if n == 30 {
                    keeper.sentence_in_leap_second(date, time, read);
                } else {
                    keeper.sentence(date, time, read);
                }
            }
            let utc = keeper.utc_at(begin + Duration::from_millis(400));
            let expected = match n {
                0 => continue,
                30 => "2016-12-31T23:59:59.400000Z".into(),
                _ => format!(
                    "{date}T{:02}:{:02}:{:02}.400000Z",
                    time.hour(),
                    time.minute(),
                    time.second()
                ),
            };
            if n != 30 || named || announced {
                assert_eq!(utc.unwrap().to_string(), expected, "{n} {announced} {named}");
            }
            if announced {
                let expected = expected.replace(".400000", ".000000");
                assert_eq!(
                    at_pulse.unwrap_or(utc.unwrap()).to_string().get(..19),
                    expected.get(..19)
                );
            }
        }
        assert_eq!(keeper.counters().new_phases, 0);
    }
}

/// Sentences that are read late name the second before, as they do after a leap second.
#[test]
fn late_sentences_around_midnight_are_no_leap_second() {
    let mut bench = Bench::new();
    bench.run(0..59);
    for second in [59, 60] {
        bench.pulse(second + 1);
        bench.late_sentence(second, 1_300);
    }
    assert_eq!((bench.keeper.counters().overruled, bench.keeper.counters().renamed), (2, 0));
    assert_eq!(bench.error(61_400_000), 0);
}

/// A receiver with a fix each 100 ms, and sentences that come after the next pulse or the one
/// after it.
#[test]
fn ten_fixes_in_a_leap_second_name_it() {
    for (eve, day_after) in [
        (date(2016, 12, 31), date(2017, 1, 1)),
        (date(2015, 6, 30), date(2015, 7, 1)),
        (date(2037, 3, 31), date(2037, 4, 1)), // None of the two preferred days.
    ] {
        for late_ms in [40, 300, 650, 970, 1_040, 1_300, 1_960] {
            for announced in [false, true] {
                check_ten(eve, day_after, late_ms, announced);
            }
        }
    }
}

#[track_caller]
fn check_ten(eve: Date, day_after: Date, late_ms: u64, announced: bool) {
    let least = Duration::from_secs(late_ms / 1_000);
    let (mut keeper, mut receiver) =
        (Timekeeper::new().with_latency(least), Receiver::<102>::new());
    if announced {
        keeper.announce_leap_second(eve);
    }
    // From 23:59:40 on, the leap second is the 21st.
    let mut known = announced;
    for n in 0..300_u64 {
        let now = Instant::from_millis(n * 100);
        if n % 10 == 0 {
            keeper.pulse(now);
        }
        if let Some(fix) = n.checked_sub(late_ms / 100) {
            let (second, tenth) = (fix / 10, fix % 10);
            let (clock, day) = match second {
                ..=20 => (235_940 + second, eve),
                _ => (second - 21, day_after),
            };
            let (year, month, day) = (day.year() % 100, day.month(), day.day());
            let moment = format!(
                "{clock:06}.{tenth}0,A,5224.74,N,00944.07,E,,,{day:02}{month:02}{year:02},,"
            );
            let read = now + Duration::from_millis(late_ms % 100);
            let line = sentence(format!("GPRMC,{moment}").as_bytes());
            let (_, update) = receiver.push_all(&line, read);
            keeper.update(&update.unwrap(), receiver.fix());
            known |= second == 20;
        }
        let asked = now + Duration::from_millis(99);
        let (second, tenth) = (n / 10, n % 10);
        let (day, clock) = match second {
            // The sentences begin.
            0..5 => continue,
            5..20 => (eve, format!("23:59:{:02}", second + 40)),
            20.. if !known => continue,
            20 => (eve, "23:59:59".into()),
            _ => (day_after, format!("00:00:{:02}", second - 21)),
        };
        let expected = format!("{day}T{clock}.{tenth}99000Z");
        let utc = keeper.utc_at(asked).map(|utc| utc.to_string());
        assert_eq!(utc, Some(expected), "{eve} {late_ms} {announced} {n}");
    }
    let counters = keeper.counters();
    let changes = (counters.renamed, counters.overruled);
    assert_eq!(changes, (u32::from(!announced), 0), "{eve} {late_ms} {announced}");
}

/// The decoder says which second is a leap second, and no time stands for it.
#[test]
fn the_last_millisecond_of_a_year_is_no_leap_second() {
    let mut keeper = Timekeeper::new();
    let eve = date(2016, 12, 31);
    for n in 0..60 {
        let begin = Instant::from_millis(n * 1_000 + 1_000);
        keeper.pulse(begin);
        let (second, millis) = if n < 59 { (n as u8, 0) } else { (59, 999) };
        let read = begin + Duration::from_millis(u64::from(millis) + 300);
        if n == 59 {
            keeper.sentence(eve, super::time(23, 59, 59, 0), begin + Duration::from_millis(300));
            keeper.pulse(begin + Duration::from_secs(1));
        }
        keeper.sentence(eve, super::time(23, 59, second, millis), read);
    }
    let utc = keeper.utc_at(Instant::from_millis(61_400)).unwrap();
    assert_eq!(utc.to_string(), "2017-01-01T00:00:00.400000Z");
    assert_eq!((keeper.counters().renamed, keeper.counters().overruled), (0, 0));
}

/// The pulse of second 60 is the first of all, after a sentence of second 59.
#[test]
fn a_leap_second_at_the_first_pulse_is_not_repeated_twice() {
    for (announced, named) in [(true, true), (false, true), (true, false)] {
        let mut keeper = Timekeeper::new();
        let (eve, time) = (date(2016, 12, 31), super::time(23, 59, 59, 0));
        if announced {
            keeper.announce_leap_second(eve);
        }
        keeper.sentence(eve, time, Instant::from_millis(300));
        keeper.pulse(Instant::from_millis(1_000));
        if named {
            keeper.sentence_in_leap_second(eve, time, Instant::from_millis(1_300));
        }
        let at = |keeper: &Timekeeper, millis| {
            keeper.utc_at(Instant::from_millis(millis)).unwrap().to_string()
        };
        assert_eq!(at(&keeper, 1_400), "2016-12-31T23:59:59.400000Z", "{announced} {named}");
        assert_eq!(at(&keeper, 2_400), "2017-01-01T00:00:00.400000Z", "{announced} {named}");
        keeper.pulse(Instant::from_millis(2_000));
        assert_eq!(at(&keeper, 2_400), "2017-01-01T00:00:00.400000Z", "{announced} {named}");
        keeper.pulse(Instant::from_millis(3_000));
        assert_eq!(at(&keeper, 3_400), "2017-01-01T00:00:01.400000Z", "{announced} {named}");
    }
}

/// The first sentence was read two seconds late.
#[test]
fn an_announced_leap_second_corrects_a_wrong_name() {
    let (mut keeper, eve) = (Timekeeper::new(), date(2016, 12, 31));
    keeper.announce_leap_second(eve);
    keeper.sentence(eve, super::time(23, 59, 57, 0), Instant::from_millis(300));
    keeper.pulse(Instant::from_millis(1_000)); // 23:59:60
    let sixty = super::time(23, 59, 59, 0);
    keeper.sentence_in_leap_second(eve, sixty, Instant::from_millis(1_300));
    for (millis, expected) in [
        (1_400, "2016-12-31T23:59:59.400000Z"),
        (2_000, "2017-01-01T00:00:00.000000Z"),
        (3_000, "2017-01-01T00:00:01.000000Z"),
    ] {
        if millis % 1_000 == 0 {
            keeper.pulse(Instant::from_millis(millis));
        }
        let utc = keeper.utc_at(Instant::from_millis(millis)).unwrap();
        assert_eq!(utc.to_string(), expected);
    }
}
