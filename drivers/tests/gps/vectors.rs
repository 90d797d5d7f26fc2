//! The reference's parser vectors, with its defects corrected.

use tickwire_drivers::gps::{
    Constellation, Course, Field, Fix, Receiver, Seconds, Speed, Status, Transition,
};
use tickwire_traits::{Duration, Instant};

use crate::sentences::{SENTENCES, sentence};

/// Feeds sentences, a second apart from 1 s on. Returns the receiver.
fn fed<'a>(sentences: impl IntoIterator<Item = &'a [u8]>) -> Receiver {
    let mut receiver = Receiver::new();
    let mut now = Instant::EPOCH;
    for sentence in sentences {
        now += Duration::from_secs(1);
        for byte in sentence.iter().chain(b"\r\n") {
            let _ = receiver.push(*byte, now);
        }
    }
    receiver
}

/// Checks the values of a single sentence: `name=value` for each, in the order of
/// `Fix`.
#[track_caller]
fn check(sentence: &str, expected: &str) {
    assert_eq!(verdict(&fed([sentence.as_bytes()])), expected, "{sentence}");
}

/// Returns the result of the single sentence that a receiver got.
pub(crate) fn verdict<const LINE: usize, D>(receiver: &Receiver<LINE, D>) -> String {
    let counters = receiver.counters();
    match (counters.accepted, counters.malformed, counters.unsupported) {
        (1, 0, 0) => told(receiver.fix()),
        (0, 1, 0) => "malformed".into(),
        (0, 0, 1) => "unsupported".into(),
        _ => format!("{counters:?}"),
    }
}

/// Checks the sentence that is made of `body`.
#[track_caller]
pub(crate) fn check_body(body: &str, expected: &str) {
    check(String::from_utf8_lossy(&sentence(body.as_bytes())).trim_end(), expected);
}

fn told(fix: &Fix) -> String {
    values(fix).join(" ").replace(" =", " ").trim_start_matches('=').to_owned()
}

/// Each value that is known. A position is two.
fn values(fix: &Fix) -> Vec<String> {
    let mut told = Vec::new();
    let mut tell = |name: &str, value: Option<String>| {
        told.extend(value.map(|value| format!("{name}={value}")));
    };
    tell("", fix.status().map(|it| format!("{:?}", it.value)));
    tell("lat", fix.position().map(|it| it.value.latitude.e7().to_string()));
    tell("lon", fix.position().map(|it| it.value.longitude.e7().to_string()));
    tell("alt", fix.altitude_mm().map(|it| it.value.to_string()));
    tell("geoid", fix.geoid_separation_mm().map(|it| it.value.to_string()));
    tell("kn", fix.speed().map(|it| it.value.hundredths().to_string()));
    tell("course", fix.course().map(|it| format!("{} {}", it.value, it.value.compass())));
    tell("var", fix.magnetic_variation_hundredths().map(|it| it.value.to_string()));
    tell("date", fix.date().map(|it| it.value.to_string()));
    tell("time", fix.time().map(|it| it.value.to_string()));
    tell("", fix.quality().map(|it| format!("{:?}", it.value)));
    tell("", fix.dimension().map(|it| format!("{:?}", it.value)));
    tell("used", fix.satellites_used().map(|it| it.value.to_string()));
    tell("pdop", fix.pdop().map(|it| it.value.to_string()));
    tell("hdop", fix.hdop().map(|it| it.value.to_string()));
    tell("vdop", fix.vdop().map(|it| it.value.to_string()));
    tell("view", fix.satellites_in_view().map(|it| it.to_string()));
    told
}

#[test]
fn each_value_that_a_sentence_sets_is_among_those_that_these_tests_compare() {
    for sentence in SENTENCES {
        let mut receiver = Receiver::<102>::new();
        let (_, update) = receiver.push_all(format!("{sentence}\r").as_bytes(), Instant::EPOCH);
        let Some(set) = update.map(|update| update.set) else { continue };
        let known = set.iter().count() + usize::from(set.contains(Field::Position));
        assert_eq!(values(receiver.fix()).len(), known, "{sentence}: {set:?}");
    }
}

