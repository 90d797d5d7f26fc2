//! Which command is answered by what.

use tickwire_drivers::gps::mtk::{
    Baud, Command, Differential, Interval, Rates, Reply, Restart, Systems, Threshold, Verdict,
};
use tickwire_drivers::gps::{Event, Outgoing, Receiver, Request, SendError};
use tickwire_sim::Sim;
use tickwire_sim::models::gps::AnswerFault;
use tickwire_traits::{Clock, Instant, Timer};

use super::{NONE, SECOND, interval, sending, with_run};

#[test]
fn each_command_is_answered_by_its_verdict() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line);
    let commands = [
        Command::Test,
        Command::Restart(Restart::Hot),
        Command::Restart(Restart::FullCold),
        interval(200),
        Command::FixInterval(Interval::from_millis(200).unwrap()),
        Command::Differential(Differential::Sbas),
        Command::Sbas(true),
        Command::Rates(Rates::USUAL),
        Command::DefaultRates,
        Command::Search(Systems::GPS),
        Command::Hold(Threshold::OFF),
        Command::HoldOld(Threshold::OFF),
        Command::QueryRates,
        Command::QueryVersion,
        Command::AntennaReports(true),
        Command::AntennaReports(false),
    ];
    sim.run(with_run(&hub, async {
        for command in commands {
            assert_eq!(hub.send(command).await, Ok(Verdict::Succeeded), "{command}");
        }
        for (flag, verdict) in
            [(0, Verdict::Invalid), (1, Verdict::Unsupported), (2, Verdict::Failed)]
        {
            control.fault(AnswerFault::Refused(flag));
            assert_eq!(hub.send(interval(100)).await, Ok(verdict));
        }
    }));
    let heard = control.commands();
    assert!(heard.iter().zip(commands).all(|(heard, command)| *heard == command.to_string()));
    assert_eq!((heard.len(), hub.strays()), (commands.len() + 3, NONE));
}

#[test]
fn any_body_is_answered_by_a_sentence() {
    let sim = Sim::new();
    let (hub, control) = sending::<Outgoing>(&sim, |line| line);
    sim.run(with_run(&hub, async {
        let version = hub.send(Command::QueryVersion).await.unwrap();
        let Some(Reply::Version(version)) = Reply::of(version.as_bytes().trim_ascii_end()) else {
            panic!("{version:?}");
        };
        assert_eq!((version.build, version.product), ("0027", "PA1010D"));
        let answer = hub.send(Outgoing::new(b"PMTK869,1,1").unwrap()).await.unwrap();
        assert_eq!(answer.body(), b"PMTK001,869,1");
    }));
    assert_eq!((control.commands().len(), hub.strays()), (2, NONE));
}

#[test]
fn a_command_that_no_receiver_answers_is_not_sent() {
    let sim = Sim::new();
    let baud = Command::Baud(Baud::B115200);
    let (hub, control) = sending::<Command>(&sim, |line| line);
    assert_eq!(sim.run(hub.send(baud)), Err(SendError::NeverAnswered));
    let (any, any_control) = sending::<Outgoing>(&sim, |line| line);
    assert_eq!(sim.run(any.send(baud)), Err(SendError::NeverAnswered));
    assert_eq!((sim.clock().now(), control.baud()), (Instant::EPOCH, 9_600));
    // The next call works.
    assert_eq!(sim.run(with_run(&hub, hub.send(Command::Test))), Ok(Verdict::Succeeded));
    sim.run(with_run(&any, any.send(Command::Test))).unwrap();
    assert_eq!(control.commands(), ["PMTK000"]);
    assert_eq!(any_control.commands(), ["PMTK000"]);
    // A caller that changes the speed of the port by itself may post it.
    sim.run(with_run(&hub, hub.post(baud))).unwrap();
    sim.run(with_run(&hub, sim.clock().sleep(SECOND)));
    assert_eq!(control.baud(), 115_200);
}

