//! Polling by hand.

use std::future::Future;
use std::pin::Pin;
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