#[test]
fn each_vector_says_what_it_says() {
    for (index, expected) in [
        "Valid lat=-378608333 lon=1451226667 kn=0 course=360.00° N var=1130 date=1998-09-13 time=08:18:36.000",
        "Valid lat=481173000 lon=115166667 kn=2240 course=84.40° E var=-310 date=1994-03-23 time=12:35:19.000",
        "Valid lat=492741667 lon=-1231853333 kn=50 course=54.70° NE var=2030 date=1994-11-19 time=22:54:46.000",
        "Valid lat=378197517 lon=-836464850 kn=190 course=154.90° SSE date=2011-09-24 time=18:00:41.896",
        "Valid lat=378196800 lon=-836464483 kn=180 course=156.30° SSE date=2011-09-24 time=18:00:49.896",
        "Valid lat=533613367 lon=-65056183 kn=6 course=31.66° NNE date=2011-05-28 time=09:27:51.000",
        "malformed", // 71 minutes.
        "Valid lat=492741667 lon=-1231853333 time=22:54:44.000",
        "Valid lat=-428426483 lon=1473084733 time=09:22:04.999", // No mode: before NMEA 2.3.
        "Lost",
        "kn=230 course=232.90° SW",
        "Valid lat=378196700 lon=-836464417 alt=397400 geoid=-32500 time=18:00:50.896 Autonomous used=7 hdop=1.10",
        "Three pdop=2.00 hdop=1.10 vdop=1.70",
        "Three pdop=1.80 hdop=1.00 vdop=1.50",
    ]
    .into_iter()
    .enumerate()
    {
        check(SENTENCES[index], expected);
    }
}

#[test]
fn what_cannot_be_is_malformed_and_what_may_be_empty_is_not() {
    for (body, expected) in [
        ("GPRMC,120000,A,9930.00,N,01131.000,E,,,230394,,", "malformed"),
        ("GPRMC,120000,A,9000.01,N,01131.000,E,,,230394,,", "malformed"),
        ("GPRMC,120000,A,4807.038,N,18000.001,E,,,230394,,", "malformed"),
        ("GPRMC,120000,A,4860.000,N,01131.000,E,,,230394,,", "malformed"),
        ("GPRMC,120000,A,4807.038,,01131.000,E,,,230394,,", "malformed"),
        ("GPRMC,120000,A,,,,,,,230394,,", "malformed"),
        ("GPRMC,120000,A,4807.038,N,01131.000,E,,,310294,,", "malformed"),
        ("GPRMC,240000,A,4807.038,N,01131.000,E,,,230394,,", "malformed"),
        ("GPRMC,1200nan,A,4807.038,N,01131.000,E,,,230394,,", "malformed"),
        ("GPRMC,120000,A,48nan,N,01131.000,E,,,230394,,", "malformed"),
        (
            "GPRMC,120000,A,4807.038,N,01131.000,E,,,230394,,",
            "Valid lat=481173000 lon=115166667 date=1994-03-23 time=12:00:00.000",
        ),
        ("GPRMC,,V,,,,,,,,,,N", "Lost"),
        // Without a fix, the other fields are ignored.
        ("GPRMC,235946.005,V,8960.000000,N,00000.000000,E,0.000,0.00,050180,,,N", "Lost"),
        ("GPGGA,120000,4807.038,N,01131.000,E,0,00,99.9,137.0,M,13.0,M,,", "Lost NoFix"),
        (
            "GPGGA,120000,4807.038,N,01131.000,E,4,12,,38969.123,M,,,,",
            "Valid lat=481173000 lon=115166667 alt=38969123 time=12:00:00.000 RtkFixed used=12",
        ),
        ("GPVTG,,T,,M,0.117,N,0.216,K,A", "kn=12"), // A u-blox that stands still.
        ("GPVTG,0.00,T,,M,0.000,N,0.000,K,N", ""),
        ("GPVTG,0.00,T,,M,1.000,N,0.000,K", "kn=100 course=0.00° N"),
        ("GPGSA,A,1,,,,,,,,,,,,,99.9,99.9,99.9", "NoFix"),
        ("GPGSV,1,1,00", "view=0"), // A u-blox that sees nothing.
        ("GPGSV,1,0,04,01,10,010,30", "malformed"),
        ("GPGSV,1,2,04,01,10,010,30", "malformed"),
        ("GPGSV,1,1,256,01,10,010,30", "malformed"),
        ("GNGSV,1,1,04,01,10,010,30", "unsupported"), // Whose?
        ("PGRMC,A,218.8,100,6378137.000,298.257223563,0.0,0.0,0.0,A,3,1,1,4,30", "unsupported"),
        ("PMTK705,AXN_1.30,0000,20090609,", "unsupported"),
        ("GPGRS,150134.000,1,-1.90,-7.56", "unsupported"),
        ("GPZDA,201530.00,04,07,2002,00,00", "unsupported"),
        ("GP", "unsupported"),
        ("", "unsupported"),
    ] {
        let sentence = sentence(body.as_bytes());
        check(String::from_utf8_lossy(&sentence).trim_end(), expected);
    }
}

