//! A raw mutex that Loom sees.
//!
//! SECTION, on which the `unsafe` in this file rests: one mutex is the raw mutex
//! of everything, so one thread at a time is under any. A thread that is, and
//! locks again, waits for itself for ever, which Loom reports.

use crate::RawMutex;

/// With `APART` threads may also change right after it, as where something is done
/// without the lock that Loom does not see: what is in `core`'s atomics.
pub(crate) struct Section<const APART: bool = false>;

loom::lazy_static! {
    static ref SECTION: loom::sync::Mutex<()> = loom::sync::Mutex::new(());
}

// SAFETY: one thread at a time has it, and sees what the last one did: SECTION.
unsafe impl<const APART: bool> RawMutex for Section<APART> {
    const INIT: Self = Self;

    fn lock<T>(&self, f: impl FnOnce() -> T) -> T {
        let locked = SECTION.lock().unwrap();
        let output = f();
        drop(locked);
        if APART {
            drop(SECTION.lock().unwrap());
        }
        output
    }
}
