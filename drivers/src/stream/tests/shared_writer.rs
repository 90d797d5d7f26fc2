//! Messages of many tasks on one line: whole and in order, or not at all.

use std::string::String;
use std::vec::Vec;

use embedded_io_async::{ErrorType, Read, Write};
use futures_util::future::{join, join3};
use tickwire_sim::uart::{Baud, LineFault, Port, line};
use tickwire_sim::{Sim, SimClock, at_every_pace, drop_after};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Duration, Timer};

use crate::stream::{SendError, SharedWriter};

type Writer<W> = SharedWriter<NoopRawMutex, W, 64>;

/// Longer than the 16 bytes that the UART holds.
const FIRST: &[u8] = b"<the first message, of 37 bytes, is long>";
const SECOND: &[u8] = b"<and the second one is whole as well>";

/// Creates a writer with a separator, and the far end of its line.
fn shared(sim: &Sim) -> (Writer<Port<SimClock>>, Port<SimClock>) {
    let (near, far) = line(sim.clock(), Baud::new(9_600));
    (SharedWriter::new(near).with_separator(b"|"), far.with_capacity(4_096))
}

/// Sends what is left, hangs up, and returns all that the far end received.
async fn received(writer: Writer<Port<SimClock>>, mut far: Port<SimClock>) -> String {
    writer.flush().await.unwrap();
    drop(writer);
    let mut all = Vec::new();
    let mut chunk = [0; 64];
    while let Ok(len @ 1..) = far.read(&mut chunk).await {
        all.extend_from_slice(&chunk[..len]);
    }
    String::from_utf8(all).unwrap()
}

#[test]
fn tasks_that_send_at_once_are_not_interleaved() {
    let all = at_every_pace(|sim| {
        let (writer, far) = shared(sim);
        let send = async |letter: u8| {
            for _ in 0..5 {
                writer.send(&[letter; 20]).await.unwrap();
            }
        };
        sim.run(join3(send(b'A'), send(b'b'), send(b'C')));
        assert_eq!(writer.broken(), 0);
        sim.run(received(writer, far))
    });
    let round = ["A", "b", "C"].map(|letter| letter.repeat(20)).concat();
    assert_eq!(all, round.repeat(5));
}

#[test]
fn a_message_whose_task_is_dropped_is_sent_whole_or_not_at_all() {
    let (first, second) = (str::from_utf8(FIRST).unwrap(), str::from_utf8(SECOND).unwrap());
    let mut outcomes = [0, 0];
    for delay in 0..60 {
        // The third message occupies the writer, so the first may be dropped as it waits.
        for is_busy in [false, true] {
            let sim = Sim::new();
            let clock = sim.clock();
            let (writer, far) = shared(&sim);
            let busy = async {
                if is_busy {
                    writer.send(b"<a third message, at first>").await.unwrap();
                }
            };
            let send = async {
                let limit = Duration::from_millis(delay);
                let sent = clock.timeout(limit, writer.send(FIRST)).await;
                writer.send(SECOND).await.unwrap();
                sent.is_ok()
            };
            let (_, is_sent) = sim.run(join(busy, send));
            assert_eq!(writer.broken(), 0);
            let all = sim.run(received(writer, far));
            let all = all.trim_start_matches("<a third message, at first>");
            let without = all == second;
            assert!(without || *all == [first, second].concat(), "{delay} ms: {all}");
            assert!(!(is_sent && without), "{delay} ms: a message that was sent is lost");
            outcomes[usize::from(without)] += 1;
        }
    }
    assert!(outcomes.iter().all(|times| *times > 10), "{outcomes:?}");
}

#[test]
fn dropped_at_any_poll_the_rest_waits_for_the_next_call() {
    for polls in 1..100 {
        let sim = Sim::new();
        let (writer, far) = shared(&sim);
        let sent = sim.run(drop_after(polls, writer.send(FIRST)));
        let all = sim.run(received(writer, far));
        assert_eq!(all.as_bytes(), FIRST, "after {polls} polls");
        if sent.is_some() {
            return;
        }
    }
    panic!("it never ends");
}

#[test]
fn a_message_of_which_no_byte_was_accepted_is_not_sent_later() {
    let sim = Sim::new();
    let (writer, far) = shared(&sim);
    sim.run(async {
        // The UART is full, so the second message has its turn and waits.
        writer.send(&[b'-'; 16]).await.unwrap();
        assert_eq!(drop_after(1, writer.send(FIRST)).await, None);
        writer.send(b"+").await.unwrap();
        writer.send(&[b'-'; 16]).await.unwrap();
        assert_eq!(drop_after(1, writer.send(FIRST)).await, None);
        writer.flush().await.unwrap();
    });
    let dashes = "-".repeat(16);
    assert_eq!(sim.run(received(writer, far)), [&dashes, "+", &dashes].concat());
}

