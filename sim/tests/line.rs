//! Serial lines with a port at each end.

use embedded_io_async::{Read, ReadReady, Write, WriteReady};
use tickwire_sim::uart::{Baud, LineFault, Port, SpeedError, Way, decode, line};
use tickwire_sim::{Sim, SimClock, Trace, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, JoinHandle, SetBaud, Timer};

/// A byte takes a millisecond.
const BAUD: u32 = 10_000;

fn millis(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

fn ports() -> (Sim, Port<SimClock>, Port<SimClock>) {
    let sim = Sim::new();
    let (near, far) = line(sim.clock(), Baud::new(BAUD));
    (sim, near, far)
}

/// Reads until the end. Returns each byte with the millisecond of its read.
async fn read_all(clock: &SimClock, port: &mut Port<SimClock>) -> Vec<(u64, u8)> {
    let mut read = Vec::new();
    let mut byte = [0];
    while port.read(&mut byte).await.unwrap() > 0 {
        read.push(((clock.now() - Instant::EPOCH).as_millis(), byte[0]));
    }
    read
}

#[test]
fn both_directions_carry_bytes_at_their_speed_at_the_same_time() {
    let (sim, mut near, mut far) = ports();
    let clock = sim.clock();
    let echo = async move {
        let mut byte = [0];
        while far.read(&mut byte).await.unwrap() > 0 {
            far.write_all(&[byte[0] + 1]).await.unwrap();
        }
    };
    sim.spawner().spawn_named("echo", echo).detach();
    let mut answer = [0; 4];
    sim.run(async {
        near.write_all(&[1, 2, 3, 4]).await.unwrap();
        near.read_exact(&mut answer).await.unwrap();
    });
    // The last byte takes 4 ms to arrive, and 1 ms to come back.
    assert_eq!((answer, clock.now()), ([2, 3, 4, 5], millis(5)));
}

#[test]
fn no_rounding_adds_up() {
    let sim = Sim::new();
    let baud = Baud::new(115_200);
    let (mut near, mut far) = line(sim.clock(), baud);
    let mut received = [0; 1_000];
    let send = async move { near.write_all(&[7; 1_000]).await.unwrap() };
    sim.spawner().spawn_named("sender", send).detach();
    sim.run(far.read_exact(&mut received)).unwrap();
    assert_eq!(sim.clock().now(), Instant::EPOCH + baud.time_of(1_000));
}

#[test]
fn a_write_waits_for_room_and_a_flush_for_the_last_byte() {
    let (sim, mut near, _far) = ports();
    let clock = sim.clock();
    sim.run(async {
        assert_eq!(near.write(&[0; 20]).await, Ok(16));
        assert_eq!(near.write_ready(), Ok(false));
        assert_eq!(clock.now(), millis(0));
        near.write_all(&[0; 4]).await.unwrap();
        assert_eq!(clock.now(), millis(4));
        near.flush().await.unwrap();
        assert_eq!(clock.now(), millis(20));
        assert_eq!(near.write_ready(), Ok(true));
        near.flush().await.unwrap();
        assert_eq!(near.write(&[]).await, Ok(0));
        assert_eq!(clock.now(), millis(20));
    });
}

#[test]
fn what_a_port_cannot_hold_is_lost_and_counted() {
    let (sim, mut near, far) = ports();
    let mut far = far.with_capacity(4);
    sim.run(async {
        near.write_all(&[1, 2, 3, 4, 5, 6, 7]).await.unwrap();
        sim.clock().sleep(Duration::from_millis(6)).await;
        assert_eq!(far.incoming().overruns(), 2);
        let mut received = [0; 9];
        assert_eq!(far.read(&mut received).await, Ok(4));
        assert_eq!(far.read(&mut received[4..]).await, Ok(1));
        assert_eq!(received[..5], [1, 2, 3, 4, 7]);
    });
    assert_eq!(near.outgoing().overruns(), 2);
}

/// Sends 1 to 5 with faults, and checks the bytes that arrive, with their milliseconds.
#[track_caller]
fn check(order: impl FnOnce(&Way<SimClock>), expected: &[(u64, u8)]) {
    let (sim, mut near, mut far) = ports();
    order(&near.outgoing());
    let received = sim.run(async {
        near.write_all(&[1, 2, 3, 4, 5]).await.unwrap();
        drop(near);
        read_all(&sim.clock(), &mut far).await
    });
    assert_eq!(received, expected);
}

#[test]
fn bytes_are_torn_doubled_delayed_and_garbled_to_order() {
    let ms = Duration::from_millis;
    check(|_| {}, &[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]);
    check(|way| way.tear(1, 2), &[(1, 1), (4, 4), (5, 5)]);
    check(|way| way.tear(3, u64::MAX), &[(1, 1), (2, 2), (3, 3)]);
    check(|way| way.tear(0, 5), &[]);
    check(|way| way.tear(1, 0), &[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]);
    check(|way| way.double(1), &[(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 5)]);
    check(|way| way.delay(2, ms(7)), &[(1, 1), (2, 2), (10, 3), (11, 4), (12, 5)]);
    check(|way| way.delay(0, ms(7)), &[(8, 1), (9, 2), (10, 3), (11, 4), (12, 5)]);
    check(|way| way.garble(4, 0x81), &[(1, 1), (2, 2), (3, 3), (4, 4), (5, 0x84)]);
    let all = |way: &Way<SimClock>| {
        way.double(1);
        way.delay(1, ms(10));
        way.garble(1, 0x40);
        way.tear(2, 1);
        way.tear(4, 1);
        way.double(u64::MAX);
    };
    check(all, &[(1, 1), (12, 0x42), (13, 0x42), (15, 4)]);
}

#[test]
fn faults_are_counted_from_the_next_byte() {
    let (sim, mut near, mut far) = ports();
    sim.run(async {
        near.write_all(&[1, 2]).await.unwrap();
        near.outgoing().tear(1, 1);
        near.write_all(&[3, 4, 5]).await.unwrap();
        let mut received = [0; 4];
        far.read_exact(&mut received).await.unwrap();
        assert_eq!(received, [1, 2, 3, 5]);
    });
}

#[test]
fn a_reader_that_waits_is_woken_by_a_write_and_by_the_end() {
    let (sim, mut near, mut far) = ports();
    let clock = sim.clock();
    let sender = async move {
        let clock = clock;
        clock.sleep(Duration::from_millis(10)).await;
        near.write_all(&[1]).await.unwrap();
        clock.sleep(Duration::from_millis(10)).await;
    };
    sim.spawner().spawn_named("sender", sender).detach();
    assert_eq!(sim.run(read_all(&sim.clock(), &mut far)), [(11, 1)]);
    assert_eq!(sim.clock().now(), millis(20));
    assert_eq!(sim.run(far.read(&mut [0])), Ok(0), "the end stays");
}

#[test]
fn a_smaller_capacity_keeps_what_has_arrived() {
    let (sim, mut near, far) = ports();
    sim.run(async {
        near.write_all(&[7; 6]).await.unwrap();
        sim.clock().sleep(Duration::from_millis(6)).await; // Nothing accesses the line.
        let mut far = far.with_capacity(4);
        assert_eq!(far.read(&mut [0; 8]).await, Ok(6));
        assert_eq!(far.incoming().overruns(), 0);
    });
}

#[test]
fn what_is_written_after_the_end_is_lost() {
    let (sim, mut near, mut far) = ports();
    let way = near.outgoing();
    sim.run(async {
        near.write_all(&[1, 2]).await.unwrap();
        way.hang_up();
        near.write_all(&[3; 20]).await.unwrap();
        let mut received = [0; 2];
        far.read_exact(&mut received).await.unwrap();
        assert_eq!(received, [1, 2]);
        assert_eq!(far.read(&mut received).await, Ok(0));
        near.flush().await.unwrap();
        assert_eq!(far.read_ready(), Ok(true));
        assert_eq!(far.read(&mut received).await, Ok(0));
        assert_eq!(way.overruns(), 0);
    });
}

#[test]
fn a_fault_is_returned_once_and_loses_nothing() {
    let (sim, mut near, mut far) = ports();
    sim.run(async {
        near.outgoing().fail_next_write();
        assert_eq!(near.write(&[1]).await, Err(LineFault));
        assert_eq!(near.write(&[1]).await, Ok(1));
        near.outgoing().fail_next_write();
        assert_eq!(near.flush().await, Err(LineFault));
        near.flush().await.unwrap();
        far.incoming().fail_next_read();
        assert_eq!(far.read_ready(), Ok(true));
        assert_eq!(far.read(&mut [0]).await, Err(LineFault));
        let mut byte = [0];
        assert_eq!((far.read(&mut byte).await, byte), (Ok(1), [1]));
    });
    // A reader that is already waiting.
    let way = far.incoming();
    let reader = async move { assert_eq!(far.read(&mut [0]).await, Err(LineFault)) };
    let reader = sim.spawner().spawn_named("reader", reader);
    sim.run(async {
        sim.clock().sleep(Duration::from_millis(1)).await;
        way.fail_next_read();
        reader.await;
    });
}

#[test]
fn a_port_is_ready_when_a_read_does_not_wait() {
    let (sim, mut near, mut far) = ports();
    sim.run(async {
        assert_eq!(far.read_ready(), Ok(false));
        near.write_all(&[1]).await.unwrap();
        assert_eq!(far.read_ready(), Ok(false), "it is on its way");
        near.flush().await.unwrap();
        assert_eq!(far.read_ready(), Ok(true));
        assert_eq!(far.read(&mut []).await, Ok(0));
        assert_eq!(far.read(&mut [0; 8]).await, Ok(1));
        assert_eq!(far.read_ready(), Ok(false));
        drop(near);
        assert_eq!(far.read_ready(), Ok(true));
    });
}

#[test]
fn no_byte_is_lost_or_doubled_by_a_read_or_a_write_that_is_dropped() {
    let (sim, mut near, mut far) = ports();
    let clock = sim.clock();
    let send = async move {
        for byte in 0..100 {
            while impatiently(async || near.write(&[byte]).await).await.unwrap() == 0 {}
        }
        impatiently(async || near.flush().await).await.unwrap();
    };
    sim.spawner().spawn_named("sender", send).detach();
    let received = sim.run(async {
        let mut received = Vec::new();
        let mut byte = [0];
        while impatiently(async || far.read(&mut byte).await).await.unwrap() > 0 {
            received.push(byte[0]);
        }
        received
    });
    assert!(received.into_iter().eq(0..100));
    assert_eq!(clock.now(), millis(100));
}

#[test]
fn a_read_that_was_dropped_leaves_nobody_waiting_in_vain() {
    let (sim, mut near, mut far) = ports();
    assert!(sim.run(drop_after(1, far.read(&mut [0]))).is_none());
    sim.run(async {
        near.write_all(&[1]).await.unwrap();
        let mut byte = [0];
        assert_eq!((far.read(&mut byte).await, byte), (Ok(1), [1]));
    });
}

#[test]
fn a_trace_of_the_line_decodes() {
    let (sim, mut near, _far) = ports();
    let trace = Trace::new();
    near.outgoing().traced(&trace, "tx");
    sim.run(async {
        near.write_all(b"line").await.unwrap();
        near.flush().await.unwrap();
    });
    let decoded = decode(&trace.waveform("tx"), Baud::new(BAUD));
    let bytes: Vec<_> = decoded.bytes.iter().map(|(_, byte)| *byte).collect();
    assert_eq!((&bytes[..], decoded.framing_errors), (&b"line"[..], 0));
}

#[test]
fn a_stall_tells_that_a_task_waits_for_a_line() {
    let (sim, near, mut far) = ports();
    let stall = sim.try_run(far.read(&mut [0])).unwrap_err();
    assert_eq!(stall.tasks[0].waits_for, ["bytes of a serial line"]);
    drop(near);
}

/// Sends `bytes` from a port at `sender` to one at `receiver`, in bits per second.
#[track_caller]
fn heard(sender: u32, receiver: u32, bytes: &[u8]) -> Vec<u8> {
    let (sim, mut near, mut far) = ports();
    let mut heard = vec![0; bytes.len()];
    sim.run(async {
        near.set_baud(sender).await.unwrap();
        far.set_baud(receiver).await.unwrap();
        near.write_all(bytes).await.unwrap();
        far.read_exact(&mut heard).await.unwrap();
    });
    heard
}

#[test]
fn bytes_between_ports_of_different_speeds_are_garbled() {
    for (sender, receiver, is_read) in [
        (9_600, 9_600, true),
        (9_600, 9_984, true),
        (9_984, 9_600, true),
        (9_600, 10_106, false),
        (9_600, 4_800, false),
        (9_600, 115_200, false),
        (115_200, 57_600, false),
    ] {
        let heard = heard(sender, receiver, b"$GPGLL");
        let intact = heard.iter().zip(b"$GPGLL").filter(|(heard, sent)| heard == sent).count();
        assert_eq!(intact, if is_read { 6 } else { 0 }, "{sender} to {receiver}");
    }
}

#[test]
fn a_speed_changes_when_all_bytes_are_out_and_in_both_directions() {
    let (sim, mut near, mut far) = ports();
    let clock = sim.clock();
    let mut bytes = [0; 3];
    sim.run(async {
        near.write_all(b"abc").await.unwrap();
        impatiently(async || near.set_baud(100_000).await).await.unwrap();
        assert_eq!(clock.now(), millis(3));
        far.read_exact(&mut bytes).await.unwrap();
        far.set_baud(100_000).await.unwrap();
        far.write_all(b"def").await.unwrap();
        near.read_exact(&mut bytes).await.unwrap();
    });
    assert_eq!((&bytes, clock.now()), (b"def", Instant::from_micros(3_300)));
}

#[test]
fn a_change_that_is_dropped_has_changed_nothing() {
    let (sim, mut near, mut far) = ports();
    let mut byte = [0; 2];
    sim.run(async {
        near.write_all(b"a").await.unwrap();
        assert!(drop_after(1, near.set_baud(100_000)).await.is_none());
        near.write_all(b"b").await.unwrap();
        far.read_exact(&mut byte).await.unwrap();
    });
    assert_eq!((&byte, sim.clock().now()), (b"ab", millis(2)));
}

#[test]
fn a_byte_whose_receiver_changes_its_speed_meanwhile_is_lost() {
    let (sim, mut near, mut far) = ports();
    let clock = sim.clock();
    let mut rest = [0; 2];
    sim.run(async {
        near.write_all(b"abc").await.unwrap();
        clock.sleep_until(Instant::from_micros(1_500)).await;
        // There and back: `a` has arrived, `b` is under way, `c` comes at the right speed.
        far.set_baud(20_000).await.unwrap();
        far.set_baud(BAUD).await.unwrap();
        far.read_exact(&mut rest).await.unwrap();
    });
    assert_eq!((&rest, clock.now()), (b"ac", millis(3)));
}

#[test]
fn a_speed_that_a_port_does_not_support_changes_nothing() {
    let (sim, near, mut far) = ports();
    let mut near = near.with_fastest(BAUD);
    let mut byte = [0];
    sim.run(async {
        for speed in [0, BAUD + 1] {
            assert_eq!(near.set_baud(speed).await, Err(SpeedError::Unsupported(speed)));
        }
        near.outgoing().fail_next_write();
        assert_eq!(near.set_baud(BAUD / 2).await, Err(SpeedError::Line(LineFault)));
        near.write_all(b"a").await.unwrap();
        far.read_exact(&mut byte).await.unwrap();
    });
    assert_eq!((&byte, sim.clock().now()), (b"a", millis(1)));
}
