//! Which satellites are used.

use super::{Reader, check, page};

/// A GSA sentence with these satellites.
fn gsa(talker: &str, numbers: &[u16], system: &str) -> String {
    let numbers: Vec<_> =
        (0..12).map(|at| numbers.get(at).map_or(String::new(), u16::to_string)).collect();
    format!("{talker}GSA,A,3,{},1.0,1.0,1.0{system}", numbers.join(","))
}

/// Checks what is published after some sentences.
#[track_caller]
fn check_used(bodies: &[String], expected: &str) {
    let mut reader = Reader::<64>::new();
    for body in bodies {
        reader.read(body);
    }
    assert_eq!(reader.shown(), expected, "{bodies:?}");
}

fn gps() -> String {
    page("GP", 1, 1, &[1, 2, 70], "1")
}

fn glonass() -> String {
    page("GL", 1, 1, &[65, 70], "1")
}

#[test]
fn a_list_before_the_sets_or_after_them_applies_to_all_signals() {
    let second = || page("GP", 1, 1, &[2, 3], "6");
    let end = || "GPRMC,,V,,,,,,,,,,N".to_owned();
    let expected = "GPS/1: 1 2* 70; GPS/6: 2* 3";
    check_used(&[gsa("GN", &[2], ",1"), gps(), second()], expected);
    check_used(&[gps(), gsa("GN", &[2], ",1"), second()], expected);
    check_used(&[gps(), second(), gsa("GN", &[2], ",1"), end()], expected);
    // It is not known to be whole before the next sentence.
    check_used(&[gps(), second(), gsa("GN", &[2], ",1")], "GPS/1: 1 2 70; GPS/6: 2 3");
}

#[test]
fn a_list_replaces_that_of_its_system_alone() {
    let first = || [gsa("GN", &[1], ",1"), gsa("GN", &[65], ",2"), gps(), glonass()];
    let after = |bodies: &[String]| [&first()[..], bodies].concat();
    check_used(&after(&[]), "GPS/1: 1* 2 70; GLONASS/1: 65* 70");
    check_used(&after(&[gsa("GN", &[2], ",1"), gps()]), "GPS/1: 1 2* 70; GLONASS/1: 65* 70");
    check_used(&after(&[gsa("GN", &[], ",2"), gps()]), "GPS/1: 1* 2 70; GLONASS/1: 65 70");
    let no_fix = |system| format!("GNGSA,A,1,,,,,,,,,,,,,,,,{system}");
    check_used(&after(&[no_fix("2"), gps()]), "GPS/1: 1* 2 70; GLONASS/1: 65 70");
    // By its talker.
    check_used(&after(&[gsa("GL", &[70], ""), gps()]), "GPS/1: 1* 2 70; GLONASS/1: 65 70*");
}

#[test]
fn sentences_in_a_row_are_one_list() {
    let many: Vec<_> = (3..15).collect();
    check_used(&[gsa("GN", &many, ",1"), gsa("GN", &[2], ",1"), gps()], "GPS/1: 1 2* 70");
    check_used(&[gsa("GN", &[1], ",1"), gsa("GN", &many, ",1"), gps()], "GPS/1: 1* 2 70");
    // Not across another sentence.
    check_used(&[gsa("GN", &[1], ",1"), gps(), gsa("GN", &[2], ",1"), gps()], "GPS/1: 1 2* 70");
}

#[test]
fn without_a_system_the_numbers_tell() {
    for talker in ["GN", "GP"] {
        let list = [gsa(talker, &[2], ""), gsa(talker, &[65], "")];
        let both = [&list[..], &[gps(), glonass()]].concat();
        check_used(&both, "GPS/1: 1 2* 70; GLONASS/1: 65* 70");
        // GLONASS is no longer in the list.
        let next = [&both[..], &[gsa(talker, &[1], ""), gps()]].concat();
        check_used(&next, "GPS/1: 1* 2 70; GLONASS/1: 65 70");
        let none = [&both[..], &[format!("{talker}GSA,A,1,,,,,,,,,,,,,,,"), gps()]].concat();
        check_used(&none, "GPS/1: 1 2 70; GLONASS/1: 65 70");
        // A talker of GPS that reports a satellite of GLONASS.
        check_used(&[gsa(talker, &[1, 70], ""), gps()], "GPS/1: 1* 2 70*");
    }
    let numbers = gsa("GN", &[205, 330, 195], "");
    let sets =
        [page("GB", 1, 1, &[205], ""), page("GA", 1, 1, &[330], ""), page("GQ", 1, 1, &[195], "")];
    check_used(&[&[numbers], &sets[..]].concat(), "Galileo/0: 330*; BeiDou/0: 205*; QZSS/0: 195*");
}

#[test]
fn a_list_of_other_than_twelve_is_no_list() {
    for list in ["GPGSA,A,3,01,02,1.0,1.0,1.0", "GPGSA,A,3,01", "GPGSA,A,3,01,,,,,,,,,,,,,,,,,,,"] {
        check(&[list, &gps()], "GPS/1: 1 2 70", (1, 0));
    }
}

#[test]
fn systems_that_number_alike_are_told_apart() {
    let set = |talker| page(talker, 1, 1, &[1, 2], "1");
    let lists = [gsa("GN", &[1], ",1"), gsa("GN", &[2], ",3"), gsa("GN", &[1], ",4")];
    check_used(
        &[&lists[..], &[set("GP"), set("GA"), set("GB")]].concat(),
        "GPS/1: 1* 2; Galileo/1: 1 2*; BeiDou/1: 1* 2",
    );
}
