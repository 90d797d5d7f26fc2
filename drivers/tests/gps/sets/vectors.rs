//! The sentences of the original's tests, and what the original makes of them.

use tickwire_drivers::gps::{Constellation, Satellite};

use super::{Reader, after, check};
use crate::sentences::{SENTENCES, body};

/// Number, elevation, azimuth and signal strength.
type Seen = (u16, i8, u16, Option<u8>);

fn seen(satellite: &Satellite) -> Seen {
    let number = satellite.number().unwrap();
    (number, satellite.elevation().unwrap(), satellite.azimuth().unwrap(), satellite.snr())
}

/// Reads a set that begins at one of the sentences of the original.
fn set_at(first: usize, pages: usize) -> Reader<32> {
    let bodies = SENTENCES[first..first + pages].iter().map(|it| body(it));
    let bodies: Vec<_> = bodies.map(|it| std::str::from_utf8(it).unwrap()).collect();
    after(&bodies)
}

/// Checks the satellites of a set of GPS, in their order.
#[track_caller]
fn check_set(first: usize, expected: &[Seen]) {
    let reader = set_at(first, expected.len().div_ceil(4));
    let sets: Vec<_> = reader.satellites().sets().collect();
    let [set] = sets[..] else { panic!("{sets:?}") };
    assert_eq!((set.system(), set.signal()), (Constellation::Gps, 0));
    assert_eq!(set.satellites().map(seen).collect::<Vec<_>>(), expected);
    assert_eq!((usize::from(set.in_view()), set.omitted()), (expected.len(), 0));
    assert_eq!(reader.counted(), (1, 0, 0));
}

/// The original leaves out the last sentence of a set whose number of satellites is a multiple of
/// four: eight of these twelve.
#[test]
fn b_gps1_the_last_sentence_of_a_full_set_is_read() {
    check_set(
        14,
        &[
            (28, 72, 355, Some(39)),
            (1, 52, 63, Some(33)),
            (17, 51, 272, Some(44)),
            (8, 46, 184, Some(38)),
            (24, 42, 58, Some(33)),
            (11, 34, 53, Some(33)),
            (7, 20, 171, Some(40)),
            (20, 15, 116, None),
            (4, 12, 204, Some(34)),
            (27, 11, 324, Some(35)),
            (32, 11, 89, None),
            (26, 10, 264, Some(40)),
        ],
    );
    check(
        &["GPGSV,1,1,04,01,45,180,30,02,45,180,30,03,45,180,30,04,45,180,30"],
        "GPS/0: 1 2 3 4",
        (1, 0),
    );
}

/// The last sentence ends with the empty fields of a twelfth.
#[test]
fn a_set_of_eleven_is_read() {
    check_set(
        17,
        &[
            (3, 3, 111, Some(0)),
            (4, 15, 270, Some(0)),
            (6, 1, 10, Some(0)),
            (13, 6, 292, Some(0)),
            (14, 25, 170, Some(0)),
            (16, 57, 208, Some(39)),
            (18, 67, 296, Some(40)),
            (19, 40, 246, Some(0)),
            (22, 42, 67, Some(42)),
            (24, 14, 311, Some(43)),
            (27, 5, 244, Some(0)),
        ],
    );
}

#[test]
fn a_set_of_fourteen_is_read() {
    check_set(
        20,
        &[
            (22, 81, 349, Some(25)),
            (14, 64, 296, Some(22)),
            (18, 54, 114, Some(21)),
            (51, 40, 212, None),
            (24, 30, 47, Some(22)),
            (4, 22, 312, Some(26)),
            (31, 22, 204, None),
            (12, 19, 88, Some(23)),
            (25, 17, 127, Some(18)),
            (21, 16, 175, None),
            (11, 9, 315, Some(16)),
            (19, 5, 273, None),
            (32, 5, 303, None),
            (15, 2, 73, None),
        ],
    );
}

