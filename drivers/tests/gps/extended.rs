//! GNS, GST and ZDA, by the decoder that reads them.

use tickwire_drivers::gps::{
    Accuracy, Constellation, Extended, Modes, Receiver, Satellites, Sentence, Status,
};
use tickwire_sim::models;
use tickwire_traits::{Duration, Instant};

use crate::random::Random;
use crate::sentences::{SENTENCES, body, sentence};
use crate::vectors::verdict;

/// Sentences of each type, from receivers and from NMEA 0183.
pub(crate) const MORE: [&str; 12] = [
    "GNGNS,191503.01,3645.876324,N,03124.670280,E,AAN,08,1.3,-6.7,32.0,,,V",
    "GNGNS,053233.438,3114.8821,N,12135.2428,E,ANNA,07,1.2,167.2,8.3,,0000",
    "GNGNS,191434.96,,,,,NNN,,,,,,",
    "GPGNS,122310.2,,,,,,7,,,,5.2,23,V",
    "GPGST,150119.000,004.0,008.7,004.7,132.3,006.8,007.2,00014",
    "GPGST,232713.000,1.3,105.1,9.1,-40.9,0.3,0.3,0.6",
    "GPGST,232712.000,,,,,,,",
    "GPZDA,202640.000,13,04,2015,,",
    "GPZDA,232712.000,28,03,2016,00,00",
    "GNZDA,172809.456,12,07,1996,-05,30",
    "GPZDA,,,,,00,00",
    "GPZDA,235960.00,31,12,2016,,",
];

fn fed(bodies: &[&str]) -> Receiver<102, Extended> {
    let mut receiver = Receiver::new().with_decoder(Extended::new());
    for body in bodies {
        receiver.push_all(&sentence(body.as_bytes()), Instant::EPOCH);
    }
    receiver
}

/// What the decoder keeps, as text: errors in millimeters, the modes of systems, and the zone.
fn kept(decoder: &Extended) -> String {
    let mut told = Vec::new();
    if let Some(accuracy) = decoder.accuracy() {
        told.push(errors(&accuracy.value));
    }
    if let Some(modes) = decoder.modes() {
        told.push(letters(&modes.value));
    }
    told.extend(decoder.zone().map(|zone| zone.value.to_string()));
    told.join(" ")
}

fn errors(accuracy: &Accuracy) -> String {
    let text = |value: Option<u32>| value.map_or("-".into(), |value| value.to_string());
    let rms = text(accuracy.rms_mm());
    let axes = [accuracy.semi_major_mm(), accuracy.semi_minor_mm()].map(text).join("/");
    let orientation = accuracy.orientation().map_or("-".into(), |it| it.to_string());
    let place = [accuracy.latitude_mm(), accuracy.longitude_mm(), accuracy.altitude_mm()];
    format!("{rms} {axes} {orientation} {}", place.map(text).join("/"))
}

fn letters(modes: &Modes) -> String {
    let told = Constellation::ALL.map(|system| modes.of(system).map(|mode| format!("{mode:?}")));
    told.map(|mode| mode.unwrap_or("-".into())).join("/")
}

/// Checks the values of a sentence alone: those of the fix, and those that the decoder keeps.
#[track_caller]
fn check(body: &str, expected: &str, expected_kept: &str) {
    let receiver = fed(&[body]);
    assert_eq!(verdict(&receiver), expected, "{body}");
    assert_eq!(kept(receiver.decoder()), expected_kept, "{body}");
}

