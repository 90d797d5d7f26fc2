//! A weather and position station: a GPS receiver, a thermometer, a display and
//! one button; and, where a board has them, the receiver's pulses, a line to it, a knob, a remote
//! control and a potentiometer.
//!
//! The display shows position, time, temperature and humidity, a page each, and the humidity as a
//! bar. A click changes the page, a double click the units, and a long press forgets the lowest and
//! highest values.
//!
//! ```text
//! ┌────────────────────┐  ┌────────────────────┐
//! │23.8°C  50.72 %     │  │AXN_5.1.7_3333_19020│  its firmware
//! │dew point 13.0°C   ▄│  │GGARMCGSAGSVVTGGLL  │  the sentences that it sends
//! │23.8°C to 23.8°C   █│  │*rate           5 Hz│  `*`: the knob turns it
//! │50.72 to 50.72 %    │  │PMTK220         done│  the last command
//! └────────────────────┘  └────────────────────┘
//!    the climate             the receiver
//! ```
//!
//! With the [`Pulses`] of the receiver, a further page shows UTC by them, and how well it is known.
//! With a line for [`Commands`] to it, another page shows what it is and how it is set. A push of the
//! knob there lets it turn the rate of the receiver, and another push ends that.
//!
//! A [`Knob`] turns pages. A push opens the page of limits, and another one the value that the
//! knob then changes; a long push leaves it. Beyond a limit, the last row tells of it every other
//! second. A [`Remote`]'s digits choose a page, its other keys act as the knob. A [`Dimmer`] sets
//! the brightness of the display.
//!
//! It knows no board and no executor. [`run`] takes what it needs as values, and
//! is the same code on a microcontroller, on Linux and on `sim`.
#![no_std]
#![forbid(unsafe_code)]

mod commands;
mod controls;
mod event;
mod limits;
mod menu;
mod page;
mod pulses;
mod receiver;
mod state;
mod station;

use core::convert::Infallible;

use embedded_hal_async::i2c::I2c;
use embedded_io_async::Read;
use futures_util::future::join5;
use tickwire_drivers::button::{Button, Reporting, Timing};
use tickwire_drivers::gps::Gps;
use tickwire_drivers::hd44780::{self, Lcd};
use tickwire_drivers::htu21d::Htu21d;
use tickwire_traits::{Delay, Duration, EdgeInput, TimerQueue};

pub use commands::{CommandLine, Commands};
use controls::Serve;
pub use controls::{Control, Controls, Dimmer, Keymap, Knob, Remote};
pub use event::{Event, Observe};
pub use limits::{Alarms, Limit, Limits};
pub use menu::{Focus, Key, Menu};
pub use page::{COLUMNS, ROWS};
pub use pulses::{PulseSource, Pulses};
pub use receiver::{FixRate, Outcome, Receiver};
pub use state::{Extremes, Page, State, Units};
use station::Station;

/// How often the climate is measured.
pub const MEASURE_EVERY: Duration = Duration::from_secs(2);

/// What the station needs of a board.
#[derive(Debug)]
pub struct Parts<P, I, B, R, T, C = (), E = (), W = ()> {
    /// A button to ground, with a pull-up.
    pub button: P,
    /// The bus with the HTU21D on it.
    pub i2c: I,
    /// The lines to an HD44780 display of 20 columns and 4 rows.
    pub lcd: B,
    /// The line from a GPS receiver that speaks NMEA.
    pub gps: R,
    /// The [`Pulses`] of that receiver, or `()` for none.
    pub pps: E,
    /// The line with [`Commands`] to that receiver, or `()` for none.
    pub commands: W,
    /// The clock.
    pub clock: T,
    /// [`Controls`], or `()` for none.
    pub controls: C,
}

/// Runs the station. It never ends; what fails is reported and tried again,
/// but for a GPS line that is at its end.
///
/// `observer` hears of everything that happens.
///
/// # Cancel safety
///
/// Dropping it stops the station where it is; what it has learned is lost.
pub async fn run<P, I, B, R, T, C, E, W>(
    parts: Parts<P, I, B, R, T, C, E, W>,
    observer: &impl Observe<I::Error, R::Error, B::Error>,
) -> Infallible
where
    P: EdgeInput,
    I: I2c,
    B: hd44780::Bus,
    R: Read,
    T: TimerQueue + Clone,
    C: Control,
    E: PulseSource,
    W: CommandLine,
{
    let Parts { button, i2c, lcd, gps, pps, commands, clock, controls } = parts;
    let others = (controls, (pps, commands));
    let delay = || Delay(clock.clone());
    let station = Station::new(&others, clock.clone(), observer);
    let timing = Timing { reporting: Reporting::Exclusive, ..Timing::default() };
    let ended = join5(
        station.obey(Button::new(button, clock.clone()).with_timing(timing)),
        station.measure(Htu21d::new(i2c, delay())),
        station.navigate(Gps::new(gps, clock.clone())),
        station.show(Lcd::new(lcd, delay())),
        others.serve::<_, _, _, I::Error, R::Error, B::Error>(&station),
    );
    ended.await.0
}
