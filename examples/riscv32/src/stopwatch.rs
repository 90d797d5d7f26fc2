//! A second clock, which shares nothing with the time driver: the machine's RTC. QEMU is
//! to be told that its time is the machine's, `-rtc clock=vm`, and not the world's.

use tickwire_traits::Instant;

use crate::registers::rtc;

/// Returns the time.
pub fn now() -> Instant {
    let (low, high) = critical_section::with(|_| (rtc::TIME.read(), rtc::TIME_HIGH.read()));
    Instant::from_micros((u64::from(high) << 32 | u64::from(low)) / 1_000)
}
