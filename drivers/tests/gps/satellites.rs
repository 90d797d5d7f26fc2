//! Satellites in view, of systems with one signal and with several.

use tickwire_drivers::gps::{Constellation, Field, Receiver};
use tickwire_traits::Instant;

use crate::sentences::sentence;

/// Feeds sentences given by their bodies. Returns the number in view after each: `-` if it
/// is not new.
fn told(bodies: &[&str]) -> String {
    let mut receiver = Receiver::<102>::new();
    let mut told = Vec::new();
    for body in bodies {
        let (_, update) = receiver.push_all(&sentence(body.as_bytes()), Instant::EPOCH);
        let count = receiver.fix().satellites_in_view();
        let is_new = update.unwrap().set.contains(Field::SatellitesInView);
        told.push(if is_new { count.unwrap().to_string() } else { "-".to_owned() });
    }
    told.join(" ")
}

/// GSV sentences of one set: satellites, and the signal, if any.
fn set(talker: &str, ids: &[u16], signal: &str) -> Vec<String> {
    let pages: Vec<_> = ids.chunks(4).collect();
    let page = |(index, page): (usize, &&[u16])| {
        let satellites: String = page.iter().map(|id| format!(",{id:02},45,180,30")).collect();
        let (of, in_view) = (pages.len(), ids.len());
        format!("{talker}GSV,{of},{},{in_view:02}{satellites}{signal}", index + 1)
    };
    pages.iter().enumerate().map(page).collect()
}

#[track_caller]
fn check(sets: &[Vec<String>], expected: &str) {
    let bodies: Vec<_> = sets.iter().flatten().map(String::as_str).collect();
    assert_eq!(told(&bodies), expected);
}

#[test]
fn a_satellite_counts_once_on_however_many_signals() {
    let first = || set("GP", &[1, 2, 3, 4, 5], ",1");
    let second = || set("GP", &[4, 5, 6], ",6");
    let third = || set("GP", &[9, 10], ",8");
    // The first cycle is over when the second one begins; that is over with its last signal.
    let sets = [first(), second(), third(), first(), second(), third(), first()];
    check(&sets, "- - - - 8 - - 8 - -");
    // In between are other systems.
    let others = || set("GL", &[70, 71], ",1");
    check(&[first(), second(), others(), first(), second(), others()], "- - - - 6 - 6 8");
}

#[test]
fn a_cycle_is_told_from_wherever_it_is_heard() {
    let first = || set("GP", &[1, 2, 3], ",1");
    let second = || set("GP", &[3, 4], ",6");
    check(&[second(), first(), second(), first(), second(), first()], "- - 4 4 - 4");
}

#[test]
fn a_signal_that_falls_silent_is_waited_for_and_a_set_that_is_lost_is_not_missed() {
    let both = || [set("GP", &[1, 2, 3], ",1"), set("GP", &[3, 4], ",6")].concat();
    let one = || set("GP", &[1, 2], ",1");
    check(&[both(), both(), one(), one(), one(), one()], "- - 4 4 - - 2 2");
    // When it is back, no number is without it.
    check(&[both(), one(), one(), one(), both(), both()], "- - 4 - 2 2 4 - 4");
    check(&[both(), one(), both(), one(), both()], "- - 4 - 4 - - 4");
    // Only a signal that was never heard before is not waited for.
    check(&[one(), one(), both(), both()], "- 2 3 4 - 4");
}

#[test]
fn a_set_with_a_page_missing_spoils_its_cycle_alone() {
    let whole = || set("GP", &[1, 2, 3, 4, 5], ",1");
    let other = || set("GP", &[6], ",6");
    for missing in 0..2 {
        let mut torn = whole();
        torn.remove(missing);
        check(&[whole(), other(), torn, other(), whole(), other()], "- - - 6 - - - 6");
    }
}

