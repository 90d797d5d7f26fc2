//! Many measurements of one thing.

use std::time::Duration;

/// Durations, of which one asks for quantiles.
///
/// ```
/// use std::time::Duration;
/// use tickwire_counting::Sample;
///
/// let mut sample = Sample::default();
/// (1..=100).rev().for_each(|micros| sample.add(Duration::from_micros(micros)));
/// assert_eq!(sample.quantile(0.5), Duration::from_micros(50));
/// assert_eq!(sample.quantile(1.0), Duration::from_micros(100));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sample(Vec<Duration>);

impl Sample {
    /// Adds a measurement.
    pub fn add(&mut self, measured: Duration) {
        self.0.push(measured);
    }

    /// Returns the least measurement that `part` of all do not exceed: 0.5 for
    /// the median, 1.0 for the greatest. Zero if there is none.
    pub fn quantile(&self, part: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (part * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}
