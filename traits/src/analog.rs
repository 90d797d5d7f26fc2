//! Reading voltages.

/// An input that measures a voltage.
///
/// embedded-hal has no such trait yet; when it has, an adapter follows.
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
/// Return what the converter gives, in its own bits; do not scale.
///
/// # For driver authors
///
/// Put thresholds in parts of [`full_scale`](Self::full_scale), so that they
/// hold for 8 bits and for 16.
pub trait AnalogInput {
    /// What a conversion may fail with.
    type Error;

    /// Returns the largest value that [`read`](Self::read) can give: the one
    /// for the reference voltage.
    fn full_scale(&self) -> u32;

    /// Converts once: `0..=full_scale()`.
    ///
    /// # Errors
    ///
    /// Whatever the converter reports. It may be read again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the conversion is lost, and the next call starts another.
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
