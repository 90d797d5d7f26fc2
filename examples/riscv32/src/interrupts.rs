//! Interrupts, and how to make one happen.
//!
//! NOT BY MASK, on which the `unsafe` in this file rests: no critical section in these
//! programs is one because a single interrupt is masked, and none is open when the board
//! is started. All of them are those of the crate `critical-section`, which mask every
//! interrupt at once; so to unmask some at the start breaks into none.

use riscv::register::mie;

use crate::registers::clint;

pub(crate) fn enable() {
    // SAFETY: NOT BY MASK.
    unsafe {
        mie::set_mtimer();
        mie::set_msoft();
        riscv::interrupt::enable();
    }
}

/// Makes the interrupt by software happen. Not in critical sections and other interrupts:
/// it has happened when this returns.
///
/// Its handler is to begin with [`acknowledge`].
pub fn trigger() {
    clint::SOFTWARE.write(1);
    while clint::SOFTWARE.read() != 0 {}
}

/// Ends the interrupt by software, lest it come again.
pub fn acknowledge() {
    clint::SOFTWARE.write(0);
}
