//! How the receiver is set: what it answers, and what the knob changes.

use tickwire_sim::models::gps::AnswerFault;
use tickwire_sim::{Pace, Sim};
use tickwire_traits::Duration;

use crate::rig::Rig;

const FIRMWARE: &str = "AXN_5.1.7_3333_19020";
const SENTENCES: &str = "GGARMCGSAGSVVTGGLL";

/// Turns the knob back to the last page.
fn to_settings(rig: &mut Rig) {
    rig.hand.as_ref().expect("it has a knob").turn(-1);
    rig.pass_seconds(6);
}

/// Pushes the knob on the page of settings, and turns it.
fn set_rate(rig: &mut Rig, detents: i32) {
    let hand = rig.hand.as_ref().expect("it has a knob");
    hand.push(90);
    rig.pass_seconds(1);
    rig.hand.as_ref().expect("it has a knob").turn(detents);
    rig.pass_seconds(8);
}

/// The same, but for the answer.
fn begin_to_set_rate(rig: &mut Rig) {
    let hand = rig.hand.as_ref().expect("it has a knob");
    hand.push(90);
    rig.pass_seconds(1);
    rig.hand.as_ref().expect("it has a knob").turn(1);
}

/// The events of exchanges: obeyed, refused, without an answer, not sent.
#[track_caller]
fn check_outcomes(rig: &Rig, expected: [usize; 4]) {
    let outcomes = ["Obeyed", "Refused", "NoAnswer", "NotSent"].map(|name| rig.heard.count(name));
    assert_eq!(outcomes, expected);
}

#[test]
fn the_last_page_is_how_the_receiver_is_set() {
    let mut rig = Rig::with_commands(Sim::new());
    to_settings(&mut rig);
    rig.check([FIRMWARE, SENTENCES, " rate        unknown", "PMTK414         done"]);
    assert_eq!(rig.gps.commands(), ["PMTK605", "PMTK414"]);
    set_rate(&mut rig, 1);
    rig.check([FIRMWARE, SENTENCES, "*rate           5 Hz", "PMTK220         done"]);
    // A turn goes on where the last one has led to.
    rig.hand.as_ref().expect("it has a knob").turn(-2);
    rig.pass_seconds(8);
    rig.check([FIRMWARE, SENTENCES, "*rate           1 Hz", "PMTK220         done"]);
    let commands = rig.gps.commands();
    assert_eq!(commands[2], "PMTK220,200");
    assert!(commands[3..].iter().all(|command| command == "PMTK220,1000"), "{commands:?}");
    assert!((4..=5).contains(&commands.len()), "{commands:?}");
    // Another push, and the knob turns pages.
    rig.hand.as_ref().expect("it has a knob").push(90);
    rig.pass_seconds(1);
    rig.hand.as_ref().expect("it has a knob").turn(1);
    rig.pass_seconds(3);
    assert!(rig.shown()[0].ends_with("N"), "{:?}", rig.shown());
}

#[test]
fn a_receiver_that_does_not_answer_costs_one_line() {
    let mut rig = Rig::with_commands(Sim::new());
    rig.gps.fault(AnswerFault::Deaf);
    to_settings(&mut rig);
    let unknown = ["firmware     unknown", "sentences    unknown", " rate        unknown"];
    rig.check([unknown[0], unknown[1], unknown[2], "PMTK605    no answer"]);
    rig.pass_seconds(54);
    check_outcomes(&rig, [0, 0, 1, 0]);
    assert!(rig.gps.commands().is_empty());
    let mut silent = Rig::with_controls(Sim::new());
    silent.pass_seconds(60);
    assert_eq!(rig.heard.count("Gps"), silent.heard.count("Gps"));
    // Once it answers, it is asked what it is.
    set_rate(&mut rig, 1);
    rig.check([FIRMWARE, SENTENCES, "*rate           5 Hz", "PMTK414         done"]);
    check_outcomes(&rig, [3, 0, 1, 0]);
}

