//! What drivers know, as JSON: shared by the programs that print it.
#![forbid(unsafe_code)]

use serde_json::{Value, json};
use tickwire_drivers::button::Event;
use tickwire_drivers::gps::{Counters, Fix, Status};

/// Describes what a GPS receiver has told, with nulls for what it has not, and
/// what has been counted.
pub fn gps_summary(fix: &Fix, counters: &Counters) -> Value {
    let position = fix.position().map(|position| position.value);
    json!({
        "sentences": counters.sentences,
        "accepted": counters.accepted,
        "unsupported": counters.unsupported,
        "malformed": counters.malformed,
        "bad_checksum": counters.bad_checksum,
        "no_checksum": counters.no_checksum,
        "torn": counters.torn,
        "too_long": counters.too_long,
        "over_standard_length": counters.over_standard_length,
        "bytes_skipped": counters.bytes_skipped,
        "valid": fix.status().is_some_and(|status| status.value == Status::Valid),
        "lat_e7": position.map(|position| position.latitude.e7()),
        "lon_e7": position.map(|position| position.longitude.e7()),
        "altitude_mm": fix.altitude_mm().map(|altitude| altitude.value),
        "date": fix.date().map(|date| date.value.to_string()),
        "time": fix.time().map(|time| time.value.to_string()),
        "satellites_used": fix.satellites_used().map(|used| used.value),
        "satellites_in_view": fix.satellites_in_view(),
    })
}

/// Returns the name of what a finger did.
pub const fn gesture_name(event: Event) -> &'static str {
    match event {
        Event::Press => "press",
        Event::Release => "release",
        Event::Click => "click",
        Event::Double => "double",
        Event::Clicks(_) => "clicks",
        Event::Long => "long",
        Event::Repeat => "repeat",
    }
}

/// Puts the members of `tail` behind those of `head`. Both are objects.
///
/// ```
/// use serde_json::json;
/// use tickwire_replay::merged;
///
/// let object = merged(json!({ "t_us": 5, "event": "fix" }), json!({ "valid": true }));
/// assert_eq!(object.to_string(), r#"{"t_us":5,"event":"fix","valid":true}"#);
/// ```
pub fn merged(mut head: Value, tail: Value) -> Value {
    if let (Value::Object(head), Value::Object(tail)) = (&mut head, tail) {
        head.extend(tail);
    }
    head
}
