//! Brightness as it is seen, and the duty cycle that causes it.

/// A brightness, in 65 535 steps.
///
/// ```
/// use tickwire_drivers::led::Brightness;
///
/// assert_eq!(Brightness::percent(100), Brightness::FULL);
/// assert_eq!(Brightness::new(0), Brightness::OFF);
/// assert_eq!(Brightness::percent(20).get(), 13_107);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Brightness(u16);

/// The duty cycle that a brightness takes.
///
/// Only [`Brightness::OFF`] is dark: any other takes a step of the channel at least.
///
/// ```
/// use tickwire_drivers::led::{Brightness, Curve};
///
/// let half = Brightness::percent(50);
/// assert_eq!(Curve::Linear.duty(half, 255), 128);
/// assert_eq!(Curve::Perceptual.duty(half, 255), 47);
/// assert_eq!(Curve::Perceptual.duty(Brightness::FULL, 255), 255);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Curve {
    /// As much as the eye sees: brightness is the lightness L* of CIE 1976 (ISO/CIE 11664-4). An
    /// even fade looks even.
    #[default]
    Perceptual,
    /// In proportion: for motors, heaters, and lights that correct the curve themselves.
    Linear,
}

impl Brightness {
    /// Dark.
    pub const OFF: Self = Self(0);
    /// As bright as the light can be.
    pub const FULL: Self = Self(u16::MAX);

    /// Creates a brightness of so many parts of 65 535.
    pub const fn new(parts: u16) -> Self {
        Self(parts)
    }

    /// Creates a brightness in percent. More than 100 is taken as 100.
    pub const fn percent(percent: u8) -> Self {
        let percent = if percent > 100 { 100 } else { percent as u32 };
        Self((percent * u16::MAX as u32 / 100) as u16)
    }

    /// Returns the parts of 65 535.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// Returns the brightness `elapsed` of `span` after the start of a fade to `to`.
    pub(super) fn toward(self, to: Self, elapsed: u32, span: u32) -> Self {
        // Sixteen bits of either are enough, and a product of more would not fit.
        let shift = 16_u32.saturating_sub(span.leading_zeros());
        let (elapsed, span) = ((elapsed >> shift).min(u16::MAX.into()), span >> shift);
        let way = to.0.abs_diff(self.0);
        let part = (u32::from(way) * elapsed).checked_div(span).unwrap_or(way.into());
        let part = u16::try_from(part).unwrap_or(way).min(way);
        Self(if to.0 > self.0 { self.0.saturating_add(part) } else { self.0.saturating_sub(part) })
    }
}

impl Curve {
    /// Returns the duty cycle of a channel whose largest is `max`.
    pub fn duty(self, brightness: Brightness, max: u16) -> u16 {
        const FULL: u32 = u16::MAX as u32;
        let light = match self {
            Self::Perceptual => luminance(brightness),
            Self::Linear => brightness.0,
        };
        let duty = (u32::from(light) * u32::from(max)).div_ceil(FULL);
        u16::try_from(duty).unwrap_or(max)
    }
}

/// Returns the luminance of a lightness, both in parts of 65 535:
/// (L* + 16)³ / 116³, and L* / 903.3 up to L* = 8.
fn luminance(lightness: Brightness) -> u16 {
    /// 8 %. From here on, both formulas are the same, rounded.
    const DARK: u16 = 5_239;
    let lightness = u32::from(lightness.0);
    let luminance = if lightness <= DARK.into() {
        // 7 255 is 65 536 / 9.033.
        (lightness * 7_255).div_ceil(1 << 16)
    } else {
        // 56 495 is 65 536 · 100 / 116.
        let root = 65_535 - (((65_535 - lightness) * 56_495) >> 16);
        times(times(root, root), root)
    };
    u16::try_from(luminance).unwrap_or(u16::MAX)
}

/// Multiplies fractions of 65 535.
const fn times(a: u32, b: u32) -> u32 {
    let product = a * b;
    (product + (product >> 16) + 1) >> 16
}
