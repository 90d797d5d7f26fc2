//! Records, exact lengths and frames on a serial line with faults, at every pace.

use std::vec::Vec;

use embedded_io_async::Write;
use futures_util::future::join;
use tickwire_sim::uart::{Baud, LineFault, Port, Way, line};
use tickwire_sim::{SimClock, at_every_pace, impatiently};
use tickwire_traits::Duration;

use crate::stream::{Error, Exactly, FrameError, Frames, Records};

/// An item, or the error in its place.
type Item = Result<Vec<u8>, FrameError<LineFault>>;

/// Checks what `all` reads of `sent` at every pace.
#[track_caller]
fn check(
    sent: &[u8],
    fault: impl Fn(&Way<SimClock>),
    all: impl AsyncFn(Port<SimClock>) -> Vec<Item>,
    expected: &[Result<&[u8], FrameError<LineFault>>],
) {
    let items = at_every_pace(|sim| {
        let (mut near, far) = line(sim.clock(), Baud::new(9_600));
        fault(&near.outgoing());
        let send = async {
            near.write_all(sent).await.unwrap();
            drop(near);
        };
        sim.run(join(send, all(far.with_capacity(4_096)))).1
    });
    let items: Vec<_> = items.iter().map(|item| item.as_deref().map_err(|error| *error)).collect();
    assert_eq!(items, expected);
}

/// All items until the end, read by a caller that drops each future at each pending poll.
async fn all(mut next: impl AsyncFnMut() -> Item) -> Vec<Item> {
    let mut items = Vec::new();
    loop {
        match impatiently(&mut next).await {
            Err(FrameError::Stream(Error::EndOfStream)) => return items,
            item => items.push(item),
        }
    }
}

async fn records(port: Port<SimClock>) -> Vec<Item> {
    let mut records = Records::<_, 4>::new(port, b';');
    all(async || records.record().await.map(<[u8]>::to_vec).map_err(FrameError::Stream)).await
}

async fn threes(port: Port<SimClock>) -> Vec<Item> {
    let mut exactly = Exactly::<_, 4>::new(port);
    all(async || exactly.bytes(3).await.map(<[u8]>::to_vec).map_err(FrameError::Stream)).await
}

async fn frames(port: Port<SimClock>) -> Vec<Item> {
    let mut frames = Frames::<_, 8>::new(port);
    all(async || frames.frame().await.map(<[u8]>::to_vec)).await
}

const FAILED: FrameError<LineFault> = FrameError::Stream(Error::Read(LineFault));

const fn too_long(len: usize) -> FrameError<LineFault> {
    FrameError::Stream(Error::TooLong { len })
}

/// Delays each of the first bytes by more than a task is late.
fn delays(way: &Way<SimClock>) {
    (0..5).for_each(|at| way.delay(at, Duration::from_secs(2)));
}

#[test]
fn a_fault_costs_the_records_that_it_hits() {
    let check = |fault: &dyn Fn(&Way<SimClock>), expected: &[_]| {
        check(b"one;two;six", fault, records, expected);
    };
    check(&|_| {}, &[Ok(b"one"), Ok(b"two"), Ok(b"six")]);
    check(&delays, &[Ok(b"one"), Ok(b"two"), Ok(b"six")]);
    check(&|way| way.tear(1, 1), &[Ok(b"oe"), Ok(b"two"), Ok(b"six")]);
    check(&|way| way.tear(3, 1), &[Err(too_long(6)), Ok(b"six")]);
    check(&|way| way.double(3), &[Ok(b"one"), Ok(b""), Ok(b"two"), Ok(b"six")]);
    check(&|way| way.garble(0, 0x80), &[Ok(b"\xefne"), Ok(b"two"), Ok(b"six")]);
    check(&|way| way.fail_next_read(), &[Err(FAILED), Ok(b"one"), Ok(b"two"), Ok(b"six")]);
}

#[test]
fn a_fault_shifts_exact_lengths_and_loses_no_other_byte() {
    let check = |fault: &dyn Fn(&Way<SimClock>), expected: &[_]| {
        check(b"onetwosix", fault, threes, expected);
    };
    check(&|_| {}, &[Ok(b"one"), Ok(b"two"), Ok(b"six")]);
    check(&delays, &[Ok(b"one"), Ok(b"two"), Ok(b"six")]);
    check(&|way| way.tear(1, 1), &[Ok(b"oet"), Ok(b"wos")]);
    check(&|way| way.double(0), &[Ok(b"oon"), Ok(b"etw"), Ok(b"osi")]);
    check(&|way| way.fail_next_read(), &[Err(FAILED), Ok(b"one"), Ok(b"two"), Ok(b"six")]);
}

#[test]
fn a_fault_costs_the_frames_that_it_hits() {
    let check = |fault: &dyn Fn(&Way<SimClock>), expected: &[_]| {
        // "one", then "" of which the checksum is two zeros, then "six".
        let wire = [&b"\x06one\xa8\x42\0"[..], b"\x01\x01\x01\0", b"\x06six\xf2\xe4\0"].concat();
        check(&wire, fault, frames, expected);
    };
    check(&|_| {}, &[Ok(b"one"), Ok(b""), Ok(b"six")]);
    check(&delays, &[Ok(b"one"), Ok(b""), Ok(b"six")]);
    let damaged = |len| Err(FrameError::Encoding { len });
    check(&|way| way.tear(1, 1), &[damaged(5), Ok(b""), Ok(b"six")]);
    check(&|way| way.tear(6, 1), &[Err(too_long(9)), Ok(b"six")]);
    check(&|way| way.double(6), &[Ok(b"one"), Ok(b""), Ok(b"six")]);
    let wrong = Err(FrameError::Checksum { len: 6 });
    check(&|way| way.garble(2, 0x10), &[wrong, Ok(b""), Ok(b"six")]);
    check(&|way| way.fail_next_read(), &[Err(FAILED), Ok(b"one"), Ok(b""), Ok(b"six")]);
}
