//! What lights up.

use embedded_hal::digital::{OutputPin, PinState};
use embedded_hal::pwm::SetDutyCycle;

use super::{Brightness, Curve};

/// A light of which the brightness can be set.
///
/// Implemented for an `OutputPin` by [`OnOff`] and for a PWM channel by [`Dimmed`].
///
/// ```
/// use core::convert::Infallible;
/// use tickwire_drivers::led::{Brightness, Led, Light, Program};
/// use tickwire_sim::Sim;
///
/// /// A light that another driver updates, such as one of a strip.
/// #[derive(Default)]
/// struct Shown(u8);
///
/// impl Light for Shown {
///     type Error = Infallible;
///     const IS_DIMMABLE: bool = true;
///
///     fn set(&mut self, brightness: Brightness) -> Result<(), Infallible> {
///         self.0 = (brightness.get() >> 8) as u8;
///         Ok(())
///     }
/// }
///
/// let sim = Sim::new();
/// let mut shown = Shown::default();
/// sim.run(Led::of(&mut shown, sim.clock()).play(Program::ON)).unwrap();
/// assert_eq!(shown.0, 255);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a light",
    note = "`Led::new` makes one of an `OutputPin`, `Led::dimmed` one of a `SetDutyCycle`"
)]
pub trait Light {
    /// The error of the pin or channel.
    type Error;

    /// Whether it has other brightnesses than off and full. If not, a fade is a change at its
    /// start, and firmware without dimmable lights has no code for fades.
    const IS_DIMMABLE: bool;

    /// Sets the brightness.
    ///
    /// # Errors
    ///
    /// Errors of the light. It may be set again.
    fn set(&mut self, brightness: Brightness) -> Result<(), Self::Error>;
}

impl<L: Light + ?Sized> Light for &mut L {
    type Error = L::Error;
    const IS_DIMMABLE: bool = L::IS_DIMMABLE;

    fn set(&mut self, brightness: Brightness) -> Result<(), L::Error> {
        L::set(self, brightness)
    }
}

/// A light on an `OutputPin`: any brightness but [`Brightness::OFF`] is on.
#[derive(Debug)]
pub struct OnOff<P> {
    pin: P,
    lit: PinState,
}

/// A light on a PWM channel.
///
/// The channel's frequency is set where the channel is created: at least 200 Hz, so that the
/// light does not flicker. So is its polarity: a light that is lit by a low level needs a channel
/// that is inverted.
#[derive(Debug)]
pub struct Dimmed<P> {
    channel: P,
    curve: Curve,
}

impl<P> OnOff<P> {
    /// Creates a light that is on while the pin has the level `lit`.
    pub const fn new(pin: P, lit: PinState) -> Self {
        Self { pin, lit }
    }

    pub(super) const fn set_lit(&mut self, level: PinState) {
        self.lit = level;
    }

    /// Returns the pin.
    pub fn release(self) -> P {
        self.pin
    }
}

impl<P> Dimmed<P> {
    /// Creates a light with the duty cycles of a curve.
    pub const fn new(channel: P, curve: Curve) -> Self {
        Self { channel, curve }
    }

    pub(super) const fn set_curve(&mut self, curve: Curve) {
        self.curve = curve;
    }

    /// Returns the channel.
    pub fn release(self) -> P {
        self.channel
    }
}

impl<P: OutputPin> Light for OnOff<P> {
    type Error = P::Error;
    const IS_DIMMABLE: bool = false;

    fn set(&mut self, brightness: Brightness) -> Result<(), P::Error> {
        let is_on = brightness > Brightness::OFF;
        self.pin.set_state(if is_on { self.lit } else { !self.lit })
    }
}

impl<P: SetDutyCycle> Light for Dimmed<P> {
    type Error = P::Error;
    const IS_DIMMABLE: bool = true;

    fn set(&mut self, brightness: Brightness) -> Result<(), P::Error> {
        let duty = self.curve.duty(brightness, self.channel.max_duty_cycle());
        self.channel.set_duty_cycle(duty)
    }
}
