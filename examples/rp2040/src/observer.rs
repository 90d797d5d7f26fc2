//! What the station has to tell.

use core::fmt::Display;

use embedded_hal::i2c;
use tickwire_station::{Event, Observe};
use tickwire_traits::Instant;

/// Tells of what happens in the station, if the feature `report` is on.
#[derive(Clone, Copy, Debug)]
pub struct Observer;

#[cfg(not(feature = "report"))]
impl<I: i2c::Error, R: Display, B: Display> Observe<I, R, B> for Observer {
    fn observe(&self, _: Instant, _: &Event<'_, I, R, B>) {}
}

#[cfg(feature = "report")]
impl<I: i2c::Error, R: Display, B: Display> Observe<I, R, B> for Observer {
    fn observe(&self, at: Instant, event: &Event<'_, I, R, B>) {
        use crate::report;
        match event {
            Event::Gesture(gesture) => report!(at, crate::gesture_name(gesture.event)),
            Event::View(page, units) => report!(
                at, "view",
                page: format_args!("\"{page:?}\""), units: format_args!("\"{units:?}\""),
            ),
            Event::ButtonFailed => report!(at, "button_failed"),
            Event::Climate(climate) => report!(
                at, "climate",
                centi_celsius: climate.temperature.0, centi_percent: climate.humidity.0,
            ),
            Event::SensorFailed(error) => {
                report!(at, "sensor_failed", error: format_args!("\"{error}\""));
            }
            Event::Gps(update, fix, counters) => crate::report_fix(at, *update, fix, counters),
            Event::GpsQuiet(_) => report!(at, "gps_quiet"),
            Event::GpsFailed(error, _) => {
                report!(at, "gps_failed", error: format_args!("\"{error}\""));
            }
            Event::DisplayFailed(error) => {
                report!(at, "display_failed", error: format_args!("\"{error}\""));
            }
            _ => report!(at, "unknown"),
        }
    }
}
