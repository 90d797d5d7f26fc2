//! Analog inputs.

use core::fmt;

/// An input that measures a voltage.
///
/// embedded-hal has no such trait yet. When it gains one, an adapter follows.
///
/// ```
/// use core::convert::Infallible;
/// use tickwire_sim::Sim;
/// use tickwire_traits::AnalogInput;
///
/// /// A 12-bit converter at half of its reference voltage.
/// struct Half;
///
/// impl AnalogInput for Half {
///     type Error = Infallible;
///
///     fn full_scale(&self) -> u32 {
///         4_095
///     }
///
///     async fn read(&mut self) -> Result<u32, Infallible> {
///         Ok(2_048)
///     }
/// }
///
/// let percent = Sim::new().run(async { Half.read().await.unwrap() * 100 / Half.full_scale() });
/// assert_eq!(percent, 50);
/// ```
///
/// # For implementers
///
/// Return raw converter values; do not scale them.
///
/// # For driver authors
///
/// Express thresholds as fractions of [`full_scale`](Self::full_scale), so that they hold
/// at any resolution.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an analog input",
    note = "`tickwire_traits::analog::from_fn` makes one of an async closure that converts once"
)]
pub trait AnalogInput {
    /// The error of a conversion.
    type Error;

    /// Returns the largest value that [`read`](Self::read) can return: the one for the
    /// reference voltage.
    fn full_scale(&self) -> u32;

    /// Converts once. Returns a value in `0..=full_scale()`.
    ///
    /// # Errors
    ///
    /// Any error of the converter. It may be read again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the conversion is lost; the next call starts another.
    async fn read(&mut self) -> Result<u32, Self::Error>;
}

impl<A: AnalogInput + ?Sized> AnalogInput for &mut A {
    type Error = A::Error;

    fn full_scale(&self) -> u32 {
        A::full_scale(self)
    }

    async fn read(&mut self) -> Result<u32, Self::Error> {
        A::read(self).await
    }
}

/// Creates an [`AnalogInput`] from an async closure that converts once.
///
/// `full_scale` is the converter's largest value, 4 095 for 12 bits. A larger result of
/// the closure is reported as `full_scale`.
///
/// ```
/// use core::convert::Infallible;
/// use tickwire_sim::Sim;
/// use tickwire_traits::{AnalogInput, analog};
///
/// let mut samples = [512_u16, 700, 5_000].into_iter();
/// let mut knob = analog::from_fn(4_095, async || Ok::<_, Infallible>(samples.next().unwrap_or(0)));
/// let read = Sim::new().run(async { [knob.read().await, knob.read().await, knob.read().await] });
/// assert_eq!(read, [Ok(512), Ok(700), Ok(4_095)]);
/// ```
///
/// embassy-rp's converter, where each read needs both the converter and the channel:
///
/// ```ignore
/// // `ignore`: embassy-rp builds for the RP2040 only. `examples/rp2040` runs it.
/// let mut adc = Adc::new(p.ADC, Irqs, adc::Config::default());
/// let mut channel = adc::Channel::new_pin(p.PIN_26, Pull::None);
/// let knob = analog::from_fn(4_095, async || adc.read(&mut channel).await);
/// ```
///
/// An ADS1115 with the crate `ads1x1x`, whose values are signed 16-bit:
///
/// ```ignore
/// // `ignore`: a driver of another crate, on a bus.
/// let knob = analog::from_fn(0x7FFF, async || {
///     let value = nb_ready(&mut data_ready, || adc.read(channel::SingleA0)).await?;
///     Ok::<_, Error<_>>(u16::try_from(value).unwrap_or(0))
/// });
/// ```
pub const fn from_fn<F, T, E>(full_scale: u32, read: F) -> FromFn<F>
where
    F: AsyncFnMut() -> Result<T, E>,
    T: Into<u32>,
{
    FromFn { full_scale, read }
}

/// An async closure as an [`AnalogInput`]. Made by [`from_fn`].
#[derive(Clone, Copy)]
pub struct FromFn<F> {
    full_scale: u32,
    read: F,
}

impl<F, T, E> AnalogInput for FromFn<F>
where
    F: AsyncFnMut() -> Result<T, E>,
    T: Into<u32>,
{
    type Error = E;

    fn full_scale(&self) -> u32 {
        self.full_scale
    }

    async fn read(&mut self) -> Result<u32, E> {
        (self.read)().await.map(|value| value.into().min(self.full_scale))
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromFn").field("full_scale", &self.full_scale).finish_non_exhaustive()
    }
}
