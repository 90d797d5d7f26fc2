//! What a page looks like: state and time in, four lines out.

mod limits;
mod pulses;
mod settings;

use core::fmt::{self, Write};
use core::ops::Range;

use heapless::String;
use tickwire_drivers::gps::{Aged, Dimension, Status};
use tickwire_drivers::htu21d::CentiCelsius;
use tickwire_traits::{Duration, Instant};

use crate::state::Has;
use crate::{Page, State, Units};

/// The columns of the display.
pub const COLUMNS: usize = 20;
/// The rows of the display.
pub const ROWS: usize = 4;

/// How long a receiver may say nothing of its fix; the slowest ones report every
/// ten seconds.
const SILENCE: Duration = Duration::from_secs(12);

/// A line, in UTF-8: no character of ours takes more than three bytes.
type Line = String<{ COLUMNS * 3 }>;

/// Draws the page that `state` shows. Without limits, there is neither their page nor an alarm.
pub(crate) fn render(state: &State, now: Instant, has: Has) -> [Line; ROWS] {
    if has.limits && state.page == Page::Limits {
        return limits::page(state, now);
    }
    let mut page = match state.page {
        Page::Position => position(state, now),
        Page::Time => time(state, now),
        Page::Climate => climate(state),
        Page::Pulses if has.pulses => pulses::page(state, now),
        Page::Settings if has.settings => settings::page(state, now),
        Page::Counters | Page::Pulses | Page::Settings | Page::Limits => counters(state),
    };
    if has.limits
        && let Some(alarm) = limits::alarm(state, now)
    {
        page[ROWS - 1] = alarm;
    }
    page
}

/// A bar upwards, in the last column of the first rows. The last row has alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) value: u16,
    pub(crate) full: u16,
}

impl Bar {
    pub(crate) const ROWS: Range<usize> = 0..ROWS - 1;
    pub(crate) const COLUMN: usize = COLUMNS - 1;
}

/// Returns the bar of the page that `state` shows: the humidity of the climate.
pub(crate) fn bar(state: &State) -> Option<Bar> {
    let humidity = state.climate.filter(|_| state.page == Page::Climate)?.humidity;
    Some(Bar { value: humidity.0.try_into().unwrap_or(0), full: 10_000 })
}

fn position(state: &State, now: Instant) -> [Line; ROWS] {
    let fix = &state.fix;
    let Some(Aged { value: position, .. }) = fix.position() else {
        return [
            line(format_args!("Searching")),
            line(format_args!("{} in view", fix.satellites_in_view().unwrap_or(0))),
            line(format_args!("")),
            quality(state, now),
        ];
    };
    [
        line(format_args!("{:>20}", text(position.latitude.minutes()))),
        line(format_args!("{:>20}", text(position.longitude.minutes()))),
        match fix.altitude_mm() {
            Some(altitude) => {
                line(format_args!("{:>20}", text(Height(altitude.value, state.units))))
            }
            None => line(format_args!("{:>20}", "- m")),
        },
        quality(state, now),
    ]
}

/// `3D  9 sats HDOP 1.10`, or for how long there has been no fix.
fn quality(state: &State, now: Instant) -> Line {
    let fix = &state.fix;
    // A receiver that has fallen silent does not say that its fix is lost.
    let lost =
        fix.status().is_none_or(|status| status.value == Status::Lost || status.age(now) > SILENCE);
    match (lost, fix.position()) {
        (true, Some(position)) => {
            line(format_args!("no fix for {} s", position.age(now).as_secs()))
        }
        (true, None) => line(format_args!("no fix yet")),
        (false, _) => {
            let dimension = match fix.dimension().map(|dimension| dimension.value) {
                Some(Dimension::Three) => "3D",
                Some(Dimension::Two) => "2D",
                Some(Dimension::NoFix) | None => "--",
            };
            let used = fix.satellites_used().map_or(0, |used| used.value);
            match fix.hdop() {
                Some(hdop) => {
                    line(format_args!("{dimension} {used:>2} sats HDOP{:>5}", text(hdop.value)))
                }
                None => line(format_args!("{dimension} {used:>2} sats")),
            }
        }
    }
}

