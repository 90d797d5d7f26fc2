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
            Event::Lock(lock, _) => {
                report!(at, "lock", state: format_args!("\"{:?}\"", lock.state));
            }
            Event::Told(command, outcome) => report!(
                at, "gps_command",
                command: command.number().unwrap_or(0), outcome: format_args!("\"{outcome:?}\""),
            ),
            Event::PulsesFailed => report!(at, "pulses_failed"),
            Event::DisplayFailed(error) => {
                report!(at, "display_failed", error: format_args!("\"{error}\""));
            }
            _ => report_control(at, event),
        }
    }
}

#[cfg(feature = "report")]
fn report_control<I, R, B>(at: Instant, event: &Event<'_, I, R, B>) {
    use crate::report;
    use tickwire_drivers::nec::Event as Received;
    use tickwire_station::Focus;
    match event {
        Event::Turn(turn, illegal) => report!(
            turn.at, "turn", position: turn.position, delta: turn.delta, illegal: illegal,
        ),
        Event::Push(gesture) => {
            report!(at, "push", gesture: format_args!("\"{}\"", crate::gesture_name(gesture.event)));
        }
        Event::KnobFailed => report!(at, "knob_failed"),
        Event::Remote(signal, _) => match signal.event {
            Received::Frame(frame) => {
                report!(signal.at, "remote", address: frame.address(), command: frame.command());
            }
            Received::Repeat(_) => report!(signal.at, "remote_repeat"),
            Received::Error(error) => report!(signal.at, error.name()),
        },
        Event::RemoteFailed => report!(at, "remote_failed"),
        Event::Focus(Focus::Page) => report!(at, "focus", on: "\"page\""),
        Event::Focus(Focus::Rate) => report!(at, "focus", on: "\"rate\""),
        Event::Focus(Focus::Limit(limit)) => {
            report!(at, "focus", on: "\"limit\"", limit: format_args!("\"{limit:?}\""));
        }
        Event::Focus(Focus::Value(limit)) => {
            report!(at, "focus", on: "\"value\"", limit: format_args!("\"{limit:?}\""));
        }
        Event::Limit(limit, value) => {
            report!(at, "limit", limit: format_args!("\"{limit:?}\""), value: value);
        }
        Event::Alarm(limit, is_on) => {
            report!(at, "alarm", limit: format_args!("\"{limit:?}\""), on: is_on);
        }
        Event::Brightness(percent) => report!(at, "brightness", percent: percent),
        Event::DimmerFailed => report!(at, "dimmer_failed"),
        _ => report!(at, "unknown"),
    }
}
