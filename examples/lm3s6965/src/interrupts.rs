//! Interrupts, and how to make one happen.
//!
//! NOT BY MASK, on which the `unsafe` in this file rests: no critical section in these
//! programs is one because an interrupt is masked in the NVIC. All of them are those of
//! the crate `critical-section`, which mask every interrupt at once; so to unmask one
//! breaks into none.

use cortex_m::asm;
use cortex_m::peripheral::NVIC;
use lm3s6965::Interrupt;

/// Lets `interrupt` happen.
pub fn enable(interrupt: Interrupt) {
    // SAFETY: NOT BY MASK.
    unsafe { NVIC::unmask(interrupt) }
}

/// Makes `interrupt` happen. Outside of critical sections and other interrupts, it has
/// happened when this returns.
pub fn trigger(interrupt: Interrupt) {
    NVIC::pend(interrupt);
    // The write has arrived, and what comes next is not fetched yet.
    asm::dsb();
    asm::isb();
}
