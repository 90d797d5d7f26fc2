//! The vectors of micropython-async's `NEC_IR`, each limit to the microsecond.
//!
//! `NEC_IR` reports once, 73 ms (80 ms with extended addresses) after the first edge. Deviations:
//!
//! - A frame is reported at its 68th edge, a repeat at its 4th. What follows without a pause is
//!   one error: 69 edges are a frame and `Overrun`, 5 edges a repeat and `BadRepeat`.
//! - An error is reported as soon as it is certain. Only too few edges take 73 ms.
//! - A repeat without a frame has none, rather than address 0.

use tickwire_drivers::nec::{Addressing, Error, Event, Frame, Repeat};
use tickwire_traits::Duration;

use crate::line::{Line, REPEAT, frame, key};

use Addressing::{Apple, Extended, Samsung, Standard};

/// Spans in, signals out, at microseconds after the first edge.
#[track_caller]
fn check(addressing: Addressing, spans: &[u64], expected: &[(u64, Event)]) {
    let mut line = Line::new(addressing);
    line.signal(spans);
    assert_eq!(line.signals(), expected, "{spans:?}");
}

/// The spans, with span `n` replaced.
fn with(mut spans: Vec<u64>, n: usize, span: u64) -> Vec<u64> {
    spans[n] = span;
    spans
}

/// The spans up to a number of edges. Beyond the last one, spans of a 0 follow.
fn edges(mut spans: Vec<u64>, edges: usize) -> Vec<u64> {
    spans.resize(edges - 1, 562);
    spans
}

fn pressed(address: u16, command: u8) -> Event {
    Event::Frame(Frame::new(address, command))
}

const UNKNOWN: Event = Event::Repeat(Repeat { frame: None, held: Duration::ZERO });

#[test]
fn a_frame_is_reported_at_its_68th_edge() {
    check(Standard, &key(0x40, 0x01), &[(68_062, pressed(64, 1))]);
    check(Extended, &key(0x40, 0x01), &[(68_062, pressed(64, 1))]);
    check(Standard, &key(0x40, 0x81), &[(68_062, pressed(64, 129))]);
    check(Extended, &key(0x1234, 0xA5), &[(64_687, pressed(0x1234, 0xA5))]);
    let bad = Event::Error(Error::BadAddress { address: 0x1234 });
    check(Standard, &key(0x1234, 0xA5), &[(64_687, bad)]);
    // The longest: 0xFFFF has no complement.
    check(Extended, &key(0xFFFF, 0xFF), &[(77_062, pressed(0xFFFF, 0xFF))]);
}

#[test]
fn check_bytes_are_compared() {
    let frame_of = |bytes| frame(u32::from_le_bytes(bytes));
    let bad_data = |address| Event::Error(Error::BadData { address });
    let bad_address = |address| Event::Error(Error::BadAddress { address });
    // As sent, and its error with standard and with extended addresses.
    for (bytes, standard, extended) in [
        ([0x40, 0xBF, 0x01, 0xFF], bad_data(0x40), bad_data(0x40)),
        ([0x34, 0x12, 0xA5, 0x5B], bad_address(0x1234), bad_data(0x1234)),
        ([0x40, 0x00, 0x01, 0xFE], bad_address(0x40), pressed(0x40, 1)),
        ([0x40, 0x00, 0x01, 0x01], bad_address(0x40), bad_data(0x40)),
    ] {
        let spans = frame_of(bytes);
        let end = spans.iter().sum();
        check(Standard, &spans, &[(end, standard)]);
        check(Extended, &spans, &[(end, extended)]);
    }
    for bit in 0..32 {
        let expected = if bit < 16 { bad_address(0xBF40 ^ 1 << bit) } else { bad_data(0x40) };
        let spans = frame(0xFE01_BF40 ^ 1 << bit);
        check(Standard, &spans, &[(spans.iter().sum(), expected)]);
    }
}

