//! A raw mutex that Loom sees.
//!
//! SECTION, on which the `unsafe` in this file rests: all raw mutexes are one mutex, so
//! one thread at a time is under any of them. A thread that locks again from inside waits
//! for itself forever, which Loom reports.

use crate::RawMutex;

/// With `APART` threads may also switch right after the unlock, for lock-free operations
/// that Loom does not see, such as those on `core`'s atomics.
pub(crate) struct Section<const APART: bool = false>;

loom::lazy_static! {
    static ref SECTION: loom::sync::Mutex<()> = loom::sync::Mutex::new(());
}

// SAFETY: one thread at a time has the lock, and sees its predecessor's writes: SECTION.
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
