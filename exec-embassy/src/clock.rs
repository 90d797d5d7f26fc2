//! Embassy's global clock as a value.

use core::task::Waker;

use embassy_time_driver::TICK_HZ;
use tickwire_traits::{Clock, Duration, Instant, TimerQueue};

/// The clock of the HAL's time driver. Its epoch is the driver's, usually the reset.
///
/// The clock is zero-sized: passing it to a driver costs nothing. Deadlines are rounded up
/// to whole ticks, so no task wakes early. At 1 MHz, embassy's usual rate, a tick is a
/// microsecond and needs no conversion.
///
/// A dropped sleep leaves its task's timer entry in the queue until its deadline. There is
/// one entry per task, however many sleeps the task drops.
///
/// ```
/// # mod host { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/mod.rs")); }
/// use tickwire_exec_embassy::EmbassyClock;
/// use tickwire_traits::{Clock, Duration, Timer};
///
/// # host::run(async |_| {
/// let clock = EmbassyClock;
/// let start = clock.now();
/// clock.sleep(Duration::from_millis(2)).await;
/// assert!(clock.now() - start >= Duration::from_millis(2));
/// # });
/// ```
///
/// # Range
///
/// Every [`Instant`] is a valid deadline. A past deadline wakes immediately. A deadline
/// beyond the range of 64-bit ticks never comes, and takes no timer entry. With ticks of a
/// microsecond or longer, only [`Instant::MAX`] is such a deadline; at 1 GHz, the range is
/// 584 years.
///
/// # Wakers
///
/// The clock accepts wakers of embassy's tasks, and with the feature `any-waker` all others
/// ([more](crate#wakers-that-embassy-did-not-make)).
#[derive(Clone, Copy, Debug, Default)]
pub struct EmbassyClock;

impl EmbassyClock {
    /// Creates a handle to the clock.
    pub const fn new() -> Self {
        Self
    }
}

impl Clock for EmbassyClock {
    #[inline]
    fn now(&self) -> Instant {
        Instant::from_micros(Rate::<TICK_HZ>::micros(embassy_time_driver::now()))
    }

    #[inline]
    fn resolution(&self) -> Duration {
        Duration::from_micros(Rate::<TICK_HZ>::RESOLUTION)
    }
}

impl TimerQueue for EmbassyClock {
    #[inline]
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        let at = Rate::<TICK_HZ>::ticks_at_or_after(at.as_micros());
        if at < NEVER {
            embassy_time_driver::schedule_wake(at, waker);
        }
    }
}

/// The tick that never comes.
const NEVER: u64 = u64::MAX;

const MICROS_PER_SEC: u64 = 1_000_000;

/// Conversions at `HZ` ticks per second.
///
/// The ratio is reduced by its greatest common divisor, and whole parts are converted
/// separately from the remainder. So 64 bits suffice, and only results out of range
/// saturate. A 128-bit division takes a thousand instructions on a Cortex-M0+.
struct Rate<const HZ: u64>;

impl<const HZ: u64> Rate<HZ> {
    /// As long as [`Self::MICROS`] microseconds.
    const TICKS: u64 = HZ / gcd(HZ, MICROS_PER_SEC);
    const MICROS: u64 = MICROS_PER_SEC / gcd(HZ, MICROS_PER_SEC);

    /// The greatest age of a reading, rounded up: a tick, and the rest below a whole
    /// microsecond.
    const RESOLUTION: u64 = (Self::MICROS + Self::TICKS - 1).div_ceil(Self::TICKS);

    /// Rounds down: a reported microsecond has passed.
    const fn micros(ticks: u64) -> u64 {
        let (whole, rest) = (ticks / Self::TICKS, ticks % Self::TICKS);
        whole.saturating_mul(Self::MICROS).saturating_add(rest * Self::MICROS / Self::TICKS)
    }

