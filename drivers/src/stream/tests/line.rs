//! On a serial line: bytes torn, doubled, delayed and garbled, at every pace.

use std::cell::Cell;
use std::iter::repeat_n;
use std::vec::Vec;

use embedded_io_async::Write;
use futures_util::future::join;
use tickwire_sim::uart::{Baud, LineFault, Port, Way, line};
use tickwire_sim::{Sim, SimClock, at_every_pace, drop_after, impatiently};
use tickwire_traits::{Duration, Timer, race, yield_now};

use super::model;
use super::script::{Script, Step};
use crate::stream::{Error, Exactly, Lines, Records};

const SENT: &[u8] = b"one\r\ntwo\rthree\nfour\n";

/// The ends of a line. The far end holds whatever a late task has not read.
fn ends(sim: &Sim) -> (Port<SimClock>, Port<SimClock>) {
    let (near, far) = line(sim.clock(), Baud::new(9_600));
    (near, far.with_capacity(4_096))
}

/// Lines and failures, read by a caller that drops each future at each pending poll.
async fn all(port: Port<SimClock>) -> Vec<Result<Vec<u8>, Error<LineFault>>> {
    let mut lines = Lines::<_, 8>::new(port);
    let mut items = Vec::new();
    while items.last() != Some(&Err(Error::EndOfStream)) {
        items.push(impatiently(async || lines.line().await.map(<[u8]>::to_vec)).await);
    }
    items
}

#[track_caller]
fn check(fault: impl Fn(&Way<SimClock>), expected: &[Result<&[u8], Error<LineFault>>]) {
    let items = at_every_pace(|sim| {
        let (mut near, far) = ends(sim);
        fault(&near.outgoing());
        let send = async {
            near.write_all(SENT).await.unwrap();
            drop(near);
        };
        sim.run(join(send, all(far))).1
    });
    let items: Vec<_> = items.iter().map(|item| item.as_deref().map_err(|error| *error)).collect();
    let end = Err(Error::EndOfStream);
    assert_eq!(items, [expected, &[end]].concat());
}

#[test]
fn a_fault_on_the_line_costs_the_lines_that_it_hits() {
    check(|_| {}, &[Ok(b"one"), Ok(b"two"), Ok(b"three"), Ok(b"four")]);
    check(|way| way.tear(1, 1), &[Ok(b"oe"), Ok(b"two"), Ok(b"three"), Ok(b"four")]);
    // An end that is lost joins two lines, and half of CR LF is enough.
    check(|way| way.tear(3, 1), &[Ok(b"one"), Ok(b"two"), Ok(b"three"), Ok(b"four")]);
    check(|way| way.tear(3, 2), &[Ok(b"onetwo"), Ok(b"three"), Ok(b"four")]);
    check(|way| way.tear(8, 1), &[Ok(b"one"), Ok(b"twothree"), Ok(b"four")]);
    check(|way| way.tear(14, 1), &[Ok(b"one"), Ok(b"two"), Err(Error::TooLong { len: 9 })]);
    check(|way| way.double(8), &[Ok(b"one"), Ok(b"two"), Ok(b""), Ok(b"three"), Ok(b"four")]);
    check(|way| way.double(3), &[Ok(b"one"), Ok(b""), Ok(b"two"), Ok(b"three"), Ok(b"four")]);
    check(|way| way.garble(0, 0x80), &[Ok(b"\xefne"), Ok(b"two"), Ok(b"three"), Ok(b"four")]);
    let delay = |way: &Way<SimClock>| (0..5).for_each(|at| way.delay(at, Duration::from_secs(2)));
    check(delay, &[Ok(b"one"), Ok(b"two"), Ok(b"three"), Ok(b"four")]);
    check(
        |way| way.fail_next_read(),
        &[Err(Error::Read(LineFault)), Ok(b"one"), Ok(b"two"), Ok(b"three"), Ok(b"four")],
    );
}

#[test]
fn a_line_that_fails_or_ends_after_any_byte_loses_none_before() {
    for after in 0..SENT.len() {
        let sim = Sim::new();
        let (mut near, far) = ends(&sim);
        let way = near.outgoing();
        let clock = sim.clock();
        let mut lines = Lines::<_, 8>::new(far);
        sim.run(async {
            near.write_all(&SENT[..after]).await.unwrap();
            let mut items = Vec::new();
            while let Ok(item) = clock.timeout(Duration::from_millis(100), lines.line()).await {
                items.push(item.unwrap().to_vec());
            }
            way.fail_next_read();
            assert_eq!(lines.line().await, Err(Error::Read(LineFault)));
            way.hang_up();
            while let Ok(item) = lines.line().await {
                items.push(item.to_vec());
            }
            assert_eq!(lines.line().await, Err(Error::EndOfStream));
            let expected = model::lines(&SENT[..after], 8);
            assert_eq!(items.into_iter().map(Ok).collect::<Vec<_>>(), expected);
        });
    }
}

#[test]
fn a_call_that_is_dropped_at_any_poll_loses_no_byte() {
    for polls in 1..100 {
        let sim = Sim::new();
        let (mut near, far) = ends(&sim);
        sim.run(near.write_all(b"onetwo;xyz")).unwrap();
        let mut exactly = Exactly::<_, 8>::new(far);
        let first = sim.run(drop_after(polls, async {
            assert_eq!(exactly.bytes(3).await.unwrap(), b"one");
        }));
        let mut records = Records::resume(exactly.release(), b';');
        let second = sim.run(drop_after(polls, async {
            let expected = if first.is_some() { &b"two"[..] } else { b"onetwo" };
            assert_eq!(records.record().await.unwrap(), expected);
        }));
        if second.is_none() {
            let record = sim.run(records.record()).unwrap();
            assert!(b"onetwo".ends_with(record));
        }
        let mut rest = Exactly::resume(records.release());
        assert_eq!(sim.run(rest.bytes(3)).unwrap(), b"xyz");
        if first.is_some() && second.is_some() {
            assert!(polls > 3);
            return;
        }
    }
    panic!("it never ends");
}

#[test]
fn a_reader_that_is_always_ready_lets_other_tasks_run() {
    let sim = Sim::new();
    let turns = Cell::new(0);
    // One byte per read, without a pause.
    let steps = repeat_n(Step::Bytes(b"\n".to_vec()), 320);
    let mut lines = Lines::<_, 4>::new(Script::new(steps));
    sim.run(async {
        let read = async {
            for _ in 0..320 {
                lines.line().await.unwrap();
            }
        };
        let neighbor = async {
            loop {
                turns.set(turns.get() + 1);
                yield_now().await;
            }
        };
        race(read, neighbor).await;
    });
    assert!(turns.get() >= 10, "{}", turns.get());
}
