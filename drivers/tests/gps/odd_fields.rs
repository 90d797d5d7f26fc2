//! Sentences of real receivers with one odd field, whose other fields are used.

use tickwire_drivers::gps::{Date, Extended, Receiver, Status};
use tickwire_traits::Instant;

use crate::sentences::sentence;
use crate::vectors::check_body;

const POSITION: &str = "lat=524123456 lon=97345678";
const MOMENT: &str = "date=2024-05-17 time=08:30:15.000";

/// Checks an RMC sentence, given from its speed on.
#[track_caller]
fn check_rmc(tail: &str, expected: &str) {
    let body = format!("GPRMC,083015,A,5224.740736,N,00944.0740680,E,{tail}");
    check_body(&body, &format!("Valid {POSITION} {expected}").replace("  ", " "));
}

/// Checks a GGA sentence, given from its number of satellites on.
#[track_caller]
fn check_gga(tail: &str, expected: &str) {
    let body = format!("GPGGA,083015,5224.740736,N,00944.0740680,E,1,{tail}");
    check_body(&body, &format!("Valid {POSITION} {expected}"));
}

#[test]
fn a_variation_that_is_none_costs_only_itself() {
    for tail in [
        "1.00,,170524,999.9,E", // No model: a GNSS board of CATuav's kind.
        "1.00,,170524,999.9000,E,D",
        "1.00,,170524,0,A", // No letter after it: the mode follows.
        "1.00,,170524,003.1",
        "1.00,,170524,003.1,",
        "1.00,,170524,,W",
        "1.00,,170524,-003.1,W",
        "1.00,,170524,nan,W",
        "1.00,,170524",
    ] {
        check_rmc(tail, &format!("kn=100 {MOMENT}"));
    }
    check_rmc("1.00,,170524,180.0,W", &format!("kn=100 var=-18000 {MOMENT}"));
}

#[test]
fn a_leap_second_repeats_second_59() {
    check_body(
        "GPRMC,235960.00,A,5224.740736,N,00944.0740680,E,1.00,,311216,,",
        &format!("Valid {POSITION} kn=100 date=2016-12-31 time=23:59:59.000"),
    );
    check_body("GPRMC,235961,A,5224.740736,N,00944.0740680,E,1.00,,311216,,", "malformed");
    check_body("GPRMC,235860,A,5224.740736,N,00944.0740680,E,1.00,,311216,,", "malformed");
}

/// Each sentence that has a time, at the ends of a half-year and of a year.
#[test]
fn each_sentence_in_a_leap_second_says_so() {
    let place = "5224.740736,N,00944.0740680,E";
    for (clock, expected, is_leap) in [
        ("235959", "23:59:59.000", false),
        ("235959.999", "23:59:59.999", false),
        ("235960", "23:59:59.000", true),
        ("235960.00", "23:59:59.000", true),
        ("235960.50", "23:59:59.500", true),
        ("235960.9999", "23:59:59.999", true),
        ("000000.00", "00:00:00.000", false),
        ("", "", false),
    ] {
        for (short, day, month, year) in [("311216", 31, 12, 2016), ("300615", 30, 6, 2015)] {
            for (body, has_place, has_date) in [
                (format!("GPRMC,{clock},A,{place},1.00,,{short},,"), true, true),
                (format!("GPGGA,{clock},{place},1,08,1.0,54.3,M,46.9,M,,"), true, false),
                (format!("GPGLL,{place},{clock},A"), true, false),
                (format!("GNGNS,{clock},{place},AA,08,1.0,54.3,46.9,,"), true, false),
                (format!("GPZDA,{clock},{day:02},{month:02},{year},,"), false, true),
            ] {
                let mut receiver = Receiver::<102>::new().with_decoder(Extended::new());
                let (_, update) = receiver.push_all(&sentence(body.as_bytes()), Instant::EPOCH);
                let fix = receiver.fix();
                let time = fix.time().map(|it| it.value.to_string()).unwrap_or_default();
                assert_eq!(
                    (update.unwrap().leap_second, time.as_str()),
                    (is_leap, expected),
                    "{body}"
                );
                let date = fix.date().map(|it| it.value);
                assert_eq!(date, Date::new(year, month, day).filter(|_| has_date), "{body}");
                let latitude = fix.position().map(|it| it.value.latitude.e7());
                assert_eq!(latitude, has_place.then_some(524_123_456), "{body}");
            }
        }
    }
    for void in
        ["GPRMC,235960,V,,,,,,,311216,,", "GPGLL,,,,,235960,V", "GPGGA,235960,,,,,0,,,,,,,,"]
    {
        let mut receiver = Receiver::<102>::new();
        let (_, update) = receiver.push_all(&sentence(void.as_bytes()), Instant::EPOCH);
        assert!(!update.unwrap().leap_second, "no time is read: {void}");
    }
}

