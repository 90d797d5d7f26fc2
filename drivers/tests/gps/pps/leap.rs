//! Leap seconds.

use tickwire_drivers::gps::pps::Timekeeper;
use tickwire_traits::{Duration, Instant};

use super::{Bench, date};

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
        let sixty = (eve, super::time(23, 59, 59, 999));
        let new_year = (0..9).map(|second| (date(2017, 1, 1), super::time(0, 0, second, 0)));
        let all = seconds.chain([sixty]).chain(new_year);
        for (n, (date, time)) in all.enumerate() {
            let begin = Instant::from_millis(1_000 * n as u64 + 1_000);
            keeper.pulse(begin);
            let at_pulse = keeper.utc_at(begin);
            if named || n != 30 {
                keeper.sentence(date, time, begin + Duration::from_millis(300));
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
