//! The page of limits, and the row that tells of an alarm.

use tickwire_drivers::htu21d::CentiCelsius;
use tickwire_traits::Instant;

use super::{Degrees, Line, ROWS, line, text};
use crate::menu::Focus;
use crate::{Limit, State};

/// A row per limit. `>` marks the row, `*` the value, that a turn of the knob changes; `!` is an
/// alarm.
pub(super) fn page(state: &State, now: Instant) -> [Line; ROWS] {
    let focus = state.menu.focus(now);
    Limit::ALL.map(|limit| {
        let mark = match focus {
            Focus::Limit(marked) if marked == limit => '>',
            Focus::Value(marked) if marked == limit => '*',
            _ => ' ',
        };
        row(state, limit, mark)
    })
}

/// Returns the row of an alarm, every other second, of each in turn.
pub(super) fn alarm(state: &State, now: Instant) -> Option<Line> {
    let seconds = now.as_micros() / 1_000_000;
    let count = state.alarms.iter().count() as u64;
    if count == 0 || seconds.is_multiple_of(2) {
        return None;
    }
    let shown = state.alarms.iter().nth((seconds / 2 % count) as usize);
    shown.map(|limit| row(state, limit, ' '))
}

fn row(state: &State, limit: Limit, mark: char) -> Line {
    let name = match limit {
        Limit::Cold => "cold below",
        Limit::Hot => "hot above",
        Limit::Dry => "dry below",
        Limit::Damp => "damp above",
    };
    let hundredths = state.limits.get(limit);
    let value = match limit.is_of_temperature() {
        true => text(Degrees(CentiCelsius(hundredths), state.units)),
        false => text(format_args!("{} %", hundredths / 100)),
    };
    let alarm = if state.alarms.is_on(limit) { '!' } else { ' ' };
    line(format_args!("{mark}{name:<10}{value:>8}{alarm}"))
}

#[cfg(test)]
mod tests;