#[test]
fn a_set_is_whole_at_its_last_sentence() {
    // 12 is a multiple of 4: the reference dropped the last sentence.
    for (sentences, in_view) in [(14..17, 12), (17..20, 11), (20..24, 14)] {
        let set = SENTENCES[sentences].iter().map(|sentence| sentence.as_bytes());
        let missing_last = fed(set.clone().take(set.len() - 1));
        assert_eq!(missing_last.fix().satellites_in_view(), None);
        let whole = fed(set.clone());
        assert_eq!(whole.fix().satellites_in_view(), Some(in_view));
        let missing_first = fed(set.clone().skip(1));
        assert_eq!(missing_first.fix().satellites_in_view(), None);
        let out_of_order = fed(set.rev());
        assert_eq!(out_of_order.fix().satellites_in_view(), None);
    }
}

#[test]
fn talkers_do_not_overwrite_one_another() {
    let bodies: [&[u8]; 7] = [
        b"GPGSV,2,1,08,01,10,010,30,02,10,010,30,03,10,010,30,04,10,010,30",
        b"GLGSV,2,1,05,65,10,010,30,66,10,010,30,67,10,010,30,68,10,010,30",
        b"GPGSV,2,2,08,05,10,010,30,06,10,010,30,07,10,010,30,08,10,010,30",
        b"GLGSV,2,2,05,69,10,010,30",
        b"PQGSV,1,1,02,02,20,116,,03,,,,0,4",
        b"GAGSV,1,1,00,7",
        b"GAGSV,1,1,00,7",
    ];
    let sentences = bodies.map(sentence);
    let receiver = fed(sentences.iter().map(|sentence| sentence.trim_ascii_end()));
    let of = |system| receiver.fix().satellites_in_view_of(system).map(|count| count.value);
    assert_eq!(of(Constellation::Gps), Some(8));
    assert_eq!(of(Constellation::Glonass), Some(5));
    assert_eq!(of(Constellation::BeiDou), Some(2));
    assert_eq!(of(Constellation::Galileo), Some(0));
    assert_eq!(of(Constellation::Qzss), None);
    assert_eq!(receiver.fix().satellites_in_view(), Some(15));
}

