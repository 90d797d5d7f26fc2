//! The same command again: whether an exchange goes on or another one begins.

use embedded_io_async::ErrorKind;
use futures_util::future::join;
use tickwire_drivers::gps::mtk::{Command, Verdict};
use tickwire_drivers::gps::{Error, SendError};
use tickwire_sim::Sim;
use tickwire_sim::models::gps::{AnswerFault, LineFault};
use tickwire_traits::{Clock, Either, Instant, Timer, race};

use super::{NONE, SECOND, interval, sending, with_run};

type Sent = Result<Verdict, SendError<LineFault>>;

const DONE: Sent = Ok(Verdict::Succeeded);

#[test]
fn a_command_that_was_not_answered_is_sent_again_by_the_next_call() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line);
    control.fault(AnswerFault::Lost);
    sim.run(with_run(&hub, async {
        assert_eq!(hub.send(Command::Test).await, Err(SendError::NoAnswer));
        assert_eq!(hub.send(Command::Test).await, DONE);
    }));
    assert_eq!((control.commands().len(), hub.strays()), (2, NONE));
}

#[test]
fn a_failure_ends_all_calls_at_once_and_the_next_one_sends_again() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line);
    control.fault(AnswerFault::Lost);
    let fault = async {
        sim.clock().sleep(SECOND / 2).await;
        control.fail_next_read();
        control.say("GPTXT,01,01,02,ANT OK");
    };
    let run = join(hub.run(), fault);
    // The second call waits for its turn when the failure comes.
    let sends = join(hub.send(Command::Test), hub.send(interval(100)));
    let ((first, second), _) = sim.run(join(sends, run));
    let failed: Sent = Err(SendError::Receiver(Error::Read(ErrorKind::Other)));
    assert_eq!((first, second), (failed, failed));
    let taken = sim.clock().now() - Instant::EPOCH;
    assert!(taken < SECOND, "{taken:?}");
    assert_eq!(sim.run(with_run(&hub, hub.send(interval(100)))), DONE);
    assert_eq!(control.commands(), ["PMTK000", "PMTK220,100", "PMTK220,100"]);
}

#[test]
fn a_command_that_is_posted_is_always_sent() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line);
    sim.run(with_run(&hub, async {
        hub.post(interval(100)).await.unwrap();
        hub.post(interval(100)).await.unwrap();
        control.fault(AnswerFault::Late(SECOND));
        let dropped = sim.clock().timeout(SECOND / 2, hub.send(interval(200))).await;
        assert!(dropped.is_err());
        hub.post(interval(200)).await.unwrap();
        sim.clock().sleep(SECOND).await;
    }));
    let expected = ["PMTK220,100", "PMTK220,100", "PMTK220,200", "PMTK220,200"];
    assert_eq!(control.commands(), expected);
}

#[test]
fn an_answer_to_a_call_that_goes_on_is_not_late() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line);
    control.fault(AnswerFault::Late(SECOND));
    sim.run(with_run(&hub, async {
        let dropped = sim.clock().timeout(SECOND / 2, hub.send(Command::Test)).await;
        assert!(dropped.is_err());
        assert_eq!(hub.send(Command::Test).await, DONE);
    }));
    assert_eq!((control.commands().len(), hub.strays()), (1, NONE));
}

#[test]
fn a_command_waits_for_no_answer_that_has_come() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line.with_retries(1));
    control.fault(AnswerFault::Lost);
    sim.run(with_run(&hub, async {
        // Sent twice.
        assert_eq!(hub.send(Command::Test).await, DONE);
        let at = sim.clock().now();
        for millis in [100, 200, 300] {
            assert_eq!(hub.send(interval(millis)).await, DONE);
        }
        let taken = sim.clock().now() - at;
        assert!(taken < SECOND, "{taken:?}");
    }));
}

#[test]
fn a_failure_does_not_end_the_wait_for_a_late_answer() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line);
    control.fault(AnswerFault::Late(SECOND));
    let tasks = async {
        let clock = sim.clock();
        assert!(clock.timeout(SECOND / 2, hub.send(interval(100))).await.is_err());
        control.fail_next_read();
        hub.post(interval(200)).await.unwrap();
        assert!(clock.now() > Instant::EPOCH + SECOND, "{:?}", clock.now());
    };
    let run = async {
        assert_eq!(hub.run().await, Err(Error::Read(LineFault)));
        hub.run().await
    };
    assert!(matches!(sim.run(race(tasks, run)), Either::First(())));
}
