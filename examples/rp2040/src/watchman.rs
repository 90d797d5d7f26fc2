//! An executor in an interrupt, for tasks that preempt whatever keeps the other busy.
//!
//! Part of the programs that want it, and not of the library: every program would have
//! its handler otherwise.
//!
//! OWN, on which the `unsafe` in this file rests: the executor is started with one
//! interrupt, and called by the handler of that interrupt and by nobody else.
#![allow(unsafe_code)]

use embassy_executor::{InterruptExecutor, SendSpawner};
use embassy_rp::interrupt;
use embassy_rp::interrupt::{InterruptExt, Priority};

static EXECUTOR: InterruptExecutor = InterruptExecutor::new();

/// Starts it, once.
pub fn start() -> SendSpawner {
    interrupt::SWI_IRQ_0.set_priority(Priority::P3);
    EXECUTOR.start(interrupt::SWI_IRQ_0)
}

#[interrupt]
fn SWI_IRQ_0() {
    // SAFETY: this is the handler: OWN.
    unsafe { EXECUTOR.on_interrupt() }
}
