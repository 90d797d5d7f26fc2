//! The page of the receiver's pulses.

use tickwire_drivers::gps::pps;
use tickwire_traits::Instant;

use super::{Line, ROWS, line, text};
use crate::State;

/// The time and how well it is known; the pulses behind it, and the age of the last one; the
/// largest error to expect; the drift of the station's clock.
pub(super) fn page(state: &State, now: Instant) -> [Line; ROWS] {
    let keeper = &state.keeper;
    let lock = keeper.lock(now);
    let verdict = match lock.state {
        pps::State::Searching => "searching",
        pps::State::Tentative => "tentative",
        pps::State::Locked => "locked",
        pps::State::Holdover => "holdover",
    };
    let utc = keeper.utc_at(now);
    [
        match utc {
            // Without the fraction of the second.
            Some(utc) => line(format_args!("{:.8} {verdict:>11}", text(utc.time()))),
            None => line(format_args!("{verdict:>20}")),
        },
        match lock.pulses {
            0 => line(format_args!("no pulse yet")),
            pulses => line(format_args!("{pulses:>2} pulses{:>5} s ago", lock.age.as_secs())),
        },
        match utc {
            Some(_) => line(format_args!("error{:>12} µs", lock.error.as_micros())),
            None => line(format_args!("no time yet")),
        },
        match keeper.drift() {
            Some(drift) => line(format_args!("drift{:>15}", text(drift))),
            None => line(format_args!("no drift yet")),
        },
    ]
}

#[cfg(test)]
mod tests;