#[test]
fn each_value_has_its_own_age_and_a_lost_fix_shows() {
    let void = sentence(b"GPGGA,120000,,,,,0,00,,,M,,M,,");
    let mut receiver = fed([SENTENCES[5], SENTENCES[11], SENTENCES[10]].map(str::as_bytes));
    let now = Instant::from_millis(10_000);
    let update = void.iter().find_map(|byte| receiver.push(*byte, now)).unwrap();
    assert_eq!(update.transition, Some(Transition::Lost));
    assert_eq!(format!("{:?}", update.set), "{Status, Quality}");
    let fix = receiver.fix();
    let seconds = |age: Duration| age.as_secs();
    assert_eq!(fix.status().map(|it| it.value), Some(Status::Lost));
    assert_eq!(fix.date().map(|it| seconds(it.age(now))), Some(9));
    assert_eq!(fix.position().map(|it| seconds(it.age(now))), Some(8));
    assert_eq!(fix.course().map(|it| seconds(it.age(now))), Some(7));
    assert_eq!(fix.quality().map(|it| seconds(it.age(now))), Some(0));
    assert_eq!(fix.pdop(), None);
    let bytes = format!("{}\r", SENTENCES[5]).into_bytes();
    let found = bytes.iter().find_map(|byte| receiver.push(*byte, now)).unwrap();
    assert_eq!(found.transition, Some(Transition::Found));
}

#[test]
fn all_of_them_in_a_row_end_as_the_reference_does() {
    let receiver = fed(SENTENCES.map(str::as_bytes));
    let counters = receiver.counters();
    assert_eq!((counters.sentences, counters.accepted, counters.malformed), (24, 23, 1));
    let fix = receiver.fix();
    let position = fix.position().unwrap().value;
    assert_eq!(position.to_string(), "37.8196700° N, 83.6464417° W");
    let seconds = [position.latitude.seconds(), position.longitude.seconds()];
    assert_eq!(seconds.map(|it: Seconds| it.to_string()), ["37° 49' 11\" N", "83° 38' 47\" W"]);
    assert_eq!(position.latitude.minutes().to_string(), "37° 49.1802' N");
    assert_eq!(position.longitude.minutes().to_string(), "83° 38.7865' W");
    let speed = fix.speed().unwrap().value;
    assert_eq!((speed.kmh_hundredths(), speed.mph_hundredths()), (426, 265));
    assert_eq!(fix.date().unwrap().value.to_string(), "2011-05-28");
    assert_eq!(fix.satellites_in_view(), Some(14));
}

#[test]
fn a_compass_turns_where_it_should() {
    for (hundredths, point) in [
        (0, "N"),
        (1_124, "N"),
        (1_125, "NNE"),
        (3_374, "NNE"),
        (3_375, "NE"),
        (9_000, "E"),
        (18_000, "S"),
        (27_000, "W"),
        (34_874, "NNW"),
        (34_875, "N"),
        (36_000, "N"),
    ] {
        let course = Course::from_hundredths(hundredths).unwrap();
        assert_eq!(course.compass().to_string(), point, "{course}");
    }
    assert_eq!(Course::from_hundredths(36_001), None);
}

#[test]
fn a_mile_is_the_international_one() {
    // 1.151 mph to the knot, as the reference has it, makes 115.10.
    assert_eq!(Speed::from_hundredths(10_000).mph_hundredths(), 11_508);
    assert_eq!(Speed::from_hundredths(10_000).kmh_hundredths(), 18_520);
}

/// The original ignores what has 77 to 80 characters, and does not count it. NMEA 0183 allows 80.
#[test]
fn b_gps3_a_sentence_of_each_legal_length_is_read() {
    for digits in 0..=20 {
        let place = format!("3723.2475{:0digits$},N,12158.3416,W", 0);
        let gga = format!("GPGGA,161229.487,{place},1,07,1.0,9.0,M,-34.2,M,,");
        let gga = sentence(gga.as_bytes());
        let text = gga.trim_ascii_end();
        let receiver = fed([text]);
        assert_eq!(receiver.fix().altitude_mm().unwrap().value, 9_000, "{} bytes", text.len());
        assert_eq!(receiver.counters().over_standard_length, u32::from(text.len() > 80));
    }
}
