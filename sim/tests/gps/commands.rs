//! A receiver that obeys commands: its answers, when they come, and what goes wrong.

use std::future::{Future, pending};

use embedded_io_async::{Read, Write};
use tickwire_sim::models::gps::{AnswerFault, Control, LineFault, Receiver, demo_log};
use tickwire_sim::{Sim, SimClock, impatiently};
use tickwire_traits::{Clock, Duration, Either, Timer, race};

const SECOND: Duration = Duration::from_secs(1);

fn sentence(body: &str) -> String {
    format!("${body}*{:02X}\r\n", body.bytes().fold(0, |sum, byte| sum ^ byte))
}

/// Reads until nothing came for two seconds, or to the end of the stream.
async fn hear(line: &mut Receiver<SimClock>, clock: &SimClock) -> String {
    let mut heard = Vec::new();
    let mut buf = [0; 64];
    while let Ok(Ok(len @ 1..)) = clock.timeout(SECOND * 2, line.read(&mut buf)).await {
        heard.extend_from_slice(&buf[..len]);
    }
    String::from_utf8(heard).unwrap()
}

/// Runs `first` to its end, and `other` meanwhile.
async fn meanwhile<T>(first: impl Future<Output = T>, other: impl Future<Output = ()>) -> T {
    let other = async {
        other.await;
        pending::<()>().await;
    };
    match race(first, other).await {
        Either::First(output) => output,
        Either::Second(()) => unreachable!(),
    }
}

/// Sends bytes to a receiver that is `set`, and returns what it says.
fn converse(set: impl FnOnce(&Control<SimClock>), log: &str, bytes: &str) -> (String, Vec<String>) {
    let sim = Sim::new();
    let mut line = Receiver::new(sim.clock(), log, 9_600).then_silence();
    let (mut input, control) = (line.input(), line.control());
    set(&control);
    let heard = sim.run(meanwhile(hear(&mut line, &sim.clock()), async {
        input.write_all(bytes.as_bytes()).await.unwrap();
    }));
    (heard, control.commands())
}

#[track_caller]
fn check(body: &str, expected: &[&str]) {
    let (heard, commands) = converse(|_| {}, "", &sentence(body));
    assert_eq!(heard, expected.iter().map(|body| sentence(body)).collect::<String>(), "{body}");
    assert_eq!(commands, [body]);
}

#[test]
fn a_command_is_acknowledged_or_answered() {
    check("PMTK000", &["PMTK001,0,3"]);
    check("PMTK220,100", &["PMTK001,220,3"]);
    check("PMTK220,99", &["PMTK001,220,0"]);
    check("PMTK220", &["PMTK001,220,0"]);
    check("PMTK300,200,0,0,0,0", &["PMTK001,300,3"]);
    check("PMTK301,3", &["PMTK001,301,0"]);
    check("PMTK313,1", &["PMTK001,313,3"]);
    check("PMTK314,-1", &["PMTK001,314,3"]);
    check("PMTK314,1", &["PMTK001,314,0"]);
    check("PMTK353,1,1,0,0,0", &["PMTK001,353,3"]);
    check("PMTK386,0.4", &["PMTK001,386,3"]);
    check("PMTK999,1", &["PMTK001,999,1"]);
    check("PMTK103", &["PMTK010,001", "PMTK011,MTKGPS"]);
    check("PMTK414", &["PMTK514,1,1,1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0"]);
    check("PMTK605", &["PMTK705,AXN_5.1.7_3333_19020118,0027,PA1010D,1.0"]);
    check("PGCMD,33,1", &["PGACK,33,1"]);
    check("PGCMD,34,1", &[]);
    check("PUBX,00", &[]);
}

#[test]
fn the_sentences_that_were_set_are_reported() {
    let rates = "0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,2";
    let bytes = sentence(&format!("PMTK314,{rates}")) + &sentence("PMTK414");
    let (heard, _) = converse(|_| {}, "", &bytes);
    assert_eq!(heard, sentence("PMTK001,314,3") + &sentence(&format!("PMTK514,{rates}")));
}

#[test]
fn a_line_that_is_no_sentence_is_ignored() {
    for bytes in ["PMTK000*32\r\n", "$PMTK000*33\r\n", "$PMTK000*32\n", "$PMTK000\r\n", "\r\n"] {
        assert_eq!(converse(|_| {}, "", bytes), (String::new(), vec![]), "{bytes}");
    }
    // A command that was torn, and whole after it.
    let (heard, _) = converse(|_| {}, "", "$PMT\r\n$PMTK3$PMTK000*32\r\n");
    assert_eq!(heard, sentence("PMTK001,0,3"));
}

#[test]
fn each_fault_is_that_of_one_command() {
    let (ack, next) = (sentence("PMTK001,0,3"), sentence("PMTK001,220,3"));
    let bytes = sentence("PMTK000") + &sentence("PMTK220,100");
    for (fault, expected) in [
        (AnswerFault::Deaf, next.clone()),
        (AnswerFault::Lost, next.clone()),
        (AnswerFault::Doubled, [&ack[..], &ack, &next].concat()),
        (AnswerFault::Late(SECOND), [&next[..], &ack].concat()),
        (AnswerFault::Torn(5), [&ack[..5], &next].concat()),
        (AnswerFault::Refused(2), [&sentence("PMTK001,0,2"), &next[..]].concat()),
        (AnswerFault::Other("PMTK001,1,3".into()), [&sentence("PMTK001,1,3"), &next[..]].concat()),
    ] {
        let (heard, commands) = converse(|control| control.fault(fault.clone()), "", &bytes);
        assert_eq!(heard, expected, "{fault:?}");
        assert_eq!(commands.len(), if fault == AnswerFault::Deaf { 1 } else { 2 }, "{fault:?}");
    }
}

