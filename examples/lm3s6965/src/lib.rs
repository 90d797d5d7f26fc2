//! An LM3S6965 evaluation board, as QEMU has it: time, an executor, interrupts.
//!
//! `unsafe` is in three files, each with its invariant: [`executor`], [`interrupts`] and
//! `registers`.
#![no_std]
#![deny(unsafe_code)]

pub mod alarm;
mod counter;
#[allow(unsafe_code)] // ALONE
pub mod executor;
#[allow(unsafe_code)] // NOT BY MASK
pub mod interrupts;
pub mod meter;
#[allow(unsafe_code)] // MAPPED
mod registers;
pub mod report;
pub mod stopwatch;
mod time;

use lm3s6965::Interrupt;

pub use counter::Counter;

/// Starts the clocks.
pub fn init() {
    stopwatch::start();
    time::start();
    interrupts::enable(Interrupt::TIMER_0A);
}
