//! A change of speed: which speed is next, and when.

use tickwire_drivers::gps::mtk::{Baud, Command, SpeedChange, Step};
use tickwire_traits::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// Runs a change of which the receiver is heard where `is_heard` says so: at a speed of the port,
/// at a time in milliseconds. Returns the speeds of the port, what was found, and when.
fn run(
    from: Baud,
    to: Baud,
    has: impl Fn(Baud) -> bool,
    is_heard: impl Fn(Baud, u64) -> bool,
) -> (Vec<u32>, Option<u32>, u64) {
    let mut change = SpeedChange::new(from, to);
    let (mut now, mut heard, mut speeds) = (Instant::EPOCH, 0_u32, Vec::new());
    for _ in 0..1_000 {
        match change.step(now, heard) {
            Step::Set(baud) if has(baud) => {
                speeds.push(baud.bits_per_second());
                change.set();
            }
            Step::Set(_) => {
                change.refused();
            }
            Step::Send(_) => change.sent(now),
            Step::Wait(until) => {
                assert!(until > now);
                now = until.min(now + Duration::from_millis(50));
                let millis = (now - Instant::EPOCH).as_millis();
                heard = heard.wrapping_add(is_heard(change.port(), millis).into());
            }
            Step::End(found) => {
                let millis = (now - Instant::EPOCH).as_millis();
                return (speeds, found.map(Baud::bits_per_second), millis);
            }
        }
    }
    panic!("it does not end")
}

#[track_caller]
fn check(
    is_heard: impl Fn(Baud, u64) -> bool,
    (speeds, found, millis): (&[u32], Option<u32>, std::ops::Range<u64>),
) {
    let (tried, is, at) = run(Baud::B9600, Baud::B57600, |_| true, is_heard);
    assert_eq!(tried[..2], [57_600, 9_600], "the port tries the new speed");
    assert_eq!((&tried[2..], is), (speeds, found));
    assert!(millis.contains(&at), "after {at} ms");
}

#[test]
fn speeds_are_tried_in_their_order_until_one_is_heard() {
    let all = [57_600, 9_600, 115_200, 38_400, 57_600, 19_200, 4_800, 14_400, 9_600];
    check(|_, _| false, (&all, None, 12_800..13_000));
    check(|_, _| true, (&all[..1], Some(57_600), 100..200));
    check(|baud, _| baud == Baud::B9600, (&all[..2], Some(9_600), 1_700..1_900));
    check(|baud, _| baud == Baud::B14400, (&all[..8], Some(14_400), 11_300..11_500));
    // The receiver has obeyed late.
    let late = |baud, at| baud == Baud::B57600 && at > 3_000;
    check(late, (&all[..5], Some(57_600), 6_400..6_700));
    // A sentence in two seconds is too rare, unless it comes in time.
    check(|_, at| at >= 1_500, (&all[..1], Some(57_600), 1_500..1_600));
}

#[test]
fn what_is_heard_before_the_pause_is_over_is_ignored() {
    check(
        |_, at| at <= 100,
        (
            &[57_600, 9_600, 115_200, 38_400, 57_600, 19_200, 4_800, 14_400, 9_600],
            None,
            12_800..13_000,
        ),
    );
}

#[test]
fn a_task_that_is_late_lets_others_read_before_an_attempt_ends() {
    let mut change = SpeedChange::new(Baud::B9600, Baud::B19200);
    let (mut now, mut waits) = (Instant::EPOCH, Vec::new());
    // The last look of each attempt hears nothing yet: a sentence then is a proof.
    let found = loop {
        match change.step(now, (waits.len() == 16).into()) {
            Step::Set(_) => change.set(),
            Step::Send(_) => change.sent(now),
            Step::Wait(until) => {
                waits.push((until - now).as_millis());
                now = until + SECOND;
            }
            Step::End(found) => break found,
        }
    };
    assert_eq!(found, Some(Baud::B19200));
    let listen = [500, 1, 1, 1];
    assert_eq!(waits, [[100, 1, 1, 1], listen, listen, listen].concat());
}

#[test]
fn a_change_to_the_same_speed_tries_each_once() {
    let (speeds, found, _) = run(Baud::B9600, Baud::B9600, |_| true, |_, _| false);
    let mut tried = speeds[2..speeds.len() - 1].to_vec();
    tried.sort_unstable();
    assert_eq!(tried, [4_800, 9_600, 14_400, 19_200, 38_400, 57_600, 115_200]);
    assert_eq!(found, None);
}

#[test]
fn speeds_that_the_port_refuses_are_passed_over() {
    let has = |baud| baud <= Baud::B19200;
    let (speeds, found, _) = run(Baud::B9600, Baud::B4800, has, |baud, _| baud == Baud::B14400);
    assert_eq!(speeds, [4_800, 9_600, 4_800, 9_600, 19_200, 4_800, 14_400]);
    assert_eq!(found, Some(14_400));
    let (speeds, found, millis) = run(Baud::B9600, Baud::B57600, has, |_, _| true);
    assert_eq!((speeds, found, millis), (vec![], None, 0));
}

#[test]
fn the_number_of_sentences_may_wrap() {
    let mut change = SpeedChange::new(Baud::B9600, Baud::B19200);
    let (mut now, mut heard) = (Instant::EPOCH, u32::MAX);
    loop {
        match change.step(now, heard) {
            Step::Set(_) => change.set(),
            Step::Send(Command::Test) => {
                heard = heard.wrapping_add(1);
                change.sent(now);
            }
            Step::Send(_) => change.sent(now),
            Step::Wait(until) => now = until,
            Step::End(found) => return assert_eq!(found, Some(Baud::B19200)),
        }
    }
}
