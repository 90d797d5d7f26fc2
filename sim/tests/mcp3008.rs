//! The model of the MCP3008, against its datasheet.

use std::cell::RefCell;
use std::rc::Rc;

use embedded_hal::digital::PinState::{High, Low};
use embedded_hal_async::spi::SpiBus;
use tickwire_sim::models::mcp3008::{Counts, DataLine, Mcp3008};
use tickwire_sim::spi::{Bus, Device};
use tickwire_sim::{Sim, Wire};
use tickwire_traits::Instant;

/// Exchanges bytes of `micros` each with a chip that is selected at 0 µs, and deselects it.
fn exchange(chip: &mut Mcp3008, micros: u64, bytes: &[u8]) -> Vec<u8> {
    chip.select(Instant::EPOCH);
    let times = (0..).map(|byte| Instant::from_micros(byte * micros));
    let answer = bytes.iter().zip(times).map(|(byte, at)| chip.exchange(at, *byte)).collect();
    chip.deselect(Instant::from_micros(bytes.len() as u64 * micros), true);
    answer
}

/// Returns a chip whose channels have the codes 100, 110, …
fn chip(mut chip: Mcp3008, channels: u16) -> Mcp3008 {
    chip.set_reference(1_024_000);
    (0..channels).for_each(|channel| chip.set_code(channel.into(), 100 + 10 * channel));
    chip
}

/// Returns the result of a conversion for the bits SGL/DIFF, D2, D1, D0.
fn asked(chip: &mut Mcp3008, bits: u8) -> u16 {
    let answer = exchange(chip, 8, &[0x01, bits << 4, 0x00]);
    u16::from_be_bytes([answer[1], answer[2]]) & 0x3ff
}

#[test]
fn the_bits_are_those_of_the_datasheet_at_any_offset_of_the_start_bit() {
    // Figures 5-1 and 5-2: the result 0b10_0110_1010, twice, and then zeros.
    let expected: Vec<_> = "0100110101010101100100000".bytes().map(|bit| bit == b'1').collect();
    for (undriven, zeros) in
        [0x00, 0xff].into_iter().flat_map(|line| (0..24).map(move |n| (line, n)))
    {
        let mut chip = Mcp3008::new();
        chip.set_code(0, 0b10_0110_1010);
        chip.set_undriven(undriven);
        // The start bit and SGL/DIFF, and zeros for D2 to D0.
        let request = (0b11_u64 << 62 >> zeros).to_be_bytes();
        let answer = exchange(&mut chip, 8, &request);
        let mut bits = answer.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
        for _ in 0..zeros + 6 {
            assert_eq!(bits.next(), Some(undriven & 1), "{zeros}");
        }
        let driven: Vec<_> = bits.map(|bit| bit == 1).take(expected.len()).collect();
        assert_eq!(driven, expected, "{zeros}");
    }
}

#[test]
fn the_inputs_are_those_of_the_tables() {
    let mut eight = chip(Mcp3008::new(), 8);
    let mut four = chip(Mcp3008::mcp3004(), 4);
    for bits in 0..16_u8 {
        let (channel, single) = (u16::from(bits & 7), bits & 8 != 0);
        let difference = if channel & 1 == 1 { 10 } else { 0 };
        let of = |channel| if single { 100 + 10 * channel } else { difference };
        assert_eq!(asked(&mut eight, bits), of(channel), "{bits:04b}");
        // D2 does not matter.
        assert_eq!(asked(&mut four, bits), of(channel & 3), "{bits:04b}");
    }
}

#[test]
fn codes_are_steps_of_the_reference() {
    let mut chip = Mcp3008::new();
    for (reference, microvolts, code) in [
        (1_024_000, 0, 0),
        (1_024_000, 999, 0),
        (1_024_000, 1_000, 1),
        (1_024_000, 1_022_999, 1_022),
        (1_024_000, 1_023_000, 1_023),
        (1_024_000, 1_024_000, 1_023),
        (1_024_000, i32::MAX, 1_023),
        (1_024_000, i32::MIN, 0),
        (5_000_000, 2_500_000, 512),
        (0, 1, 1_023),
        (u32::MAX, i32::MAX, 511),
    ] {
        chip.set_reference(reference);
        chip.set_voltage(0, microvolts);
        assert_eq!(asked(&mut chip, 0b1000), code, "{microvolts} of {reference}");
    }
    for (microvolts, code) in [(i64::MAX, 1_023), (i64::MIN, 0)] {
        chip.set_waveform(0, move |_| microvolts);
        chip.set_waveform(1, move |_| !microvolts);
        assert_eq!(asked(&mut chip, 0b1000), code);
        assert_eq!(asked(&mut chip, 0b0000), code);
    }
    for (mut chip, last) in [(Mcp3008::new(), 1_023), (Mcp3008::mcp3208(), 4_095)] {
        for code in 0..=last {
            chip.set_code(3, code);
            let shift = if last == 1_023 { 4 } else { 6 };
            let [_, first, second, third] = (0b1_1011_u32 << (shift + 8)).to_be_bytes();
            let answer = exchange(&mut chip, 8, &[first, second, third]);
            assert_eq!(u16::from_be_bytes([answer[1], answer[2]]) & last, code);
        }
    }
}

