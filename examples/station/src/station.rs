//! What the parts of the station share, and the loop of each.

mod exchange;

use core::cell::{Cell, RefCell};
use core::convert::Infallible;
use core::marker::PhantomData;

use embedded_hal_async::i2c::I2c;
use embedded_io_async::Read;
use futures_util::future::{Either, select};
use futures_util::pin_mut;
use tickwire_drivers::button::Button;
use tickwire_drivers::contact::ContactSource;
use tickwire_drivers::gps::{self, Gps, pps};
use tickwire_drivers::hd44780::{self, Lcd};
use tickwire_drivers::htu21d::Htu21d;
use tickwire_sync::local;
use tickwire_traits::{Delay, Duration, Elapsed, Instant, Timer, TimerQueue};

use crate::controls::Serve;
use crate::page::{self, Bar, COLUMNS, ROWS};
use crate::state::Has;
use crate::{Event, Focus, Limit, Limits, MEASURE_EVERY, Observe, Page, State, Units};

/// The longest time for which the display stays as it is: ages are shown in
/// seconds.
const REFRESH_EVERY: Duration = Duration::from_secs(1);

/// The shortest time between two refreshes: nobody reads faster.
const REFRESH_AFTER: Duration = Duration::from_millis(100);

/// The pause after an error, so that what fails for good does not fail in a spin.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(1);

type Display<B, T> = Lcd<B, Delay<T>, COLUMNS, ROWS>;

/// What the parts of the station share: one task, so cells will do.
pub(crate) struct Station<'a, T, O, C> {
    state: RefCell<State>,
    changed: local::Flag,
    /// The exchange with the receiver goes on, or there may be another one.
    pub(crate) exchange: local::Flag,
    pub(crate) clock: T,
    observer: &'a O,
    /// The state of the lock that was reported last.
    lock: Cell<pps::State>,
    parts: PhantomData<C>,
    /// What the parts are good for that are there.
    has: Has,
}

/// What the user sees of the state.
#[derive(Clone, Copy)]
struct View {
    page: Page,
    units: Units,
    focus: Focus,
    limits: Limits,
}

impl View {
    fn of(state: &State, now: Instant) -> Self {
        let State { page, units, limits, .. } = *state;
        Self { page, units, focus: state.menu.focus(now), limits }
    }
}

impl<'a, T: TimerQueue + Clone, O, C: Serve> Station<'a, T, O, C> {
    /// `parts` are those that a board may lack.
    pub(crate) fn new(parts: &C, clock: T, observer: &'a O) -> Self {
        Self {
            state: RefCell::new(State::default()),
            changed: local::Flag::new(),
            exchange: local::Flag::new(),
            clock,
            observer,
            lock: Cell::new(pps::State::Searching),
            parts: PhantomData,
            has: parts.has(),
        }
    }

    /// What no part could be good for, the compiler sees to be missing.
    pub(crate) fn has(&self) -> Has {
        C::HAS.and(self.has)
    }

    pub(crate) fn update(&self, update: impl FnOnce(&mut State)) {
        update(&mut self.state.borrow_mut());
        self.changed.set();
    }

