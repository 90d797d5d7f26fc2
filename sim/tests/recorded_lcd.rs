//! The display model against logic analyzer captures of Arduinos that drive real displays
//! (sigrok-dumps, public domain).

use std::path::PathBuf;

use embedded_hal::digital::PinState;
use tickwire_sim::models::hd44780::{Display, Phase, Pins, Recorded};
use tickwire_sim::{Sim, SimClock};
use tickwire_traits::{Clock, Duration, Timer};

#[test]
fn a_20x4_shows_all_four_rows() {
    check("test_204", (20, 4), |display| {
        let expected = [
            "0123456789!'\"$%&/()=",
            "abcdefghijklmnopqrst",
            "uvwxyzABCDEFGHIJKLMN",
            "OPQRSTUVWXYZ,;.:-_+*",
        ];
        assert_eq!(display.rows(), expected);
        assert!(display.is_on());
    });
}

#[test]
fn custom_characters_are_drawn() {
    check("customcharacter", (16, 2), |display| {
        assert_eq!(display.rows(), ["I ⓪ Arduino! ①  ", "    ③           "]);
        let heart = [".....", ".#.#.", "#####", "#####", "#####", ".###.", "..#..", "....."];
        assert_eq!(draw(display.cell(0, 2)), heart);
        let smiley = [".....", ".....", ".#.#.", ".....", ".....", "#...#", ".###.", "....."];
        assert_eq!(draw(display.cell(0, 13)), smiley);
        let arms_down = ["..#..", ".#.#.", "..#..", "..#..", ".###.", "#.#.#", "..#..", ".#.#."];
        assert_eq!(draw(display.cell(1, 4)), arms_down);
    });
}

/// The sketch switches the display on and off; the capture ends while it is off.
#[test]
fn what_is_switched_off_keeps_its_text() {
    check("power", (16, 2), |display| {
        assert_eq!(display.rows(), ["hello, world!   ", "                "]);
        assert!(!display.is_on());
        assert_eq!(display.cell(0, 0), [0; 8]);
    });
}

/// Its second line is written at address 0x28, which the data sheet does not have
/// in two-line mode.
#[test]
fn a_program_that_counts_addresses_on_has_its_second_line() {
    check("reset-init-hello", (16, 2), |display| {
        assert_eq!(display.rows(), ["Hello LCD       ", "00unter 0x0     "]);
        assert!(display.is_on());
    });
}

/// Plays a capture to a display that has long been on, in every phase that an earlier program
/// may have left. There are no violations.
#[track_caller]
fn check(name: &str, (columns, rows): (usize, usize), expect: impl Fn(&Display<SimClock>)) {
    let Some(corpus) = std::env::var_os("TICKWIRE_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: {name}: TICKWIRE_CORPUS is not set");
        return;
    };
    let path = corpus.join(format!("logic/hd44780-{name}.txt"));
    let Ok(capture) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {name}: no recorded inputs at {}", path.display());
        return;
    };
    for phase in [Phase::Whole, Phase::High, Phase::Low(0x00), Phase::Low(0xf0)] {
        let sim = Sim::new();
        let clock = sim.clock();
        let display = Display::new(clock.clone(), columns, rows);
        display.set_phase(phase);
        sim.run(play(&capture, clock, &display));
        assert_eq!(display.log(), [], "from {phase:?}");
        expect(&display);
    }
}

async fn play(capture: &str, clock: SimClock, display: &Display<SimClock>) {
    let has_rw = capture.lines().next().is_some_and(|header| header.contains(" RW "));
    let mut lines = capture.lines().filter(|line| !line.starts_with('#'));
    let first = lines.next().expect("a capture begins with the levels at its start");
    let (_, pins, e) = parse(first, has_rw);
    let wires = Recorded::new(display, pins, e);
    let start = clock.now() + Duration::from_millis(100);
    for line in lines {
        let (at, pins, e) = parse(line, has_rw);
        clock.sleep_until(start + at).await;
        wires.set(pins, e);
    }
}

fn parse(line: &str, has_rw: bool) -> (Duration, Pins, PinState) {
    let mut fields = line.split_whitespace();
    let time = fields.next().expect("a line begins with its time");
    let whole = time.split('.').next().and_then(|micros| micros.parse().ok());
    let mut level = || match fields.next() {
        Some("0") => false,
        Some("1") => true,
        other => panic!("`{other:?}` is not a level"),
    };
    let (rs, rw, e) = (level(), has_rw && level(), level());
    let data = (4..8).fold(0, |data, bit| data | u8::from(level()) << bit);
    let at = Duration::from_micros(whole.expect("a time in µs"));
    (at, Pins { rs, rw, data }, e.into())
}

fn draw(cell: [u8; 8]) -> [String; 8] {
    cell.map(|row| format!("{row:05b}").replace('0', ".").replace('1', "#"))
}
