//! An alarm for the clock of another executor, in cycles of the [`stopwatch`]: timer 1.

use lm3s6965::Interrupt;

use crate::registers::{system, timer_1};
use crate::{interrupts, stopwatch};

/// Cycles per second, of the stopwatch too.
pub const HZ: u32 = crate::time::CORE_HZ;

/// Starts the stopwatch, and lets the alarm interrupt: `TIMER_1A`.
pub fn start() {
    stopwatch::start();
    system::RCGC1.set_bits(system::RCGC1_TIMER_1);
    // It has its clock three cycles later.
    let _ = system::RCGC1.read();
    timer_1::CONFIGURATION.write(0);
    timer_1::MODE_A.write(1);
    timer_1::INTERRUPT_MASK.write(1);
    interrupts::enable(Interrupt::TIMER_1A);
}

/// Interrupts after so many cycles, and not at the time that was set before.
pub fn set(cycles: u32) {
    timer_1::CONTROL.write(0);
    timer_1::LOAD_A.write(cycles.max(1));
    timer_1::CONTROL.write(1);
}

/// Ends the interrupt.
pub fn clear() {
    timer_1::INTERRUPT_CLEAR.write(1);
}
