//! What happens, as JSON and as lines.

mod controls;

use std::fmt::{Debug, Display};

use embedded_hal::i2c;

use serde_json::{Value, json};
use tickwire_drivers::button;
use tickwire_drivers::gps::{Transition, pps};
use tickwire_drivers::htu21d;
use tickwire_replay::{gesture_name, gps_summary, merged};
use tickwire_station::{Event, Outcome};
use tickwire_traits::Instant;

use crate::gps_line::{LOOK_EVERY, LineState};

pub(crate) use controls::{bad_frames, key};

/// Describes an event as an object with its time and its name.
pub(crate) fn event<I: i2c::Error + Display, R: Display, B: Display>(
    at: Instant,
    event: &Event<'_, I, R, B>,
) -> Value {
    if let Some((name, details)) = controls::event(event) {
        return merged(json!({ "t_us": at.as_micros(), "event": name }), details);
    }
    let (name, details) = match event {
        Event::Gesture(gesture) => {
            let clicks = match gesture.event {
                button::Event::Clicks(n) => json!({ "n": n }),
                _ => json!({}),
            };
            (
                gesture_name(gesture.event),
                merged(json!({ "at_us": gesture.at.as_micros() }), clicks),
            )
        }
        Event::View(page, units) => ("view", json!({ "page": lower(page), "units": lower(units) })),
        Event::ButtonFailed => ("button_failed", json!({})),
        Event::Climate(climate) => (
            "climate",
            json!({
                "centi_celsius": climate.temperature.0,
                "centi_percent": climate.humidity.0,
                "dew_point_centi_celsius": climate.dew_point().map(|dew| dew.0),
            }),
        ),
        Event::SensorFailed(error) => ("sensor_failed", json!({ "error": sensor_error(error) })),
        Event::Gps(_, fix, counters) => ("fix", gps_summary(fix, counters)),
        Event::GpsQuiet(counters) => ("gps_quiet", json!({ "sentences": counters.sentences })),
        Event::GpsFailed(error, counters) => {
            ("gps_failed", json!({ "error": error.to_string(), "sentences": counters.sentences }))
        }
        Event::Lock(lock, drift) => (
            "lock",
            json!({
                "state": lower(&lock.state),
                "pulses": lock.pulses,
                "error_us": lock.error.as_micros(),
                "drift_ppb": drift.map(|drift| drift.ppb()),
            }),
        ),
        Event::Told(command, outcome) => (
            "gps_command",
            json!({ "command": command.to_string(), "outcome": outcome_name(*outcome) }),
        ),
        Event::PulsesFailed => ("pulses_failed", json!({})),
        Event::DisplayFailed(error) => ("display_failed", json!({ "error": error.to_string() })),
        _ => ("unknown", json!({})),
    };
    merged(json!({ "t_us": at.as_micros(), "event": name }), details)
}

/// Tells an event in a line, for who reads along.
pub(crate) fn line<I: i2c::Error + Display, R: Display, B: Display>(
    at: Instant,
    event: &Event<'_, I, R, B>,
) -> String {
    if let Some(what) = controls::text(event) {
        return stamped(at, what);
    }
    let what = match event {
        Event::Gesture(gesture) => format!("button: {}", gesture_name(gesture.event)),
        Event::View(page, units) => format!("page {}, {}", lower(page), lower(units)),
        Event::ButtonFailed => "button failed".into(),
        Event::Climate(climate) => format!("{} °C, {} %", climate.temperature, climate.humidity),
        Event::SensorFailed(error) => format!("sensor: {}", sensor_error(error)),
        Event::Gps(update, fix, _) => match (update.transition, fix.position()) {
            (Some(Transition::Lost), _) => "GPS: fix lost".into(),
            (_, Some(position)) => format!("GPS: {}", position.value),
            (_, None) => "GPS: no position yet".into(),
        },
        Event::GpsQuiet(_) => "GPS: quiet".into(),
        Event::GpsFailed(error, _) => format!("GPS: {error}"),
        Event::Lock(lock, _) => match lock.state {
            pps::State::Searching => "PPS: no time".into(),
            state => format!("PPS: {}, {} µs", lower(&state), lock.error.as_micros()),
        },
        Event::Told(command, outcome) => format!("GPS: {command}: {}", outcome_name(*outcome)),
        Event::PulsesFailed => "PPS: the line failed".into(),
        Event::DisplayFailed(error) => format!("display: {error}"),
        _ => "something new".into(),
    };
    stamped(at, what)
}

/// Returns `succeeded`, `failed`, …: the verdict, or why there is none.
fn outcome_name(outcome: Outcome) -> String {
    match outcome {
        Outcome::Answered(verdict) => lower(&verdict),
        Outcome::Pending => "pending".into(),
        Outcome::NoAnswer => "no answer".into(),
        Outcome::NotSent => "not sent".into(),
    }
}

/// Returns what is wrong. Of a bus, the bus itself says more than its kind of error.
fn sensor_error<I: i2c::Error + Display>(error: &htu21d::Error<I>) -> String {
    match error {
        htu21d::Error::Bus(error) => format!("i2c bus: {error}"),
        other => other.to_string(),
    }
}

/// Puts the time before what is told.
pub(crate) fn stamped(at: Instant, what: impl Display) -> String {
    format!("{:9.3} s  {what}", at.as_micros() as f64 / 1e6)
}

/// Describes what became of a line to a receiver.
pub(crate) fn gps_line(at: Instant, state: &LineState) -> Value {
    let looks = json!({ "looks_every_us": LOOK_EVERY.as_micros() });
    let (name, details) = match state {
        LineState::Open => ("open", json!({})),
        LineState::NoWriter => ("no_writer", looks),
        LineState::Gone(None) => ("gone", looks),
        LineState::Gone(Some(error)) => ("gone", merged(looks, json!({ "error": error }))),
        LineState::Ended => ("ended", json!({})),
    };
    merged(json!({ "t_us": at.as_micros(), "event": "gps_line", "state": name }), details)
}

/// Tells it in a line.
pub(crate) fn gps_line_text(state: &LineState) -> String {
    match state {
        LineState::Open => "GPS line: open".into(),
        LineState::NoWriter => "GPS line: waiting for a writer".into(),
        LineState::Gone(None) => "GPS line: gone, looked for every second".into(),
        LineState::Gone(Some(error)) => format!("GPS line: gone, looked for every second: {error}"),
        LineState::Ended => "GPS line: the file has ended".into(),
    }
}

/// Describes a part that a board has not.
pub(crate) fn absent(at: Instant, part: &str) -> Value {
    json!({ "t_us": at.as_micros(), "event": "absent", "part": part })
}

/// Tells it in a line.
pub(crate) fn absent_text(part: &str) -> String {
    format!("{part}: none on this board")
}

fn lower(value: &impl Debug) -> String {
    format!("{value:?}").to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::io;

    use tickwire_exec_std::i2c::Error;

    use super::*;

    #[test]
    fn an_error_of_the_bus_is_told_as_the_bus_tells_it() {
        let error = Error::AddressInUse { bus: "/dev/i2c-1".into(), address: 0x40 };
        let error = htu21d::Error::Bus(error);
        let failed = Event::<_, io::Error, String>::SensorFailed(&error);
        let expected = "i2c bus: a driver of the kernel has address 0x40 of /dev/i2c-1";
        assert_eq!(event(Instant::EPOCH, &failed)["error"], expected);
        assert_eq!(line(Instant::EPOCH, &failed), format!("    0.000 s  sensor: {expected}"));
    }
}