fn time(state: &State, now: Instant) -> [Line; ROWS] {
    let fix = &state.fix;
    let kmh_or_mph = |speed: tickwire_drivers::gps::Speed| match state.units {
        Units::Metric => (speed.kmh_hundredths(), "km/h"),
        Units::Imperial => (speed.mph_hundredths(), "mph"),
    };
    [
        match fix.date() {
            Some(date) => line(format_args!("{}", date.value)),
            None => line(format_args!("no date yet")),
        },
        match fix.time() {
            Some(time) => line(format_args!("{} UTC", time.value)),
            None => line(format_args!("no time yet")),
        },
        match fix.speed() {
            Some(speed) => {
                let (hundredths, unit) = kmh_or_mph(speed.value);
                let course = fix.course().map(|course| course.value.compass());
                match course {
                    Some(point) => {
                        line(format_args!("{} {unit} {point}", Hundredths(hundredths.into())))
                    }
                    None => line(format_args!("{} {unit}", Hundredths(hundredths.into()))),
                }
            }
            None => line(format_args!("no speed yet")),
        },
        quality(state, now),
    ]
}

fn climate(state: &State) -> [Line; ROWS] {
    let degrees = |celsius| Degrees(celsius, state.units);
    let Some(climate) = state.climate else {
        return [
            line(format_args!("No sensor")),
            line(format_args!("{} failures", state.sensor_failures)),
            line(format_args!("")),
            line(format_args!("")),
        ];
    };
    let now = line(format_args!("{}  {} %", degrees(climate.temperature), climate.humidity));
    let dew = match climate.dew_point() {
        Some(dew) => line(format_args!("dew point {}", degrees(dew))),
        None => line(format_args!("dew point -")),
    };
    let low_high =
        |low: &dyn fmt::Display, high: &dyn fmt::Display| line(format_args!("{low} to {high}"));
    let temperatures = match state.temperatures {
        Some(seen) => low_high(&degrees(seen.low), &degrees(seen.high)),
        None => Line::new(),
    };
    let humidities = match state.humidities {
        Some(seen) => line(format_args!("{} to {} %", seen.low, seen.high)),
        None => Line::new(),
    };
    [now, dew, temperatures, humidities]
}

fn counters(state: &State) -> [Line; ROWS] {
    let counters = &state.counters;
    [
        ("sentences", counters.sentences),
        ("checksum", counters.bad_checksum),
        ("malformed", counters.malformed),
        ("no climate", state.sensor_failures),
    ]
    .map(|(name, count)| line(format_args!("{name:<10}{count:>10}")))
}

/// An altitude in millimetres, to be written in metres or feet.
struct Height(i32, Units);

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(millimetres, units) = *self;
        match units {
            Units::Metric => write!(f, "{} m", Tenths(rounded(millimetres.into(), 100))),
            // A foot is 304.8 mm.
            Units::Imperial => write!(f, "{} ft", rounded(i64::from(millimetres) * 10, 3_048)),
        }
    }
}

/// A temperature, to be written in either unit.
struct Degrees(CentiCelsius, Units);

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(celsius, units) = *self;
        let centi = i64::from(celsius.0);
        match units {
            Units::Metric => write!(f, "{}°C", Tenths(rounded(centi, 10))),
            Units::Imperial => write!(f, "{}°F", Tenths(rounded(centi * 9 + 16_000, 50))),
        }
    }
}

/// Divides, rounding half away from zero.
fn rounded(value: i64, by: i64) -> i64 {
    (value + value.signum() * by / 2) / by
}

struct Tenths(i64);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fixed(f, self.0, 10, 1)
    }
}

struct Hundredths(i64);

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fixed(f, self.0, 100, 2)
    }
}

fn fixed(f: &mut fmt::Formatter<'_>, value: i64, scale: u64, decimals: usize) -> fmt::Result {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
    write!(f, "{sign}{whole}.{part:0decimals$}")
}

/// Writes something down, so that it can be padded as a whole.
fn text(what: impl fmt::Display) -> Line {
    line(format_args!("{what}"))
}

/// What does not fit in a line is cut off.
fn line(what: fmt::Arguments<'_>) -> Line {
    struct Cut {
        line: Line,
        columns: usize,
    }

    impl Write for Cut {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            text.chars().try_for_each(|char| {
                self.columns = self.columns.checked_sub(1).ok_or(fmt::Error)?;
                self.line.push(char).map_err(|_| fmt::Error)
            })
        }
    }

    let mut cut = Cut { line: Line::new(), columns: COLUMNS };
    // An error says that there was more than fits, and that is cut off.
    let _ = cut.write_fmt(what);
    cut.line
}

#[cfg(test)]
mod tests;
