//! Changes of speed by a hub: the receiver obeys, or is found, or the port is known.

mod cancel;

use std::future::Future;

use tickwire_drivers::gps::mtk::{Baud, Command, SpeedChange, Verdict};
use tickwire_drivers::gps::{
    Commands, FixedPoint, Gps, Hub, LINE_LENGTH, SendError, SpeedError, mtk,
};
use tickwire_sim::models::gps::{
    self, AnswerFault, Control, Input, LineFault, Obedience, Receiver, demo_log,
};
use tickwire_sim::{Sim, SimClock, at_every_pace};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Clock, Duration, Either, Instant, Timer, race};

type Line = Commands<NoopRawMutex, Input<SimClock>, mtk::Command>;
type Speeds = Hub<NoopRawMutex, Receiver<SimClock>, SimClock, LINE_LENGTH, FixedPoint, Line>;
type Found = Result<Baud, SpeedError<LineFault, gps::SpeedError>>;

const SECOND: Duration = Duration::from_secs(1);

/// A hub on a receiver at 9,600 baud, and the handle on the receiver.
fn hub(sim: &Sim, log: Vec<u8>) -> (Speeds, Control<SimClock>) {
    let line = Receiver::new(sim.clock(), log, 9_600).then_silence();
    let (control, commands) = (line.control(), Commands::mtk(line.input()));
    (Hub::new(Gps::new(line, sim.clock()), sim.clock()).with_commands(commands), control)
}

/// Runs `task` while the hub runs, which goes on after errors.
async fn with_run<T>(hub: &Speeds, task: impl Future<Output = T>) -> T {
    let run = async {
        loop {
            let _garbled = hub.run().await;
        }
    };
    match race(task, run).await {
        Either::First(output) => output,
        Either::Second(()) => unreachable!(),
    }
}

/// Changes the speed of a receiver with 9,600 baud that is `set`. Returns what was found, and the
/// speeds of the receiver and of the port.
fn change(sim: &Sim, to: Baud, set: impl FnOnce(&Control<SimClock>)) -> (Found, u32, u32) {
    let (hub, control) = hub(sim, demo_log(90));
    set(&control);
    let mut change = SpeedChange::new(Baud::B9600, to);
    let found = sim.run(with_run(&hub, hub.change_speed(&mut change)));
    (found, control.baud(), change.port().bits_per_second())
}

#[test]
fn a_receiver_that_obeys_is_heard_at_each_speed() {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, demo_log(90));
    sim.run(with_run(&hub, async {
        let mut from = Baud::B9600;
        for to in [Baud::ALL, [4, 2, 6, 3, 0, 5, 1].map(|number| Baud::ALL[number])].concat() {
            let mut change = SpeedChange::new(from, to);
            assert_eq!(hub.change_speed(&mut change).await, Ok(to), "{from:?} to {to:?}");
            assert_eq!((control.baud(), change.port()), (to.bits_per_second(), to));
            from = to;
        }
    }));
}

#[test]
fn a_change_takes_little_longer_than_the_pause() {
    let sim = Sim::new();
    let (found, ..) = change(&sim, Baud::B115200, |_| {});
    assert_eq!(found, Ok(Baud::B115200));
    // 20 bytes at 9,600 baud, 100 ms, and the answer to a test.
    let taken = sim.clock().now() - Instant::EPOCH;
    assert!(taken <= Duration::from_millis(140), "{taken:?}");
}

#[test]
fn a_receiver_that_does_not_obey_is_heard_at_the_old_speed_at_every_pace() {
    let found = at_every_pace(|sim| {
        change(sim, Baud::B115200, |control| control.obey_speed(Obedience::Never))
    });
    assert_eq!(found, (Ok(Baud::B9600), 9_600, 9_600));
}

#[test]
fn a_receiver_that_hears_nothing_is_found_by_its_sentences() {
    let (found, baud, port) = change(&Sim::new(), Baud::B115200, |control| {
        for _ in 0..50 {
            control.fault(AnswerFault::Deaf);
        }
    });
    assert_eq!((found, baud, port), (Ok(Baud::B9600), 9_600, 9_600));
}

#[test]
fn a_receiver_that_obeys_is_heard_at_every_pace() {
    let found = at_every_pace(|sim| change(sim, Baud::B38400, |_| {}));
    assert_eq!(found, (Ok(Baud::B38400), 38_400, 38_400));
}

#[test]
fn a_receiver_that_obeys_late_is_heard_at_the_new_speed() {
    for (millis, found) in [
        (500, Baud::B57600),
        (1_500, Baud::B57600),
        // The port is at the old speed, or is about to be: the receiver is found by the search.
        (1_650, Baud::B57600),
        // It is heard at the old speed, and changes then. The next call hears it.
        (2_500, Baud::B9600),
    ] {
        let sim = Sim::new();
        let (hub, control) = hub(&sim, demo_log(90));
        control.obey_speed(Obedience::After(Duration::from_millis(millis)));
        sim.run(with_run(&hub, async {
            let mut change = SpeedChange::new(Baud::B9600, Baud::B57600);
            assert_eq!(hub.change_speed(&mut change).await, Ok(found), "{millis} ms");
            sim.clock().sleep(SECOND * 2).await;
            assert_eq!(hub.change_speed(&mut change).await, Ok(Baud::B57600), "{millis} ms");
        }));
    }
}