#[test]
fn variants_have_checks_of_their_own() {
    let bad_data = |address| Event::Error(Error::BadData { address });
    let bad_address = |address| Event::Error(Error::BadAddress { address });
    for (addressing, bytes, expected) in [
        (Samsung, [0x07, 0x07, 0x02, 0xFD], pressed(0x07, 0x02)),
        (Samsung, [0xFF, 0xFF, 0x02, 0xFD], pressed(0xFF, 0x02)),
        (Samsung, [0x07, 0xF8, 0x02, 0xFD], bad_address(0xF807)),
        (Samsung, [0x07, 0x07, 0x02, 0xFC], bad_data(0x07)),
        (Standard, [0x07, 0x07, 0x02, 0xFD], bad_address(0x0707)),
        // The lowest bit of the third byte is the parity.
        (Apple, [0xEE, 0x87, 0x04, 0x07], bad_data(0x07)),
        (Apple, [0xEE, 0x87, 0x05, 0x07], pressed(0x07, 0x02)),
        (Apple, [0xEE, 0x87, 0xFF, 0xFE], pressed(0xFE, 0x7F)),
        (Apple, [0xEF, 0x87, 0x04, 0x07], bad_address(0x87EF)),
    ] {
        let spans = frame(u32::from_le_bytes(bytes));
        check(addressing, &spans, &[(spans.iter().sum(), expected)]);
    }
    // Samsung's start mark is short.
    let bad_start = Event::Error(Error::BadStart);
    let spans = with(frame(0xFD02_0707), 0, 2_000);
    check(Samsung, &spans, &[(2_000, bad_start)]);
    let spans = with(spans, 0, 2_001);
    check(Samsung, &spans, &[(spans.iter().sum(), pressed(0x07, 0x02))]);
    check(Samsung, &[4_500, 2_250, 562], &[(7_312, UNKNOWN)]);
    check(Apple, &with(frame(0x0705_87EE), 0, 4_000), &[(4_000, bad_start)]);
}

#[test]
fn a_repeat_is_reported_at_its_4th_edge() {
    check(Standard, &REPEAT, &[(11_812, UNKNOWN)]);
    let five = [(11_812, UNKNOWN), (12_374, Event::Error(Error::BadRepeat))];
    check(Standard, &edges(REPEAT.into(), 5), &five);
    check(Standard, &edges(REPEAT.into(), 9), &five);
    check(Standard, &REPEAT[..2], &[(73_000, Event::Error(Error::BadRepeat))]);
    check(Extended, &REPEAT[..2], &[(80_000, Event::Error(Error::BadRepeat))]);
}

#[test]
fn too_few_edges_are_an_error_at_the_deadline() {
    let bad_start = Event::Error(Error::BadStart);
    let bad_block = Event::Error(Error::BadBlock);
    check(Standard, &[], &[(73_000, bad_start)]);
    check(Extended, &[], &[(80_000, bad_start)]);
    check(Standard, &[200], &[(200, bad_start)]);
    check(Standard, &[9_000], &[(73_000, bad_start)]);
    for count in 3..68 {
        check(Standard, &edges(key(0x40, 1), count), &[(73_000, bad_block)]);
        check(Extended, &edges(key(0x40, 1), count), &[(80_000, bad_block)]);
    }
}

#[test]
fn too_many_edges_are_one_error_more() {
    for count in [69, 70, 73, 100] {
        let overrun = (68_062 + 562, Event::Error(Error::Overrun));
        check(Standard, &edges(key(0x40, 1), count), &[(68_062, pressed(64, 1)), overrun]);
    }
}

