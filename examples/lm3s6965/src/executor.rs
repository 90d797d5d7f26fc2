//! An executor that sleeps in WFI.
//!
//! Embassy's own for a Cortex-M sleeps in WFE, through which QEMU goes as if it were
//! nothing: what is awaited there is waited for by spinning.
//!
//! ALONE, on which the `unsafe` in this file rests: the executor is polled in one place,
//! the loop of [`run_with`], which a program enters once and never leaves. So no poll
//! begins within another. The pender, which may be called within one, only leaves a note.

use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering};

use embassy_executor::Spawner;
use embassy_executor::raw::Executor;
use static_cell::StaticCell;

/// Whether somebody was woken since the last poll began.
static IS_PENDING: AtomicBool = AtomicBool::new(false);

/// Runs what `init` spawns, and what that spawns, for ever; sleeps while there is nothing
/// to do.
///
/// # Panics
///
/// If it is called twice.
pub fn run(init: impl FnOnce(Spawner)) -> ! {
    run_with(cortex_m::asm::wfi, init)
}

/// The same, with `idle` in place of sleep. It is called in a critical section, and need
/// not return before an interrupt is due.
///
/// # Panics
///
/// If it is called twice.
pub fn run_with(idle: impl Fn(), init: impl FnOnce(Spawner)) -> ! {
    static EXECUTOR: StaticCell<Executor> = StaticCell::new();

    let executor: &'static Executor = EXECUTOR.init(Executor::new(ptr::null_mut()));
    init(executor.spawner());
    loop {
        // SAFETY: a second call has not come past the cell: ALONE.
        unsafe { executor.poll() };
        // Between the look and the sleep nobody can be woken. An interrupt that comes
        // then ends the sleep, and is handled after the section.
        critical_section::with(|_| {
            if !IS_PENDING.swap(false, Ordering::Relaxed) {
                idle();
            }
        });
    }
}

// SAFETY: embassy looks for this name and signature, and no other crate of the program
// has it: none asks for one of embassy's platforms.
#[unsafe(export_name = "__pender")]
fn pend(_: *mut ()) {
    IS_PENDING.store(true, Ordering::Relaxed);
}
