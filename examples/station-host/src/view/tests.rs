use std::rc::Rc;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{KEYS, draw, panes};
use crate::gps_line::LineState;
use crate::options::Options;
use crate::record::Record;
use crate::world::World;

/// Sizes of windows that people have, and those at which a pane comes or goes.
const SIZES: [(u16, u16); 17] = [
    (40, 10),
    (40, 24),
    (43, 11),
    (52, 10),
    (60, 20),
    (79, 24),
    (80, 10),
    (80, 17),
    (80, 18),
    (80, 24),
    (80, 25),
    (100, 30),
    (107, 40),
    (108, 40),
    (125, 37),
    (132, 43),
    (150, 50),
];

/// Events as they come, long ones among them.
const EVENTS: [&str; 5] = [
    "21.50 °C, 48.00 %",
    "GPS: 51.4779000° N, 0.0014000° W",
    "sensor: the bus failed: no acknowledge, of which the source is unknown to the controller",
    "display: line D7 failed, as requested",
    "GPS line: gone, looked for every second: Inappropriate ioctl for device (os error 25)",
];

fn station() -> (World, Rc<Record>) {
    let record = Rc::new(Record::new(false));
    let (world, _) = World::new(&Options::default(), &record).unwrap();
    (world, record)
}

fn drawn((width, height): (u16, u16), world: &World, record: &Record) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, world, record)).unwrap();
    terminal.backend().buffer().clone()
}

/// The rows of a part of the screen.
fn rows(buffer: &Buffer, area: Rect) -> Vec<String> {
    let symbol = |x, y| buffer[(x, y)].symbol();
    area.rows().map(|row| row.columns().map(|at| symbol(at.x, at.y)).collect()).collect()
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn the_newest_event_is_there_in_full_with_whole_words() {
    for size in SIZES {
        let (world, record) = station();
        for event in EVENTS {
            record.tell(event);
            let buffer = drawn(size, &world, &record);
            let (width, height) = size;
            let events = panes::Panes::new(Rect::new(0, 0, width, height), 0).events;
            let shown = rows(&buffer, panes::inside(events)).join(" ");
            let expected = format!("({event})");
            assert!(words(&shown).ends_with(&words(&expected)), "{size:?} {event}\n{buffer:?}");
        }
    }
}

#[test]
fn what_is_wrong_with_the_line_stays_on_the_screen() {
    for (state, expected) in [
        (LineState::NoWriter, "GPS line: waiting for a writer"),
        (LineState::Gone(None), "GPS line: gone, looked for every second"),
        (LineState::Ended, "GPS line: the file has ended"),
    ] {
        let (world, record) = station();
        record.gps_line(state);
        (0..100).for_each(|_| record.tell("something else"));
        let shows = |record: &Record| {
            let buffer = drawn((80, 24), &world, record);
            rows(&buffer, buffer.area).iter().any(|row| row.trim() == expected)
        };
        assert!(shows(&record), "{expected}");
        record.gps_line(LineState::Open);
        assert!(!shows(&record), "{expected}");
    }
}

#[test]
fn a_pane_is_there_as_a_whole_or_not_at_all() {
    let (world, record) = station();
    record.tell("something");
    record.transfer("80 e3 / 81 68 3a 7cn".into());
    for size in SIZES {
        let buffer = drawn(size, &world, &record);
        let shown = rows(&buffer, buffer.area);
        let has = |text: &str| shown.iter().any(|row| row.contains(text));
        assert!(
            !has(" counters ") || has("sentences accepted") && has("LCD violations"),
            "{size:?}"
        );
        assert!(!has(" I2C ") || has("80 e3 / 81 68 3a 7cn"), "{size:?}");
        assert_eq!(has("temperature, °C"), has("humidity, %"), "{size:?}");
        let keys = shown.last().unwrap().trim();
        let whole: Vec<_> = KEYS.into_iter().filter(|key| keys.contains(key)).collect();
        assert_eq!(keys, whole.join("   "), "{size:?}");
        assert!(keys.starts_with("q quit   space click   d double"), "{size:?} {keys}");
    }
    let (full, usual) = (drawn((150, 50), &world, &record), drawn((80, 24), &world, &record));
    let has =
        |buffer: &Buffer, text| rows(buffer, buffer.area).iter().any(|row| row.contains(text));
    for pane in ["HD44780, 20 x 4", "temperature", "events", "I2C", "counters"] {
        assert!(has(&full, pane), "{pane}");
    }
    for pane in ["HD44780, 20 x 4", "events", "counters"] {
        assert!(has(&usual, pane), "{pane}");
    }
}

#[test]
fn no_size_is_too_small_and_none_too_large() {
    let (world, record) = station();
    for event in EVENTS {
        record.tell(event);
    }
    record.gps_line(LineState::NoWriter);
    for width in (1..=66).chain((67..=300).step_by(29)) {
        for height in (1..=20).chain((21..=120).step_by(13)) {
            drawn((width, height), &world, &record);
        }
    }
    // The newest event is the last thing to go.
    let buffer = drawn((40, 1), &world, &record);
    let row = rows(&buffer, buffer.area).concat();
    assert!(row.contains("GPS line: waiting for a"), "{row}");
}
