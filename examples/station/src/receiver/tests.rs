extern crate std;

use std::format;
use std::vec::Vec;

use super::*;

/// A receiver that answers with these bodies, each to the next command, and is turned before them.
/// `""` is no answer.
fn after(turns: &[i32], answers: &[&str]) -> (Receiver, Vec<Command>) {
    let mut receiver = Receiver::default();
    assert_eq!(receiver.begin(), None, "it is not heard yet");
    assert!(receiver.heard() && !receiver.heard());
    turns.iter().for_each(|steps| receiver.turn(*steps));
    let mut commands = Vec::new();
    for answer in answers {
        commands.extend(receiver.begin());
        let sum = answer.bytes().fold(0, |sum, byte| sum ^ byte);
        receiver.hear(format!("${answer}*{sum:02X}").as_bytes());
        receiver.end(Outcome::NoAnswer);
    }
    commands.extend(receiver.begin());
    (receiver, commands)
}

#[track_caller]
fn check(turns: &[i32], answers: &[&str], commands: &[Command], rate: Option<FixRate>) {
    let (receiver, sent) = after(turns, answers);
    assert_eq!((&*sent, receiver.rate), (commands, rate), "{turns:?} {answers:?}");
}

const VERSION: &str = "PMTK705,AXN_1.3,2102,ABCD,";
const RATES: &str = "PMTK514,0,1,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0";
const SET: &str = "PMTK001,220,3";
const FAST: Command = FixRate::FiveHertz.command();
const SLOW: Command = FixRate::OneHertz.command();

use Command::{QueryRates, QueryVersion};

#[test]
fn a_receiver_that_answers_is_asked_twice() {
    check(&[], &[VERSION, RATES, ""], &[QueryVersion, QueryRates], None);
    check(&[], &[VERSION, "", ""], &[QueryVersion, QueryRates], None);
    check(&[], &["", "", ""], &[QueryVersion], None);
    check(&[], &["PMTK001,605,1", ""], &[QueryVersion], None);
    // The report follows.
    check(&[], &["PMTK001,605,3", ""], &[QueryVersion], None);
}

#[test]
fn a_rate_is_known_once_it_is_acknowledged() {
    let asked = [QueryVersion, QueryRates];
    let then = |command| [asked[0], asked[1], command];
    check(&[1], &[VERSION, RATES, SET], &then(FAST), Some(FixRate::FiveHertz));
    check(&[-3], &[VERSION, RATES, SET], &then(SLOW), Some(FixRate::OneHertz));
    // The last turn counts.
    check(&[1, -1], &[VERSION, RATES, SET], &then(SLOW), Some(FixRate::OneHertz));
    for refused in ["PMTK001,220,2", "PMTK001,314,3", ""] {
        check(&[1], &[VERSION, RATES, refused], &then(FAST), None);
    }
}

#[test]
fn a_receiver_that_answers_at_last_is_asked_again() {
    check(
        &[1],
        &["", SET, VERSION, RATES],
        &[QueryVersion, FAST, QueryVersion, QueryRates],
        Some(FixRate::FiveHertz),
    );
    // Not in a spin.
    check(
        &[1],
        &["PMTK001,605,1", SET, "PMTK001,605,1", ""],
        &[QueryVersion, FAST, QueryVersion],
        Some(FixRate::FiveHertz),
    );
}

#[test]
fn a_rate_that_is_being_set_is_not_set_twice() {
    let (mut receiver, _) = after(&[1], &["", ""]);
    receiver.turn(1);
    assert_eq!((receiver.begin(), receiver.shown()), (Some(FAST), Some(FixRate::FiveHertz)));
    receiver.turn(-1);
    assert_eq!(receiver.shown(), Some(FixRate::OneHertz));
    receiver.turn(1);
    receiver.end(Outcome::NoAnswer);
    assert_eq!((receiver.begin(), receiver.shown()), (None, None));
}

#[test]
fn an_answer_that_comes_late_changes_nothing() {
    let (mut receiver, _) = after(&[1], &[VERSION, RATES, ""]);
    assert!(!receiver.hear(b"$PMTK001,220,3*30"));
    assert_eq!((receiver.rate, receiver.last), (None, Some((FAST, Outcome::NoAnswer))));
}

#[test]
fn a_receiver_that_starts_anew_has_settings_of_its_own() {
    let (mut receiver, _) = after(&[1], &[VERSION, RATES, SET]);
    assert_eq!(receiver.rate, Some(FixRate::FiveHertz));
    assert!(!receiver.hear(b"$PMTK010,002*2D"), "it tells of its start alone");
    assert_eq!((receiver.begin(), receiver.rate), (None, Some(FixRate::FiveHertz)));
    assert!(receiver.hear(b"$PMTK010,001*2E"));
    assert_eq!((receiver.rates, receiver.rate), (None, None));
    assert_eq!(receiver.begin(), Some(QueryVersion));
    // In the first sentence of all, too.
    let mut receiver = Receiver::default();
    assert!(receiver.hear(b"$PMTK010,001*2E") && !receiver.heard());
}

#[test]
fn a_long_name_of_the_firmware_is_cut() {
    let (receiver, _) = after(&[], &["PMTK705,AXN_5.1.7_3333_19020118,0027,PA1010D,1.0"]);
    assert_eq!(receiver.firmware.as_deref(), Some("AXN_5.1.7_3333_19020"));
}
