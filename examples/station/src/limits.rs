//! Limits of temperature and humidity, and the alarms beyond them.

use tickwire_drivers::htu21d::Measurement;

/// A limit, which the knob or the remote control changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The lowest temperature without an alarm.
    Cold,
    /// The highest.
    Hot,
    /// The lowest humidity without an alarm.
    Dry,
    /// The highest.
    Damp,
}

/// The values of all limits, in hundredths of a degree Celsius and of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits([i16; 4]);

/// The limits that the climate is beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Alarms([bool; 4]);

/// What can be set, and how finely.
struct Scale {
    lowest: i16,
    highest: i16,
    step: i16,
    /// How far the climate has to come back until an alarm ends. More than the sensor's noise.
    hysteresis: i16,
}

/// The sensor's range (HTU21D datasheet, "Sensor performance").
const CELSIUS: Scale = Scale { lowest: -4_000, highest: 12_500, step: 50, hysteresis: 20 };
const PERCENT: Scale = Scale { lowest: 0, highest: 10_000, step: 100, hysteresis: 100 };

impl Limit {
    /// All limits, in the order of the rows of their page.
    pub const ALL: [Self; 4] = [Self::Cold, Self::Hot, Self::Dry, Self::Damp];

    /// Returns whether it is one of temperature. The others are of humidity.
    pub const fn is_of_temperature(self) -> bool {
        matches!(self, Self::Cold | Self::Hot)
    }

    /// Returns the limit `steps` rows further down, or the last one in that direction.
    pub(crate) fn moved(self, steps: i32) -> Self {
        let row = (self as i32).saturating_add(steps).clamp(0, 3);
        Self::ALL[row as usize]
    }

    const fn is_upper(self) -> bool {
        matches!(self, Self::Hot | Self::Damp)
    }

    const fn scale(self) -> Scale {
        if self.is_of_temperature() { CELSIUS } else { PERCENT }
    }
}

impl Limits {
    /// Returns a limit, in hundredths of a degree Celsius or of a percent.
    pub const fn get(&self, limit: Limit) -> i16 {
        self.0[limit as usize]
    }

    /// Moves a limit by `steps` of half a degree or one percent, as far as the sensor measures.
    /// A lower limit stays below its upper one.
    pub(crate) fn turn(&mut self, limit: Limit, steps: i32) {
        let Scale { lowest, highest, step, .. } = limit.scale();
        let [cold, hot, dry, damp] = self.0;
        let (lowest, highest) = match limit {
            Limit::Cold => (lowest, hot - step),
            Limit::Hot => (cold + step, highest),
            Limit::Dry => (lowest, damp - step),
            Limit::Damp => (dry + step, highest),
        };
        let value = i32::from(self.get(limit)).saturating_add(steps.saturating_mul(step.into()));
        // Within the range, which is one of `i16`.
        self.0[limit as usize] = value.clamp(lowest.into(), highest.into()) as i16;
    }
}

impl Default for Limits {
    /// 10 °C, 30 °C, 30 %, 70 %.
    fn default() -> Self {
        Self([1_000, 3_000, 3_000, 7_000])
    }
}

impl Alarms {
    /// Returns whether the climate is beyond a limit.
    pub const fn is_on(&self, limit: Limit) -> bool {
        self.0[limit as usize]
    }

    /// Returns the limits that the climate is beyond.
    pub fn iter(&self) -> impl Iterator<Item = Limit> + Clone {
        let alarms = *self;
        Limit::ALL.into_iter().filter(move |limit| alarms.is_on(*limit))
    }

    /// Compares the climate with the limits.
    pub(crate) fn after(self, limits: &Limits, climate: &Measurement) -> Self {
        Self(Limit::ALL.map(|limit| {
            let value = match limit.is_of_temperature() {
                true => climate.temperature.0,
                false => climate.humidity.0,
            };
            let Scale { hysteresis, .. } = limit.scale();
            let margin = if self.is_on(limit) { i32::from(hysteresis) } else { 0 };
            let above = i32::from(value) - i32::from(limits.get(limit));
            let beyond = if limit.is_upper() { above } else { -above };
            beyond + margin > 0
        }))
    }
}

#[cfg(test)]
mod tests;