#[test]
fn a_receiver_that_is_silent_is_not_asked() {
    let mut rig = Rig::with_commands(Sim::new());
    rig.gps.unplug();
    to_settings(&mut rig);
    rig.pass_seconds(30);
    let unknown = ["firmware     unknown", "sentences    unknown", " rate        unknown"];
    rig.check([unknown[0], unknown[1], unknown[2], "nothing asked yet"]);
    check_outcomes(&rig, [0, 0, 0, 0]);
    rig.gps.plug();
    rig.pass_seconds(6);
    rig.check([FIRMWARE, SENTENCES, unknown[2], "PMTK414         done"]);
}

/// With the sentences before it, an answer takes half a second.
#[test]
fn an_answer_is_shown_as_it_comes_and_waited_for_two_seconds() {
    for (late_ms, after_ms, outcomes) in
        [(0, 1_500, [3, 0, 0, 0]), (1_300, 2_200, [3, 0, 0, 0]), (2_100, 2_500, [2, 0, 1, 0])]
    {
        let mut rig = Rig::with_commands(Sim::new());
        to_settings(&mut rig);
        rig.gps.fault(AnswerFault::Late(Duration::from_millis(late_ms)));
        begin_to_set_rate(&mut rig);
        rig.pass(Duration::from_millis(after_ms));
        check_outcomes(&rig, outcomes);
    }
}

#[test]
fn the_use_of_a_control_gives_an_answer_no_more_time() {
    let mut rig = Rig::with_commands(Sim::new());
    to_settings(&mut rig);
    rig.gps.fault(AnswerFault::Lost);
    begin_to_set_rate(&mut rig);
    rig.pass(Duration::from_millis(500));
    // Two clicks: the last one a second after the command.
    for _ in 0..2 {
        rig.button_clicks();
        rig.pass(Duration::from_millis(800));
    }
    rig.pass(Duration::from_millis(300));
    check_outcomes(&rig, [2, 0, 1, 0]);
}

#[test]
fn a_line_that_accepts_nothing_is_given_up() {
    let mut rig = Rig::with_commands(Sim::new());
    rig.line_is_stuck.set(true);
    rig.pass_seconds(5);
    check_outcomes(&rig, [0, 0, 0, 1]);
    rig.line_is_stuck.set(false);
    to_settings(&mut rig);
    set_rate(&mut rig, 1);
    rig.check([FIRMWARE, SENTENCES, "*rate           5 Hz", "PMTK414         done"]);
}

#[test]
fn a_rate_that_is_not_set_is_not_shown() {
    for (fault, row, outcomes) in [
        (AnswerFault::Refused(0), "PMTK220      invalid", [2, 1, 0, 0]),
        (AnswerFault::Refused(1), "PMTK220  unsupported", [2, 1, 0, 0]),
        (AnswerFault::Refused(2), "PMTK220       failed", [2, 1, 0, 0]),
        (AnswerFault::Lost, "PMTK220    no answer", [2, 0, 1, 0]),
        (AnswerFault::Other("PMTK001,314,3".into()), "PMTK220    no answer", [2, 0, 1, 0]),
    ] {
        let mut rig = Rig::with_commands(Sim::new());
        to_settings(&mut rig);
        rig.gps.fault(fault);
        set_rate(&mut rig, 1);
        rig.check([FIRMWARE, SENTENCES, "*rate        unknown", row]);
        check_outcomes(&rig, outcomes);
        // It may be turned again.
        rig.hand.as_ref().expect("it has a knob").turn(1);
        rig.pass_seconds(3);
        assert_eq!(rig.shown()[2], "*rate           5 Hz");
    }
}

#[test]
fn a_line_that_fails_is_told() {
    let mut rig = Rig::with_commands(Sim::new());
    to_settings(&mut rig);
    rig.gps.fail_next_write();
    set_rate(&mut rig, 1);
    rig.check([FIRMWARE, SENTENCES, "*rate        unknown", "PMTK220     not sent"]);
    check_outcomes(&rig, [2, 0, 0, 1]);
}

#[test]
fn a_receiver_answers_at_every_pace() {
    for pace in Pace::ALL {
        let mut rig = Rig::with_commands(pace.sim());
        rig.pass_seconds(20);
        let outcomes = ["Obeyed", "NoAnswer", "NotSent"].map(|name| rig.heard.count(name));
        assert_eq!(outcomes, [2, 0, 0], "{pace:?}");
    }
}
