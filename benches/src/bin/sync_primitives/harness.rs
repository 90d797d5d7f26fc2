//! What is done to a primitive, the same for everybody's: made ready outside of
//! the count, then the one step that the row is named for.

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use tickwire_counting::counted;

/// Wakes a waker: what any implementation pays for its part.
pub(crate) fn plain_wake(times: u32, waker: &Waker) {
    for _ in 0..times {
        let waker = black_box(waker).clone();
        counted(move || waker.wake());
    }
}

/// Takes what is free, and gives it back.
pub(crate) fn take_and_give<G, F>(times: u32, waker: &Waker, take: impl Fn() -> F + Copy)
where
    F: Future<Output = G>,
{
    let mut cx = Context::from_waker(black_box(waker));
    for _ in 0..times {
        let cx = &mut cx;
        counted(move || drop(at_once(take(), cx)));
    }
}

/// The holder gives back what one task waits for in line, whose poll then gets it.
pub(crate) fn hand_over<G, F>(times: u32, waker: &Waker, take: impl Fn() -> F + Copy)
where
    F: Future<Output = G>,
{
    let mut cx = Context::from_waker(black_box(waker));
    for _ in 0..times {
        let held = at_once(take(), &mut cx);
        let mut waiter = pin!(take());
        waits(waiter.as_mut(), &mut cx);
        let (cx, waiter) = (&mut cx, waiter.as_mut());
        let next = counted(move || {
            drop(held);
            waiter.poll(cx)
        });
        drop(ready(next));
    }
}

/// Tells something to the one who waits for it, whose poll then is through.
pub(crate) fn tell<T, F: Future<Output = T>>(
    times: u32,
    waker: &Waker,
    tell: impl Fn() + Copy,
    wait: impl Fn() -> F + Copy,
    reset: impl Fn(),
) {
    let mut cx = Context::from_waker(black_box(waker));
    for _ in 0..times {
        let mut waiter = pin!(wait());
        waits(waiter.as_mut(), &mut cx);
        let (cx, waiter) = (&mut cx, waiter.as_mut());
        let told = counted(move || {
            tell();
            waiter.poll(cx)
        });
        ready(told);
        reset();
    }
}

/// Sends to a receiver that waits, without waiting, until its poll has the item.
pub(crate) fn send_now<T, F: Future<Output = u32>>(
    times: u32,
    waker: &Waker,
    send: impl Fn(u32) -> T + Copy,
    receive: impl Fn() -> F + Copy,
) {
    let mut cx = Context::from_waker(black_box(waker));
    for item in 0..times {
        let mut receiver = pin!(receive());
        waits(receiver.as_mut(), &mut cx);
        let (cx, receiver) = (&mut cx, receiver.as_mut());
        let received = counted(move || {
            send(item);
            receiver.poll(cx)
        });
        assert_eq!(ready(received), item);
    }
}

/// The same by a future, which finds room in its first poll.
pub(crate) fn send<T, S: Future<Output = T>, F: Future<Output = u32>>(
    times: u32,
    waker: &Waker,
    send: impl Fn(u32) -> S + Copy,
    receive: impl Fn() -> F + Copy,
) {
    let mut cx = Context::from_waker(black_box(waker));
    for item in 0..times {
        let mut receiver = pin!(receive());
        waits(receiver.as_mut(), &mut cx);
        let (cx, receiver) = (&mut cx, receiver.as_mut());
        let received = counted(move || {
            at_once(send(item), cx);
            receiver.poll(cx)
        });
        assert_eq!(ready(received), item);
    }
}

/// Does something that nobody hears.
pub(crate) fn do_it(times: u32, it: impl Fn() + Copy) {
    for _ in 0..times {
        counted(it);
    }
}

/// Makes a future wait.
#[track_caller]
pub(crate) fn waits<F: Future>(future: Pin<&mut F>, cx: &mut Context<'_>) {
    assert!(future.poll(cx).is_pending(), "it did not have to wait");
}

#[inline(always)]
fn at_once<F: Future>(future: F, cx: &mut Context<'_>) -> F::Output {
    ready(pin!(future).poll(cx))
}

#[inline(always)]
#[track_caller]
fn ready<T>(polled: Poll<T>) -> T {
    match polled {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it had to wait"),
    }
}