#[test]
fn gns_has_a_position_and_a_mode_for_each_system() {
    let valid = "Valid lat=367646054 lon=314111713";
    let place = "3645.876324,N,03124.670280,E";
    check(
        MORE[0],
        &format!("{valid} alt=-6700 geoid=32000 time=19:15:03.010 used=8 hdop=1.30"),
        "Autonomous/Autonomous/NoFix/-/-/-",
    );
    check(
        MORE[1],
        "Valid lat=312480350 lon=1215873800 alt=167200 geoid=8300 time=05:32:33.438 used=7 hdop=1.20",
        "Autonomous/NoFix/NoFix/Autonomous/-/-",
    );
    check(MORE[2], "Lost", "NoFix/NoFix/NoFix/-/-/-");
    check(MORE[3], "", ""); // Beside the one that has the position.
    for (modes, expected, kept) in [
        ("A", valid, "Autonomous/-/-/-/-/-"),
        ("ND", valid, "NoFix/Differential/-/-/-/-"),
        ("PRF", valid, "Precise/RtkFixed/RtkFloat/-/-/-"),
        ("NNNNNR", valid, "NoFix/NoFix/NoFix/NoFix/NoFix/RtkFixed"),
        // Later versions may add systems.
        ("NNNNNNA", "Lost", "NoFix/NoFix/NoFix/NoFix/NoFix/NoFix"),
        ("?A", valid, "-/Autonomous/-/-/-/-"),
        // These leave the status as it is, as in a GGA.
        ("E", &valid[6..], "Estimated/-/-/-/-/-"),
        ("NMS", &valid[6..], "NoFix/Manual/Simulated/-/-/-"),
        ("EA", valid, "Estimated/Autonomous/-/-/-/-"),
    ] {
        let time = if expected == "Lost" { "" } else { " time=01:02:03.000" };
        check(&format!("GNGNS,010203,{place},{modes},,,,,,"), &format!("{expected}{time}"), kept);
    }
    for malformed in ["", "?", "a", "1"] {
        check(&format!("GNGNS,010203,{place},{malformed},,,,,,"), "malformed", "");
    }
    check(&format!("GNGNS,256199,{place},N"), "Lost", "NoFix/-/-/-/-/-");
    check("GNGNS,010203,,,,,A,08,,,,,", "malformed", "");
    check(&format!("GNGNS,256199,{place},A"), "malformed", "");
    check("GNGNS,010203,3645.8,N", "malformed", "");
}

#[test]
fn a_field_of_gns_that_does_not_matter_costs_only_itself() {
    let place = "Valid lat=367646054 lon=314111713";
    for (tail, expected) in [
        ("", "time=01:02:03.000"),
        (",300,1.3,-6.7,32.0", "alt=-6700 geoid=32000 time=01:02:03.000 hdop=1.30"),
        (",08,nan,-6.7,32.0", "alt=-6700 geoid=32000 time=01:02:03.000 used=8"),
        (",08,1.3,1e3,32.0", "geoid=32000 time=01:02:03.000 used=8 hdop=1.30"),
        (",08,1.3,-6.7,x", "alt=-6700 time=01:02:03.000 used=8 hdop=1.30"),
    ] {
        let body = format!("GNGNS,010203,3645.876324,N,03124.670280,E,A{tail}");
        check(&body, &format!("{place} {expected}"), "Autonomous/-/-/-/-/-");
    }
}

#[test]
fn gst_has_the_errors_in_millimeters() {
    check(MORE[4], "", "4000 8700/4700 132.30° 6800/7200/14000");
    check(MORE[5], "", "1300 105100/9100 319.10° 300/300/600"); // From -180 degrees.
    check(MORE[6], "", ""); // Without a fix.
    for (fields, expected) in [
        ("0.0004,0.0005,9,360,1.2345,2147483.647,", "0 1/9000 360.00° 1235/2147483647/-"),
        (",,,,1.5,2.5,3.5", "- -/- - 1500/2500/3500"),
        ("-1,nan,1e3,360.01,1.5,2.5,99999999", "- -/- - 1500/2500/-"),
        (",,,-360,,,", "- -/- 0.00° -/-/-"),
        ("7", "7000 -/- - -/-/-"),
    ] {
        check(&format!("GNGST,,{fields}"), "", expected);
    }
    for fields in ["x", "-1,-1,-1,-361,-1,-1,-1", ",,,,,,1e3"] {
        check(&format!("GNGST,010203,{fields}"), "malformed", "");
    }
    for empty in ["", ",", ",,,,,,,,,"] {
        check(&format!("GNGST,010203{empty}"), "", "");
    }
}