#[test]
fn a_failure_breaks_a_message_and_the_next_follows_a_separator() {
    let second = str::from_utf8(SECOND).unwrap();
    let mut outcomes = [0, 0, 0];
    for delay in 0..60 {
        let sim = Sim::new();
        let clock = sim.clock();
        let (near, far) = line(sim.clock(), Baud::new(9_600));
        let way = near.outgoing();
        let writer = Writer::new(near).with_separator(b"|");
        let fail = async {
            clock.sleep(Duration::from_millis(delay)).await;
            way.fail_next_write();
        };
        let send = async {
            let failed = writer.send(FIRST).await;
            // The same fault, if it came after the message.
            clock.sleep(Duration::from_millis(60)).await;
            let retried = writer.send(SECOND).await;
            (failed, if retried.is_err() { writer.send(SECOND).await } else { retried })
        };
        let (_, (failed, retried)) = sim.run(join(fail, send));
        assert_eq!(retried, Ok(()));
        let broken = writer.broken();
        let all = sim.run(received(writer, far.with_capacity(4_096)));
        let before = all.strip_suffix(second).unwrap();
        match (failed, before.strip_suffix('|')) {
            (Ok(()), _) => assert_eq!((before.as_bytes(), broken), (FIRST, 0)),
            (Err(SendError::Write(LineFault)), Some(part)) => {
                assert!(FIRST.starts_with(part.as_bytes()) && !part.is_empty(), "{all}");
                assert_eq!(broken, 1);
            }
            (Err(_), _) => assert_eq!((before, broken), ("", 0), "nothing was sent"),
        }
        outcomes[if failed.is_ok() { 0 } else { 1 + broken as usize }] += 1;
    }
    assert!(outcomes[0] > 0 && outcomes[2] > 10, "{outcomes:?}");
}

#[test]
fn a_separator_is_sent_whole_by_a_writer_that_takes_a_byte_at_a_time() {
    /// Fails at some writes.
    struct Single {
        fails: Vec<usize>,
        writes: usize,
        all: Vec<u8>,
    }
    impl ErrorType for Single {
        type Error = LineFault;
    }
    impl Write for Single {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, LineFault> {
            self.writes += 1;
            if self.fails.contains(&self.writes) {
                return Err(LineFault);
            }
            self.all.push(bytes[0]);
            Ok(1)
        }
        async fn flush(&mut self) -> Result<(), LineFault> {
            Ok(())
        }
    }
    let check = |fails: &[usize], expected: &[u8], broken: u32| {
        let single = Single { fails: fails.to_vec(), writes: 0, all: Vec::new() };
        let writer = Writer::new(single).with_separator(b"\r\n");
        Sim::new().run(async {
            for message in [&b"one"[..], b"two", b"six"] {
                while writer.send(message).await.is_err() {}
            }
        });
        assert_eq!(writer.broken(), broken);
        assert_eq!(writer.into_inner().all, expected);
    };
    check(&[], b"onetwosix", 0);
    check(&[1], b"onetwosix", 0);
    check(&[2], b"o\r\nonetwosix", 1);
    // In the separator, and before its first byte: it goes on where it failed.
    check(&[2, 4], b"o\r\nonetwosix", 1);
    check(&[2, 3], b"o\r\nonetwosix", 1);
}

#[test]
fn a_message_that_is_too_long_leaves_the_writer_as_it_was() {
    let sim = Sim::new();
    let (writer, far) = shared(&sim);
    sim.run(async {
        assert_eq!(writer.send(&[b'-'; 65]).await, Err(SendError::TooLong));
        writer.send(b"").await.unwrap();
        writer.send(&[b'+'; 64]).await.unwrap();
    });
    assert_eq!(sim.run(received(writer, far)), "+".repeat(64));
}

#[test]
fn a_writer_that_takes_nothing_is_an_error_and_no_loop() {
    struct Closed;
    impl ErrorType for Closed {
        type Error = LineFault;
    }
    impl Write for Closed {
        async fn write(&mut self, _: &[u8]) -> Result<usize, LineFault> {
            Ok(0)
        }
        async fn flush(&mut self) -> Result<(), LineFault> {
            Ok(())
        }
    }
    let writer = Writer::new(Closed);
    Sim::new().run(async {
        assert_eq!(writer.send(b"a").await, Err(SendError::Closed));
        assert_eq!(writer.send(b"b").await, Err(SendError::Closed));
    });
}