    pub(crate) fn report<I, R, B>(&self, event: Event<'_, I, R, B>)
    where
        O: Observe<I, R, B>,
    {
        self.observer.observe(self.clock.now(), &event);
    }

    /// Does what a control asks for, and reports what it changes.
    pub(crate) fn act<I, R, B>(&self, act: impl FnOnce(&mut State, Instant))
    where
        O: Observe<I, R, B>,
    {
        // Only the menu depends on the time.
        let now = if self.has().limits { self.clock.now() } else { Instant::EPOCH };
        let before = View::of(&self.state.borrow(), now);
        self.update(|state| act(state, now));
        if self.has().settings {
            self.exchange.set();
        }
        self.report_view(before, now);
    }

    /// Reports what is not as in `before`. Once in flash, for all controls.
    #[inline(never)]
    fn report_view<I, R, B>(&self, before: View, now: Instant)
    where
        O: Observe<I, R, B>,
    {
        let after = View::of(&self.state.borrow(), now);
        if (before.page, before.units) != (after.page, after.units) {
            self.report(Event::View(after.page, after.units));
        }
        if !self.has().limits {
            return;
        }
        if before.focus != after.focus {
            self.report(Event::Focus(after.focus));
        }
        let value = |limit| after.limits.get(limit);
        for limit in Limit::ALL.into_iter().filter(|it| before.limits.get(*it) != value(*it)) {
            self.report(Event::Limit(limit, value(limit)));
            self.watch();
        }
    }

    /// Compares the climate with the limits, and reports alarms that begin or end.
    fn watch<I, R, B>(&self)
    where
        O: Observe<I, R, B>,
    {
        let before = self.state.borrow().alarms;
        let after = self.state.borrow().compared();
        for limit in Limit::ALL.into_iter().filter(|it| before.is_on(*it) != after.is_on(*it)) {
            // A change that is none would cost a refresh.
            self.update(|state| state.alarms = after);
            self.report(Event::Alarm(limit, after.is_on(limit)));
        }
    }

    /// Lets a sentence name the second of a pulse.
    fn name_second(&self, update: &gps::Update, fix: &gps::Fix) {
        if self.has().pulses {
            self.state.borrow_mut().keeper.update(update, fix);
        }
    }

    /// Reports a change of how well the time is known.
    pub(crate) fn watch_lock<I, R, B>(&self)
    where
        O: Observe<I, R, B>,
    {
        if !self.has().pulses {
            return;
        }
        let keeper = self.state.borrow().keeper;
        let lock = keeper.lock(self.clock.now());
        if self.lock.replace(lock.state) != lock.state {
            self.report(Event::Lock(&lock, keeper.drift()));
        }
    }

    pub(crate) async fn obey<S, I, R, B>(&self, mut button: Button<S>) -> Infallible
    where
        S: ContactSource<Key = ()>,
        O: Observe<I, R, B>,
    {
        loop {
            match button.gesture().await {
                Ok(gesture) => {
                    self.report(Event::Gesture(gesture));
                    self.act(|state, _| state.obey(gesture.event, self.has()));
                }
                Err(_) => {
                    self.report(Event::ButtonFailed);
                    self.clock.sleep(RETRY_AFTER).await;
                }
            }
        }
    }

    pub(crate) async fn measure<I: I2c, R, B>(&self, mut sensor: Htu21d<I, Delay<T>>) -> Infallible
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
            if self.has().limits {
                self.watch();
            }
            ticker.tick().await;
        }
    }

    pub(crate) async fn navigate<I, R: Read, B>(&self, mut gps: Gps<R, T>) -> Infallible
    where
        O: Observe<I, R::Error, B>,
    {
        loop {
            // Counters move even when nothing is understood. Polled once more before it is
            // called quiet: in the last poll of a late task, with bytes there, the driver
            // may just have let others have a turn.
            let mut result = Err(Elapsed);
            for limit in [REFRESH_EVERY, Duration::ZERO] {
                result = self.clock.timeout(limit, self.sentence(&mut gps)).await;
                if result.is_ok() {
                    break;
                }
            }
            self.update(|state| {
                state.fix = *gps.fix();
                state.counters = *gps.counters();
            });
            if let Ok(Ok(update)) = &result {
                self.name_second(update, gps.fix());
                self.heard();
            }
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
            self.watch_lock();
        }
    }

    pub(crate) async fn show<I, R, B: hd44780::Bus>(&self, mut lcd: Display<B, T>) -> Infallible
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
            let page = page::render(&self.state.borrow(), self.clock.now(), self.has());
            for (row, line) in page.iter().enumerate() {
                lcd.set_line(row, line);
            }
            if let Some(Bar { value, full }) = page::bar(&self.state.borrow()) {
                lcd.column(Bar::ROWS, Bar::COLUMN, value, full);
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
