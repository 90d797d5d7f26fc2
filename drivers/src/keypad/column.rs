//! Columns, with edges or without.

use embedded_hal::digital::{ErrorType, InputPin};
use embedded_hal_async::digital::Wait;

/// A column of a keypad: an input with a pull-up.
///
/// Any pin with `Wait` is one. [`Polled`] makes one of a pin without.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column of a keypad",
    note = "a pin that has only `embedded_hal::digital::InputPin` becomes one by `Polled`"
)]
pub trait Column: InputPin {
    /// Waits until the column is low. Returns immediately if it is low already, or if the pin
    /// cannot wait: the caller then reads its level, and again after a pause.
    ///
    /// # Errors
    ///
    /// Any error of the pin. It may be awaited again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a wait changes nothing.
    async fn wait(&mut self) -> Result<(), Self::Error>;
}

impl<P: InputPin + Wait> Column for P {
    #[allow(clippy::manual_async_fn)] // An `async fn` would store the pin once more.
    fn wait(&mut self) -> impl Future<Output = Result<(), P::Error>> {
        self.wait_for_low()
    }
}

/// A column of a pin that cannot wait, such as one of a port expander.
///
/// While no key is down, the keypad drives all rows and reads its columns once in a scan
/// period.
///
/// ```
/// use embedded_hal::digital::{ErrorType, InputPin};
/// use tickwire_drivers::button::{Buttons, Event};
/// use tickwire_drivers::keypad::{Key, Keypad, Polled};
/// use tickwire_sim::{Input, Sim, SimClock, models};
/// use tickwire_traits::Instant;
///
/// /// A pin without interrupts.
/// struct Expander(Input<SimClock>);
/// # impl ErrorType for Expander { type Error = tickwire_sim::PinFault; }
/// # impl InputPin for Expander {
/// #     fn is_high(&mut self) -> Result<bool, Self::Error> { self.0.is_high() }
/// #     fn is_low(&mut self) -> Result<bool, Self::Error> { self.0.is_low() }
/// # }
///
/// let sim = Sim::new();
/// let model = models::keypad::Keypad::<_, 4, 3>::new(sim.clock());
/// model.key(3, 1).toggle_at(&[Instant::from_millis(100)]);
/// let columns = model.columns().map(|column| Polled(Expander(column)));
/// let mut keys = Buttons::<_, 2>::of(Keypad::new(model.rows(), columns, sim.clock()));
/// let gesture = sim.run(keys.gesture()).unwrap();
/// assert_eq!((gesture.key, gesture.event), (Key { row: 3, column: 1 }, Event::Press));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Polled<P>(pub P);

impl<P: ErrorType> ErrorType for Polled<P> {
    type Error = P::Error;
}

impl<P: InputPin> InputPin for Polled<P> {
    fn is_high(&mut self) -> Result<bool, P::Error> {
        self.0.is_high()
    }

    fn is_low(&mut self) -> Result<bool, P::Error> {
        self.0.is_low()
    }
}

impl<P: InputPin> Column for Polled<P> {
    async fn wait(&mut self) -> Result<(), P::Error> {
        Ok(())
    }
}
