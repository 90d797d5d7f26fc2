//! What the station knows, and what the controls do with it.

use tickwire_drivers::button;
use tickwire_drivers::gps::{Counters, Fix};
use tickwire_drivers::htu21d::{CentiCelsius, CentiPercent, Measurement};

use crate::limits::{Alarms, Limits};
use crate::menu::Menu;

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Page {
    /// Where: latitude, longitude, altitude, satellites.
    #[default]
    Position,
    /// When, and how fast.
    Time,
    /// Temperature and humidity, with their extremes.
    Climate,
    /// What has been counted.
    Counters,
    /// The limits of temperature and humidity. Only if there is a control that changes them.
    Limits,
}

/// In which units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Units {
    /// Metres, kilometres an hour, degrees Celsius.
    #[default]
    Metric,
    /// Feet, miles an hour, degrees Fahrenheit.
    Imperial,
}

/// The lowest and the highest of some values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extremes<V> {
    /// The lowest.
    pub low: V,
    /// The highest.
    pub high: V,
}

/// What the station knows.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What is shown.
    pub page: Page,
    /// In which units.
    pub units: Units,
    /// The GPS receiver's.
    pub fix: Fix,
    /// The GPS receiver's.
    pub counters: Counters,
    /// The last measurement; none if that failed.
    pub climate: Option<Measurement>,
    /// Since the start, or the last long press.
    pub temperatures: Option<Extremes<CentiCelsius>>,
    /// The same.
    pub humidities: Option<Extremes<CentiPercent>>,
    /// How many measurements failed.
    pub sensor_failures: u32,
    /// Of temperature and humidity.
    pub limits: Limits,
    /// The limits that the climate is beyond.
    pub alarms: Alarms,
    /// What the knob and the remote control act on.
    pub menu: Menu,
}

impl Page {
    /// All pages, in order. The digits of a remote control begin with 1.
    pub const ALL: [Self; 5] =
        [Self::Position, Self::Time, Self::Climate, Self::Counters, Self::Limits];

    /// Returns the page that a click leads to. `has_limits` tells whether there is a page of
    /// limits.
    pub const fn next(self, has_limits: bool) -> Self {
        match self {
            Self::Position => Self::Time,
            Self::Time => Self::Climate,
            Self::Climate => Self::Counters,
            Self::Counters if has_limits => Self::Limits,
            Self::Counters | Self::Limits => Self::Position,
        }
    }
}

impl Units {
    /// Returns the units that a double click leads to.
    pub const fn other(self) -> Self {
        match self {
            Self::Metric => Self::Imperial,
            Self::Imperial => Self::Metric,
        }
    }
}

impl<V: Ord + Copy> Extremes<V> {
    /// Returns the extremes of what was before and of `value`.
    pub fn with(before: Option<Self>, value: V) -> Self {
        let Self { low, high } = before.unwrap_or(Self { low: value, high: value });
        Self { low: low.min(value), high: high.max(value) }
    }
}

impl State {
    pub(crate) fn obey(&mut self, event: button::Event, has_limits: bool) {
        match event {
            button::Event::Click => {
                self.page = self.page.next(has_limits);
                if has_limits {
                    self.leave();
                }
            }
            button::Event::Double => self.units = self.units.other(),
            button::Event::Long => {
                self.temperatures = None;
                self.humidities = None;
                if let Some(climate) = self.climate {
                    self.note(climate);
                }
            }
            _ => {}
        }
    }

    pub(crate) fn measured(&mut self, climate: Option<Measurement>) {
        self.climate = climate;
        match climate {
            Some(climate) => self.note(climate),
            // The alarms stay: it is not known whether the climate has changed.
            None => self.sensor_failures = self.sensor_failures.saturating_add(1),
        }
    }

    /// Returns the alarms after a comparison of the climate with the limits.
    pub(crate) fn compared(&self) -> Alarms {
        self.climate.map_or(self.alarms, |climate| self.alarms.after(&self.limits, &climate))
    }

    fn note(&mut self, climate: Measurement) {
        self.temperatures = Some(Extremes::with(self.temperatures, climate.temperature));
        self.humidities = Some(Extremes::with(self.humidities, climate.humidity));
    }
}
