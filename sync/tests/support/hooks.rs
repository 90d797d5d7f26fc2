//! Wakers that call a hook when touched, and a lock that detects reentry.
//!
//! NUMBERED, on which the `unsafe` of the waker rests: its data is a number that is never
//! dereferenced, so there is nothing to own, free or share.
//!
//! ALONE, on which that of the lock rests: it is not `Sync`, so one context has it at any
//! time, and that context panics if it locks again from inside.

use std::cell::{Cell, RefCell};
use std::ptr;
use std::rc::Rc;
use std::task::{RawWaker, RawWakerVTable, Waker};

use tickwire_sync::RawMutex;

/// An operation on a waker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Touch {
    Woken,
    Cloned,
    Dropped,
}

/// Returns a waker that calls `hook` on every operation on it or its clones on this
/// thread.
pub(crate) fn waker(hook: impl Fn(Touch) + 'static) -> Waker {
    let number = HOOKS.with_borrow_mut(|hooks| {
        hooks.push(Rc::new(hook));
        hooks.len() - 1
    });
    // SAFETY: the functions of the table have no obligation about memory: NUMBERED.
    unsafe { Waker::from_raw(raw(number)) }
}

type Hook = Rc<dyn Fn(Touch)>;

thread_local! {
    static HOOKS: RefCell<Vec<Hook>> = const { RefCell::new(Vec::new()) };
}

fn touch(data: *const (), touch: Touch) {
    let find = |hooks: &RefCell<Vec<Hook>>| hooks.borrow().get(data.addr()).cloned();
    // A waker in a thread-local may outlive the hooks.
    if let Ok(Some(hook)) = HOOKS.try_with(find) {
        hook(touch);
    }
}

fn raw(number: usize) -> RawWaker {
    const TABLE: RawWakerVTable = RawWakerVTable::new(
        |data| {
            touch(data, Touch::Cloned);
            raw(data.addr())
        },
        |data| {
            touch(data, Touch::Woken);
            touch(data, Touch::Dropped);
        },
        |data| touch(data, Touch::Woken),
        |data| touch(data, Touch::Dropped),
    );
    RawWaker::new(ptr::without_provenance(number), &TABLE)
}

/// A raw mutex that panics on reentry, such as when foreign code runs under the lock.
#[derive(Debug)]
pub(crate) struct Strict {
    locked: Cell<bool>,
}

// SAFETY: ALONE.
unsafe impl RawMutex for Strict {
    const INIT: Self = Self { locked: Cell::new(false) };

    fn lock<T>(&self, f: impl FnOnce() -> T) -> T {
        assert!(!self.locked.replace(true), "locked from under the lock");
        let output = f();
        self.locked.set(false);
        output
    }
}
