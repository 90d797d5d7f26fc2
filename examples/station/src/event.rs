//! What the station has to tell.

use tickwire_drivers::button::Gesture;
use tickwire_drivers::encoder::Turn;
use tickwire_drivers::gps::mtk::Command;
use tickwire_drivers::gps::pps::{Drift, Lock};
use tickwire_drivers::gps::{self, Counters, Fix, Update};
use tickwire_drivers::htu21d::{self, Measurement};
use tickwire_drivers::nec::{self, Signal};
use tickwire_traits::Instant;

use crate::{Focus, Limit, Outcome, Page, Units};

/// Something that happened. The type parameters are the errors of the I2C bus,
/// the GPS line and the display's lines.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a, I, R, B> {
    /// The button was used.
    Gesture(Gesture),
    /// A control changed what is shown.
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
    /// How well the pulses tell the time has changed. With the drift of the clock, if known.
    Lock(&'a Lock, Option<Drift>),
    /// What became of a command to the receiver.
    Told(Command, Outcome),
    /// The line of the pulses failed.
    PulsesFailed,
    /// The display could not be written to.
    DisplayFailed(&'a B),
    /// The knob was turned. With the number of illegal transitions so far.
    Turn(Turn, u16),
    /// The knob was pushed.
    Push(Gesture),
    /// A pin of the knob failed.
    KnobFailed,
    /// The remote control sent something, or something else did.
    Remote(Signal, &'a nec::Counters),
    /// The pin of the remote control failed.
    RemoteFailed,
    /// What a turn of the knob changes is another thing now. It is not reported when it is
    /// forgotten after a while.
    Focus(Focus),
    /// A limit was changed. In hundredths of a degree Celsius or of a percent.
    Limit(Limit, i16),
    /// An alarm began or ended.
    Alarm(Limit, bool),
    /// The brightness was changed. In percent.
    Brightness(u8),
    /// The potentiometer or the backlight failed.
    DimmerFailed,
}

/// Hears of what happens.
pub trait Observe<I, R, B> {
    /// Takes note of `event`, which happened at `at`.
    fn observe(&self, at: Instant, event: &Event<'_, I, R, B>);
}