#[test]
fn an_input_is_sampled_in_the_byte_of_the_fifth_clock() {
    let mut chip = Mcp3008::new();
    chip.set_reference(1_024);
    chip.set_waveform(0, |now| now.as_micros() as i64);
    let answer = exchange(&mut chip, 8, &[0x00, 0x01, 0x80, 0x00]);
    assert_eq!(answer[3], 16);
}

#[test]
fn a_clock_that_is_too_fast_or_too_slow_is_counted() {
    // The supply, the time of a byte, and the counts.
    for (new, supply, micros, too_fast, too_slow) in [
        (Mcp3008::new as fn() -> Mcp3008, 3_300_000, 0, 0, 0), // A bus without a speed.
        (Mcp3008::new, 3_300_000, 5, 2, 0),
        (Mcp3008::new, 3_300_000, 6, 0, 0),
        (Mcp3008::new, 5_000_000, 2, 2, 0),
        (Mcp3008::new, 5_000_000, 3, 0, 0),
        (Mcp3008::mcp3208, 2_700_000, 7, 2, 0),
        (Mcp3008::mcp3208, 2_700_000, 8, 0, 0),
        (Mcp3008::mcp3208, 5_500_000, 3, 2, 0),
        (Mcp3008::mcp3208, 5_500_000, 4, 0, 0),
        (Mcp3008::new, 3_300_000, 872, 0, 0),
        (Mcp3008::new, 3_300_000, 873, 0, 1),
    ] {
        let mut chip = new();
        chip.set_supply(supply);
        exchange(&mut chip, micros, &[0x01, 0x80, 0x00]);
        let counts = chip.counts();
        assert_eq!(
            (counts.too_fast, counts.too_slow),
            (too_fast, too_slow),
            "{micros} µs, {chip:?}"
        );
    }
}

#[test]
fn a_result_that_is_not_read_to_its_end_is_counted() {
    for (bytes, whole, conversions, cut) in [
        (&[][..], true, 0, 0),
        (&[0x00, 0x00, 0x00], true, 0, 0), // No start bit.
        (&[0x01], true, 0, 1),
        (&[0x01, 0x80], true, 0, 1),
        (&[0x01, 0x80, 0x00], true, 1, 0),
        (&[0x01, 0x80, 0x00], false, 1, 1), // The last byte was not over.
        (&[0x01, 0x80, 0x00, 0x01, 0x80, 0x00], true, 1, 0), // Once a selection.
    ] {
        let mut chip = Mcp3008::new();
        chip.select(Instant::EPOCH);
        bytes.iter().for_each(|byte| {
            chip.exchange(Instant::EPOCH, *byte);
        });
        chip.deselect(Instant::EPOCH, whole);
        chip.deselect(Instant::EPOCH, whole);
        assert_eq!(
            (chip.counts().conversions, chip.counts().cut),
            (conversions, cut),
            "{bytes:x?}"
        );
    }
}

#[test]
fn a_chip_without_power_or_a_shorted_line_answers_nothing() {
    let mut chip = Mcp3008::new();
    let request = [0x01, 0x80, 0x00];
    chip.unplug();
    assert!(!chip.is_plugged());
    assert_eq!(exchange(&mut chip, 8, &request), [0xff; 3]);
    chip.set_undriven(0x00);
    assert_eq!(exchange(&mut chip, 8, &request), [0x00; 3]);
    assert_eq!(chip.counts(), Counts::default());

    // With its power back in the middle of a selection, it waits for the next.
    chip.set_undriven(0xff);
    chip.select(Instant::EPOCH);
    chip.plug();
    let answer = request.map(|byte| chip.exchange(Instant::EPOCH, byte));
    assert_eq!(answer, [0xff; 3]);
    chip.deselect(Instant::EPOCH, true);
    assert_eq!(exchange(&mut chip, 8, &request), [0xff, 0xf8, 0x00]);

    for (line, read) in [(DataLine::Low, 0x00), (DataLine::High, 0xff)] {
        chip.set_data_line(line);
        assert_eq!(exchange(&mut chip, 8, &request), [read; 3]);
    }
    assert_eq!(chip.counts().conversions, 3, "it converts nonetheless");
}

#[test]
fn only_a_selected_chip_answers() {
    let sim = Sim::new();
    let selects = [High, High].map(|level| Wire::new(sim.clock(), level));
    let mut bus = Bus::new(sim.clock());
    for (cs, code) in selects.iter().zip([0x155, 0x2aa]) {
        let mut chip = Mcp3008::new();
        chip.set_code(0, code);
        bus.attach(cs, Rc::new(RefCell::new(chip)));
    }
    for (cs, expected) in selects.iter().zip([[0xff, 0xf9, 0x55], [0xff, 0xfa, 0xaa]]) {
        cs.set(Low);
        let mut frame = [0x01, 0x80, 0x00];
        sim.run(bus.transfer_in_place(&mut frame)).unwrap();
        assert_eq!(frame, expected);
        cs.set(High);
    }
}

#[test]
#[should_panic = "the MCP3004 has no channel 4"]
fn a_channel_that_the_chip_does_not_have_is_refused() {
    Mcp3008::mcp3004().set_voltage(4, 0);
}
