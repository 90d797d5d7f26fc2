//! Deliberate leaks.

use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::AtomicPtr;

/// Leaks a future deliberately: a leak detector points here.
pub(crate) fn forget<F>(future: Pin<Box<F>>) {
    static FORGOTTEN: Mutex<Vec<AtomicPtr<()>>> = Mutex::new(Vec::new());

    let address = (&raw const *future).cast_mut().cast::<()>();
    FORGOTTEN.lock().unwrap().push(AtomicPtr::new(address));
    std::mem::forget(future);
}
