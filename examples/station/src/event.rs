//! What the station has to tell.

use tickwire_drivers::button::Gesture;
use tickwire_drivers::gps::{self, Counters, Fix, Update};
use tickwire_drivers::htu21d::{self, Measurement};
use tickwire_traits::Instant;

use crate::{Page, Units};

/// Something that happened. The type parameters are the errors of the I2C bus,
/// the GPS line and the display's lines.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a, I, R, B> {
    /// The button was used.
    Gesture(Gesture),
    /// The button changed what is shown.
    View(Page, Units),
    /// The pin of the button failed.
    ButtonFailed,
    /// The climate was measured.
    Climate(Measurement),
    /// The climate could not be measured.
    SensorFailed(&'a htu21d::Error<I>),
    /// The GPS receiver said something that is understood.
    Gps(Update, &'a Fix, &'a Counters),
    /// The GPS receiver has said nothing for a while that is understood.
    GpsQuiet(&'a Counters),
    /// The GPS line failed.
    GpsFailed(&'a gps::Error<R>, &'a Counters),
    /// The display could not be written to.
    DisplayFailed(&'a B),
}

/// Hears of what happens.
pub trait Observe<I, R, B> {
    /// Takes note of `event`, which happened at `at`.
    fn observe(&self, at: Instant, event: &Event<'_, I, R, B>);
}