#[test]
fn zda_has_the_date_with_its_century_and_the_zone() {
    check(MORE[7], "date=2015-04-13 time=20:26:40.000", "");
    check(MORE[8], "date=2016-03-28 time=23:27:12.000", "+00:00");
    check(MORE[9], "date=1996-07-12 time=17:28:09.456", "-05:30");
    check(MORE[10], "", "+00:00"); // The time is not known yet.
    check(MORE[11], "date=2016-12-31 time=23:59:59.000", "");
    for (zone, expected) in [
        ("13,59", "+13:59"),
        ("-13,00", "-13:00"),
        ("00,-30", "-00:30"),
        ("-00,30", "-00:30"),
        ("-05,-30", "-05:30"),
        ("+05,45", "+05:45"),
        ("5,", "+05:00"),
        ("14,00", ""),
        ("05,60", ""),
        (",30", ""),
        ("--5,30", ""),
        ("5.5,0", ""),
        ("x,0", ""),
        ("5", "+05:00"),
    ] {
        let body = format!("GPZDA,010203,29,02,2024,{zone}");
        check(&body, "date=2024-02-29 time=01:02:03.000", expected);
    }
    check("GPZDA,010203,1,3,2079", "date=2079-03-01 time=01:02:03.000", "");
    check("GPZDA,,01,03,2079,,", "date=2079-03-01", "");
    check("GPZDA,010203,,,,,", "time=01:02:03.000", "");
    for malformed in [
        "GPZDA,010203,29,02,2023,,",
        "GPZDA,010203,01,03,79,,",
        "GPZDA,010203,01,03,,,",
        "GPZDA,010203,01,,2079,,",
        "GPZDA,010203,00,03,2079,,",
        "GPZDA,240000,01,03,2079,,",
        "GPZDA,010203,01,03",
        "GPZDA,x",
    ] {
        check(malformed, "malformed", "");
    }
}

/// An MT3339 without a fix counts from 1980.
#[test]
fn a_time_without_a_fix_is_not_taken() {
    let invented = "GPZDA,000012.800,06,01,1980,,";
    for lost in ["GPRMC,,V,,,,,,,,,,N", "GPGGA,,,,,,0,,,,,,,,", "GNGNS,,,,,,NN,,,,,,"] {
        // A course has no status, and that of a malformed sentence does not count.
        let (course, malformed) =
            ("GPVTG,,T,,M,,N,,K,N", "GPRMC,120000,A,9945.00,N,00630.00,W,,,,,,A");
        let mut receiver = fed(&[lost, course, malformed, invented]);
        assert_eq!(receiver.counters().accepted, 3, "{lost}");
        assert_eq!(receiver.counters().malformed, 1, "{lost}");
        assert_eq!((receiver.fix().date(), receiver.fix().time()), (None, None), "{lost}");
        for found in [MORE[0], MORE[8]] {
            receiver.push_all(&sentence(found.as_bytes()), Instant::EPOCH);
        }
        assert_eq!(receiver.fix().date().unwrap().value.to_string(), "2016-03-28", "{lost}");
    }
}

#[test]
fn each_value_has_its_own_age() {
    let mut receiver = Receiver::<102>::new().with_decoder(Extended::new());
    let mut now = Instant::from_millis(1_000);
    for body in [MORE[0], MORE[4], MORE[9], MORE[6], MORE[3]] {
        let (_, update) = receiver.push_all(&sentence(body.as_bytes()), now);
        assert!(update.is_some(), "{body}");
        now += Duration::from_secs(1);
    }
    let decoder = receiver.decoder();
    assert_eq!(decoder.modes().unwrap().age(now), Duration::from_secs(5));
    assert_eq!(decoder.accuracy().unwrap().age(now), Duration::from_secs(4));
    assert_eq!(decoder.zone().unwrap().age(now), Duration::from_secs(3));
}

#[test]
fn every_talker_is_read_and_proprietary_sentences_are_not() {
    for talker in ["GP", "GL", "GA", "GB", "BD", "GQ", "QZ", "GI", "GN", "IN", "PQ"] {
        for body in [MORE[0], MORE[4], MORE[7]] {
            let receiver = fed(&[&format!("{talker}{}", &body[2..])]);
            assert_eq!(receiver.counters().accepted, 1, "{talker} {body}");
        }
    }
    for body in ["PXGNS,", "PGZDA,010203,01,03,2079,,", "GPGST", "GPZDAX,1", "GPXDA,1", "ZDA,1"] {
        check(body, "unsupported", "");
    }
}

