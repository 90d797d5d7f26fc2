//! Recordings of real remote controls, compared with the results of another decoder.

use std::path::PathBuf;

use embedded_hal::digital::PinState;
use serde_json::Value;
use tickwire_drivers::nec::{Addressing, Event, Frame};

use crate::line::Line;

use Addressing::{Extended, Standard};

#[test]
fn every_capture_gives_its_frames_and_repeats() {
    const TEST: &str = "every_capture_gives_its_frames_and_repeats";
    for (name, addressing, frames, repeats) in [
        ("joy-it-all", Standard, 21, 30),
        ("ceiling-light-extended", Extended, 7, 4),
        ("matsui-digits-hold", Standard, 10, 41),
        ("matsui-power-3x", Standard, 3, 13),
    ] {
        let Some(capture) = recorded(TEST, &format!("nec/{name}.txt")) else { return };
        let Some(truth) = recorded(TEST, &format!("nec/{name}.truth.json")) else { return };
        let mut line = Line::new(addressing);
        let mut changes = capture.lines().filter_map(change);
        assert_eq!(changes.next(), Some((0, PinState::High)), "{name}");
        for (at, level) in changes {
            line.edge(at - line.now().as_micros(), level, 0);
        }
        let truth: Value = serde_json::from_str(&truth).unwrap();
        let expected: Vec<_> = truth.as_array().unwrap().iter().map(signal).collect();
        let signals = line.signals();
        let events: Vec<_> = signals.iter().map(|(_, event)| of_event(event)).collect();
        assert_eq!(events, expected, "{name}");
        let is_frame = |signal: &&Option<Frame>| signal.is_some();
        assert_eq!(events.iter().filter(is_frame).count(), frames, "{name}");
        assert_eq!(events.len() - frames, repeats, "{name}");
        // Each repeat is of the frame before it, and the key is held until it ends.
        for pair in signals.windows(2) {
            if let Event::Repeat(repeat) = pair[1].1 {
                let before = match pair[0].1 {
                    Event::Frame(frame) => Some(frame),
                    Event::Repeat(repeat) => repeat.frame,
                    Event::Error(error) => panic!("{error:?}"),
                };
                assert_eq!(repeat.frame, before, "{name}");
                assert!(repeat.held.as_millis() >= 100, "{name}: {repeat:?}");
            }
        }
    }
}

#[test]
fn every_raw_signal_of_a_flipper_gives_its_frame() {
    const TEST: &str = "every_raw_signal_of_a_flipper_gives_its_frame";
    for name in ["domo-do8149", "kaleidescape", "brio-cha-not-nec", "electra-ac-not-nec"] {
        let Some(file) = recorded(TEST, &format!("nec/flipper-{name}.ir")) else { return };
        let path = format!("nec/flipper-{name}.truth.json");
        let Some(truth) = recorded(TEST, &path) else { return };
        let truth: Value = serde_json::from_str(&truth).unwrap();
        let raws = truth.as_array().unwrap().iter().filter_map(|signal| signal.get("raw"));
        // What fails its check is not a signal.
        let is_signal = |value: &&Value| value.get("complement_ok").is_none();
        let expected: Vec<Vec<_>> = raws
            .map(|raw| raw.as_array().unwrap().iter().filter(is_signal).map(signal).collect())
            .collect();
        for addressing in [Standard, Extended] {
            let data = file.lines().filter_map(|line| line.strip_prefix("data: "));
            let found: Vec<Vec<_>> = data
                .map(|data| {
                    let spans: Vec<_> =
                        data.split_whitespace().map(|span| span.parse().unwrap()).collect();
                    let mut line = Line::new(addressing);
                    line.signal(&spans);
                    let is_error = |event: &Event| matches!(event, Event::Error(_));
                    let events = line.signals().into_iter().map(|(_, event)| event);
                    events.filter(|event| !is_error(event)).map(|event| of_event(&event)).collect()
                })
                .collect();
            assert_eq!(found, expected, "{name}, {addressing:?}");
        }
    }
}

/// A frame, or none for a repeat.
fn signal(value: &Value) -> Option<Frame> {
    if value == "repeat" {
        return None;
    }
    let number = |name: &str| value[name].as_u64().unwrap();
    let address = number("address").try_into().unwrap();
    Some(Frame::new(address, number("command").try_into().unwrap()))
}

fn of_event(event: &Event) -> Option<Frame> {
    match event {
        Event::Frame(frame) => Some(*frame),
        Event::Repeat(_) => None,
        Event::Error(error) => panic!("{error:?}"),
    }
}

fn change(line: &str) -> Option<(u64, PinState)> {
    let (at, level) = line.split_once(' ').filter(|_| !line.starts_with('#'))?;
    Some((at.parse().ok()?, PinState::from(level == "1")))
}

/// Reads a recorded input. If it does not exist, prints so and returns `None`.
fn recorded(test: &str, path: &str) -> Option<String> {
    let Some(root) = std::env::var_os("TICKWIRE_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: {test}: TICKWIRE_CORPUS is not set");
        return None;
    };
    let text = std::fs::read_to_string(root.join(path)).ok();
    if text.is_none() {
        eprintln!("skipped: {test}: no recorded inputs at {}", root.display());
    }
    text
}
