//! Ports that fail, end or accept nothing, and bytes at the worst of times.

use tickwire_sim::uart::LineFault;
use tickwire_sim::{Sim, SimClock};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use super::half_duplex_port::Port;
use crate::stream::{AskError, HalfDuplex};

/// Asks once. Returns the outcome, and the time in milliseconds when it came.
#[track_caller]
fn check(port: impl Fn(Port) -> Port, expected: Result<&[u8], AskError<LineFault>>, at_ms: u64) {
    let sim = Sim::new();
    let mut asker = port(Port::new(sim.clock())).asker();
    sim.run(async { assert_eq!(asker.ask(b"what?").await, expected) });
    assert_eq!(sim.clock().now(), Instant::from_millis(at_ms));
}

/// Drops a call after 8 ms, when a part of its command was accepted by a port that takes a byte
/// per millisecond.
async fn tear(sim: &Sim, asker: &mut HalfDuplex<Port, SimClock, 8>) {
    let clock = sim.clock();
    let torn = clock.timeout(Duration::from_millis(8), asker.ask(b"what?")).await;
    assert!(torn.is_err());
}

#[test]
fn a_port_that_accepts_nothing_or_sends_nothing_is_an_error_in_time() {
    // 5 ms of silence, a millisecond per write and for the flush, and the patience.
    check(|port| Port { accepts: 0, ..port }, Err(AskError::NotSent), 1_005);
    check(|port| Port { accepts: 3, ..port }, Err(AskError::NotSent), 1_006);
    check(|port| Port { flushes: false, ..port }, Err(AskError::NotSent), 1_006);
}

#[test]
fn the_end_of_the_stream_ends_an_answer_that_silence_would_end() {
    check(|port| Port { ends: true, ..port.with(100, b"17") }, Ok(b"17"), 100);
    check(|port| port.with(100, b"17"), Ok(b"17"), 105);
    check(|port| Port { ends: true, ..port }, Err(AskError::EndOfStream), 0);
}

#[test]
fn what_came_before_the_end_of_the_stream_is_heard() {
    let sim = Sim::new();
    let port = Port::new(sim.clock()).with(100, b"bye");
    let mut asker = Port { ends: true, ..port }.asker();
    sim.run(async {
        assert_eq!(asker.listen().await, Ok(&b"bye"[..]));
        assert_eq!(asker.listen().await, Err(AskError::EndOfStream));
    });
}

#[test]
fn one_byte_is_an_answer_without_an_end() {
    let sim = Sim::new();
    for (bytes, expected) in [(&b""[..], AskError::NoAnswer), (b"1", AskError::NoEnd)] {
        let port = Port::new(sim.clock()).with(sim.clock().now().as_millis() + 100, bytes);
        let mut asker = port.asker().with_endings(&[b"."]);
        sim.run(async { assert_eq!(asker.ask(b"what?").await, Err(expected)) });
    }
}

#[test]
fn an_answer_that_comes_with_its_echo_ends_after_the_silence() {
    let sim = Sim::new();
    let mut asker = Port::new(sim.clock()).with(100, b"what?17").asker().with_echo();
    sim.run(async { assert_eq!(asker.ask(b"what?").await.unwrap(), b"17") });
    assert_eq!(sim.clock().now(), Instant::from_millis(105), "the patience would be a second");
}

#[test]
fn what_came_before_an_echo_is_counted_even_if_the_call_is_dropped() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mut asker = Port::new(sim.clock()).with(100, b"RINGwha").asker().with_echo();
    sim.run(async {
        let asked = clock.timeout(Duration::from_millis(500), asker.ask(b"what?")).await;
        assert!(asked.is_err());
    });
    assert_eq!(asker.counters().dropped, 4);
}

/// By its bytes alone, it would be asked after 1.2 s.
#[test]
fn a_line_that_is_not_quiet_within_the_patience_never_is() {
    let ticking = |port: Port| (1..500).fold(port, |port, n| port.with(4 * n, b"~"));
    check(ticking, Err(AskError::NeverQuiet), 1_012);
}

/// A task that is late for longer than the patience reads what came meanwhile, and asks.
#[test]
fn a_late_task_does_not_take_a_line_for_one_that_is_never_quiet() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mut asker = Port::new(sim.clock()).with(4, b"late").with(3_100, b"1").asker();
    sim.run(async {
        let ask = async { assert_eq!(asker.ask(b"what?").await, Ok(&b"1"[..])) };
        let busy = async {
            clock.sleep(Duration::from_millis(2)).await;
            clock.pass(Duration::from_secs(3));
        };
        futures_util::future::join(ask, busy).await;
    });
    assert_eq!(asker.counters().dropped, 4);
}

/// However long the patience is: the limit is in bytes.
#[test]
fn a_device_that_never_stops_talking_has_no_echo() {
    let sim = Sim::new();
    let mut asker = Port::new(sim.clock()).with(100, &[b'~'; 1_000]).asker().with_echo();
    sim.run(async { assert_eq!(asker.ask(b"what?").await, Err(AskError::NoEcho)) });
    assert_eq!(sim.clock().now(), Instant::from_millis(100));
}

/// The device answers the part that it got, within the silence before the next command.
#[test]
fn after_a_command_that_was_torn_the_line_has_to_be_quiet_anew() {
    let sim = Sim::new();
    let port = Port { most: 1, ..Port::new(sim.clock()).with(10, b"h").with(50, b"1") };
    let mut asker = port.asker();
    sim.run(async {
        tear(&sim, &mut asker).await;
        assert_eq!(asker.ask(b"what?").await, Ok(&b"1"[..]));
    });
    assert_eq!(asker.counters().dropped, 1);
}

#[test]
fn a_port_that_fails_after_the_separator_is_an_error() {
    let sim = Sim::new();
    let port =
        Port { most: 1, fails_at: Some(Instant::from_millis(200)), ..Port::new(sim.clock()) };
    let mut asker = port.asker().with_separator(b"\r");
    sim.run(async {
        tear(&sim, &mut asker).await;
        assert_eq!(asker.ask(b"what?").await, Err(AskError::Port(LineFault)));
    });
    assert_eq!(sim.clock().now(), Instant::from_millis(200));
}
