//! A [`TimerQueue`] as an embedded-hal-async delay.

use embedded_hal_async::delay::DelayNs;

use crate::{Duration, Timer, TimerQueue};

/// Any [`TimerQueue`] as an [`embedded_hal_async::delay::DelayNs`], for drivers
/// that only pause and do not need a clock.
///
/// [`embedded_hal_async::delay::DelayNs`]: https://docs.rs/embedded-hal-async/1/embedded_hal_async/delay/trait.DelayNs.html
///
/// Rounds up to whole microseconds, then to whole ticks of the clock. A wait of less than
/// one tick takes one tick, so no wait is too short.
///
/// ```
/// use embedded_hal_async::delay::DelayNs;
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Clock, Delay, Instant};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// sim.run(Delay(clock.clone()).delay_ns(450));
/// assert_eq!(clock.now(), Instant::from_micros(1));
/// ```
///
/// # Cancel safety
///
/// Cancel-safe, but the next call restarts the span.
#[derive(Clone, Copy, Debug)]
pub struct Delay<T>(pub T);

impl<T: TimerQueue> DelayNs for Delay<T> {
    async fn delay_ns(&mut self, ns: u32) {
        // 32-bit division: without a hardware divider, 64 bits take three times the code.
        self.0.sleep(Duration::from_micros(u64::from(ns.div_ceil(1_000)))).await;
    }

    // The trait's default methods loop over nanoseconds, and each sleep in the loop would
    // be late by one tick.
    async fn delay_us(&mut self, us: u32) {
        self.0.sleep(Duration::from_micros(u64::from(us))).await;
    }

    async fn delay_ms(&mut self, ms: u32) {
        self.0.sleep(Duration::from_millis(u64::from(ms))).await;
    }
}