#[test]
fn a_speed_or_course_that_is_none_costs_only_itself() {
    check_rmc("inf,12.5,170524,,", &format!("course=12.50° NNE {MOMENT}"));
    check_rmc("-1,12.5,170524,,", &format!("course=12.50° NNE {MOMENT}"));
    check_rmc("1.00,360.01,170524,,", &format!("kn=100 {MOMENT}"));
    check_rmc("1.00,-12.5,170524,,", &format!("kn=100 {MOMENT}"));
    check_rmc("1e3,4e1,170524,,", MOMENT);
    check_body("GPVTG,999.9,T,,M,1.000,N,1.852,K,A", "kn=100");
    check_body("GPVTG,12.5,T,,M,,1.000,N,1.852,K,A", "course=12.50° NNE");
    check_body("GPVTG,12.5,,,,1.000", "kn=100 course=12.50° NNE");
    check_body("GPVTG,12.5,T,,M", "malformed");
    check_body("GPVTG,12.5,T,,M,1e3,N,1.852,K,A", "course=12.50° NNE");
}

#[test]
fn a_count_dop_or_height_that_is_none_costs_only_itself() {
    for (tail, expected) in [
        ("300,1.0,54.3,M,46.9,M,,", "alt=54300 geoid=46900 time=08:30:15.000 Autonomous hdop=1.00"),
        ("08,655.36,54.3,M,,M,,", "alt=54300 time=08:30:15.000 Autonomous used=8"),
        ("08,99999,,M,,M,,", "time=08:30:15.000 Autonomous used=8"),
        ("08,1.0,2147484,M,46.9,M,,", "geoid=46900 time=08:30:15.000 Autonomous used=8 hdop=1.00"),
        ("08,1.0,1e3,M,46.9,M,,", "geoid=46900 time=08:30:15.000 Autonomous used=8 hdop=1.00"),
        ("08,1.0,54.3,M,-99999999,M,,", "alt=54300 time=08:30:15.000 Autonomous used=8 hdop=1.00"),
        // Shifted by a field: a height in no known unit is none.
        ("08,,1.0,54.3,M,46.9,M,,", "time=08:30:15.000 Autonomous used=8"),
        (
            "08,1.0,54.3,,46.9,,,",
            "alt=54300 geoid=46900 time=08:30:15.000 Autonomous used=8 hdop=1.00",
        ),
        ("08,1.0,54.3", "alt=54300 time=08:30:15.000 Autonomous used=8 hdop=1.00"),
        ("-8,-1.0,-54.3,M,,M,,", "alt=-54300 time=08:30:15.000 Autonomous"),
    ] {
        check_gga(tail, expected);
    }
}

#[test]
fn a_void_sentence_is_believed_whatever_else_it_says() {
    for body in [
        "GPRMC,083015.984,V,36000.0000,N,72000.0000,E,0.000000,,170524,,",
        "GPRMC,083015.984,V,36000.0000,N,72000.0000,E,0.000000,,170524,,,N",
        "GPRMC,083015.984,V,,,,,,,170524,0,N",
        "GPRMC,996199,V,9960.0,X,nan,Y,-,-,320199,-,-",
        "GPGLL,36000.0000,N,72000.0000,E,083015.984,V",
        "GPGLL,36000.0000,N,72000.0000,E,083015.984,V,N",
        "GPGLL,,,,,,V",
    ] {
        check_body(body, "Lost");
    }
    check_body("GPGGA,996199,36000.0000,N,72000.0000,E,0,-,nan,1e9,M,,M,,", "Lost NoFix");
}

