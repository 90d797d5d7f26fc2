//! Lights: on, off, flashing, patterns and fades, changed from another task while they run.
//!
//! The light is an `OutputPin`, a PWM channel, or any other [`Light`]. What it shows is
//! a [`Program`]; [`Player`] is the machine.

mod brightness;
mod light;
mod player;
mod program;

use core::convert::Infallible;
use core::pin::pin;

use embedded_hal::digital::{OutputPin, PinState};
use embedded_hal::pwm::SetDutyCycle;
use tickwire_traits::{Instant, Timer, TimerQueue};

pub use brightness::{Brightness, Curve};
pub use light::{Dimmed, Light, OnOff};
pub use player::Player;
pub use program::{Program, Step};

/// A light that shows a [`Program`].
///
/// [`run`](Self::run) takes programs from anything that another task writes to: a
/// `tickwire_sync::RingQueue` of one program, where a newer one replaces it, a `Queue`, or
/// embassy's `Signal` or `Channel`.
///
/// ```
/// use embedded_hal::digital::PinState::{High, Low};
/// use tickwire_drivers::led::{Led, Program};
/// use tickwire_sim::{Sim, Trace};
/// use tickwire_sync::local;
/// use tickwire_traits::{Duration, Instant, Timer, race};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let trace = Trace::new();
/// let pin = trace.wire("led", sim.clock(), Low).output();
///
/// let status = local::RingQueue::<Program, 1>::new(); // Or `shared`, in a `static`.
/// let mut led = Led::new(pin, sim.clock());
/// let light = led.run(async || status.pop().await);
/// let other_task = async {
///     status.push(Program::flash(Duration::from_millis(500))); // Twice per second.
///     clock.sleep(Duration::from_millis(600)).await;
///     status.push(Program::ON);
///     clock.sleep(Duration::from_secs(1)).await; // The light sleeps too: nothing is polled.
///     status.push(Program::OFF);
///     clock.sleep(Duration::from_secs(1)).await;
/// };
/// sim.run(race(light, other_task));
///
/// let levels = [(0, Low), (0, High), (250, Low), (500, High), (1_600, Low)];
/// assert_eq!(trace.waveform("led"), levels.map(|(ms, level)| (Instant::from_millis(ms), level)));
/// ```
///
/// For a program that ends, without another task, there is [`play`](Self::play). A light that
/// is only ever switched needs no driver.
///
/// The light is written to when its brightness changes, and at the first call. Between changes
/// the driver sleeps; while a program stands still, without a deadline.
#[derive(Debug)]
pub struct Led<L, T> {
    light: L,
    clock: T,
    player: Player,
    /// The light has the player's brightness.
    is_written: bool,
}

impl<P: OutputPin, T: TimerQueue> Led<OnOff<P>, T> {
    /// Creates a light that is on while the pin is high, with the program [`Program::OFF`]. The
    /// pin is not written to yet. For a PWM channel, call [`dimmed`](Self::dimmed).
    pub const fn new(pin: P, clock: T) -> Self {
        Self::of(OnOff::new(pin, PinState::High), clock)
    }

    /// Sets the level of the pin that lights it: low for a light between the supply and its pin.
    ///
    /// ```
    /// use embedded_hal::digital::PinState::{High, Low};
    /// use tickwire_drivers::led::{Led, Program};
    /// use tickwire_sim::{Sim, Wire};
    ///
    /// let sim = Sim::new();
    /// let wire = Wire::new(sim.clock(), High);
    /// let mut led = Led::new(wire.output(), sim.clock()).with_lit(Low);
    /// sim.run(led.play(Program::ON)).unwrap();
    /// assert_eq!(wire.level(), Low);
    /// ```
    pub const fn with_lit(mut self, level: PinState) -> Self {
        self.light.set_lit(level);
        self
    }

    /// Returns the pin, as it is, and the clock.
    pub fn release(self) -> (P, T) {
        (self.light.release(), self.clock)
    }
}

impl<P: SetDutyCycle, T: TimerQueue> Led<Dimmed<P>, T> {
    /// Creates a light on a PWM channel, with the program [`Program::OFF`]. The channel is not
    /// written to yet.
    ///
    /// ```
    /// use tickwire_drivers::led::{Brightness, Led, Program};
    /// use tickwire_sim::{Pwm, Sim};
    /// use tickwire_traits::{Clock, Duration, Instant};
    ///
    /// let sim = Sim::new();
    /// let channel = Pwm::new(sim.clock(), 1_000);
    /// let mut lamp = Led::dimmed(channel.clone(), sim.clock());
    /// let to_half = Program::fade(Brightness::percent(50), Duration::from_secs(2));
    /// sim.run(lamp.play(to_half)).unwrap();
    /// assert_eq!(sim.clock().now(), Instant::from_millis(2_000));
    /// assert_eq!(channel.duty(), 185); // Half as bright, as seen by an eye.
    /// ```
    pub const fn dimmed(channel: P, clock: T) -> Self {
        Self::of(Dimmed::new(channel, Curve::Perceptual), clock)
    }

