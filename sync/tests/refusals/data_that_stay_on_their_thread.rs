//! error[E0277]: A lock does not make data `Send`: two threads would count an `Rc`.
use std::rc::Rc;

use tickwire_sync::{CriticalSectionRawMutex, Mutex};

fn share(_: impl Sync) {}

fn main() {
    share(Mutex::<CriticalSectionRawMutex, _>::new(Rc::new(0)));
}
