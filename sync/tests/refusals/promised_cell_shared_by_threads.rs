//! error[E0277]: All waiters share a reference to a promise's value.
use std::cell::Cell;

use tickwire_sync::{CriticalSectionRawMutex, Promise};

static NUMBER: Promise<CriticalSectionRawMutex, Cell<u32>> = Promise::new();

fn main() {
    let _ = NUMBER.get();
}
