//! Polling by hand.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::AtomicPtr;
use std::task::{Context, Poll, Waker};

/// Polls once, with a waker that does nothing.
pub(crate) fn poll<F: Future + ?Sized>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    poll_by(future, Waker::noop())
}

/// Polls once, with this waker.
pub(crate) fn poll_by<F: Future + ?Sized>(
    future: &mut Pin<Box<F>>,
    waker: &Waker,
) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(waker))
}

/// Forgets a future, on purpose: what looks for leaks finds it here.
pub(crate) fn forget<F>(future: Pin<Box<F>>) {
    static FORGOTTEN: Mutex<Vec<AtomicPtr<()>>> = Mutex::new(Vec::new());

    let address = (&raw const *future).cast_mut().cast::<()>();
    FORGOTTEN.lock().unwrap().push(AtomicPtr::new(address));
    std::mem::forget(future);
}