#[test]
fn each_limit_is_exact() {
    let bad_start = Event::Error(Error::BadStart);
    let whole = key(0x40, 1);
    check(Standard, &with(whole.clone(), 0, 4_000), &[(4_000, bad_start)]);
    check(Standard, &with(whole.clone(), 0, 4_001), &[(63_063, pressed(64, 1))]);
    let repeat_of_68 = [(12_562, UNKNOWN), (13_125, Event::Error(Error::BadRepeat))];
    check(Standard, &with(whole.clone(), 1, 3_000), &repeat_of_68);
    check(Standard, &with(whole.clone(), 1, 3_001), &[(66_563, pressed(64, 1))]);
    check(Standard, &with(REPEAT.into(), 1, 1_700), &[(10_700, bad_start)]);
    check(Standard, &with(REPEAT.into(), 1, 1_701), &[(11_263, UNKNOWN)]);
    for bit in 0..32 {
        let space = 3 + 2 * bit;
        let (zero, one) = (frame(0), frame(u32::MAX));
        let last_of = |spans: &[u64]| {
            let mut line = Line::new(Standard);
            line.signal(spans);
            line.signals()
        };
        // 0 and 1 of the bit, by the shortest and the longest space of each.
        let check_bit = |spans: &[u64], bits| {
            let expected = Event::Error(Frame::from_bits(bits, Standard).unwrap_err());
            assert_eq!(last_of(spans), [(spans.iter().sum(), expected)]);
        };
        check_bit(&with(zero.clone(), space, 1_120), 0);
        check_bit(&with(zero, space, 1_121), 1 << bit);
        // With 32 ones, a frame would be too long for a standard address.
        let short = |span: &u64| if *span > 1_121 && *span < 4_500 { 1_121 } else { *span };
        let one: Vec<_> = one.iter().map(short).collect();
        check_bit(&with(one.clone(), space, 1_120), !(1 << bit));
        check_bit(&one, u32::MAX);
    }
}

#[test]
fn a_frame_may_last_until_the_deadline() {
    for (addressing, micros) in [(Standard, 73_000), (Extended, 80_000)] {
        let spans = key(0x40, 1);
        let longest = 9_000 + (micros - 68_062);
        let frame = with(spans.clone(), 0, longest);
        check(addressing, &frame, &[(micros, pressed(64, 1))]);
        let frame = with(spans, 0, longest + 1);
        check(addressing, &frame, &[(micros, Event::Error(Error::BadBlock))]);
    }
}

#[test]
fn a_repeat_may_last_until_the_deadline() {
    for (addressing, micros) in [(Standard, 73_000), (Extended, 80_000)] {
        let spans = [9_000, 2_250, micros - 11_250];
        check(addressing, &spans, &[(micros, UNKNOWN)]);
        let spans = with(spans.into(), 2, spans[2] + 1);
        check(addressing, &spans, &[(micros, Event::Error(Error::BadRepeat))]);
    }
}

#[test]
fn marks_are_not_measured() {
    let mut spans = key(0x40, 1);
    let end: u64 = spans.iter().sum();
    let short = |n: &usize| *n > 0 && n.is_multiple_of(2);
    (0..spans.len()).filter(short).for_each(|n| spans[n] = 1);
    check(Standard, &spans, &[(end - 33 * 561, pressed(64, 1))]);
    spans[10] = 20_000; // Longer than a pause, but not a pause.
    check(Standard, &spans, &[(end - 33 * 561 + 19_999, pressed(64, 1))]);
    spans[10] = 1;
    spans[66] = 9_000;
    check(Standard, &spans, &[(end - 33 * 561 + 8_999, pressed(64, 1))]);
    check(Standard, &[9_000, 2_250, 20_000], &[(31_250, UNKNOWN)]);
}

#[test]
fn every_frame_is_read_back() {
    for address in 0..=u16::MAX {
        for command in [0, 1, 0x55, 0x80, 0xFF, address as u8] {
            let frame = Frame::new(address, command);
            assert_eq!(Frame::from_bits(frame.to_bits(), Extended), Ok(frame));
            let standard = Frame::from_bits(frame.to_bits(), Standard);
            assert_eq!(standard.is_ok(), frame.address() < 256, "{frame:?}");
        }
    }
}