    /// Sets the duty cycle that a brightness takes. The default is [`Curve::Perceptual`].
    pub const fn with_curve(mut self, curve: Curve) -> Self {
        self.light.set_curve(curve);
        self
    }

    /// Returns the channel, as it is, and the clock.
    pub fn release(self) -> (P, T) {
        (self.light.release(), self.clock)
    }
}

impl<L: Light, T: TimerQueue> Led<L, T> {
    /// Creates a driver of any other light, with the program [`Program::OFF`]. The light is not
    /// written to yet.
    pub const fn of(light: L, clock: T) -> Self {
        Self { light, clock, player: Player::new(), is_written: false }
    }

    /// Returns the brightness that was written last, or was to be if the light has failed.
    pub const fn brightness(&self) -> Brightness {
        self.player.brightness()
    }

    /// Shows `program` from now on, until it ends. [`Program::ON`] and others that stand still
    /// end immediately; the light keeps its brightness after the end. A program that repeats
    /// does not end.
    ///
    /// # Errors
    ///
    /// Errors of the light. It may be used again: [`run`](Self::run) continues the program.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the light keeps its present brightness. `run` continues the program, at
    /// the place where it would be by then. Another call of `play` begins anew.
    pub async fn play(&mut self, program: Program) -> Result<(), L::Error> {
        self.start(program);
        loop {
            self.show()?;
            let Some(due) = self.player.deadline() else { return Ok(()) };
            self.clock.sleep_until(due).await;
        }
    }

    /// Shows the program that was set last, then each one that `next` returns, from the moment at
    /// which it returns it. Returns only if the light fails.
    ///
    /// `next` is an async closure that waits for a program. It is called again after each one,
    /// and has to be pending at times: a loop through programs without a wait occupies the
    /// executor. A program that is replaced at once is not shown. One that replaces a fade begins
    /// at the brightness that was reached.
    ///
    /// ```
    /// use embedded_hal::digital::PinState::Low;
    /// use tickwire_drivers::led::{Led, Program};
    /// use tickwire_sim::{Sim, Wire};
    /// use tickwire_sync::local;
    /// use tickwire_traits::{Duration, Timer};
    ///
    /// let sim = Sim::new();
    /// let clock = sim.clock();
    /// let wire = Wire::new(sim.clock(), Low);
    /// let mut led = Led::new(wire.output(), sim.clock());
    /// wire.fail_after(2);
    /// let orders = local::Queue::<Program, 2>::new();
    /// orders.try_push(Program::flash(Duration::from_millis(100))).unwrap();
    /// assert!(sim.run(led.run(async || orders.pop().await)).is_err());
    /// // After an error, the program goes on.
    /// let light = led.run(async || orders.pop().await);
    /// assert!(sim.run(clock.timeout(Duration::from_secs(1), light)).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// Errors of the light. It may be used again, and continues the program.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe if the futures of `next` are, one of which is dropped: the light keeps its
    /// present brightness. The next call continues the program, at the place where it would be
    /// by then.
    pub async fn run(
        &mut self,
        mut next: impl AsyncFnMut() -> Program,
    ) -> Result<Infallible, L::Error> {
        loop {
            // Kept while the program goes on, since not all futures may be dropped.
            let mut program = pin!(next());
            let program = loop {
                // A program first, even if a change is due, which is then not shown.
                match self.clock.timeout_at(self.due(), program.as_mut()).await {
                    Ok(program) => break program,
                    Err(_) => self.show()?,
                }
            };
            // No await above: the program that was taken is set.
            self.start(program);
        }
    }

    fn start(&mut self, program: Program) {
        self.player.start(program, self.clock.now());
    }

    /// Returns when to call [`show`](Self::show).
    fn due(&self) -> Instant {
        match self.player.deadline() {
            _ if !self.is_written => Instant::EPOCH,
            Some(due) => due,
            None => Instant::MAX,
        }
    }

    /// Writes the present brightness if it differs from the one that was written.
    fn show(&mut self) -> Result<(), L::Error> {
        let before = self.player.brightness();
        let brightness = self.player.elapse(self.clock.now(), L::IS_DIMMABLE);
        if brightness != before || !self.is_written {
            // Written again if this fails.
            self.is_written = false;
            self.light.set(brightness)?;
            self.is_written = true;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
