extern crate std;

use std::vec::Vec;

use tickwire_drivers::gps::mtk::{Command, Rates};

use super::*;
use crate::page::{COLUMNS, render};
use crate::state::Has;
use crate::{FixRate, Page, Receiver};

/// The knob has been used so far.
const NOW: Instant = Instant::from_millis(10_000);

fn with(receiver: Receiver) -> State {
    State { page: Page::Settings, receiver, ..State::default() }
}

#[track_caller]
fn check(state: &State, expected: [&str; ROWS]) {
    let page = render(state, NOW, Has::SETTINGS);
    assert_eq!(page.iter().map(|line| line.as_str()).collect::<Vec<_>>(), expected);
    assert!(page.iter().all(|line| line.chars().count() <= COLUMNS));
}

const UNKNOWN: [&str; 3] = ["firmware     unknown", "sentences    unknown", " rate        unknown"];

#[test]
fn a_receiver_of_which_nothing_is_known_says_so() {
    let [firmware, sentences, rate] = UNKNOWN;
    check(&with(Receiver::default()), [firmware, sentences, rate, "nothing asked yet"]);
    let last =
        |command, outcome| Receiver { last: Some((command, outcome)), ..Receiver::default() };
    for (outcome, row) in [
        (Outcome::Pending, "PMTK605          ..."),
        (Outcome::NoAnswer, "PMTK605    no answer"),
        (Outcome::NotSent, "PMTK605     not sent"),
        (Outcome::Answered(Verdict::Unsupported), "PMTK605  unsupported"),
        (Outcome::Answered(Verdict::Succeeded), "PMTK605         done"),
    ] {
        check(&with(last(Command::QueryVersion, outcome)), [firmware, sentences, rate, row]);
    }
}

#[test]
fn six_sentences_fit() {
    let check = |outputs: &[Output], row: &str| {
        let rates = outputs.iter().fold(Rates::NONE, |rates, it| rates.with(*it, Every::Fix));
        let state = with(Receiver { rates: Some(rates), ..Receiver::default() });
        assert_eq!(render(&state, NOW, Has::SETTINGS)[1].as_str(), row);
    };
    let usual = [Output::Gga, Output::Rmc, Output::Gsa, Output::Gsv, Output::Vtg, Output::Gll];
    check(&[], "");
    check(&usual[..1], "GGA");
    check(&usual[..5], "GGA RMC GSA GSV VTG");
    check(&usual, "GGARMCGSAGSVVTGGLL");
    // More are cut.
    check(&[&usual[..], &[Output::Zda]].concat(), "GGARMCGSAGSVVTGGLLZD");
}

#[test]
fn a_rate_that_the_knob_changes_is_marked() {
    let mut state = with(Receiver { rate: Some(FixRate::OneHertz), ..Receiver::default() });
    let row = |state: &State| render(state, NOW, Has::SETTINGS)[2].clone();
    assert_eq!(row(&state).as_str(), " rate           1 Hz");
    state.push(NOW, Has::SETTINGS);
    assert_eq!(row(&state).as_str(), "*rate           1 Hz");
    state.turn(1, NOW, Has::SETTINGS);
    assert_eq!(row(&state).as_str(), "*rate           5 Hz");
    state.push(NOW, Has::SETTINGS);
    assert_eq!((row(&state).as_str(), state.page), (" rate           5 Hz", Page::Settings));
}

#[test]
fn a_station_without_a_line_to_the_receiver_has_no_such_page() {
    let page = render(&with(Receiver::default()), NOW, Has::PULSES);
    assert_eq!(page[0].as_str(), "sentences          0");
}
