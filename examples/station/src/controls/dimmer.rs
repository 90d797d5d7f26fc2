//! The brightness of the display.

use core::convert::Infallible;

use embedded_hal::pwm::SetDutyCycle;
use tickwire_drivers::analog_watch::{AnalogWatch, Band, Settings};
use tickwire_traits::{AnalogInput, Duration, Timer, TimerQueue};

use super::{Control, Serve};
use crate::state::Has;
use crate::station::{RETRY_AFTER, Station};
use crate::{Event, Observe};

/// A potentiometer that sets the brightness of a backlight.
#[derive(Clone, Copy, Debug)]
pub struct Dimmer<A, L> {
    /// The potentiometer.
    pub dial: A,
    /// The backlight.
    pub light: L,
}

/// A value is the mean of two readings. A hand sees no delay of a tenth of a second.
const READ_EVERY: Duration = Duration::from_millis(50);
const READINGS: u16 = 2;

/// Returns how far a value may be from the last one without a change: a hundredth of the scale,
/// which is more than the noise of a converter.
fn dead_band(full_scale: u32) -> u32 {
    (full_scale / 100).max(1)
}

/// Returns the brightness in percent. The dead band at either end of the scale is part of it, so
/// that a dial at its end is off or fully on.
fn brightness(value: u32, full_scale: u32) -> u8 {
    let dead = u64::from(dead_band(full_scale));
    let scale = u64::from(full_scale).saturating_sub(2 * dead).max(1);
    let above = u64::from(value).saturating_sub(dead).min(scale);
    // At most 100.
    ((above * 100 + scale / 2) / scale) as u8
}

impl<A: AnalogInput, L: SetDutyCycle> Control for Dimmer<A, L> {}

impl<A: AnalogInput, L: SetDutyCycle> Serve for Dimmer<A, L> {
    const HAS: Has = Has::NOTHING;

    async fn serve<T, O, C, I, R, B>(mut self, station: &Station<'_, T, O, C>) -> Infallible
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Serve,
    {
        loop {
            let Err(Failed) = self.dim(station).await;
            station.report(Event::DimmerFailed);
            station.clock.sleep(RETRY_AFTER).await;
        }
    }
}

/// The potentiometer or the backlight failed.
struct Failed;

impl<A: AnalogInput, L: SetDutyCycle> Dimmer<A, L> {
    /// Lets the backlight follow the potentiometer. A duty cycle is written only if the value has
    /// left the band around the last one.
    async fn dim<T, O, C, I, R, B>(
        &mut self,
        station: &Station<'_, T, O, C>,
    ) -> Result<Infallible, Failed>
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Serve,
    {
        let full_scale = self.dial.full_scale();
        let dead = dead_band(full_scale);
        let settings = Settings::new(Band::around_current(dead))
            .with_period(READ_EVERY)
            .with_mean_of(READINGS);
        let watch = AnalogWatch::new(&mut self.dial, &station.clock, settings);
        let mut watch = watch.map_err(|_| Failed)?;
        let mut sample = watch.sample().await.map_err(|_| Failed)?;
        loop {
            let percent = brightness(sample.value, full_scale);
            self.light.set_duty_cycle_percent(percent).map_err(|_| Failed)?;
            station.report(Event::Brightness(percent));
            watch.set_band(Band::around(sample.value, dead)).map_err(|_| Failed)?;
            sample = watch.leave().await.map_err(|_| Failed)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_scale_are_off_and_fully_on() {
        #[track_caller]
        fn check(full_scale: u32, values: &[u32], expected: &[u8]) {
            let seen = values.iter().map(|value| brightness(*value, full_scale));
            assert!(seen.eq(expected.iter().copied()), "{values:?} of {full_scale}");
        }
        check(1_023, &[0, 10, 16, 511, 512, 1_006, 1_013, 1_023], &[0, 0, 1, 50, 50, 99, 100, 100]);
        check(4_095, &[0, 40, 2_047, 4_055, 4_095], &[0, 0, 50, 100, 100]);
        check(u32::MAX, &[0, u32::MAX / 2, u32::MAX], &[0, 50, 100]);
        // Converters that nobody has.
        check(0, &[0, 1], &[0, 0]);
        check(1, &[0, 1], &[0, 0]);
        check(3, &[0, 1, 2, 3], &[0, 0, 100, 100]);
    }
}
