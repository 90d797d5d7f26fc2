//! The character display driver against the model of the controller, which ignores and counts
//! early writes. The model's oscillator is the slowest that the data sheet allows, unless a
//! test sets another.

mod cancelled;
mod counted;
mod faults;
mod late;
mod original;
mod page;
mod phases;
mod rig;
mod threads;

use embedded_hal::digital::PinState;
use rig::{Backpack, Eight, Four, Rig, Wiring};
use tickwire_drivers::hd44780::{CursorStyle, EightBit, FourBit, Lcd};
use tickwire_sim::models::hd44780::{Controller, Display, Pins};
use tickwire_sim::{Sim, SimClock, Trace, Wire};
use tickwire_traits::{Clock, Delay, Duration, Instant};

const LINES: [&str; 4] = ["first row 1", "second row 22", "third row 333", "fourth row 4444"];

/// Every row, cut to the columns, appears at its position, in time.
#[track_caller]
fn check<const COLS: usize, const ROWS: usize>() {
    check_on::<Four, COLS, ROWS>();
    check_on::<Eight, COLS, ROWS>();
    check_on::<Backpack, COLS, ROWS>();
}

#[track_caller]
fn check_on<W: Wiring, const COLS: usize, const ROWS: usize>() {
    let mut rig = Rig::<W, COLS, ROWS>::new();
    let lines = &LINES[..ROWS];
    lines.iter().enumerate().for_each(|(row, line)| rig.lcd.set_line(row, line));
    rig.lcd.set_cursor(Some((ROWS - 1, COLS - 1)), CursorStyle::Underline);
    rig.sim.run(rig.lcd.init()).unwrap();
    rig.check_shows(lines);
    assert_eq!(rig.display.cursor(), Some((ROWS - 1, COLS - 1)));
}

#[test]
fn every_geometry_shows_its_rows() {
    check::<8, 1>();
    check::<16, 1>();
    check::<20, 1>();
    check::<40, 1>();
    check::<8, 2>();
    check::<16, 2>();
    check::<20, 2>();
    check::<24, 2>();
    check::<40, 2>();
    check::<16, 4>();
    check::<20, 4>();
}

#[test]
fn a_16x1_with_a_whole_row_shows_it() {
    let sim = Sim::new();
    let display = Display::new(sim.clock(), 16, 1).with_whole_row();
    let (bus, _) = Four::connect(&sim.clock(), &display);
    let mut lcd = Lcd::<_, _, 16, 1>::new(bus, Delay(sim.clock())).with_whole_row();
    lcd.set_line(0, "sixteen in a row");
    sim.run(lcd.flush()).unwrap();
    assert_eq!(display.rows(), ["sixteen in a row"]);
}

#[test]
fn custom_characters_reach_the_glass() {
    let mut rig = Rig::<Four, 16, 2>::new();
    let bell = [0x04, 0x0e, 0x0e, 0x0e, 0x1f, 0x00, 0x04, 0x00];
    rig.lcd.set_glyph(7, bell);
    rig.lcd.set_line(1, "at 7:00 \u{7}");
    rig.sim.run(rig.lcd.flush()).unwrap();
    rig.check_shows(&["", "at 7:00 ⑦"]);
    assert_eq!(rig.display.cell(1, 8), bell);
}

#[test]
fn clearing_is_waited_for() {
    let mut rig = Rig::<Four, 20, 4>::new();
    rig.lcd.set_line(3, "gone soon");
    rig.sim.run(rig.lcd.flush()).unwrap();
    rig.sim.run(rig.lcd.clear()).unwrap();
    rig.check_shows(&[]);
    rig.lcd.set_line(0, "at once");
    rig.sim.run(rig.lcd.flush()).unwrap();
    rig.check_shows(&["at once"]);
    assert_eq!(rig.lcd.line(0).collect::<String>(), format!("{:20}", "at once"));
}

#[test]
fn the_backlight_is_switched_without_touching_the_text() {
    let mut rig = Rig::<Backpack, 16, 2>::new();
    rig.lcd.set_line(0, "dark");
    rig.sim.run(rig.lcd.flush()).unwrap();
    assert!(rig.display.backlight());
    for on in [false, false, true] {
        rig.lcd.set_backlight(on);
        rig.sim.run(rig.lcd.flush()).unwrap();
        assert_eq!(rig.display.backlight(), on);
        rig.check_shows(&["dark"]);
    }
}

#[test]
fn a_redraw_repairs_what_was_garbled() {
    let mut rig = Rig::<Four, 16, 2>::new();
    rig.lcd.set_line(0, "as it should be");
    rig.sim.run(rig.lcd.flush()).unwrap();
    // A spark: E rises and falls once, and later halves are out of step.
    rig.wire("E").set(PinState::High);
    rig.wire("E").set(PinState::Low);
    rig.lcd.set_line(1, "never mind");
    rig.sim.run(rig.lcd.flush()).unwrap();
    assert_ne!(rig.display.row(1), "never mind      ");
    rig.sim.run(rig.lcd.redraw()).unwrap();
    assert_eq!(rig.display.rows(), ["as it should be ", "never mind      "]);
}

