//! A receiver that does not answer as it should: an error or a count, and the next call works.

use std::slice;

use tickwire_drivers::gps::mtk::{Command, Verdict};
use tickwire_drivers::gps::{SendError, Strays};
use tickwire_sim::models::gps::{AnswerFault, LineFault};
use tickwire_sim::{Pace, Sim, at_every_pace};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use super::{NONE, PATIENCE, SECOND, interval, sending, with_run};

type Sent = Result<Verdict, SendError<LineFault>>;

const DONE: Sent = Ok(Verdict::Succeeded);
const NO_ANSWER: Sent = Err(SendError::NoAnswer);

/// Sends a command whose answer has faults, and then another one. `heard` is how many commands the
/// receiver has heard.
#[track_caller]
fn check(faults: &[AnswerFault], retries: u8, expected: Sent, strays: Strays, heard: usize) {
    at_every_pace(|sim| check_on(sim, faults, retries, expected, strays, heard));
}

#[track_caller]
fn check_on(
    sim: &Sim,
    faults: &[AnswerFault],
    retries: u8,
    expected: Sent,
    strays: Strays,
    heard: usize,
) {
    let (hub, control) = sending::<Command>(sim, |line| line.with_retries(retries));
    faults.iter().for_each(|fault| control.fault(fault.clone()));
    sim.run(with_run(&hub, async {
        assert_eq!(hub.send(interval(500)).await, expected, "{faults:?}, {retries} retries");
        // What is late comes now.
        sim.clock().sleep(SECOND * if strays.late > 0 { 60 } else { 5 }).await;
        assert_eq!(hub.send(Command::Test).await, DONE, "{faults:?}, and the next one");
    }));
    assert_eq!(hub.strays(), strays, "{faults:?}, {retries} retries");
    assert_eq!(control.commands().len(), heard, "{faults:?}, {retries} retries");
}

#[test]
fn an_answer_that_does_not_come_is_an_error() {
    check(&[], 0, DONE, NONE, 2);
    check(&[AnswerFault::Deaf], 0, NO_ANSWER, NONE, 1);
    check(&[AnswerFault::Lost], 0, NO_ANSWER, NONE, 2);
    check(&[AnswerFault::Torn(10)], 0, NO_ANSWER, NONE, 2);
    check(&[AnswerFault::Torn(18)], 0, DONE, NONE, 2); // A line end of one byte will do.
}

#[test]
fn a_command_is_sent_again_as_often_as_was_set() {
    let lost = AnswerFault::Lost;
    check(&[AnswerFault::Lost], 1, DONE, NONE, 3);
    check(&[AnswerFault::Deaf], 1, DONE, NONE, 2);
    check(&[lost.clone(), lost.clone()], 1, NO_ANSWER, NONE, 3);
    check(&[lost.clone(), lost.clone()], 2, DONE, NONE, 4);
}

#[test]
fn a_second_answer_is_counted() {
    let doubled = Strays { doubled: 1, ..NONE };
    check(&[AnswerFault::Doubled], 0, DONE, doubled, 2);
    // Sent again, because the answer was late.
    check_on(&Sim::new(), &[AnswerFault::Late(PATIENCE)], 1, DONE, doubled, 3);
}

#[test]
fn a_late_answer_is_counted() {
    let late = AnswerFault::Late(SECOND * 40);
    check(&[late], 0, NO_ANSWER, Strays { late: 1, ..NONE }, 2);
}

#[test]
fn a_late_task_lets_the_hub_read_what_came_meanwhile() {
    // The answer is there when the task wakes, which is when its patience ends.
    let slow = AnswerFault::Late(Duration::from_millis(2_500));
    let sim = || Pace::Late(SECOND).sim();
    check_on(&sim(), slice::from_ref(&slow), 0, DONE, NONE, 2);
    check_on(&sim(), &[AnswerFault::Lost, slow], 1, DONE, NONE, 3);
}

