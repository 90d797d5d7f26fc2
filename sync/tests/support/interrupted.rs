//! A lock whose release an interrupt follows.
//!
//! ALONE, on which the `unsafe` in this file rests: the lock is not `Sync`, so one
//! context has it at any time, and that context panics if it locks again from inside.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use tickwire_sync::RawMutex;

/// A raw mutex that runs the interrupt of [`interrupted`] after each unlock.
#[derive(Debug)]
pub(crate) struct Interrupted {
    locked: Cell<bool>,
}

/// Runs `work`, and `interrupt` after each unlock of an [`Interrupted`] in it. Interrupts
/// are not interrupted.
pub(crate) fn interrupted<T>(interrupt: impl Fn() + 'static, work: impl FnOnce() -> T) -> T {
    INTERRUPT.set(Some(Rc::new(interrupt)));
    let output = work();
    INTERRUPT.take();
    output
}

thread_local! {
    static INTERRUPT: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

// SAFETY: ALONE.
unsafe impl RawMutex for Interrupted {
    const INIT: Self = Self { locked: Cell::new(false) };

    fn lock<T>(&self, f: impl FnOnce() -> T) -> T {
        assert!(!self.locked.replace(true), "locked from under the lock");
        let output = f();
        self.locked.set(false);
        if let Some(interrupt) = INTERRUPT.take() {
            interrupt();
            INTERRUPT.set(Some(interrupt));
        }
        output
    }
}
