//! Any times, dates and settings: nothing overflows, and the answers agree.

use proptest::prelude::*;
use tickwire_drivers::gps::pps::{State, Timekeeper, Utc};
use tickwire_drivers::gps::{Date, Time};
use tickwire_traits::{Duration, Instant};

#[derive(Clone, Copy, Debug)]
enum Event {
    Pulse,
    Sentence(Utc),
    Announce(Date),
    Lost,
}

/// The next time: later or earlier than the last one by microseconds, or any.
#[derive(Clone, Copy, Debug)]
enum At {
    After(i64),
    Any(u64),
}

fn check(latency: u64, patience: u64, events: &[(At, Event)]) {
    let mut keeper = Timekeeper::new()
        .with_latency(Duration::from_micros(latency))
        .with_patience(Duration::from_micros(patience));
    let mut at = Instant::from_micros(1 << 40);
    let mut latest = at;
    for (time, event) in events {
        at = Instant::from_micros(match *time {
            At::After(micros) => at.as_micros().saturating_add_signed(micros),
            At::Any(micros) => micros,
        });
        latest = latest.max(at);
        match *event {
            Event::Pulse => drop(keeper.pulse(at)),
            Event::Sentence(utc) => keeper.sentence(utc.date(), utc.time(), at),
            Event::Announce(date) => keeper.announce_leap_second(date),
            Event::Lost => keeper.fix_lost(),
        }
        for now in [at, Instant::EPOCH, Instant::MAX, at + Duration::from_secs(86_399)] {
            let (utc, lock) = (keeper.utc_at(now), keeper.lock(now));
            assert_eq!(utc.is_none(), lock.state == State::Searching);
            let _ = (keeper.compare(&Timekeeper::new(), now), keeper.compare(&keeper, now));
            let Some((begins, second)) = keeper.next_second(now) else { continue };
            if second.date().year() == 9_999 {
                continue;
            }
            assert_eq!(second.subsec_micros(), 0, "{second}");
            // Near the end of time, the next second is the last instant of all, or time wraps.
            if latest.as_micros() < 1 << 60 && now < Instant::MAX {
                assert!(begins > now && begins <= now + Duration::from_micros(1_100_000));
                // The same instant by both ways, but for the rounding.
                let Some(by_clock) = keeper.utc_at(begins).map(Utc::unix_micros) else { continue };
                assert!(by_clock.abs_diff(second.unix_micros()) <= 1, "{second}");
            }
        }
    }
}

fn any_at() -> impl Strategy<Value = At> {
    prop_oneof![
        4 => Just(At::After(1_000_000)),
        2 => (-20_000_i64..20_000).prop_map(|off| At::After(1_000_000 + off)),
        2 => (0_i64..3_000_000).prop_map(At::After),
        1 => (-100_000_000_000_i64..100_000_000_000).prop_map(At::After),
        1 => any::<u64>().prop_map(At::Any),
        1 => (0_u64..1_000_000).prop_map(|micros| At::Any(u64::MAX - micros)),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    let utc = prop_oneof![
        // Around the end of 2016.
        4 => (0_u64..6_000_000).prop_map(|micros| 1_483_228_797_000_000 + micros),
        1 => any::<u64>(),
        1 => 0_u64..3_000_000,
    ];
    prop_oneof![
        6 => Just(Event::Pulse),
        4 => utc.prop_map(|micros| Event::Sentence(Utc::from_unix_micros(micros))),
        1 => (any::<u16>(), 1_u8..=12, 1_u8..=28)
            .prop_map(|(year, month, day)| Event::Announce(Date::new(year, month, day).unwrap())),
        1 => Just(Event::Announce(Date::new(2016, 12, 31).unwrap())),
        1 => Just(Event::Lost),
    ]
}

fn any_span() -> impl Strategy<Value = u64> {
    let max = i64::MAX as u64;
    prop_oneof![Just(0), 0_u64..2_000_000, any::<u64>(), Just(u64::MAX), Just(max), Just(max + 1)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_times_and_settings_are_calculated_with(
        latency in any_span(),
        patience in any_span(),
        events in prop::collection::vec((any_at(), any_event()), 0..60),
    ) {
        check(latency, patience, &events);
    }
}

#[test]
fn a_past_time_has_a_next_second_too() {
    let mut keeper = Timekeeper::new();
    let date = Date::new(2024, 12, 31).unwrap();
    keeper.sentence(date, Time::new(23, 59, 59, 0).unwrap(), Instant::from_millis(9_300));
    keeper.pulse(Instant::from_millis(10_000)); // Midnight.
    for (now, expected) in [(7_999, 8_000), (8_000, 9_000), (9_999, 10_000), (10_000, 11_000)] {
        let (at, _) = keeper.next_second(Instant::from_millis(now)).unwrap();
        assert_eq!(at, Instant::from_millis(expected), "after {now} ms");
    }
    let (_, second) = keeper.next_second(Instant::from_millis(7_999)).unwrap();
    assert_eq!(second.to_string(), "2024-12-31T23:59:58.000000Z");
}

#[test]
fn a_latency_beyond_all_is_a_day() {
    let keeper = Timekeeper::new().with_latency(Duration::from_micros(i64::MAX as u64));
    assert_eq!(keeper, Timekeeper::new().with_latency(Duration::from_secs(86_400)));
}

#[test]
fn the_latest_time_of_all_has_no_next_second() {
    let mut keeper = Timekeeper::new();
    let date = Date::new(2024, 12, 31).unwrap();
    keeper.sentence(date, Time::new(1, 2, 3, 0).unwrap(), Instant::MAX);
    keeper.pulse(Instant::MAX);
    assert_eq!(keeper.next_second(Instant::MAX).map(|(at, _)| at), Some(Instant::MAX));
}
