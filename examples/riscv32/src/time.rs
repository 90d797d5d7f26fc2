//! The time driver: the timer of the hart counts in 64 bits, and compares in as many.

use core::cell::RefCell;
use core::task::Waker;

use critical_section::{CriticalSection, Mutex};
use embassy_time_driver::{Driver, TICK_HZ};
use embassy_time_queue_utils::Queue;
use riscv::interrupt::Interrupt;

use crate::registers::clint;

// That of the machine `virt`.
const _: () = assert!(TICK_HZ == 10_000_000);

struct Time {
    queue: Mutex<RefCell<Queue>>,
}

embassy_time_driver::time_driver_impl!(static TIME: Time = Time {
    queue: Mutex::new(RefCell::new(Queue::new())),
});

impl Driver for Time {
    fn now(&self) -> u64 {
        loop {
            let high = clint::TIME_HIGH.read();
            let low = clint::TIME.read();
            // If the low part has wrapped in between, it is not that of this high part.
            if clint::TIME_HIGH.read() == high {
                return u64::from(high) << 32 | u64::from(low);
            }
        }
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|cs| {
            if self.queue.borrow_ref_mut(cs).schedule_wake(at, waker) {
                self.wake_and_compare(cs);
            }
        });
    }
}

impl Time {
    /// Wakes whose time has come, and has the timer interrupt when that of the next has.
    /// If it has come meanwhile, it interrupts at once.
    fn wake_and_compare(&self, cs: CriticalSection<'_>) {
        compare_with(self.queue.borrow_ref_mut(cs).next_expiration(self.now()));
    }
}

fn compare_with(at: u64) {
    // What is there between two of the writes is never less than one of both times.
    clint::COMPARE.write(u32::MAX);
    clint::COMPARE_HIGH.write((at >> 32) as u32);
    clint::COMPARE.write(at as u32);
}

pub(crate) fn start() {
    critical_section::with(|cs| TIME.wake_and_compare(cs));
}

#[riscv_rt::core_interrupt(Interrupt::MachineTimer)]
fn wake() {
    critical_section::with(|cs| TIME.wake_and_compare(cs));
}
