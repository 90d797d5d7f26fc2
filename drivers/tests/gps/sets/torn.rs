//! Sets that are not whole are not shown.

use tickwire_traits::Duration;

use super::{Reader, check, page};

const OLD: &str = "GPGSV,1,1,01,99,45,180,30";

/// A set of three sentences, and others.
fn sentence(name: char) -> String {
    match name {
        '1' => page("GP", 1, 3, &[1, 2], ""),
        '2' => page("GP", 2, 3, &[3, 4], ""),
        '3' => page("GP", 3, 3, &[5, 6], ""),
        // Of a set of four sentences, and of another number of satellites.
        '4' => page("GP", 2, 4, &[7, 8], ""),
        '5' => "GPGSV,3,2,11,07,45,180,30".into(),
        // Of another signal and of another system.
        'S' => page("GP", 1, 1, &[11], "6"),
        'L' => page("GL", 1, 1, &[65], ""),
        'R' => "GPRMC,,V,,,,,,,,,,N".into(),
        'A' => "GPGSA,A,1,,,,,,,,,,,,,,,".into(),
        // Not supported, and malformed.
        'T' => "GNTXT,01,01,00,txbuf alloc".into(),
        'M' => "GPRMC,x".into(),
        _ => unreachable!("{name}"),
    }
}

/// Checks what is shown after each of the sentences: `o` the old set, `n` the new one. And the
/// number of sets that were torn.
#[track_caller]
fn check_pages(names: &str, expected: &str, torn: u32) {
    let mut reader = Reader::<64>::new();
    reader.read(OLD);
    let mut shown = String::new();
    for name in names.chars() {
        reader.read(&sentence(name));
        shown.push(match reader.shown().split(';').next().unwrap() {
            "GPS/0: 99" => 'o',
            "GPS/0: 1 2 3 4 5 6" => 'n',
            other => panic!("{other} after {names}"),
        });
    }
    assert_eq!((shown.as_str(), reader.counted().1), (expected, torn), "{names}");
}

#[test]
fn the_last_sentence_of_a_set_publishes_it() {
    check_pages("123", "oon", 0);
    check_pages("123123", "oonnnn", 0);
}

#[test]
fn a_set_without_one_of_its_sentences_is_torn() {
    check_pages("23", "oo", 1);
    check_pages("13", "oo", 1);
    check_pages("12", "oo", 0); // It may still come.
    check_pages("12123", "oooon", 1);
    check_pages("3", "o", 1);
    check_pages("3123", "ooon", 1);
    check_pages("2", "o", 1);
    check_pages("2323", "oooo", 2);
    check_pages("13123", "oooon", 1);
}

#[test]
fn a_set_with_a_sentence_doubled_or_misplaced_is_torn() {
    check_pages("1123", "ooon", 1);
    check_pages("1223", "oooo", 1);
    check_pages("1233", "oonn", 1);
    check_pages("132", "ooo", 2);
    check_pages("213", "ooo", 2);
    check_pages("321", "ooo", 2);
}

#[test]
fn a_set_whose_numbers_change_is_torn() {
    check_pages("143123", "ooooon", 2);
    check_pages("153123", "ooooon", 1);
}

#[test]
fn a_sentence_of_another_kind_tears_a_set() {
    check_pages("1R23", "oooo", 1);
    check_pages("12R3", "oooo", 1);
    check_pages("12A3123", "oooooon", 1);
    // The end of one cycle is lost, and the beginning of the next.
    check_pages("12RA3RA123", "ooooooooon", 1);
    check_pages("R123R", "ooonn", 0);
}

#[test]
fn what_no_decoder_reads_tears_nothing() {
    check_pages("1T2M3", "oooon", 0);
}

#[test]
fn other_signals_and_systems_tear_nothing() {
    check_pages("1S2L3", "oooon", 0);
    check_pages("1L3", "ooo", 1);
}

#[test]
fn every_order_of_four_sentences_shows_whole_sets_alone() {
    const NAMES: &[u8] = b"12345SLR";
    for at in 0..NAMES.len().pow(4) {
        let mut reader = Reader::<64>::new();
        reader.read(OLD);
        for place in 0..4 {
            let name = NAMES[at / NAMES.len().pow(place) % NAMES.len()];
            reader.read(&sentence(name.into()));
            for set in reader.shown().split("; ") {
                let whole = ["GPS/0: 99", "GPS/0: 1 2 3 4 5 6", "GPS/6: 11", "GLONASS/0: 65"];
                assert!(whole.contains(&set), "{set}");
            }
        }
    }
}

#[test]
fn a_set_that_is_not_renewed_gets_older() {
    let mut reader = Reader::<64>::new();
    reader.read(OLD);
    reader.read(&sentence('L'));
    reader.read(&sentence('1'));
    let ages: Vec<_> = reader.satellites().sets().map(|set| set.age(reader.now)).collect();
    assert_eq!(ages, [Duration::from_millis(2), Duration::from_millis(1)]);
}

#[test]
fn a_system_without_satellites_has_an_empty_set() {
    check(&["GPGSV,1,1,01,07,45,180,30", "GPGSV,1,1,00"], "GPS/0: ", (2, 0));
    check(&["GPGSV,1,1,01,07,45,180,30,1", "GPGSV,1,1,00,1"], "GPS/1: ", (2, 0));
}
