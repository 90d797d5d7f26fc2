//! The times of marks and spaces, and what lateness does to them.

use embedded_hal::digital::PinState::{High, Low};
use tickwire_drivers::nec::{Addressing, Decoder, Event, Frame, Modulator, Pulse, Repeat, Signal};
use tickwire_traits::{Duration, Edge, Instant};

use crate::line::{REPEAT, key};
use crate::random::Random;

use Addressing::{Extended, Standard};

/// Performs the steps of a signal, each as late as `late` tells, in microseconds. Returns the
/// times of the steps.
fn steps(modulator: &mut Modulator, mut late: impl FnMut(usize) -> u64) -> Vec<u64> {
    let mut times = Vec::new();
    while let Some(due) = modulator.deadline() {
        assert_eq!(modulator.step(due - Duration::from_micros(1)), None, "early");
        let at = due + Duration::from_micros(late(times.len()));
        let pulse = if times.len() % 2 == 0 { Pulse::Mark } else { Pulse::Space };
        assert_eq!(modulator.step(at), Some(pulse));
        times.push(at.as_micros());
    }
    assert_eq!(modulator.step(Instant::MAX), None);
    times
}

fn spans(times: &[u64]) -> Vec<u64> {
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

fn received(decoder: &mut Decoder, modulator: &mut Modulator) -> Option<Signal> {
    let mut last = None;
    while let Some(due) = modulator.deadline() {
        let level = if modulator.step(due)? == Pulse::Mark { Low } else { High };
        assert_eq!(last, None);
        last = decoder.edge(Edge { line: (), at: due, level, missed: 0 });
    }
    last
}

#[test]
fn each_signal_has_the_spans_of_the_protocol() {
    for (address, command) in [(0x40, 0x12), (0, 0), (0xFF, 0xFF), (0x1234, 0xA5), (0xFFFF, 0xFF)] {
        let mut modulator = Modulator::new();
        modulator.frame(Frame::new(address, command), Instant::from_millis(20));
        let times = steps(&mut modulator, |_| 0);
        assert_eq!(times[0], 20_000);
        assert_eq!(spans(&times), key(address, command));
        modulator.repeat(Instant::from_millis(21));
        let times = steps(&mut modulator, |_| 0);
        assert_eq!((times[0], spans(&times)), (128_000, REPEAT.into()));
    }
}

#[test]
fn every_frame_that_is_sent_is_received() {
    let mut modulator = Modulator::new();
    let mut standard = Decoder::new();
    let mut extended = Decoder::new().with_addressing(Extended);
    let mut check = |decoder: &mut Decoder, frame: Frame| {
        modulator.frame(frame, modulator.next());
        let signal = received(decoder, &mut modulator).unwrap();
        assert_eq!(signal.event, Event::Frame(frame));
    };
    let mut random = Random(11);
    for n in 0..=u16::MAX {
        let [address, command] = n.to_be_bytes();
        check(&mut standard, Frame::new(address.into(), command));
        // Each address of 16 bits, with any command.
        check(&mut extended, Frame::new(n, random.next() as u8));
    }
    assert_eq!(*standard.counters(), *Decoder::new().counters());
    assert_eq!(*extended.counters(), *Decoder::new().counters());
}

#[test]
fn repeats_do_not_drift() {
    let mut modulator = Modulator::new();
    let mut decoder = Decoder::new();
    let mut random = Random(13);
    let frame = Frame::new(0x40, 0x12);
    modulator.frame(frame, Instant::from_millis(1_000));
    received(&mut decoder, &mut modulator).unwrap();
    for n in 1..=600 {
        // The caller is late, and so is each step.
        let now = modulator.next() + Duration::from_micros(random.below(10_000));
        modulator.repeat(now);
        let mut late = |step| random.below(if step == 0 { 10_000 } else { 141 });
        let times = steps(&mut modulator, &mut late);
        let next = Instant::from_millis(1_000 + 108 * (n + 1));
        assert_eq!(modulator.next(), next, "repeat {n} at {times:?}");
    }
    modulator.repeat(modulator.next());
    let repeat = received(&mut decoder, &mut modulator).unwrap().event;
    // 600 of them were not received.
    assert_eq!(repeat, Event::Repeat(Repeat { frame: None, held: Duration::ZERO }));
}

/// A step of a signal that is late, and how that changes the spans: by how much which of them.
#[track_caller]
fn check(late: &[(usize, u64)], changes: &[(usize, i64)], lateness: u64) {
    let mut modulator = Modulator::new();
    modulator.frame(Frame::new(0x40, 0x12), Instant::from_millis(20));
    let of = |step| late.iter().find(|(late, _)| *late == step).map_or(0, |(_, micros)| *micros);
    let spans = spans(&steps(&mut modulator, of));
    let changed = key(0x40, 0x12).into_iter().zip(spans).enumerate();
    let changed: Vec<_> = changed
        .map(|(n, (exact, span))| (n, span.cast_signed() - exact.cast_signed()))
        .filter(|(_, change)| *change != 0)
        .collect();
    assert_eq!(changed, changes);
    assert_eq!(modulator.lateness(), Duration::from_micros(lateness));
}

#[test]
fn lateness_of_up_to_140_us_moves_one_edge() {
    check(&[(10, 140)], &[(9, 140), (10, -140)], 140);
    check(&[(10, 100), (11, 90)], &[(9, 100), (10, -10), (11, -90)], 100);
    check(&[(67, 50)], &[(66, 50)], 50);
}

#[test]
fn lateness_is_that_of_one_signal() {
    let mut modulator = Modulator::new();
    for (late, lateness) in [(200, 200), (0, 0)] {
        let now = modulator.next().max(Instant::from_millis(20));
        modulator.frame(Frame::new(0x40, 0x12), now);
        steps(&mut modulator, |step| if step == 5 { late } else { 0 });
        assert_eq!(modulator.lateness(), Duration::from_micros(lateness));
    }
}

#[test]
fn more_lateness_makes_one_span_longer() {
    check(&[(10, 141)], &[(9, 141)], 141);
    check(&[(10, 50_000)], &[(9, 50_000)], 50_000);
    check(&[(1, 200), (20, 5_000_000_000)], &[(0, 200), (19, 5_000_000_000)], 4_294_967_295);
}

#[test]
fn a_late_beginning_moves_the_signal() {
    check(&[(0, 5_000)], &[], 0);
}

#[test]
fn signals_are_108_ms_apart() {
    let mut modulator = Modulator::new();
    let frame = Frame::new(0xFFFF, 0xFF);
    let ms = Instant::from_millis;
    // When a frame is asked for, how late its last step is, when it begins, and when the next may.
    for (asked, late, begins, next) in [
        (1_000, 0, 1_000, 1_108),
        (1_001, 0, 1_108, 1_216),
        // Up to 10 ms late: the next one is in time.
        (1_226, 0, 1_216, 1_324),
        (1_335, 0, 1_335, 1_443),
        // The frame takes 77.062 ms, and then there is a pause of 20 ms.
        (1_443, 10_900, 1_443, 1_551),
        (1_551, 11_938, 1_551, 1_660),
    ] {
        modulator.frame(frame, ms(asked));
        assert_eq!(modulator.deadline(), Some(ms(begins)), "asked at {asked} ms");
        let late_by = |step| if step == 67 { late } else { 0 };
        steps(&mut modulator, |step| if step == 0 { 0 } else { late_by(step) });
        assert_eq!(modulator.next(), ms(next), "asked at {asked} ms");
    }
}

#[test]
fn a_new_signal_takes_the_place_of_one_that_is_cut() {
    let mut modulator = Modulator::new();
    let mut decoder = Decoder::new().with_addressing(Standard);
    for cut in 0..68 {
        let begun = modulator.next();
        modulator.frame(Frame::new(0x40, 0xFF), begun);
        for _ in 0..cut {
            modulator.step(modulator.deadline().unwrap());
        }
        let frame = Frame::new(0x41, cut);
        modulator.frame(frame, begun);
        // One that has not begun does not delay the next.
        let expected = if cut == 0 { begun } else { begun + Modulator::PERIOD };
        assert_eq!(modulator.deadline(), Some(expected));
        assert_eq!(received(&mut decoder, &mut modulator).unwrap().event, Event::Frame(frame));
    }
}
