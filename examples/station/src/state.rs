//! What the station knows, and what the button does with it.

use tickwire_drivers::button;
use tickwire_drivers::gps::{Counters, Fix};
use tickwire_drivers::htu21d::{CentiCelsius, CentiPercent, Measurement};

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
}

impl Page {
    /// Returns the page that a click leads to.
    pub const fn next(self) -> Self {
        match self {
            Self::Position => Self::Time,
            Self::Time => Self::Climate,
            Self::Climate => Self::Counters,
            Self::Counters => Self::Position,
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
    pub(crate) fn obey(&mut self, event: button::Event) {
        match event {
            button::Event::Click => self.page = self.page.next(),
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
            None => self.sensor_failures = self.sensor_failures.saturating_add(1),
        }
    }

    fn note(&mut self, climate: Measurement) {
        self.temperatures = Some(Extremes::with(self.temperatures, climate.temperature));
        self.humidities = Some(Extremes::with(self.humidities, climate.humidity));
    }
}
