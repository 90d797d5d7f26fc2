//! Counting instructions.
//!
//! Under `-icount shift=8` QEMU lets each instruction take 256 ns, and the stopwatch
//! counts cycles of 80 ns: the difference of two looks, each rounded down, tells how many
//! instructions lie between, and is never wrong by one. What passes in sleep is left out.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use cortex_m::asm;
use lm3s6965::Interrupt;

use crate::{interrupts, stopwatch};

/// A cycle of the stopwatch, in nanoseconds.
const CYCLE: u32 = 80;

/// How long an instruction takes, in nanoseconds.
static NANOS: AtomicU32 = AtomicU32::new(0);

/// How many instructions there are in a measurement of nothing.
static NOTHING: AtomicU32 = AtomicU32::new(0);

/// Instructions until the core slept last.
static BEFORE: AtomicU32 = AtomicU32::new(0);

/// When it woke, by the stopwatch.
static WOKE: AtomicU32 = AtomicU32::new(0);

/// Whether an interrupt is to come when the core sleeps next.
static IS_ASKED: AtomicBool = AtomicBool::new(false);

/// A point of the program's run.
///
/// Nothing is computed when it is taken: that would be measured, too.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    before: u32,
    woke: u32,
    cycles: u32,
}

impl Mark {
    /// Takes a point.
    #[inline(never)]
    #[must_use]
    pub fn now() -> Self {
        let (before, woke) = (BEFORE.load(Relaxed), WOKE.load(Relaxed));
        Self { before, woke, cycles: stopwatch::cycles() }
    }

    /// Returns the instructions from this one to now, without those of measuring.
    #[must_use]
    pub fn elapsed(self) -> u32 {
        let now = Self::now();
        now.count().wrapping_sub(self.count()).wrapping_sub(NOTHING.load(Relaxed))
    }

    fn count(self) -> u32 {
        self.before.wrapping_add(instructions(self.cycles.wrapping_sub(self.woke)))
    }
}

/// Returns the instructions since the core has slept last.
#[must_use]
pub fn since_sleep() -> u32 {
    let Mark { woke, cycles, .. } = Mark::now();
    instructions(cycles.wrapping_sub(woke))
}

/// Lets the interrupt of the edge come as soon as the core sleeps, and wake it.
pub fn interrupt_sleep() {
    IS_ASKED.store(true, Relaxed);
}

/// Sleeps, in a critical section.
pub fn sleep() {
    let Mark { before, woke, cycles } = Mark::now();
    // From here to the end nothing is counted.
    let instructions = instructions(cycles.wrapping_sub(woke));
    BEFORE.store(before.wrapping_add(instructions), Relaxed);
    if IS_ASKED.swap(false, Relaxed) {
        interrupts::trigger(Interrupt::QEI1);
    }
    asm::wfi();
    WOKE.store(stopwatch::cycles(), Relaxed);
}

/// Finds out how long an instruction takes.
///
/// # Panics
///
/// If that is too short to be told by the stopwatch, or not the same for all.
pub fn calibrate() {
    const NOPS: u32 = 1 << 10;

    macro_rules! four_times {
        ($($what:tt)*) => { $($what)* $($what)* $($what)* $($what)* };
    }
    let start = stopwatch::cycles();
    four_times! { four_times! { four_times! { four_times! { four_times! { asm::nop(); } } } } }
    let nanos = stopwatch::cycles().wrapping_sub(start) * CYCLE;
    // The shift is of whole bits. Three instructions more than those are the looks.
    let each = (nanos / NOPS)
        .checked_next_power_of_two()
        .map_or(0, |next| if next - nanos / NOPS < next / 4 { next } else { next / 2 });
    let is_even = nanos.abs_diff(each * NOPS) <= 2 * CYCLE + 3 * each;
    assert!(is_even && each > 2 * CYCLE, "run this with -icount shift=8");
    NANOS.store(each, Relaxed);
    NOTHING.store(Mark::now().elapsed(), Relaxed);
}

/// Rounds to whole instructions: it lasted for a whole number of them.
fn instructions(cycles: u32) -> u32 {
    let (cycles, each) = (u64::from(cycles), u64::from(NANOS.load(Relaxed)));
    (cycles * u64::from(CYCLE) + each / 2).checked_div(each).unwrap_or(0) as u32
}
