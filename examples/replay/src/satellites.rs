//! The satellites of a GPS receiver.

use serde_json::{Value, json};
use tickwire_drivers::gps::{Satellite, SatelliteCounters, SatelliteSet, Satellites};
use tickwire_traits::Instant;

/// How many satellites are kept: more than any receiver hears on all signals.
pub(crate) const ROOM: usize = 512;

/// Returns each set with its satellites.
pub(crate) fn sets(satellites: &Satellites<ROOM>, now: Instant) -> Value {
    let sets: Vec<_> = satellites.sets().map(|it| set(&it, now)).collect();
    json!({ "sets": sets })
}

/// Returns what became of the sets.
pub(crate) fn counters(counters: &SatelliteCounters) -> Value {
    json!({
        "sets": counters.sets,
        "sets_torn": counters.torn,
        "satellites_omitted": counters.omitted,
    })
}

fn set(set: &SatelliteSet<'_>, now: Instant) -> Value {
    json!({
        "system": set.system().to_string(),
        "signal": set.signal(),
        "age_us": set.age(now).as_micros(),
        "satellites": set.satellites().map(satellite).collect::<Vec<_>>(),
    })
}

fn satellite(satellite: &Satellite) -> Value {
    json!({
        "number": satellite.number(),
        "elevation": satellite.elevation(),
        "azimuth": satellite.azimuth(),
        "snr": satellite.snr(),
        "used": satellite.is_used(),
    })
}
