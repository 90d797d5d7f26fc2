//! The time driver: SysTick counts, timer 0 interrupts when somebody is to be woken.

use core::cell::RefCell;
use core::task::Waker;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use critical_section::{CriticalSection, Mutex};
use embassy_time_driver::{Driver, TICK_HZ};
use embassy_time_queue_utils::Queue;
use lm3s6965::interrupt;

use crate::registers::{system, timer_0};

/// Cycles a second: the clock that the chip has out of reset, in QEMU.
pub(crate) const CORE_HZ: u32 = 12_500_000;

/// In how many cycles the counter wraps: a second, so that whole ones are added up and
/// only what is left is converted. That takes no division of 64 bits.
const PERIOD: u32 = CORE_HZ;
const PERIOD_MICROS: u64 = TICK_HZ;

/// How far ahead the alarm is set, at the most. What is farther is done in stages; also
/// when nothing is due, so that somebody looks at the counter before it wraps again.
const STAGE: u32 = PERIOD / 5 * 3;

// The counter has 24 bits; a microsecond is 12.5 cycles.
const _: () = assert!(PERIOD <= 1 << 24 && STAGE < PERIOD);
const _: () = assert!(CORE_HZ == 12_500_000 && TICK_HZ == 1_000_000);

struct Time {
    /// None until it is started: then the time is zero.
    counter: Mutex<RefCell<Option<Counter>>>,
    queue: Mutex<RefCell<Queue>>,
}

embassy_time_driver::time_driver_impl!(static TIME: Time = Time {
    counter: Mutex::new(RefCell::new(None)),
    queue: Mutex::new(RefCell::new(Queue::new())),
});

impl Driver for Time {
    fn now(&self) -> u64 {
        critical_section::with(|cs| self.micros(cs))
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|cs| {
            if self.queue.borrow_ref_mut(cs).schedule_wake(at, waker) {
                self.wake_and_arm(cs);
            }
        });
    }
}

impl Time {
    fn micros(&self, cs: CriticalSection<'_>) -> u64 {
        self.counter.borrow_ref_mut(cs).as_mut().map_or(0, Counter::micros)
    }

    /// Wakes whose time has come, and sets the alarm to the next.
    fn wake_and_arm(&self, cs: CriticalSection<'_>) {
        let mut queue = self.queue.borrow_ref_mut(cs);
        // Whose time comes meanwhile is not left to an alarm in the past.
        loop {
            let next = queue.next_expiration(self.micros(cs));
            let mut counter = self.counter.borrow_ref_mut(cs);
            if counter.as_mut().is_none_or(|counter| counter.arm(next)) {
                break;
            }
        }
    }
}

/// SysTick, as a clock that does not wrap.
struct Counter {
    syst: SYST,
    /// The time when it wrapped last, of which somebody knows.
    wrapped_at: u64,
}

impl Counter {
    /// Returns the time when it wrapped last, and the cycles since then.
    ///
    /// Who looks adds the wrap. The mark that tells of it is gone when it was read, so it
    /// is added once, by whoever comes first, in whatever interrupt. But two wraps are one
    /// mark: interrupts may be kept waiting for some tenths of a second, not longer.
    fn read(&mut self) -> (u64, u32) {
        let mut left = Self::left();
        if self.syst.has_wrapped() {
            // Before or after the look at the counter, that is the question.
            left = Self::left();
            self.wrapped_at += PERIOD_MICROS;
        }
        (self.wrapped_at, PERIOD - left)
    }

    /// How many cycles are left until it wraps. A zero lies on both sides of the mark;
    /// it lasts for a cycle.
    fn left() -> u32 {
        loop {
            match SYST::get_current() {
                0 => {}
                left => return left,
            }
        }
    }

    fn micros(&mut self) -> u64 {
        let (wrapped_at, cycles) = self.read();
        wrapped_at + u64::from(cycles * 2 / 25)
    }

    /// Sets the alarm to `at`, or to an earlier time if that is far; false if it has
    /// come.
    fn arm(&mut self, at: u64) -> bool {
        timer_0::CONTROL.write(0);
        let (wrapped_at, cycles) = self.read();
        let due = cycles_in(at.saturating_sub(wrapped_at)).min(cycles + STAGE);
        if due <= cycles {
            return false;
        }
        timer_0::LOAD_A.write(due - cycles);
        timer_0::CONTROL.write(1);
        true
    }
}

/// How many cycles it takes until so many microseconds are over, or the counter has
/// wrapped twice.
fn cycles_in(micros: u64) -> u32 {
    let micros = micros.min(2 * PERIOD_MICROS) as u32;
    micros * 12 + micros.div_ceil(2)
}

/// Starts the counter, and the alarm with it.
pub(crate) fn start(mut syst: SYST) {
    system::RCGC1.set_bits(system::RCGC1_TIMER_0);
    // It has its clock three cycles later.
    let _ = system::RCGC1.read();
    timer_0::CONFIGURATION.write(0);
    timer_0::MODE_A.write(1);
    timer_0::INTERRUPT_MASK.write(1);

    syst.set_clock_source(SystClkSource::Core);
    syst.set_reload(PERIOD - 1);
    syst.clear_current();
    syst.enable_counter();
    critical_section::with(|cs| {
        *TIME.counter.borrow_ref_mut(cs) = Some(Counter { syst, wrapped_at: 0 });
        TIME.wake_and_arm(cs);
    });
}

#[interrupt]
fn TIMER_0A() {
    timer_0::INTERRUPT_CLEAR.write(1);
    critical_section::with(|cs| TIME.wake_and_arm(cs));
}
