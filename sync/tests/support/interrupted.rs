//! A lock after which an interrupt comes.
//!
//! ALONE, on which the `unsafe` in this file rests: the lock is not `Sync`, so one
//! context has it at any time, and that one panics when it locks again from inside.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use tickwire_sync::RawMutex;

/// A raw mutex that lets something happen each time it is unlocked: see
/// [`interrupted`].
#[derive(Debug)]
pub(crate) struct Interrupted {
    locked: Cell<bool>,
}

/// Runs `work`, and `interrupt` whenever an [`Interrupted`] is unlocked in it. An
/// interrupt is not interrupted.
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
