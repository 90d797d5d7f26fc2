//! The machine `virt` of QEMU, with one 32-bit hart: time and interrupts.
//!
//! `unsafe` is in two files, each with its invariant: [`interrupts`] and `registers`. The
//! executor is embassy's.
#![no_std]
#![deny(unsafe_code)]

#[allow(unsafe_code)] // NOT BY MASK
pub mod interrupts;
#[allow(unsafe_code)] // MAPPED
mod registers;
pub mod report;
pub mod stopwatch;
mod time;

/// Starts the clock, and lets interrupts happen: those of the timer, and those that
/// [`interrupts::trigger`] makes.
pub fn init() {
    time::start();
    interrupts::enable();
}
