//! Calls that are dropped.

use std::cell::RefCell;

use futures_util::future::join;
use tickwire_drivers::gps::Strays;
use tickwire_drivers::gps::mtk::{Command, Rates, Verdict};
use tickwire_sim::models::gps::AnswerFault;
use tickwire_sim::{Sim, at_every_pace, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Timer, race};

use super::{NONE, SECOND, interval, sending, with_run};

const DONE: Verdict = Verdict::Succeeded;

#[test]
fn the_impatient_get_what_the_patient_get() {
    at_every_pace(|sim| {
        let (hub, control) = sending::<Command>(sim, |line| line.with_retries(1));
        control.fault(AnswerFault::Lost);
        let run = async { impatiently(async || hub.run().await).await };
        let sends = async {
            for command in [Command::Rates(Rates::USUAL), interval(200), Command::QueryVersion] {
                let sent = impatiently(async || hub.send(command).await).await;
                assert_eq!(sent, Ok(DONE), "{command}");
            }
            impatiently(async || hub.post(Command::Test).await).await.unwrap();
            sim.clock().sleep(SECOND).await;
        };
        sim.run(race(sends, run));
        // The first one was sent again, and no other.
        let expected = [
            Command::Rates(Rates::USUAL),
            Command::Rates(Rates::USUAL),
            interval(200),
            Command::QueryVersion,
            Command::Test,
        ];
        assert_eq!(control.commands(), expected.map(|command| command.to_string()));
        assert_eq!(hub.strays().foreign + hub.strays().doubled, 0);
    });
}

/// Drops the call at each of its pending polls. Returns how many there are.
fn polls(mut scenario: impl FnMut(usize) -> bool) -> usize {
    (1..).find(|polls| scenario(*polls)).unwrap()
}

#[test]
fn dropped_at_any_poll_a_call_leaves_the_line_to_another_command() {
    let polls = polls(|polls| {
        let sim = Sim::new();
        let (hub, control) = sending::<Command>(&sim, |line| line);
        control.fault(AnswerFault::Late(SECOND / 2));
        let ended = sim.run(with_run(&hub, async {
            let first = drop_after(polls, hub.send(Command::Rates(Rates::USUAL))).await;
            let at = sim.clock().now();
            assert_eq!(hub.send(Command::QueryVersion).await, Ok(DONE), "after {polls} polls");
            let waited = sim.clock().now() - at;
            assert!(waited < SECOND, "it waits for no other answer: {waited:?}");
            sim.clock().sleep(SECOND).await;
            first.is_some()
        }));
        // Obeyed whole, or not at all. Then the answer is late, and counted as one to another.
        let was_obeyed = control.commands().len() == 2 && !ended;
        assert_eq!(control.commands().last(), Some(&"PMTK605".to_string()));
        let expected = Strays { foreign: u32::from(was_obeyed), ..NONE };
        assert_eq!(hub.strays(), expected, "after {polls} polls");
        ended
    });
    assert!(polls > 6, "{polls}");
}

#[test]
fn dropped_at_any_poll_a_call_goes_on_with_the_same_command() {
    polls(|polls| {
        let sim = Sim::new();
        let (hub, control) = sending::<Command>(&sim, |line| line);
        let ended = sim.run(with_run(&hub, async {
            let first = drop_after(polls, hub.send(interval(200))).await;
            sim.clock().sleep(Duration::from_millis(50)).await;
            if first.is_none() {
                assert_eq!(hub.send(interval(200)).await, Ok(DONE), "after {polls} polls");
            }
            first.is_some()
        }));
        assert_eq!(control.commands(), ["PMTK220,200"], "after {polls} polls");
        ended
    });
}

#[test]
fn dropped_at_any_poll_a_call_frees_the_line_for_a_command_like_it() {
    polls(|polls| {
        let sim = Sim::new();
        let (hub, control) = sending::<Command>(&sim, |line| line);
        control.fault(AnswerFault::Late(SECOND / 2));
        let ended = sim.run(with_run(&hub, async {
            let first = drop_after(polls, hub.send(interval(200))).await;
            let was_sent = control.commands().len() == 1;
            // Its answer, and not the late one.
            if was_sent {
                control.fault(AnswerFault::Refused(2));
            }
            let second = hub.send(interval(100)).await;
            assert!(second.is_ok(), "after {polls} polls");
            assert!(!was_sent || second == Ok(Verdict::Failed), "after {polls} polls");
            first.is_some()
        }));
        assert!(hub.strays().late <= 1 && hub.strays().foreign == 0, "after {polls} polls");
        ended
    });
}

#[test]
fn an_exchange_that_was_dropped_long_ago_is_over() {
    for (pause, commands) in [(SECOND, 1), (SECOND * 3, 1), (SECOND * 5, 2)] {
        let sim = Sim::new();
        let (hub, control) = sending::<Command>(&sim, |line| line);
        sim.run(with_run(&hub, async {
            assert!(sim.clock().timeout(SECOND / 50, hub.send(interval(200))).await.is_err());
            sim.clock().sleep(pause).await;
            assert_eq!(hub.send(interval(200)).await, Ok(DONE));
        }));
        assert_eq!(control.commands().len(), commands, "after {pause:?}");
    }
}

#[test]
fn a_call_that_is_dropped_in_the_queue_sends_nothing() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line);
    let order = RefCell::new(Vec::new());
    sim.run(with_run(&hub, async {
        let push = |sent| order.borrow_mut().push(sent);
        let first = async { push(hub.send(Command::Test).await) };
        let dropped =
            async { assert!(drop_after(1, hub.send(Command::QueryRates)).await.is_none()) };
        let last = async { push(hub.send(interval(100)).await) };
        join(first, join(dropped, last)).await;
    }));
    assert_eq!(*order.borrow(), [Ok(DONE), Ok(DONE)]);
    assert_eq!(control.commands(), ["PMTK000", "PMTK220,100"]);
    assert_eq!(hub.strays(), NONE);
}
