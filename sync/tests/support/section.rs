//! A raw mutex that Loom sees.
//!
//! SECTION, on which the `unsafe` in this file rests: one mutex is the raw mutex
//! of everything, so one thread at a time is under any. A thread that is, and
//! locks again, waits for itself for ever, which Loom reports.

use crate::RawMutex;

pub(crate) struct Section;

loom::lazy_static! {
    static ref SECTION: loom::sync::Mutex<()> = loom::sync::Mutex::new(());
}

// SAFETY: one thread at a time has it, and sees what the last one did: SECTION.
unsafe impl RawMutex for Section {
    const INIT: Self = Self;

    fn lock<T>(&self, f: impl FnOnce() -> T) -> T {
        let _locked = SECTION.lock().unwrap();
        f()
    }
}
