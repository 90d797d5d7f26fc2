//! Forgetting on purpose.

use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::AtomicPtr;

/// Forgets a future, on purpose: what looks for leaks finds it here.
pub(crate) fn forget<F>(future: Pin<Box<F>>) {
    static FORGOTTEN: Mutex<Vec<AtomicPtr<()>>> = Mutex::new(Vec::new());

    let address = (&raw const *future).cast_mut().cast::<()>();
    FORGOTTEN.lock().unwrap().push(AtomicPtr::new(address));
    std::mem::forget(future);
}