/// Checks the time of `flush` from `before` to `after`, on each bus.
#[track_caller]
fn check_time(before: &str, after: &str, expected: [u64; 3]) {
    fn measure<W: Wiring>(before: &str, after: &str) -> u64 {
        let mut rig = Rig::<W, 16, 2>::new();
        rig.lcd.set_line(0, before);
        rig.sim.run(rig.lcd.flush()).unwrap();
        rig.lcd.set_line(0, after);
        let start = rig.sim.clock().now();
        rig.sim.run(rig.lcd.flush()).unwrap();
        (rig.sim.clock().now() - start).as_micros()
    }
    let times = [
        measure::<Four>(before, after),
        measure::<Eight>(before, after),
        measure::<Backpack>(before, after),
    ];
    assert_eq!(times, expected);
}

#[test]
fn a_refresh_takes_as_long_as_what_differs() {
    check_time("12:30", "12:30", [0, 0, 0]);
    // An address and a character.
    check_time("12:30", "12:31", [122, 118, 1_234]);
    check_time("", "0123456789abcdef", [16 * 65, 16 * 63, 16 * 621]);
}

#[test]
fn an_initialization_takes_51_ms() {
    let mut rig = Rig::<Four, 16, 2>::new();
    rig.sim.run(rig.lcd.init()).unwrap();
    assert!(rig.sim.clock().now() <= Instant::from_millis(51), "{:?}", rig.sim.clock().now());
}

/// Returns the changes of E, RS and the data while a text is written, in this order.
fn recorded(data: &[&str], write: impl FnOnce(&Sim, &[Wire<SimClock>])) -> Vec<Waveform> {
    let (sim, trace) = (Sim::new(), Trace::new());
    let names: Vec<_> = ["E", "RS"].iter().chain(data).collect();
    let wires: Vec<_> =
        names.iter().map(|name| trace.wire(name, sim.clock(), PinState::Low)).collect();
    write(&sim, &wires);
    // Without the initial levels, which are not edges.
    names.iter().map(|name| trace.waveform(name).split_off(1)).collect()
}

type Waveform = Vec<(Instant, PinState)>;

const TEXT: &str = "Held: 0123456789";

fn by_four_lines() -> Vec<Waveform> {
    recorded(&["D4", "D5", "D6", "D7"], |sim, wires| {
        let [e, rs, d4, d5, d6, d7] = wires else { panic!("{} wires", wires.len()) };
        let [e, rs, d4, d5, d6, d7] = [e, rs, d4, d5, d6, d7].map(Wire::output);
        let mut lcd =
            Lcd::<_, _, 16, 2>::new(FourBit::new(rs, e, d4, d5, d6, d7), Delay(sim.clock()));
        lcd.set_line(0, TEXT);
        sim.run(lcd.flush()).unwrap();
    })
}

fn by_eight_lines() -> Vec<Waveform> {
    recorded(&["D0", "D1", "D2", "D3", "D4", "D5", "D6", "D7"], |sim, wires| {
        let outputs = <[_; 10]>::try_from(wires.iter().map(Wire::output).collect::<Vec<_>>());
        let [e, rs, d0, d1, d2, d3, d4, d5, d6, d7] = outputs.unwrap();
        let bus = EightBit::new(rs, e, (d0, d1, d2, d3, d4, d5, d6, d7));
        let mut lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(sim.clock()));
        lcd.set_line(0, TEXT);
        sim.run(lcd.flush()).unwrap();
    })
}

#[test]
fn lines_are_stable_for_as_long_as_the_data_sheet_wants() {
    for waveforms in [by_four_lines(), by_eight_lines()] {
        let [e, rs, data @ ..] = &waveforms[..] else { panic!("{waveforms:?}") };
        assert!(e.len() > 20);
        for pair in e.windows(2) {
            assert!(pair[1].0 - pair[0].0 >= Duration::from_nanos_ceil(450), "{pair:?}");
        }
        let pulses = || e.chunks_exact(2).map(|pulse| (pulse[0].0, pulse[1].0));
        // From before E rises until after it has fallen. The data only from within the pulse on,
        // since only its end counts.
        for (at, _) in rs {
            assert!(!pulses().any(|(rise, fall)| (rise..=fall).contains(at)), "RS at {at:?}");
        }
        for (at, _) in data.iter().flatten() {
            assert!(!pulses().any(|(rise, fall)| rise < *at && *at <= fall), "data at {at:?}");
        }
    }
}

/// Decodes like sigrok's decoder of parallel lines, which takes the levels after E has
/// fallen.
#[test]
fn a_logic_analyzer_reads_the_text_at_the_falling_edges() {
    for waveforms in [by_four_lines(), by_eight_lines()] {
        let mut read = Controller::new(Instant::EPOCH);
        let level = |waveform: &Waveform, at| {
            let before = waveform.iter().take_while(|(change, _)| *change <= at);
            before.last().is_some_and(|(_, level)| *level == PinState::High)
        };
        let [e, rs, data @ ..] = &waveforms[..] else { panic!("{waveforms:?}") };
        for (at, _) in e.iter().filter(|(_, level)| *level == PinState::Low) {
            let bits =
                data.iter().rev().fold(0, |bits, line| bits << 1 | u8::from(level(line, *at)));
            let data = bits << (8 - data.len());
            read.latch(*at, Pins { rs: level(rs, *at), rw: false, data });
        }
        let shown: Vec<_> = (0..16).map(|address| read.ddram(address)).collect();
        assert_eq!(String::from_utf8_lossy(&shown), TEXT);
    }
}
