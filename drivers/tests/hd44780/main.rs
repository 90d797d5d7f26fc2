//! The character display driver against the model of the controller, which ignores
//! what comes too early and counts it. The model's oscillator is the slowest that
//! the data sheet allows, unless a test says otherwise.

mod cancelled;
mod faults;
mod late;
mod phases;
mod rig;

use embedded_hal::digital::PinState;
use rig::{Backpack, Eight, Four, Rig, Wiring};
use tickwire_drivers::hd44780::{CursorStyle, FourBit, Lcd};
use tickwire_sim::hd44780::Display;
use tickwire_sim::{Sim, Trace};
use tickwire_traits::{Clock, Delay, Duration, Instant};

const LINES: [&str; 4] = ["first row 1", "second row 22", "third row 333", "fourth row 4444"];

/// Every row, cut to the columns, appears where it belongs, in time.
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
    // A spark: E rises and falls by itself, and later halves are out of step.
    rig.wire("E").set(PinState::High);
    rig.wire("E").set(PinState::Low);
    rig.lcd.set_line(1, "never mind");
    rig.sim.run(rig.lcd.flush()).unwrap();
    assert_ne!(rig.display.row(1), "never mind      ");
    rig.sim.run(rig.lcd.redraw()).unwrap();
    assert_eq!(rig.display.rows(), ["as it should be ", "never mind      "]);
}

/// The time of `flush` from `before` to `after`, on each bus.
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
fn an_initialisation_takes_51_ms() {
    let mut rig = Rig::<Four, 16, 2>::new();
    rig.sim.run(rig.lcd.init()).unwrap();
    assert!(rig.sim.clock().now() <= Instant::from_millis(51), "{:?}", rig.sim.clock().now());
}

#[test]
fn e_is_high_and_low_for_long_enough() {
    let sim = Sim::new();
    let clock = sim.clock();
    let trace = Trace::new();
    let [rs, e, d4, d5, d6, d7] = ["RS", "E", "D4", "D5", "D6", "D7"]
        .map(|name| trace.wire(name, clock.clone(), PinState::Low));
    let bus =
        FourBit::new(rs.output(), e.output(), d4.output(), d5.output(), d6.output(), d7.output());
    let mut lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(clock));
    lcd.set_line(0, "E");
    sim.run(lcd.flush()).unwrap();
    let edges = trace.waveform("E");
    assert!(edges.len() > 20);
    for pair in edges.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= Duration::from_nanos_ceil(450), "{pair:?}");
    }
    // Neither RS nor data move while E is high, nor in the moment it rises.
    for name in ["RS", "D4", "D5", "D6", "D7"] {
        for (at, _) in trace.waveform(name) {
            let high = |pair: &[(Instant, PinState)]| {
                pair[0].1 == PinState::High && pair[0].0 <= at && at < pair[1].0
            };
            assert!(!edges.windows(2).any(high), "{name} moves at {at:?}");
        }
    }
}