#[test]
fn the_signal_is_read_whatever_stands_before_it() {
    for (page, expected) in [
        ("GPGSV,1,1,01,07,45,180,30,1", "- - 2"),
        ("GPGSV,1,1,01,07,45,180,,1", "- - 2"),
        ("GPGSV,1,1,01,07,,,,1", "- - 2"),
        ("PQGSV,1,1,01,07,45,180,,1,4", "- - 2"), // And the system, on modems.
        ("GPGSV,1,1,00,1", "- - 1"),
        ("GPGSV,1,1,01,07,45,180,30,A", "- - 2"),
        // All signals, and none that is named: a cycle of its own.
        ("GPGSV,1,1,01,07,45,180,30,0", "1 - 1"),
        ("PQGSV,1,1,01,07,45,180,,0,4", "1 - 1"),
        ("GPGSV,1,1,01,07,45,180,30,", "1 - 1"),
        ("GPGSV,1,1,01,07,45,180,30", "1 - 1"),
        ("GPGSV,1,1,01,07,45,180", "1 - 1"), // Without its strength.
        ("GPGSV,1,1,00", "0 - 0"),
    ] {
        // In between, another signal of which another satellite is heard.
        let other = format!("{}GSV,1,1,01,08,45,180,30,5", &page[..2]);
        assert_eq!(told(&[page, &other, page]), expected, "{page}");
    }
}

#[test]
fn without_signals_each_set_is_a_cycle() {
    let set = |ids: &[u16]| set("GP", ids, "");
    check(&[set(&[1, 2, 3]), set(&[1, 2, 4]), set(&[7])], "3 3 1");
}

#[test]
fn a_set_of_all_signals_shares_no_cycle_with_another() {
    let all = || set("GP", &[1, 2], ",0");
    let named = || set("GP", &[3], ",1");
    check(&[all(), named(), named(), all(), named()], "2 - 1 2 1");
}

#[test]
fn the_first_cycle_of_one_signal_is_told_when_the_next_one_begins() {
    let five = || set("GP", &[1, 2, 3, 4, 5], ",1");
    check(&[five(), five(), five()], "- - 5 5 - 5");
}

#[test]
fn each_numbering_has_a_place_for_each_satellite() {
    // GPS, SBAS by two numberings, GLONASS and QZSS, as a GPS talker may send them.
    let gps: Vec<_> = (1..=99).chain(120..=158).chain(173..=182).chain(193..=202).collect();
    for (talker, ids) in [
        ("GP", gps),
        ("GL", (1..=24).collect()),
        ("GL", (65..=99).collect()),
        ("GA", (1..=36).collect()),
        ("GA", (301..=336).collect()),
        ("GB", (1..=63).collect()),
        ("GB", (201..=263).collect()),
        ("GB", (401..=463).collect()),
        ("GQ", (1..=10).collect()),
        ("GQ", (183..=206).collect()),
        ("GI", (1..=14).collect()),
    ] {
        let mut receiver = Receiver::<102>::new();
        // In 15 sets, so that each announces fewer.
        for (signal, some) in ids.chunks(ids.len().div_ceil(15)).enumerate() {
            for page in set(talker, some, &format!(",{:X}", signal + 1)) {
                receiver.push_all(&sentence(page.as_bytes()), Instant::EPOCH);
            }
        }
        let next = set(talker, &ids[..1], ",1");
        receiver.push_all(&sentence(next[0].as_bytes()), Instant::EPOCH);
        let count = receiver.fix().satellites_in_view();
        assert_eq!(count.map(usize::from), Some(ids.len()), "{talker}, {ids:?}");
    }
}

#[test]
fn a_satellite_without_a_number_is_in_view_as_announced() {
    // A GLONASS satellite of which only the signal is known.
    assert_eq!(told(&["GLGSV,1,1,03,78,43,060,35,,,,17,68,10,300,"]), "3");
    // A receiver that names the first twelve.
    let mut pages = set("GP", &(1..=12).collect::<Vec<_>>(), "");
    for page in &mut pages {
        *page = page.replace(",12,", ",14,").replacen(",14,45", ",12,45", 1);
    }
    check(&[pages], "- - 14");
}

#[test]
fn systems_do_not_share_places() {
    let systems = ["GP", "GL", "GA", "GB", "GQ", "GI"].map(|talker| set(talker, &[1, 2], ""));
    let bodies: Vec<_> = systems.iter().flatten().map(String::as_str).collect();
    assert_eq!(told(&bodies), "2 4 6 8 10 12");
    assert_eq!(bodies.len(), Constellation::ALL.len());
}
