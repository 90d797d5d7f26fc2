//! error[E0277]: A lock makes no data `Send`: an `Rc` would be counted by two threads.
use std::rc::Rc;

use tickwire_sync::{CriticalSectionRawMutex, Mutex};

fn share(_: impl Sync) {}

fn main() {
    share(Mutex::<CriticalSectionRawMutex, _>::new(Rc::new(0)));
}