#[test]
fn a_void_placeholder_ends_a_fix() {
    for void in [
        "GPRMC,083016,V,36000.0000,N,72000.0000,E,0.000000,,170524,,",
        "GPGLL,36000.0000,N,72000.0000,E,083016,V",
    ] {
        let mut receiver = Receiver::<102>::new();
        let valid = "GPRMC,083015,A,5224.740736,N,00944.0740680,E,0.0,0.0,170524,,,A";
        for byte in [valid, void].map(|body| sentence(body.as_bytes())).concat() {
            let _ = receiver.push(byte, Instant::EPOCH);
        }
        assert_eq!(receiver.counters().malformed, 0, "{void}");
        assert_eq!(receiver.fix().status().map(|it| it.value), Some(Status::Lost), "{void}");
    }
}

#[test]
fn a_dilution_that_is_empty_costs_only_itself() {
    for (tail, expected) in [
        // As receivers report a two-dimensional fix.
        ("2,04,11,23,,,,,,,,,,02.4,02.4,", "Two pdop=2.40 hdop=2.40"),
        ("2,04,11,23,,,,,,,,,,,02.4,", "Two hdop=2.40"),
        ("2,04,11,23,,,,,,,,,,,,", "Two"),
        ("3,04,11,23,31,,,,,,,,,,1.1,", "Three hdop=1.10"),
        ("3,04,11,23,31,,,,,,,,,2.4,,2.1", "Three pdop=2.40 vdop=2.10"),
        ("3,04,11,23,31,,,,,,,,,655.36,1.0,1.0", "Three hdop=1.00 vdop=1.00"),
        ("3,04,11,23,31,,,,,,,,,2.4,1.0,2.1,1", "Three pdop=2.40 hdop=1.00 vdop=2.10"),
        // Without a fix, receivers leave these out.
        ("1,04,11,23,31,,,,,,,,,,,", "NoFix"),
        ("1,04,11,23,31,,,,,,,,,2.4,,", "NoFix"),
        ("1,,,", "NoFix"),
        // A satellite that is no number is none of these.
        ("3,04,-,G1,31,,,,,,,,,2.4,1.0,2.1", "Three pdop=2.40 hdop=1.00 vdop=2.10"),
        // Eleven satellites: which three are the dilutions?
        ("3,04,11,23,31,,,,,,,,2.4,1.0,2.1", "Three"),
        // 24 satellites: the thirteenth is no dilution of precision.
        ("3,01,02,03,04,05,06,07,08,09,10,11,12,13,14,15,16,,,,,,,,,2.4,1.0,2.1", "Three"),
    ] {
        check_body(&format!("GPGSA,A,{tail}"), expected);
    }
}

#[test]
fn minutes_that_round_to_sixty_are_the_next_degree() {
    for (latitude, expected) in [
        ("0059.9999999999", 10_000_000),
        ("0059.9999970000", 10_000_000), // A tie: to the even neighbor.
        ("0059.9999969999", 9_999_999),
        ("0000.0000030000", 0), // A tie.
        ("0000.0000030001", 1),
        ("8959.99999999999999999999999999", 900_000_000),
    ] {
        let body = format!("GPGLL,{latitude},N,00000.0,E,083015,A,A");
        check_body(&body, &format!("Valid lat={expected} lon=0 time=08:30:15.000"));
    }
}

/// The status and the time are read before the position, which has 71 minutes.
#[test]
fn a_malformed_sentence_sets_nothing_even_with_the_next_one() {
    let malformed = sentence(b"GPRMC,083015,A,5271.740736,N,00944.0740680,E,1.00,,170524,,,A");
    let next = sentence(b"GPVTG,054.7,T,,M,005.5,N,010.2,K,A");
    let mut receiver = Receiver::<102>::new();
    receiver.push_all(&[malformed, next].concat(), Instant::EPOCH);
    let (counters, fix) = (receiver.counters(), receiver.fix());
    assert_eq!((counters.malformed, counters.accepted), (1, 1));
    assert_eq!((fix.status(), fix.time(), fix.position()), (None, None, None));
    assert!(fix.course().is_some());
}
