//! A weather and position station: a GPS receiver, a thermometer, a display and
//! one button.
//!
//! The display shows position, time, temperature and humidity, a page each. A
//! click changes the page, a double click the units, and a long press forgets
//! the lowest and highest values.
//!
//! It knows no board and no executor. [`run`] takes what it needs as values, and
//! is the same code on a microcontroller, on Linux and on `sim`.
#![no_std]
#![forbid(unsafe_code)]

mod event;
mod page;
mod state;

use core::cell::RefCell;
use core::convert::Infallible;

use embedded_hal_async::i2c::I2c;
use embedded_io_async::Read;
use futures_util::future::{Either, join4, select};
use futures_util::pin_mut;
use tickwire_drivers::button::{Button, Reporting, Timing};
use tickwire_drivers::contact::ContactSource;
use tickwire_drivers::gps::{self, Gps};
use tickwire_drivers::hd44780::{self, Lcd};
use tickwire_drivers::htu21d::Htu21d;
use tickwire_sync::local;
use tickwire_traits::{Delay, Duration, EdgeInput, Elapsed, Timer, TimerQueue};

pub use event::{Event, Observe};
pub use page::{COLUMNS, ROWS};
pub use state::{Extremes, Page, State, Units};

/// How often the climate is measured.
pub const MEASURE_EVERY: Duration = Duration::from_secs(2);

/// The longest time for which the display stays as it is: ages are shown in
/// seconds.
const REFRESH_EVERY: Duration = Duration::from_secs(1);

/// The shortest time between two refreshes: nobody reads faster.
const REFRESH_AFTER: Duration = Duration::from_millis(100);

/// The pause after an error, so that what fails for good does not fail in a spin.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What the station needs of a board.
#[derive(Debug)]
pub struct Parts<P, I, B, R, T> {
    /// A button to ground, with a pull-up.
    pub button: P,
    /// The bus with the HTU21D on it.
    pub i2c: I,
    /// The lines to an HD44780 display of 20 columns and 4 rows.
    pub lcd: B,
    /// The line from a GPS receiver that speaks NMEA.
    pub gps: R,
    /// The clock.
    pub clock: T,
}

/// Runs the station. It never ends; what fails is reported and tried again,
/// but for a GPS line that is at its end.
///
/// `observer` hears of everything that happens.
///
/// # Cancel safety
///
/// Dropping it stops the station where it is; what it has learned is lost.
pub async fn run<P, I, B, R, T>(
    parts: Parts<P, I, B, R, T>,
    observer: &impl Observe<I::Error, R::Error, B::Error>,
) -> Infallible
where
    P: EdgeInput,
    I: I2c,
    B: hd44780::Bus,
    R: Read,
    T: TimerQueue + Clone,
{
    let Parts { button, i2c, lcd, gps, clock } = parts;
    let delay = || Delay(clock.clone());
    let station = Station {
        state: RefCell::new(State::default()),
        changed: local::Flag::new(),
        clock: clock.clone(),
        observer,
    };
    let timing = Timing { reporting: Reporting::Exclusive, ..Timing::default() };
    let ended = join4(
        station.obey(Button::new(button, clock.clone()).with_timing(timing)),
        station.measure(Htu21d::new(i2c, delay())),
        station.navigate(Gps::new(gps, clock.clone())),
        station.show(Lcd::new(lcd, delay())),
    );
    ended.await.0
}

type Display<B, T> = Lcd<B, Delay<T>, COLUMNS, ROWS>;

/// What the four parts of the station share: one task, so cells will do.
struct Station<'a, T, O> {
    state: RefCell<State>,
    changed: local::Flag,
    clock: T,
    observer: &'a O,
}

impl<T: TimerQueue + Clone, O> Station<'_, T, O> {
    fn update(&self, update: impl FnOnce(&mut State)) {
        update(&mut self.state.borrow_mut());
        self.changed.set();
    }

    fn report<I, R, B>(&self, event: Event<'_, I, R, B>)
    where
        O: Observe<I, R, B>,
    {
        self.observer.observe(self.clock.now(), &event);
    }

    async fn obey<S, I, R, B>(&self, mut button: Button<S>) -> Infallible
    where
        S: ContactSource<Key = ()>,
        O: Observe<I, R, B>,
    {
        loop {
            match button.gesture().await {
                Ok(gesture) => {
                    self.report(Event::Gesture(gesture));
                    let view = || (self.state.borrow().page, self.state.borrow().units);
                    let before = view();
                    self.update(|state| state.obey(gesture.event));
                    let (page, units) = view();
                    if (page, units) != before {
                        self.report(Event::View(page, units));
                    }
                }
                Err(_) => {
                    self.report(Event::ButtonFailed);
                    self.clock.sleep(RETRY_AFTER).await;
                }
            }
        }
    }

    async fn measure<I: I2c, R, B>(&self, mut sensor: Htu21d<I, Delay<T>>) -> Infallible
    where
        O: Observe<I::Error, R, B>,
    {
        let mut ticker = self.clock.ticker(MEASURE_EVERY);
        loop {
            let result = sensor.measure().await;
            self.update(|state| state.measured(result.as_ref().ok().copied()));
            match result {
                Ok(climate) => self.report(Event::Climate(climate)),
                Err(error) => self.report(Event::SensorFailed(&error)),
            }
            ticker.tick().await;
        }
    }

    async fn navigate<I, R: Read, B>(&self, mut gps: Gps<R, T>) -> Infallible
    where
        O: Observe<I, R::Error, B>,
    {
        loop {
            // Counters move even when nothing is understood. Polled once more before it is
            // called quiet: in the last poll of a late task, with bytes there, the driver
            // may just have let others have a turn.
            let mut result = Err(Elapsed);
            for limit in [REFRESH_EVERY, Duration::ZERO] {
                result = self.clock.timeout(limit, gps.update()).await;
                if result.is_ok() {
                    break;
                }
            }
            self.update(|state| {
                state.fix = *gps.fix();
                state.counters = *gps.counters();
            });
            match result {
                Ok(Ok(update)) => self.report(Event::Gps(update, gps.fix(), gps.counters())),
                Ok(Err(error)) => {
                    self.report(Event::GpsFailed(&error, gps.counters()));
                    if matches!(error, gps::Error::EndOfStream) {
                        return core::future::pending().await;
                    }
                    self.clock.sleep(RETRY_AFTER).await;
                }
                Err(Elapsed) => self.report(Event::GpsQuiet(gps.counters())),
            }
        }
    }

    async fn show<I, R, B: hd44780::Bus>(&self, mut lcd: Display<B, T>) -> Infallible
    where
        O: Observe<I, R, B::Error>,
    {
        loop {
            let Err(error) = self.draw(&mut lcd).await;
            self.report(Event::DisplayFailed(&error));
            self.clock.sleep(RETRY_AFTER).await;
        }
    }

    /// Draws for as long as the display takes it.
    async fn draw<B: hd44780::Bus>(&self, lcd: &mut Display<B, T>) -> Result<Infallible, B::Error> {
        lcd.init().await?;
        loop {
            let page = page::render(&self.state.borrow(), self.clock.now());
            for (row, line) in page.iter().enumerate() {
                lcd.set_line(row, line);
            }
            lcd.flush().await?;
            self.clock.sleep(REFRESH_AFTER).await;
            let changed = self.changed.wait();
            let tick = self.clock.sleep(REFRESH_EVERY - REFRESH_AFTER);
            pin_mut!(changed);
            match select(changed, tick).await {
                Either::Left(_) | Either::Right(_) => {}
            }
        }
    }
}