    /// Rounds up: a wake may be one tick late, never early.
    const fn ticks_at_or_after(micros: u64) -> u64 {
        if micros == u64::MAX {
            return NEVER;
        }
        let (whole, rest) = (micros / Self::MICROS, micros % Self::MICROS);
        let rest = (rest * Self::TICKS).div_ceil(Self::MICROS);
        whole.saturating_mul(Self::TICKS).saturating_add(rest)
    }
}

const fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares a rate with 128-bit arithmetic, at the ends and around each round number.
    #[track_caller]
    fn check<const HZ: u64>() {
        let wide = |value: u64, times: u64, by: u64| {
            (u128::from(value) * u128::from(times), u128::from(by))
        };
        let clamp = |value: u128| u64::try_from(value).unwrap_or(u64::MAX);
        let powers = (0..64).map(|bit| 1_u64 << bit);
        let decimals = (3..20).map(|digit| 10_u64.pow(digit));
        let ends = [0, u64::MAX / 2, u64::MAX - 1_000_000, u64::MAX - 1];
        for around in powers.chain(decimals).chain(ends) {
            for value in around.saturating_sub(2)..=around.saturating_add(2).min(u64::MAX - 1) {
                let (product, by) = wide(value, HZ, MICROS_PER_SEC);
                let ticks = Rate::<HZ>::ticks_at_or_after(value);
                assert_eq!(ticks, clamp(product.div_ceil(by)), "{HZ} Hz, {value} us");
                let (product, by) = wide(value, MICROS_PER_SEC, HZ);
                let micros = Rate::<HZ>::micros(value);
                assert_eq!(micros, clamp(product / by), "{HZ} Hz, {value} ticks");
            }
        }
        assert_eq!(Rate::<HZ>::ticks_at_or_after(u64::MAX), NEVER, "{HZ} Hz");
    }

    #[test]
    fn no_instant_overflows_at_any_rate() {
        check::<1>();
        check::<100>();
        check::<32_768>();
        check::<1_000_000>();
        check::<12_000_000>();
        check::<133_000_000>();
        check::<1_000_000_000>();
        check::<5_242_880_000>();
    }

    #[test]
    fn the_last_instants_come_unless_the_ticks_run_out() {
        assert_eq!(Rate::<1_000_000>::ticks_at_or_after(u64::MAX - 1), u64::MAX - 1);
        assert!(Rate::<32_768>::ticks_at_or_after(u64::MAX - 1) < NEVER);
        // At 1 GHz 2⁶⁴ ticks are 18 446 744 073 seconds.
        assert!(Rate::<1_000_000_000>::ticks_at_or_after(18_446_744_073_000_000) < NEVER);
        assert_eq!(Rate::<1_000_000_000>::ticks_at_or_after(18_446_744_074_000_000), NEVER);
    }

    #[test]
    fn the_resolution_is_a_tick_and_what_is_lost_below_a_microsecond() {
        assert_eq!(Rate::<1_000_000_000>::RESOLUTION, 1);
        assert_eq!(Rate::<1_000_000>::RESOLUTION, 1);
        assert_eq!(Rate::<1_000>::RESOLUTION, 1_000);
        assert_eq!(Rate::<1>::RESOLUTION, 1_000_000);
        // A tick of 30.5 µs, and nearly one more lost by rounding down.
        assert_eq!(Rate::<32_768>::RESOLUTION, 32);
    }

    /// Computes as [`Timer::sleep`](tickwire_traits::Timer::sleep) does, at the very end of
    /// a tick.
    #[test]
    fn no_sleep_is_shorter_than_its_span() {
        type Watch = Rate<32_768>;
        for tick in 0..if cfg!(miri) { 20 } else { 2_000 } {
            for span in 1..200 {
                let deadline = Watch::micros(tick) + span + Watch::RESOLUTION;
                let ticks = Watch::ticks_at_or_after(deadline) - (tick + 1);
                assert!(ticks * Watch::MICROS >= span * Watch::TICKS, "{tick}, {span} us");
            }
        }
    }
}
