//! embassy's time as a clock of ours.

use core::task::Waker;

use tickwire_traits::{Clock, Instant, TimerQueue};

/// The clock of the board: embassy's time driver.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmbassyClock;

impl Clock for EmbassyClock {
    fn now(&self) -> Instant {
        Instant::from_micros(embassy_time::Instant::now().as_micros())
    }
}

impl TimerQueue for EmbassyClock {
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        // Ticks are microseconds on this board.
        const { assert!(embassy_time_driver::TICK_HZ == 1_000_000) };
        embassy_time_driver::schedule_wake(at.as_micros(), waker);
    }
}