#[test]
fn a_receiver_that_answers_but_sends_no_sentences_is_heard() {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, Vec::new());
    let mut change = SpeedChange::new(Baud::B9600, Baud::B19200);
    let found = sim.run(with_run(&hub, hub.change_speed(&mut change)));
    assert_eq!((found, control.baud()), (Ok(Baud::B19200), 19_200));
    assert_eq!(control.commands(), ["PMTK251,19200", "PMTK000"]);
}

#[test]
fn a_receiver_that_forgets_its_speed_is_found_and_changed_again() {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, demo_log(90));
    sim.run(with_run(&hub, async {
        let mut change = SpeedChange::new(Baud::B9600, Baud::B57600);
        assert_eq!(hub.change_speed(&mut change).await, Ok(Baud::B57600));
        control.lose_power();
        // From the speed of the port, at which nobody listens.
        assert_eq!(hub.change_speed(&mut change).await, Ok(Baud::B9600));
        assert_eq!(change.port(), Baud::B9600);
        assert_eq!(hub.change_speed(&mut change).await, Ok(Baud::B57600));
    }));
}

#[test]
fn a_receiver_that_is_unplugged_is_given_up_in_bounded_time_and_polls() {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, demo_log(90));
    control.unplug();
    sim.run(with_run(&hub, async {
        let mut change = SpeedChange::new(Baud::B9600, Baud::B115200);
        assert_eq!(hub.change_speed(&mut change).await, Err(SpeedError::Unheard));
        let taken = sim.clock().now() - Instant::EPOCH;
        assert!(SECOND * 12 < taken && taken < SECOND * 14, "{taken:?}");
        assert_eq!(change.port(), Baud::B9600);
        control.plug();
        assert_eq!(hub.change_speed(&mut change).await, Ok(Baud::B115200));
    }));
}

#[test]
fn a_speed_that_the_port_does_not_have_is_refused_before_the_receiver_is_told() {
    let refused = gps::SpeedError::Unsupported(115_200);
    let found =
        at_every_pace(|sim| change(sim, Baud::B115200, |control| control.limit_port(57_600)));
    assert_eq!(found, (Err(SpeedError::Port(refused)), 9_600, 9_600));
}

#[test]
fn the_search_passes_over_speeds_that_the_port_does_not_have() {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, demo_log(90));
    control.limit_port(57_600);
    sim.run(with_run(&hub, async {
        let mut change = SpeedChange::new(Baud::B9600, Baud::B57600);
        assert_eq!(hub.change_speed(&mut change).await, Ok(Baud::B57600));
        // The receiver is at 57,600 baud, and the caller has the port at another speed.
        let mut change = SpeedChange::new(Baud::B38400, Baud::B4800);
        assert_eq!(hub.change_speed(&mut change).await, Ok(Baud::B57600));
    }));
}

#[test]
fn a_line_that_fails_is_an_error_and_the_next_call_goes_on() {
    for fails_at in 0..30 {
        let sim = Sim::new();
        let (hub, control) = hub(&sim, demo_log(90));
        let mut change = SpeedChange::new(Baud::B9600, Baud::B115200);
        let mut failed = false;
        sim.run(with_run(&hub, async {
            let fail = async {
                sim.clock().sleep(Duration::from_millis(fails_at * 5)).await;
                control.fail_next_write();
                control.fail_next_read();
                std::future::pending::<()>().await;
            };
            let found = match race(hub.change_speed(&mut change), fail).await {
                Either::First(found) => found,
                Either::Second(()) => unreachable!(),
            };
            match found {
                Ok(found) => assert_eq!(found, Baud::B115200),
                Err(SpeedError::Send(SendError::Write(LineFault)))
                | Err(SpeedError::Port(gps::SpeedError::Line(LineFault))) => {
                    failed = true;
                    let again = hub.change_speed(&mut change).await;
                    assert_eq!(again, Ok(Baud::B115200), "failed after {fails_at}");
                }
                other => panic!("{other:?}"),
            }
        }));
        assert!(failed || fails_at > 0, "the first write fails");
    }
}

#[test]
fn a_command_waits_for_the_end_of_the_change_and_is_heard() {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, demo_log(90));
    control.obey_speed(Obedience::After(SECOND));
    let mut change = SpeedChange::new(Baud::B9600, Baud::B115200);
    let (found, answer) = sim.run(with_run(
        &hub,
        futures_util::future::join(hub.change_speed(&mut change), hub.send(Command::QueryVersion)),
    ));
    assert_eq!((found, answer), (Ok(Baud::B115200), Ok(Verdict::Succeeded)));
}