/// Checks whether a sentence answers a body, and whether it is an answer to some command.
#[track_caller]
fn check(body: &str, sentence: &str, answers: bool, is_answer: bool) {
    let any = |body: &str| Outgoing::<82>::new(body.as_bytes()).unwrap();
    let (command, expected) = (any(body), any(sentence));
    let mut receiver = Receiver::<102>::new();
    let (_, event) = receiver.push_any(expected.as_bytes(), Instant::EPOCH);
    let Some(Event::Other(raw)) = event else { panic!("{sentence} is decoded") };
    assert_eq!(command.answer(raw), answers.then_some(expected), "{body} by {sentence}");
    assert_eq!(Outgoing::<82>::is_answer(raw), is_answer, "{sentence}");
}

#[test]
fn a_body_of_each_maker_has_its_answers() {
    let (yes, no) = (true, false);
    check("PMTK220,100", "PMTK001,220,3", yes, true);
    check("PMTK220,100", "PMTK001,314,3", no, true);
    check("PMTK22,100", "PMTK001,22,3", no, true);
    check("PMTK414", "PMTK514,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,0", yes, true);
    check("PMTK104", "PMTK010,001", yes, false);
    check("PMTK105", "PMTK010,001", no, false);
    check("PGCMD,33,1", "PGACK,33,1", yes, true);
    check("PGCMD,33,1", "PGTOP,11,3", yes, false);
    check("PGCMD,33,0", "PGTOP,11,3", no, false);
    check("PUBX,00", "PUBX,00,081350.00,4717.113210,N", yes, false);
    check("PUBX,00", "PUBX,00", yes, false);
    check("PUBX,00", "PUBX,003,1", no, false);
    check("PUBX,00", "PUBX,04,073731.00", no, false);
    check("PAIR050,1000", "PAIR001,050,0", yes, true);
    check("PAIR050,1000", "PAIR001,050,4", yes, true);
    check("PAIR050,1000", "PAIR001,050,1", no, true);
    check("PAIR050,1000", "PAIR001,051,0", no, true);
    check("PAIR050,1000", "PAIR050,1000", no, false);
    check("PMTK220,100", "PAIR001,220,0", no, true);
}

#[test]
fn an_answer_that_does_not_fit_is_none() {
    let command = Outgoing::<16>::new(b"PUBX,00").unwrap();
    let mut receiver = Receiver::<102>::new();
    for (body, fits) in [("PUBX,00,12", true), ("PUBX,00,123", false)] {
        let sentence = Outgoing::<82>::new(body.as_bytes()).unwrap();
        let (_, event) = receiver.push_any(sentence.as_bytes(), Instant::EPOCH);
        let Some(Event::Other(raw)) = event else { panic!("{event:?}") };
        assert_eq!(command.answer(raw).is_some(), fits, "{body}");
    }
}

#[test]
fn commands_are_like_each_other_if_they_share_answers() {
    let bodies = [
        ("PMTK220,100", "PMTK220,200", true),
        ("PMTK220,100", "PMTK300,200,0,0,0,0", false),
        ("PMTK101", "PMTK104", true),
        ("PMTK101", "PMTK105", false),
        ("PGCMD,33,0", "PGCMD,33,1", false),
        ("PAIR050,1000", "PAIR050,100", true),
        ("PAIR050,1000", "PAIR051", false),
        ("PAIR050,1000", "PMTK220,100", false),
        ("PUBX,00", "PUBX,00,1", true),
        ("PUBX,00", "PUBX,04", false),
        ("PUBX,00", "PMTK000", false),
    ];
    for (one, other, expected) in bodies {
        let [one, other] = [one, other].map(|body| Outgoing::<82>::new(body.as_bytes()).unwrap());
        assert_eq!((one.is_like(&other), other.is_like(&one)), (expected, expected), "{one:?}");
        assert!(one.is_like(&one));
    }
}
