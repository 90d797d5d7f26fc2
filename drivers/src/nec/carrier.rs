//! What a transmitter switches.

use embedded_hal::digital::{OutputPin, PinState};
use embedded_hal::pwm::SetDutyCycle;

/// A carrier of 38 kHz that is turned on and off: a transmitter's only output.
///
/// [`PwmCarrier`] makes one of a PWM channel, and [`PinCarrier`] of a pin. Implement it for an
/// oscillator that is switched differently.
///
/// ```
/// use core::convert::Infallible;
/// use tickwire_drivers::nec::Carrier;
///
/// /// A timer that has an enable bit.
/// struct Timer {
///     is_enabled: bool,
/// }
///
/// impl Carrier for Timer {
///     type Error = Infallible;
///
///     fn mark(&mut self) -> Result<(), Infallible> {
///         self.is_enabled = true;
///         Ok(())
///     }
///
///     fn space(&mut self) -> Result<(), Infallible> {
///         self.is_enabled = false;
///         Ok(())
///     }
/// }
/// # let mut timer = Timer { is_enabled: false };
/// # timer.mark().and_then(|()| timer.space()).unwrap();
/// # assert!(!timer.is_enabled);
/// ```
///
/// Both methods return at once: what they take is missing from the span that follows.
pub trait Carrier {
    /// The reason why the carrier could not be switched.
    type Error;

    /// Turns the carrier on.
    ///
    /// # Errors
    ///
    /// Those of the hardware. The carrier may then be on or off.
    fn mark(&mut self) -> Result<(), Self::Error>;

    /// Turns the carrier off.
    ///
    /// # Errors
    ///
    /// Those of the hardware. The carrier may then be on or off.
    fn space(&mut self) -> Result<(), Self::Error>;
}

/// A PWM channel as a [`Carrier`], with a duty of one third during a mark.
///
/// embedded-hal has no frequency: set it to 38 kHz where the channel is made.
#[derive(Clone, Copy, Debug)]
pub struct PwmCarrier<P>(pub P);

impl<P: SetDutyCycle> Carrier for PwmCarrier<P> {
    type Error = P::Error;

    fn mark(&mut self) -> Result<(), P::Error> {
        self.0.set_duty_cycle_fraction(1, 3)
    }

    fn space(&mut self) -> Result<(), P::Error> {
        self.0.set_duty_cycle_fully_off()
    }
}

/// An output pin as a [`Carrier`]: one that switches an oscillator, or takes the place of a
/// receiver module.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::nec::{Carrier, PinCarrier};
/// use tickwire_sim::{Sim, Wire};
///
/// let sim = Sim::new();
/// // The line that a receiver module drives low during a mark.
/// let line = Wire::new(sim.clock(), PinState::High);
/// let mut carrier = PinCarrier::active_low(line.output());
/// carrier.mark().unwrap();
/// assert_eq!(line.level(), PinState::Low);
/// carrier.space().unwrap();
/// assert_eq!(line.level(), PinState::High);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PinCarrier<P> {
    pin: P,
    mark: PinState,
}

impl<P> PinCarrier<P> {
    /// Creates a carrier that is on while the pin is high.
    pub const fn active_high(pin: P) -> Self {
        Self { pin, mark: PinState::High }
    }

    /// Creates a carrier that is on while the pin is low.
    pub const fn active_low(pin: P) -> Self {
        Self { pin, mark: PinState::Low }
    }

    /// Returns the pin.
    pub fn release(self) -> P {
        self.pin
    }
}

impl<P: OutputPin> Carrier for PinCarrier<P> {
    type Error = P::Error;

    fn mark(&mut self) -> Result<(), P::Error> {
        self.pin.set_state(self.mark)
    }

    fn space(&mut self) -> Result<(), P::Error> {
        self.pin.set_state(!self.mark)
    }
}
