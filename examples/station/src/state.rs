//! What the station knows, and what the controls do with it.

use tickwire_drivers::button;
use tickwire_drivers::gps::pps::Timekeeper;
use tickwire_drivers::gps::{Counters, Fix};
use tickwire_drivers::htu21d::{CentiCelsius, CentiPercent, Measurement};

use crate::limits::{Alarms, Limits};
use crate::menu::Menu;
use crate::receiver::Receiver;

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
    /// UTC by the pulses of the receiver. Only if there are pulses.
    Pulses,
    /// How the receiver is set. Only if there is a line to it.
    Settings,
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

/// What the parts are good for that a board may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Has {
    /// Limits: there is a control that changes them.
    pub(crate) limits: bool,
    /// Pulses of the receiver.
    pub(crate) pulses: bool,
    /// Settings of the receiver: there is a line to it.
    pub(crate) settings: bool,
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
    /// Joins the pulses of the receiver to its sentences.
    pub keeper: Timekeeper,
    /// How the GPS receiver is set.
    pub receiver: Receiver,
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
    pub const ALL: [Self; 7] = [
        Self::Position,
        Self::Time,
        Self::Climate,
        Self::Counters,
        Self::Limits,
        Self::Pulses,
        Self::Settings,
    ];

    /// Returns the page `steps` further on, among those that there are. They go round.
    pub(crate) fn moved(self, steps: i32, has: Has) -> Self {
        let there = Self::ALL.into_iter().filter(|page| page.is_in(has));
        let pages = there.clone().count() as i32;
        let at = there.clone().position(|page| page == self).unwrap_or(0) as i32;
        let to = (at + steps % pages).rem_euclid(pages);
        there.clone().nth(to as usize).unwrap_or_default()
    }

    /// Returns whether a station with these parts has the page.
    pub(crate) const fn is_in(self, has: Has) -> bool {
        match self {
            Self::Position | Self::Time | Self::Climate | Self::Counters => true,
            Self::Limits => has.limits,
            Self::Pulses => has.pulses,
            Self::Settings => has.settings,
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

impl Has {
    pub(crate) const NOTHING: Self = Self { limits: false, pulses: false, settings: false };
    pub(crate) const LIMITS: Self = Self { limits: true, ..Self::NOTHING };
    pub(crate) const PULSES: Self = Self { pulses: true, ..Self::NOTHING };
    pub(crate) const SETTINGS: Self = Self { settings: true, ..Self::NOTHING };

    pub(crate) const fn or(self, other: Self) -> Self {
        Self {
            limits: self.limits || other.limits,
            pulses: self.pulses || other.pulses,
            settings: self.settings || other.settings,
        }
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            limits: self.limits && other.limits,
            pulses: self.pulses && other.pulses,
            settings: self.settings && other.settings,
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
    pub(crate) fn obey(&mut self, event: button::Event, has: Has) {
        match event {
            button::Event::Click => {
                self.page = self.page.moved(1, has);
                if has.limits {
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
