//! A line that accepts one byte at a time, to see each byte that a hub writes.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{pending, poll_fn};
use std::mem;
use std::rc::Rc;
use std::task::{Poll, Waker};

use embedded_io_async::{ErrorType, Read, Write};
use futures_util::future::join;
use tickwire_drivers::gps::mtk::{Command, Rates, Verdict};
use tickwire_drivers::gps::{
    Commands, Error, FixedPoint, Gps, Hub, LINE_LENGTH, Outgoing, SendError,
};
use tickwire_sim::models::gps::LineFault;
use tickwire_sim::{Sim, SimClock, impatiently};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Duration, Timer};

use super::{SECOND, interval};

/// Both ends of the line.
#[derive(Clone, Default)]
struct Wire(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    written: Vec<u8>,
    /// Whether the next write is not pending. Each write is pending once.
    is_due: bool,
    /// After so many bytes, it accepts none.
    end: Option<(usize, End)>,
    /// Slept before each byte.
    pause: Option<(SimClock, Duration)>,
    /// What a command is answered by: in one poll, without a wait in between.
    answer: Vec<Result<Vec<u8>, LineFault>>,
    said: VecDeque<Result<Vec<u8>, LineFault>>,
    /// Whether the next flush fails.
    fails_flush: bool,
    reader: Option<Waker>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Error,
    Stuck,
}

impl Wire {
    fn hub(
        &self,
        sim: &Sim,
    ) -> Hub<
        NoopRawMutex,
        Self,
        SimClock,
        LINE_LENGTH,
        FixedPoint,
        Commands<NoopRawMutex, Self, Command>,
    > {
        let commands = Commands::mtk(self.clone()).with_retries(1);
        Hub::new(Gps::new(self.clone(), sim.clock()), sim.clock()).with_commands(commands)
    }

    /// Returns the lines that a receiver obeys that knows no other end than CR LF.
    fn obeyed(&self) -> Vec<String> {
        let state = self.0.borrow();
        let text = String::from_utf8(state.written.clone()).unwrap();
        let is_whole = |line: &&str| {
            let body = line.strip_prefix('$').and_then(|rest| rest.split('*').next());
            let sentence = body.and_then(|body| Outgoing::<82>::new(body.as_bytes()));
            sentence.is_some_and(|it| it.as_bytes().strip_suffix(b"\r\n") == Some(line.as_bytes()))
        };
        text.split("\r\n").filter(is_whole).map(|line| line[1..line.len() - 3].into()).collect()
    }
}

impl Write for Wire {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, LineFault> {
        let pause = self.0.borrow().pause.clone();
        if let Some((clock, pause)) = pause {
            clock.sleep(pause).await;
        }
        poll_fn(|cx| {
            let mut state = self.0.borrow_mut();
            state.is_due = !state.is_due;
            if !state.is_due {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        let end = self.0.borrow().end;
        match end {
            Some((0, End::Error)) => {
                self.0.borrow_mut().end = None;
                return Err(LineFault);
            }
            Some((0, End::Stuck)) => pending().await,
            _ => {}
        }
        let mut state = self.0.borrow_mut();
        state.end = end.map(|(bytes, end)| (bytes - 1, end));
        state.written.push(buf[0]);
        if buf[0] == b'\n' {
            let answer = state.answer.clone();
            state.said.extend(answer);
            if let Some(reader) = state.reader.take() {
                reader.wake();
            }
        }
        Ok(1)
    }

    async fn flush(&mut self) -> Result<(), LineFault> {
        let fails = mem::take(&mut self.0.borrow_mut().fails_flush);
        if fails { Err(LineFault) } else { Ok(()) }
    }
}

impl Read for Wire {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, LineFault> {
        poll_fn(|cx| {
            let mut state = self.0.borrow_mut();
            let Some(said) = state.said.pop_front() else {
                state.reader = Some(cx.waker().clone());
                return Poll::Pending;
            };
            Poll::Ready(said.map(|bytes| {
                buf[..bytes.len()].copy_from_slice(&bytes);
                bytes.len()
            }))
        })
        .await
    }
}

impl ErrorType for Wire {
    type Error = LineFault;
}

#[test]
fn a_receiver_that_knows_only_line_ends_obeys_no_part() {
    let first = Command::Rates(Rates::USUAL);
    for end in [Some(End::Error), Some(End::Stuck), None] {
        for bytes in 0..first.encode().as_bytes().len() {
            let (sim, wire) = (Sim::new(), Wire::default());
            let hub = wire.hub(&sim);
            wire.0.borrow_mut().end = Some((bytes, end.unwrap_or(End::Stuck)));
            let ended = sim.run(sim.clock().timeout(SECOND * 9, async {
                match end {
                    Some(_) => hub.post(first).await.is_err(),
                    // Dropped.
                    None => sim.clock().timeout(SECOND, hub.post(first)).await.is_err(),
                }
            }));
            assert_eq!(ended, Ok(true));
            wire.0.borrow_mut().end = None;
            wire.0.borrow_mut().is_due = false;
            sim.run(hub.post(interval(100))).unwrap();
            assert_eq!(wire.obeyed(), ["PMTK220,100"], "{end:?} after {bytes}");
            let len = wire.0.borrow().written.len();
            let separator = if bytes > 0 { b"$\r\n".len() } else { 0 };
            assert_eq!(len, bytes + separator + interval(100).encode().as_bytes().len());
        }
    }
}

#[test]
fn a_slow_writer_has_its_patience_for_each_byte_of_each_try() {
    let (sim, wire) = (Sim::new(), Wire::default());
    let hub = wire.hub(&sim);
    wire.0.borrow_mut().pause = Some((sim.clock(), SECOND));
    for sent in [2, 4] {
        sim.run(sim.clock().sleep(SECOND * 60));
        assert_eq!(sim.run(hub.send(Command::Test)), Err(SendError::NoAnswer));
        assert_eq!(wire.obeyed(), vec!["PMTK000"; sent]);
    }
}

#[test]
fn dropped_at_every_poll_a_post_goes_on_at_the_next_byte() {
    let (sim, wire) = (Sim::new(), Wire::default());
    let hub = wire.hub(&sim);
    sim.run(impatiently(async || hub.post(interval(100)).await)).unwrap();
    assert_eq!(wire.0.borrow().written, interval(100).encode().as_bytes());
}

#[test]
fn an_answer_that_comes_just_before_a_failure_is_returned() {
    let (sim, wire) = (Sim::new(), Wire::default());
    let hub = wire.hub(&sim);
    wire.0.borrow_mut().answer = vec![Ok(b"$PMTK001,0,3*30\r\n".to_vec()), Err(LineFault)];
    let (sent, ended) = sim.run(join(hub.send(Command::Test), hub.run()));
    assert_eq!((sent, ended), (Ok(Verdict::Succeeded), Err(Error::Read(LineFault))));
}

#[test]
fn a_command_whose_flush_failed_is_written_again_by_the_next_call() {
    let (sim, wire) = (Sim::new(), Wire::default());
    let hub = wire.hub(&sim);
    wire.0.borrow_mut().fails_flush = true;
    assert_eq!(sim.run(hub.post(Command::Test)), Err(SendError::Write(LineFault)));
    assert_eq!(sim.run(hub.post(Command::Test)), Ok(()));
    assert_eq!(wire.obeyed(), ["PMTK000", "PMTK000"]);
}
