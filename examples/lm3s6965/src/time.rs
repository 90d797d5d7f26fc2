//! The time driver: SysTick counts, timer 0 interrupts when somebody is to be woken.

use core::cell::{Cell, RefCell};
use core::task::Waker;

use critical_section::{CriticalSection, Mutex};
use embassy_time_driver::{Driver, TICK_HZ};
use embassy_time_queue_utils::Queue;
use lm3s6965::interrupt;

use crate::registers::{system, systick, timer_0};

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
    counter: Mutex<Counter>,
    queue: Mutex<RefCell<Queue>>,
}

embassy_time_driver::time_driver_impl!(static TIME: Time = Time {
    counter: Mutex::new(Counter { wrapped_at: Cell::new(0) }),
    queue: Mutex::new(RefCell::new(Queue::new())),
});

impl Driver for Time {
    fn now(&self) -> u64 {
        critical_section::with(|cs| self.counter.borrow(cs).micros())
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
    /// Wakes whose time has come, and sets the alarm to the next.
    fn wake_and_arm(&self, cs: CriticalSection<'_>) {
        let (mut queue, counter) = (self.queue.borrow_ref_mut(cs), self.counter.borrow(cs));
        // Whose time comes meanwhile is not left to an alarm in the past.
        while !counter.arm(queue.next_expiration(counter.micros())) {}
    }
}

/// SysTick, as a clock that does not wrap.
struct Counter {
    /// The time when it wrapped last, of which somebody knows.
    wrapped_at: Cell<u64>,
}

impl Counter {
    /// Returns the time when it wrapped last, and the cycles since then.
    ///
    /// Who looks adds the wrap. The mark that tells of it is gone when it was read, so it
    /// is added once, by whoever comes first, in whatever interrupt. But two wraps are one
    /// mark: interrupts may be kept waiting for some tenths of a second, not longer.
    fn read(&self) -> (u64, u32) {
        loop {
            let left = systick::VALUE.read();
            let control = systick::CONTROL.read();
            if control & systick::HAS_WRAPPED != 0 {
                // Before or after the look at the counter, that is the question.
                self.wrapped_at.set(self.wrapped_at.get() + PERIOD_MICROS);
            } else if left != 0 {
                return (self.wrapped_at.get(), PERIOD - left);
            } else if control & systick::COUNTS == 0 {
                return (0, 0);
            }
            // A zero lies on both sides of the mark. It lasts for a cycle.
        }
    }

    fn micros(&self) -> u64 {
        let (wrapped_at, cycles) = self.read();
        wrapped_at + u64::from(cycles * 2 / 25)
    }

    /// Sets the alarm to `at`, or to an earlier time if that is far; false if it has
    /// come.
    fn arm(&self, at: u64) -> bool {
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
pub(crate) fn start() {
    system::RCGC1.set_bits(system::RCGC1_TIMER_0);
    // It has its clock three cycles later.
    let _ = system::RCGC1.read();
    timer_0::CONFIGURATION.write(0);
    timer_0::MODE_A.write(1);
    timer_0::INTERRUPT_MASK.write(1);

    systick::RELOAD.write(PERIOD - 1);
    systick::VALUE.write(0);
    systick::CONTROL.write(systick::COUNTS | systick::BY_THE_CORE);
    critical_section::with(|cs| TIME.wake_and_arm(cs));
}

#[interrupt]
fn TIMER_0A() {
    timer_0::INTERRUPT_CLEAR.write(1);
    critical_section::with(|cs| TIME.wake_and_arm(cs));
}