#[test]
fn an_answer_comes_between_two_sentences() {
    let log = "$GPRMC,120000.00,A*00\r\n$GPGSA,A*00\r\n$GPRMC,120001.00,A*00\r\n";
    // The command takes 18 ms and its answer begins after 10 ms, while the second sentence is sent.
    let (heard, _) = converse(|_| {}, log, &sentence("PMTK220,1000"));
    let (before, after) = log.split_at(36);
    assert_eq!(heard, [before, &sentence("PMTK001,220,3"), after].concat());
    // Later, between the two bursts.
    let sim = Sim::new();
    let mut line = Receiver::new(sim.clock(), log, 9_600);
    let control = line.control();
    let heard = sim.run(meanwhile(hear(&mut line, &sim.clock()), async {
        sim.clock().sleep(Duration::from_millis(500)).await;
        control.say("PMTK011,MTKGPS");
    }));
    assert_eq!(heard, [before, &sentence("PMTK011,MTKGPS"), after].concat());
}

#[test]
fn an_answer_delays_the_sentences_after_it() {
    let log = "$GPRMC,120000.00,A*00\n$GPGSA,A*00\n";
    let sim = Sim::new();
    let mut line = Receiver::new(sim.clock(), log, 100_000);
    line.control().say("PMTK011,MTKGPS");
    sim.run(async { line.read_exact(&mut [0; 20 + 34]).await.unwrap() });
    assert_eq!(sim.clock().now().as_micros(), (20 + 34) * 100);
}

#[test]
fn standby_ends_with_a_byte_that_is_lost() {
    let log = "$GPRMC,120000.00,A*00\r\n$GPRMC,120001.00,A*00\r\n$GPRMC,120003.00,A*00\r\n";
    let sim = Sim::new();
    let mut line = Receiver::new(sim.clock(), log, 9_600).then_silence();
    let (mut input, control) = (line.input(), line.control());
    let heard = sim.run(meanwhile(hear(&mut line, &sim.clock()), async {
        sim.clock().sleep(Duration::from_millis(100)).await;
        input.write_all(sentence("PMTK161,0").as_bytes()).await.unwrap();
        sim.clock().sleep(Duration::from_millis(2_000)).await;
        input.write_all(sentence("PMTK000").as_bytes()).await.unwrap();
        input.write_all(sentence("PMTK605").as_bytes()).await.unwrap();
    }));
    assert!(heard.starts_with(&(log[..23].to_owned() + &sentence("PMTK001,161,3") + "$PMTK705")));
    assert!(heard.ends_with(&log[46..]), "{heard}");
    assert_eq!(control.commands(), ["PMTK161,0", "PMTK605"]);
}

#[test]
fn writing_fails_on_demand_and_is_cancel_safe() {
    let sim = Sim::new();
    let line = Receiver::new(sim.clock(), "", 9_600).then_silence();
    let (mut input, control) = (line.input(), line.control());
    control.fail_next_write();
    let bytes = sentence("PMTK314,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,0");
    sim.run(async {
        assert_eq!(input.write(b"$").await, Err(LineFault));
        let mut sent = 0;
        while sent < bytes.len() {
            let rest = &bytes.as_bytes()[sent..];
            sent += impatiently(async || input.write(rest).await).await.unwrap();
        }
        impatiently(async || input.flush().await).await.unwrap();
    });
    assert_eq!(sim.clock().now().as_micros(), 53_126); // 51 bytes, in fours.
    assert_eq!(control.commands(), [&bytes[1..46]]);
}

#[test]
fn a_receiver_hangs_up_in_the_middle_of_an_answer() {
    let sim = Sim::new();
    let mut line = Receiver::new(sim.clock(), "", 9_600).then_silence();
    let control = line.control();
    control.say("PMTK011,MTKGPS");
    let heard = sim.run(meanwhile(hear(&mut line, &sim.clock()), async {
        sim.clock().sleep(Duration::from_millis(5)).await;
        control.hang_up();
    }));
    assert_eq!(heard, "$PMT");
}

#[test]
fn an_answer_waits_for_a_gap_whenever_it_is_due() {
    let log = demo_log(1);
    for at in (0..100).map(Duration::from_millis) {
        let sim = Sim::new();
        let mut line = Receiver::new(sim.clock(), log.clone(), 9_600);
        let control = line.control();
        let heard = sim.run(meanwhile(hear(&mut line, &sim.clock()), async {
            sim.clock().sleep(at).await;
            control.say("PMTK011,MTKGPS");
        }));
        assert_eq!(heard.replace(&sentence("PMTK011,MTKGPS"), "").into_bytes(), log, "{at:?}");
        assert_eq!(heard.len(), log.len() + 20, "{at:?}");
    }
}
