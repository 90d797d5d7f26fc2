//! RTIC's time on this board: the stopwatch counts, timer 1 interrupts.

use rtic_monotonics::fugit::{MonotonicTimerInstant, TimerDuration};
use rtic_monotonics::rtic_time::timer_queue::TimerQueue;
use rtic_monotonics::{TimerQueueBackend, TimerQueueBasedMonotonic};
use tickwire_lm3s6965::{alarm, stopwatch};

const HZ: u64 = alarm::HZ as u64;

/// The monotonic, in cycles of 80 ns.
pub(crate) struct Mono;

pub(crate) type Instant = MonotonicTimerInstant<u64, HZ>;
pub(crate) type Duration = TimerDuration<u64, HZ>;

static QUEUE: TimerQueue<Mono> = TimerQueue::new();

impl Mono {
    pub(crate) fn start() {
        alarm::start();
        QUEUE.initialize(Self);
    }

    /// Called by the interrupt of the alarm.
    pub(crate) fn on_alarm() {
        // SAFETY: ITS INTERRUPT.
        unsafe { QUEUE.on_monotonic_interrupt() }
    }
}

impl TimerQueueBasedMonotonic for Mono {
    type Backend = Self;
    type Instant = Instant;
    type Duration = Duration;
}

impl TimerQueueBackend for Mono {
    type Ticks = u64;

    /// The program ends before the stopwatch wraps, after 343 seconds.
    fn now() -> u64 {
        u64::from(stopwatch::cycles())
    }

    fn set_compare(at: u64) {
        let cycles = at.saturating_sub(Self::now());
        alarm::set(u32::try_from(cycles).unwrap_or(u32::MAX));
    }

    fn clear_compare_flag() {
        alarm::clear();
    }

    fn pend_interrupt() {
        cortex_m::peripheral::NVIC::pend(lm3s6965::Interrupt::TIMER_1A);
    }

    fn timer_queue() -> &'static TimerQueue<Self> {
        &QUEUE
    }
}
