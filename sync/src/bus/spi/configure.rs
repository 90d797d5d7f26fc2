//! The configuration of a bus for one device.

use core::convert::Infallible;
use core::fmt;

/// The bus configuration that one device on a shared bus needs.
///
/// Implemented by closures and functions `FnMut(&mut B) -> Result<(), E>`. Implement it
/// for a type of your own if you need a name, for a `static` or the arguments of a task.
///
/// ```
/// use std::convert::Infallible;
/// use tickwire_sim::{SimClock, spi::Bus};
/// use tickwire_sync::Configure;
///
/// struct Hertz(u32);
/// impl Configure<Bus<SimClock>> for Hertz {
///     type Error = Infallible;
///     fn configure(&mut self, bus: &mut Bus<SimClock>) -> Result<(), Infallible> {
///         bus.set_speed(self.0);
///         Ok(())
///     }
/// }
/// ```
#[doc(alias = "SetConfig")]
pub trait Configure<B> {
    /// The error of a failed configuration.
    type Error: fmt::Debug;

    /// Configures the bus, which is idle and has no device selected.
    ///
    /// # Errors
    ///
    /// Any error of the HAL. The transaction then ends with it, and nothing is sent.
    fn configure(&mut self, bus: &mut B) -> Result<(), Self::Error>;
}

/// The [`Configure`] that leaves the bus unchanged.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsIs;

impl<B> Configure<B> for AsIs {
    type Error = Infallible;

    fn configure(&mut self, _: &mut B) -> Result<(), Infallible> {
        Ok(())
    }
}

impl<B, E: fmt::Debug, F: FnMut(&mut B) -> Result<(), E>> Configure<B> for F {
    type Error = E;

    fn configure(&mut self, bus: &mut B) -> Result<(), E> {
        self(bus)
    }
}
