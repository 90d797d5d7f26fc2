//! Bytes from a serial line.

use std::future::pending;

use embedded_hal::digital::PinState;
use embedded_io_async::{Read, Write};
use tickwire_sim::uart::{Baud, Byte, Decoder, Nanos, decode, draw, line};
use tickwire_sim::{Sim, Trace};
use tickwire_traits::{Duration, Instant, JoinHandle, Timer};

/// Checks the bytes in a timing diagram of bits of 100 µs.
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
    assert_eq!(decode(&short, Baud::new(10_000)).bytes, [(Nanos(0), 0xff)]);
    // A start bit that follows immediately begins there.
    let two = [0, 40, 60, 160].map(at).into_iter().zip([PinState::Low, PinState::High].repeat(2));
    let two = decode(&two.collect::<Vec<_>>(), Baud::new(10_000)).bytes;
    assert_eq!(two, [(Nanos(60_000), 0xff)]);
}

#[test]
fn a_byte_comes_with_the_first_change_after_it() {
    let mut decoder = Decoder::new(Baud::new(10_000));
    let byte = |at, framing_error| Some(Byte { at: Nanos(at), value: 0, framing_error });
    let mut change = |at, level: bool| decoder.change(Nanos(at), level.into());
    assert_eq!(change(0, false), None);
    assert_eq!(change(900_000, true), None, "its stop bit lasts for half of one at least");
    assert_eq!(change(1_000_000, false), byte(0, false));
    assert_eq!(change(2_000_000, true), byte(1_000_000, true));
    assert_eq!(decoder.finish(), None);
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

/// Returns all bytes, one right after the other, sent at `sent` bits per second and recorded
/// with times of `grain` nanoseconds.
fn recorded(sent: u64, grain: u64) -> Vec<(Nanos, PinState)> {
    let bits = (0..=255_u64).flat_map(|byte| {
        let frame = byte << 1 | 1 << 9;
        (0..10).map(move |bit| PinState::from(frame >> bit & 1 == 1))
    });
    let mut level = PinState::High;
    let mut changes = Vec::new();
    for (nth, bit) in (1..).zip(bits) {
        if bit != level {
            changes.push((Nanos(nth * 1_000_000_000 / sent / grain * grain), bit));
            level = bit;
        }
    }
    changes
}

/// Checks whether a line is decoded whose speed is off by so many thousandths.
#[track_caller]
fn check_speed(baud: u32, grain: u64, off: [i64; 2], expected: bool) {
    for off in off {
        let sent = u64::from(baud).checked_add_signed(i64::from(baud) * off / 1_000).unwrap();
        let decoded = decode(&recorded(sent, grain), Baud::new(baud));
        let is_read = decoded.bytes.iter().map(|(_, byte)| *byte).eq(0..=255);
        assert_eq!(is_read && decoded.framing_errors == 0, expected, "{baud} off by {off}/1000");
    }
}

#[test]
fn nanoseconds_hold_every_rate_and_microseconds_the_slower_ones() {
    for baud in [9_600, 115_200, 230_400, 460_800, 921_600, 3_000_000] {
        check_speed(baud, 1, [-20, 20], true);
        check_speed(baud, 1, [-70, 70], false);
    }
    // The limits in the module's documentation.
    check_speed(230_400, 1_000, [-20, 20], true);
    check_speed(460_800, 1_000, [0, 0], true);
    check_speed(460_800, 1_000, [-20, 20], false);
    check_speed(921_600, 1_000, [0, 0], false);
}

#[test]
fn a_trace_holds_460_800_baud() {
    for baud in [230_400, 460_800].map(Baud::new) {
        let probe = Trace::new();
        let line = probe.probe("tx", PinState::High);
        for byte in 0..=255 {
            draw(&line, Instant::EPOCH + baud.time_of(u64::from(byte)), byte, baud);
        }
        let decoded = decode(&probe.waveform("tx"), baud);
        assert!(decoded.bytes.iter().map(|(_, byte)| *byte).eq(0..=255), "{baud:?}");
    }
}

#[test]
fn the_time_of_any_number_of_bytes_is_known() {
    let year = Duration::from_secs(31_536_000);
    assert_eq!(Baud::new(9_600).time_of(960 * 31_536_000), year);
    // More than a `Duration` holds.
    assert_eq!(Baud::new(0).time_of(u64::MAX), Duration::MAX);
    assert_eq!(Baud::new(100_000_000).time_of(u64::MAX), Duration::from_micros(u64::MAX / 10 + 1));
}

#[test]
fn a_write_does_not_wake_a_reader_that_waits_for_a_byte_on_its_way() {
    let sim = Sim::new();
    let (mut near, mut far) = line(sim.clock(), Baud::new(10_000));
    let clock = sim.clock();
    let send = async move {
        for _ in 0..8 {
            near.write_all(&[7]).await.unwrap();
            clock.sleep(Duration::from_micros(100)).await;
        }
        pending::<()>().await; // Dropping the port would wake the reader.
    };
    sim.spawner().spawn_named("sender", send).detach();
    sim.run(far.read_exact(&mut [0; 8])).unwrap();
    // Once at the start, and then the sender after each pause, and the reader for each byte.
    assert_eq!(sim.polls(), (1 + 8) + (1 + 8));
}