/// The sentences that the inner decoder reads, through one and through two decoders around it.
#[test]
fn others_are_read_as_without_it() {
    let mut plain = Receiver::<102>::new();
    let mut once = Receiver::<102>::new().with_decoder(Extended::new());
    let twice = Extended::new().with_decoder(Extended::new());
    let mut twice = Receiver::<102>::new().with_decoder(twice);
    let mut random = Random(0x60d);
    for (now, original) in (0..).map(Instant::from_micros).zip(SENTENCES.repeat(200)) {
        let line = sentence(&random.mutated(body(original)));
        let expected = plain.push_all(&line, now);
        assert_eq!(once.push_all(&line, now), expected);
        assert_eq!(twice.push_all(&line, now), expected);
    }
    assert_eq!((once.fix(), once.counters()), (plain.fix(), plain.counters()));
    assert_eq!((twice.fix(), twice.counters()), (plain.fix(), plain.counters()));
    twice.push_all(&sentence(MORE[4].as_bytes()), Instant::EPOCH);
    assert!(twice.decoder().accuracy().is_some());
    assert!(twice.decoder().decoder().accuracy().is_none());
}

/// Each in either order, on the log of a receiver with satellites.
#[test]
fn decoders_are_around_each_other_in_any_order() {
    let mut log = models::gps::sky_log(3);
    for body in MORE {
        log.extend(sentence(body.as_bytes()));
    }
    let outer = Extended::new().with_decoder(Satellites::<32>::new());
    let inner = Satellites::<32>::new().with_decoder(Extended::new());
    let mut outer = Receiver::<102>::new().with_decoder(outer);
    let mut inner = Receiver::<102>::new().with_decoder(inner);
    for (now, byte) in (0..).map(Instant::from_micros).zip(log) {
        assert_eq!(outer.push(byte, now), inner.push(byte, now));
    }
    assert_eq!((outer.fix(), outer.counters()), (inner.fix(), inner.counters()));
    let (extended, other) = (outer.decoder(), inner.decoder().decoder());
    assert!(extended.accuracy().is_some() && extended.modes().is_some());
    assert_eq!(extended.accuracy(), other.accuracy());
    assert_eq!((extended.modes(), extended.zone()), (other.modes(), other.zone()));
    let (satellites, other) = (outer.decoder().decoder(), inner.decoder());
    assert_eq!(satellites.sets().count(), 4);
    assert_eq!(satellites.counters().sets, other.counters().sets);
}

#[test]
fn any_field_may_be_anything() {
    let mut random = Random(0x6057);
    let mut receiver = fed(&[]);
    let mut kinds = [0; 3];
    for _ in 0..30_000 {
        let original = MORE[random.below(MORE.len())];
        let line = sentence(&random.mutated(original.as_bytes()));
        let mut rest = &line[..];
        while !rest.is_empty() {
            let (taken, update) = receiver.push_all(rest, Instant::EPOCH);
            rest = &rest[taken..];
            match update.map(|update| update.sentence) {
                Some(Sentence::Gns) => kinds[0] += 1,
                Some(Sentence::Gst) => kinds[1] += 1,
                Some(Sentence::Zda) => kinds[2] += 1,
                _ => {}
            }
        }
    }
    assert!(kinds.iter().all(|count| *count > 500), "{kinds:?}");
    assert!(receiver.counters().malformed > 500, "{:?}", receiver.counters());
}

#[test]
fn a_receiver_that_sends_gns_alone_finds_and_loses_its_fix() {
    let mut receiver = fed(&[]);
    let mut transitions = Vec::new();
    for body in [MORE[2], MORE[0], MORE[0], MORE[3], MORE[2], MORE[2]] {
        let (_, update) = receiver.push_all(&sentence(body.as_bytes()), Instant::EPOCH);
        transitions.extend(update.unwrap().transition);
    }
    assert_eq!(format!("{transitions:?}"), "[Found, Lost]");
    assert_eq!(receiver.fix().status().unwrap().value, Status::Lost);
}
