//! A second clock, which shares nothing with the time driver but the crystal: the
//! watchdog, which counts down from 2³² and here barks at nobody.
//!
//! The general-purpose timers would do as well, but QEMU does not let them be read.

use tickwire_traits::Instant;

use crate::registers::{system, watchdog};
use crate::time::CORE_HZ;

/// Returns how many cycles have passed since the start. That goes on for 343 seconds.
#[inline]
pub fn cycles() -> u32 {
    !watchdog::VALUE.read()
}

/// Returns the time since the start. That goes on for 343 seconds.
pub fn now() -> Instant {
    const { assert!(CORE_HZ == 12_500_000) };
    Instant::from_micros(u64::from(cycles()) * 2 / 25)
}

/// Starts anew.
pub fn restart() {
    watchdog::INTERRUPT_CLEAR.write(1);
}

pub(crate) fn start() {
    system::RCGC0.set_bits(system::RCGC0_WATCHDOG);
    // It has its clock three cycles later.
    let _ = system::RCGC0.read();
    watchdog::LOAD.write(u32::MAX);
    watchdog::CONTROL.write(1);
    restart();
}