#[test]
fn the_satellites_of_a_gsa_are_used() {
    for (gsa, expected) in [(12, &[7, 11, 28, 24, 26, 8, 17][..]), (13, &[7, 2, 26, 27, 9, 4, 15])]
    {
        let mut reader = Reader::<32>::new();
        reader.read(std::str::from_utf8(body(SENTENCES[gsa])).unwrap());
        let mut all: Vec<_> = (1..=32).collect();
        for (index, page) in all.chunks(4).enumerate() {
            reader.read(&super::page("GP", index as u8 + 1, 8, page, ""));
        }
        let used = reader.satellites().sets().flat_map(|set| set.satellites());
        let used = used.filter(|it| it.is_used()).filter_map(Satellite::number);
        all.retain(|number| expected.contains(number));
        assert_eq!(used.collect::<Vec<_>>(), all);
    }
}

/// In the original, a sentence that was cut ends the task.
#[test]
fn b_gps2_a_cut_sentence_is_read_as_far_as_it_goes() {
    check(&["GPGSV,1,1,04,28,72,355,39,01,52"], "GPS/0: 28", (1, 0));
    check(&["GPGSV,1,1,04,28,72,355,39,01,52,063"], "GPS/0: 28 1", (1, 0));
    check(&["GPGSV,1,1,04"], "GPS/0: ", (1, 0));
    check(&["GPGSV,1,1", "GPGSV,1", "GPGSV,,,", "GPGSA,A,3,07,11"], "", (0, 0));
}

/// In the original, the satellites of GLONASS replace those of GPS.
#[test]
fn b_gps7_systems_do_not_replace_each_other() {
    let gps =
        ["GPGSV,2,1,05,01,45,180,30,02,45,180,30,03,45,180,30,04,45,180,30", "GPGSV,2,2,05,05,,,"];
    let glonass = ["GLGSV,1,1,02,65,62,349,26,66,20,296,25"];
    check(&[&gps[..], &glonass].concat(), "GPS/0: 1 2 3 4 5; GLONASS/0: 65 66", (2, 0));
    check(&[&glonass[..], &gps].concat(), "GPS/0: 1 2 3 4 5; GLONASS/0: 65 66", (2, 0));
    // One between the sentences of the other.
    check(&[gps[0], glonass[0], gps[1]], "GPS/0: 1 2 3 4 5; GLONASS/0: 65 66", (2, 0));
}

#[test]
fn every_talker_names_its_system() {
    for (talker, expected) in [
        ("GP", "GPS"),
        ("GL", "GLONASS"),
        ("GA", "Galileo"),
        ("GB", "BeiDou"),
        ("BD", "BeiDou"),
        ("PQ", "BeiDou"),
        ("GQ", "QZSS"),
        ("QZ", "QZSS"),
        ("GI", "NavIC"),
    ] {
        check(&[&format!("{talker}GSV,1,1,01,07,,,,3")], &format!("{expected}/3: 7"), (1, 0));
    }
    check(&["GNGSV,1,1,01,07,,,", "XXGSV,1,1,01,07,,,"], "", (0, 0));
}

#[test]
fn each_value_is_known_or_not() {
    for (fields, expected) in [
        ("07,45,180,30", Some((Some(7), Some(45), Some(180), Some(30)))),
        ("07,,,", Some((Some(7), None, None, None))),
        (",45,,", Some((None, Some(45), None, None))),
        (",56,279,", Some((None, Some(56), Some(279), None))),
        (",,,17", Some((None, None, None, Some(17)))),
        ("463,90,359,99", Some((Some(463), Some(90), Some(359), Some(99)))),
        ("07,-05,360,00", Some((Some(7), Some(-5), Some(0), Some(0)))),
        ("07,44.5,179.9,30.4", Some((Some(7), Some(45), Some(180), Some(30)))),
        ("07,91,361,255", Some((Some(7), None, None, None))),
        ("x7,4x,1x,3x", None),
        ("00,,,", None),
        (",,,", None),
        ("99999,-91,-1,-1", None),
    ] {
        let reader = after::<4>(&[&format!("GPGSV,1,1,01,{fields}")]);
        let set = reader.satellites().sets().next().unwrap();
        let seen = set.satellites().map(|it| (it.number(), it.elevation(), it.azimuth(), it.snr()));
        assert_eq!(seen.collect::<Vec<_>>(), Vec::from_iter(expected), "{fields}");
    }
}
