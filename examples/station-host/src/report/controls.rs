//! What is done with knob and remote control, and what of it is wrong.

use serde_json::{Value, json};
use tickwire_drivers::nec::{Counters, Event as Received, Signal};
use tickwire_replay::{gesture_name, merged};
use tickwire_station::{Event, Focus, Limit};

use super::lower;

/// Describes an event of a control: its name, and the rest. `None` if it is of another part.
pub(super) fn event<I, R, B>(event: &Event<'_, I, R, B>) -> Option<(String, Value)> {
    let (name, details) = match event {
        Event::Turn(turn, illegal) => (
            "turn",
            json!({
                "at_us": turn.at.as_micros(),
                "position": turn.position,
                "delta": turn.delta,
                "illegal": illegal,
            }),
        ),
        Event::Push(gesture) => {
            let name = format!("knob_{}", gesture_name(gesture.event));
            return Some((name, json!({ "at_us": gesture.at.as_micros() })));
        }
        Event::KnobFailed => ("knob_failed", json!({})),
        Event::Remote(signal, _) => remote(signal),
        Event::RemoteFailed => ("remote_failed", json!({})),
        Event::Focus(focus) => match focus {
            Focus::Page => ("focus", json!({ "on": "page" })),
            Focus::Rate => ("focus", json!({ "on": "rate" })),
            Focus::Limit(limit) => ("focus", json!({ "on": "limit", "limit": lower(limit) })),
            Focus::Value(limit) => ("focus", json!({ "on": "value", "limit": lower(limit) })),
        },
        Event::Limit(limit, value) => {
            let value = match limit.is_of_temperature() {
                true => json!({ "centi_celsius": value }),
                false => json!({ "centi_percent": value }),
            };
            ("limit", merged(json!({ "limit": lower(limit) }), value))
        }
        Event::Alarm(limit, is_on) => ("alarm", json!({ "limit": lower(limit), "on": is_on })),
        Event::Brightness(percent) => ("brightness", json!({ "percent": percent })),
        Event::DimmerFailed => ("dimmer_failed", json!({})),
        _ => return None,
    };
    Some((name.to_owned(), details))
}

fn remote(signal: &Signal) -> (&'static str, Value) {
    let at = json!({ "at_us": signal.at.as_micros() });
    let (name, details) = match signal.event {
        Received::Frame(frame) => {
            ("remote", json!({ "address": frame.address(), "command": frame.command() }))
        }
        Received::Repeat(repeat) => {
            ("remote_repeat", json!({ "held_us": repeat.held.as_micros() }))
        }
        Received::Error(error) => ("remote_error", json!({ "error": error.name() })),
    };
    (name, merged(at, details))
}

/// Tells an event of a control. `None` if it is of another part.
pub(super) fn text<I, R, B>(event: &Event<'_, I, R, B>) -> Option<String> {
    Some(match event {
        Event::Turn(turn, _) => format!("knob: {:+}, at {}", turn.delta, turn.position),
        Event::Push(gesture) => format!("knob: {}", gesture_name(gesture.event)),
        Event::KnobFailed => "knob failed".into(),
        Event::Remote(signal, _) => match signal.event {
            Received::Frame(frame) => format!("remote: {}", key(frame.address(), frame.command())),
            Received::Repeat(repeat) => format!("remote: held, {} ms", repeat.held.as_millis()),
            Received::Error(error) => format!("remote: {}", error.name()),
        },
        Event::RemoteFailed => "remote failed".into(),
        Event::Focus(Focus::Page) => "knob turns pages".into(),
        Event::Focus(Focus::Rate) => "knob sets the GPS rate".into(),
        Event::Focus(Focus::Limit(limit)) => format!("limit {}", lower(limit)),
        Event::Focus(Focus::Value(limit)) => format!("knob sets limit {}", lower(limit)),
        Event::Limit(limit, value) => {
            format!("limit {}: {}", lower(limit), value_of(*limit, *value))
        }
        Event::Alarm(limit, true) => format!("alarm: {}", lower(limit)),
        Event::Brightness(percent) => format!("brightness: {percent} %"),
        Event::DimmerFailed => "potentiometer or backlight failed".into(),
        Event::Alarm(limit, false) => format!("no alarm: {}", lower(limit)),
        _ => return None,
    })
}

/// Names a key of a remote control as data sheets do.
pub(crate) fn key(address: u16, command: u8) -> String {
    format!("address {address:#04x}, command {command:#04x}")
}

fn value_of(limit: Limit, hundredths: i16) -> String {
    let unit = if limit.is_of_temperature() { "°C" } else { "%" };
    format!("{} {unit}", f32::from(hundredths) / 100.0)
}

/// Returns how many signals of a remote control were rejected.
pub(crate) fn bad_frames(counters: &Counters) -> u64 {
    let Counters { bad_start, bad_block, bad_repeat, overrun, bad_data, bad_address, .. } =
        counters;
    [bad_start, bad_block, bad_repeat, overrun, bad_data, bad_address]
        .into_iter()
        .map(|count| u64::from(*count))
        .sum()
}
