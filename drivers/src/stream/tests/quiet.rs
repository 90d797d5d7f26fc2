//! Blocks that end with a pause.

use std::iter::repeat_n;
use std::vec::Vec;

use embedded_io_async::Write;
use futures_util::future::join;
use futures_util::{StreamExt, TryStreamExt};
use tickwire_sim::uart::{Baud, LineFault, Port, line};
use tickwire_sim::{Pace, Sim, SimClock, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use super::script::{Script, Step};
use crate::stream::{Buffered, Error, Exactly, Quiet};

const PAUSE: Duration = Duration::from_millis(5);

/// Bytes, and the milliseconds since the bytes before.
type Message<'a> = (u64, &'a [u8]);

async fn talk(mut port: Port<SimClock>, clock: &SimClock, messages: &[Message<'_>]) {
    for (after, message) in messages {
        port.flush().await.unwrap();
        clock.sleep(Duration::from_millis(*after)).await;
        port.write_all(message).await.unwrap();
    }
}

/// The blocks at a pace, with each future dropped at each pending poll or not.
fn blocks(pace: Pace, is_impatient: bool, messages: &[Message<'_>]) -> Vec<Vec<u8>> {
    let sim = pace.sim();
    let clock = sim.clock();
    // A byte takes 1 ms.
    let (near, far) = line(sim.clock(), Baud::new(10_000));
    let mut quiet = Quiet::<_, _, 8>::new(far.with_capacity(4_096), sim.clock(), PAUSE);
    let listen = async {
        let mut blocks = Vec::new();
        loop {
            let block = if is_impatient {
                impatiently(async || quiet.block().await.map(<[u8]>::to_vec)).await
            } else {
                quiet.block().await.map(<[u8]>::to_vec)
            };
            match block {
                Ok(block) => blocks.push(block),
                Err(error) => {
                    assert_eq!(error, Error::EndOfStream);
                    return blocks;
                }
            }
        }
    };
    sim.run(join(talk(near, &clock, messages), listen)).1
}

#[track_caller]
fn check(messages: &[Message<'_>], expected: &[&[u8]]) {
    for is_impatient in [false, true] {
        assert_eq!(blocks(Pace::Punctual, is_impatient, messages), expected);
    }
}

#[test]
fn a_block_ends_with_a_pause_or_a_full_buffer_or_the_end() {
    check(&[], &[]);
    check(&[(20, b"one")], &[b"one"]);
    check(&[(0, b"one"), (10, b"two")], &[b"one", b"two"]);
    // The next byte ends 1 ms after its start.
    check(&[(0, b"one"), (3, b"two")], &[b"onetwo"]);
    check(&[(0, b"one"), (5, b"two")], &[b"one", b"two"]);
    check(&[(0, b"eight by")], &[b"eight by"]);
    check(&[(0, b"more than eight")], &[b"more tha", b"n eight"]);
    check(&[(0, b"a"), (3, b"b"), (3, b"c"), (3, b"d")], &[b"abcd"]);
}

#[test]
fn a_late_task_joins_messages_and_never_divides_one() {
    let messages: &[Message<'_>] = &[(0, b"ab"), (50, b"cde"), (2_100, b"f"), (300, b"gh")];
    for pace in Pace::ALL {
        for is_impatient in [false, true] {
            let blocks = blocks(pace, is_impatient, messages);
            assert_eq!(blocks.concat(), b"abcdefgh");
            let mut at = 0;
            let ends: Vec<_> = blocks
                .iter()
                .map(|block| {
                    at += block.len();
                    at
                })
                .collect();
            assert!(ends.iter().all(|end| [2, 5, 6, 8].contains(end)), "{pace:?}: {blocks:?}");
        }
    }
}

#[test]
fn a_block_is_returned_when_the_pause_is_over_and_not_later() {
    let sim = Sim::new();
    let clock = sim.clock();
    let (mut near, far) = line(sim.clock(), Baud::new(10_000));
    let mut quiet = Quiet::<_, _, 8>::new(far, sim.clock(), PAUSE);
    sim.run(async {
        near.write_all(b"abc").await.unwrap();
        quiet.block().await.unwrap();
    });
    assert_eq!(clock.now(), Instant::from_millis(8));
}

#[test]
fn a_failure_is_returned_and_its_block_is_kept() {
    let sim = Sim::new();
    let (mut near, far) = line(sim.clock(), Baud::new(10_000));
    let way = near.outgoing();
    let mut quiet = Quiet::<_, _, 8>::new(far, sim.clock(), PAUSE);
    sim.run(async {
        near.write_all(b"abcd").await.unwrap();
        let early = sim.clock().timeout(Duration::from_millis(2), quiet.block()).await;
        assert!(early.is_err());
        way.fail_next_read();
        assert_eq!(quiet.block().await, Err(Error::Read(LineFault)));
        assert_eq!(quiet.block().await.unwrap(), b"abcd");
    });
}

#[test]
fn bytes_that_another_type_has_left_begin_a_block() {
    let sim = Sim::new();
    let (mut near, far) = line(sim.clock(), Baud::new(10_000));
    let mut exactly = Exactly::<_, 8>::new(far);
    sim.run(async {
        near.write_all(b"abcd").await.unwrap();
        near.flush().await.unwrap();
        assert_eq!(exactly.bytes(1).await.unwrap(), b"a");
        assert_eq!(exactly.rest(), b"bcd");
        sim.clock().sleep(Duration::from_secs(1)).await;
        near.write_all(b"ef").await.unwrap();
        let mut quiet = Quiet::resume(exactly.release(), sim.clock(), PAUSE);
        assert_eq!(quiet.block().await.unwrap(), b"bcdef");
    });
}

#[test]
fn a_stream_of_blocks_ends_after_the_end() {
    let sim = Sim::new();
    let mut quiet = Quiet::<_, _, 4>::new(&b"abcdef"[..], sim.clock(), PAUSE);
    let blocks = quiet.blocks().map_ok(|block| block.to_vec());
    let blocks: Vec<_> = sim.run(blocks.collect());
    assert_eq!(blocks, [Ok(b"abcd".to_vec()), Ok(b"ef".to_vec()), Err(Error::EndOfStream)]);
}

#[test]
fn the_pause_after_bytes_of_another_type_begins_once() {
    let mut other = Exactly::<_, 8>::new(Script::new([Step::Bytes(b"abcd".to_vec()), Step::Never]));
    let sim = Sim::new();
    sim.run(async {
        assert_eq!(other.bytes(1).await.unwrap(), b"a");
        let rest: Buffered<_, 8> = other.release();
        let mut quiet = Quiet::resume(rest, sim.clock(), PAUSE);
        let block = impatiently(async || quiet.block().await.map(<[u8]>::to_vec)).await;
        assert_eq!(block.unwrap(), b"bcd");
    });
    assert_eq!(sim.clock().now(), Instant::from_millis(5));
}

#[test]
fn a_turn_for_other_tasks_does_not_end_a_block() {
    // After the last number, the read of the late byte is the 32nd, which a turn precedes.
    for reads in 1..=30 {
        let sim = Sim::new();
        let bytes = repeat_n(Step::Bytes(b"a".to_vec()), reads);
        let more = [Step::Pause, Step::Bytes(b"b".to_vec()), Step::Never];
        let script = Script::new(bytes.chain(more));
        let mut quiet = Quiet::<_, _, 200>::new(script, sim.clock(), PAUSE);
        sim.run(async {
            assert_eq!(drop_after(1, quiet.block()).await, None);
            // The byte is there, and the task is late.
            sim.clock().sleep(Duration::from_secs(1)).await;
            assert!(quiet.block().await.unwrap().ends_with(b"ab"), "{reads} reads");
        });
    }
}
