//! error[E0277]: What a promise gives out is shared by all who wait.
use std::cell::Cell;

use tickwire_sync::{CriticalSectionRawMutex, Promise};

static NUMBER: Promise<CriticalSectionRawMutex, Cell<u32>> = Promise::new();

fn main() {
    let _ = NUMBER.get();
}
