//! Bytes from a serial line.

use embedded_hal::digital::PinState;
use tickwire_sim::Trace;
use tickwire_sim::uart::{Baud, decode, draw};
use tickwire_traits::{Duration, Instant};

/// A timing diagram of bits of 100 µs, and what it says.
#[track_caller]
fn check(name: &str, diagram: &str, bytes: &[u8], framing_errors: u32) {
    let mut level = PinState::High;
    let mut changes = Vec::new();
    for (bit, char) in diagram.chars().filter(|char| *char != ' ').enumerate() {
        let next = PinState::from(char == '-');
        if next != level {
            changes.push((Instant::from_micros(bit as u64 * 100), next));
            level = next;
        }
    }
    let decoded = decode(&changes, Baud::new(10_000));
    let found: Vec<_> = decoded.bytes.iter().map(|(_, byte)| *byte).collect();
    assert_eq!((found.as_slice(), decoded.framing_errors), (bytes, framing_errors), "{name}");
}

#[test]
fn bits_are_sampled_in_their_middle() {
    check("an idle line says nothing", "-----", &[], 0);
    check("the lowest bit comes first", "_ -_______ - --", &[0x01], 0);
    check(
        "bytes may follow at once",
        "_ -------- - _ ________ - _ -_-_-_-_ -",
        &[0xff, 0, 0x55],
        0,
    );
    check("a break is a byte without a stop bit", "_ ________ _ --", &[0], 1);
    check("a long break is one byte", "____________________", &[0], 1);
    check("the last byte needs no later change", "-- _ ________ -", &[0], 0);
    check("a capture that begins low begins a byte", "_________ -", &[0], 0);
}

#[test]
fn a_glitch_is_no_start_bit() {
    let at = Instant::from_micros;
    let glitch = [(at(0), PinState::Low), (at(40), PinState::High)];
    assert_eq!(decode(&glitch, Baud::new(10_000)).bytes, []);
    let short = [(at(0), PinState::Low), (at(60), PinState::High)];
    assert_eq!(decode(&short, Baud::new(10_000)).bytes, [(at(0), 0xff)]);
}

#[test]
fn a_speed_may_be_four_percent_off() {
    for baud in [9_300, 9_600, 9_900] {
        let trace = Trace::new();
        let probe = trace.probe("tx", PinState::High);
        let mut at = Instant::EPOCH;
        for byte in 0..=255 {
            draw(&probe, at, byte, Baud::new(baud));
            at += Baud::new(baud).time_of(1) + Duration::from_micros(1);
        }
        let decoded = decode(&trace.waveform("tx"), Baud::new(9_600));
        assert!(decoded.bytes.iter().map(|(_, byte)| *byte).eq(0..=255), "{baud}");
        assert_eq!(decoded.framing_errors, 0, "{baud}");
    }
}