#[test]
fn an_answer_to_another_command_is_counted() {
    let foreign = Strays { foreign: 1, ..NONE };
    for (body, retries, expected, heard) in [
        ("PMTK001,314,3", 0, NO_ANSWER, 2),
        ("PMTK001,314,3", 1, DONE, 3),
        ("PMTK514,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,0", 0, NO_ANSWER, 2),
        ("PGACK,33,1", 0, NO_ANSWER, 2),
    ] {
        check(&[AnswerFault::Other(body.into())], retries, expected, foreign, heard);
    }
    // An acknowledgement that cannot be read.
    check(&[AnswerFault::Other("PMTK001,500,9".into())], 0, NO_ANSWER, foreign, 2);
    // These are no answers.
    for body in ["PMTK010,002", "PMTK011,MTKGPS", "PGTOP,11,3", "GPTXT,01,01,02,ANT OK"] {
        check(&[AnswerFault::Other(body.into())], 0, NO_ANSWER, NONE, 2);
    }
}

#[test]
fn a_late_answer_is_not_given_to_a_command_like_it() {
    for (second, expected) in [(interval(100), DONE), (interval(5_000), DONE)] {
        let sim = Sim::new();
        let (hub, control) = sending::<Command>(&sim, |line| line);
        control.fault(AnswerFault::Late(SECOND));
        control.fault(AnswerFault::Refused(2));
        sim.run(with_run(&hub, async {
            let clock = sim.clock();
            // Dropped before the answer came.
            assert!(clock.timeout(SECOND / 2, hub.send(interval(1_000))).await.is_err());
            assert_eq!(hub.send(second).await, Ok(Verdict::Failed));
            assert_eq!(hub.send(second).await, expected);
        }));
        assert_eq!(hub.strays(), Strays { late: 1, ..NONE });
        assert_eq!(control.commands().len(), 3);
    }
}

#[test]
fn an_answer_to_a_command_that_was_sent_again_is_not_given_to_one_like_it() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line.with_retries(1));
    // The first answer comes after the second command was sent, and the second one later.
    control.fault(AnswerFault::Late(PATIENCE));
    control.fault(AnswerFault::Late(SECOND));
    control.fault(AnswerFault::Refused(2));
    sim.run(with_run(&hub, async {
        assert_eq!(hub.send(interval(1_000)).await, DONE);
        assert_eq!(hub.send(interval(200)).await, Ok(Verdict::Failed));
    }));
    assert_eq!(hub.strays(), Strays { doubled: 1, ..NONE });
}

#[test]
fn an_answer_to_a_command_that_was_posted_is_no_stray() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line);
    control.fault(AnswerFault::Late(SECOND));
    control.fault(AnswerFault::Refused(2));
    sim.run(with_run(&hub, async {
        hub.post(interval(200)).await.unwrap();
        assert!(sim.clock().now().as_millis() < 30, "it waits for no answer");
        assert_eq!(hub.send(interval(100)).await, Ok(Verdict::Failed));
        assert_eq!(hub.send(Command::Test).await, DONE);
    }));
    assert_eq!((hub.strays(), control.commands().len()), (NONE, 3));
}

#[test]
fn a_receiver_on_standby_loses_the_first_byte_and_hears_the_next_try() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line.with_retries(1));
    sim.run(with_run(&hub, async {
        assert_eq!(hub.send(Command::Standby).await, DONE);
        sim.clock().sleep(SECOND * 5).await;
        assert_eq!(hub.send(Command::Test).await, DONE);
    }));
    assert_eq!(control.commands(), ["PMTK161,0", "PMTK000"]);
    assert_eq!(hub.strays(), NONE);
}

#[test]
fn a_dead_receiver_takes_its_patience_and_no_more() {
    let sim = Sim::new();
    let patience = Duration::from_millis(300);
    let (hub, control) =
        sending::<Command>(&sim, |line| line.with_patience(patience).with_retries(2));
    control.unplug();
    let sent = sim.run(with_run(&hub, hub.send(Command::Test)));
    assert_eq!(sent, NO_ANSWER);
    // Three times 14 bytes, the patience, and three looks.
    let expected = (patience + Duration::from_micros(14_584 + 3_000)) * 3;
    assert!(sim.clock().now().since(Instant::EPOCH) - expected < SECOND / 100);
}

#[test]
fn without_a_run_a_command_times_out() {
    at_every_pace(|sim| {
        let (hub, _) = sending::<Command>(sim, |line| line.with_retries(1));
        assert_eq!(sim.run(hub.send(Command::Test)), NO_ANSWER);
        assert_eq!(sim.run(hub.post(Command::Test)), Ok(()));
        // What came meanwhile is heard by the next run.
        assert_eq!(sim.run(with_run(&hub, hub.send(Command::QueryVersion))), DONE);
    });
}
