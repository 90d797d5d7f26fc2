//! Instructions, by the emulator's own count.
//!
//! Part of the programs that compare, and not of the library, which forbids `unsafe`.
//!
//! TWO WORDS, on which the `unsafe` in this file rests: the operation ELAPSED of semihosting
//! writes two words to the address that is its argument, and nothing else. Its argument here
//! is a cell of two words. (Semihosting for AArch32 and AArch64, Arm, section "SYS_ELAPSED".)
#![allow(unsafe_code)]

use core::cell::Cell;

use cortex_m_semihosting::{hprintln, nr, syscall};
use embassy_time::Instant;
use tickwire_backends::{Meter, Operation};

/// Counts instructions, and prints the lines that `cargo xtask compare` reads: what was
/// counted, the operation, how often it was done, and the count, separated by tabs.
#[derive(Debug, Default)]
pub struct Counter(u32);

impl Meter for Counter {
    fn begin(&mut self) {
        self.0 = elapsed();
    }

    fn end(&mut self, operation: Operation, times: u32) {
        let count = elapsed().wrapping_sub(self.0);
        hprintln!("instructions\t{}\t{}\t{}", operation, times, count);
    }

    fn now_us(&mut self) -> Option<u64> {
        Some(Instant::now().as_micros())
    }

    fn overshot(&mut self, times: u32, micros: u64) {
        hprintln!("overshoot\t{}\t{}\t{}", Operation::Sleep, times, micros);
    }
}

/// Returns how many instructions the emulator has run, of which it tells by ELAPSED: the lower
/// word.
fn elapsed() -> u32 {
    let words = Cell::new([0_u32; 2]);
    // SAFETY: the argument is a cell of two words: TWO WORDS.
    unsafe { syscall(nr::ELAPSED, &words) };
    words.get()[0]
}
