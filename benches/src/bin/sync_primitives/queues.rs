//! Queues and channels, with a receiver that waits.

use std::cell::RefCell;
use std::future::poll_fn;
use std::hint::black_box;
use std::task::{Poll, Waker, ready};

use embassy_sync::blocking_mutex::raw::RawMutex as RawMutexE;
use embassy_sync::channel::Channel;
use futures_util::StreamExt;
use tickwire_sync::{Queue, RawMutex};

use crate::harness::{send, send_now};
use crate::table::Operation::{Push, TryPush};
use crate::table::Raw::{Critical, Noop, Own};
use crate::table::Who::{Embassy, Futures, Tickwire, Tokio};
use crate::table::{Case, CriticalE, CriticalT, NoopE, NoopT};

pub(crate) const CASES: &[Case] = &[
    Case(TryPush, Noop, Tickwire, try_push::<NoopT>),
    Case(TryPush, Critical, Tickwire, try_push::<CriticalT>),
    Case(TryPush, Noop, Embassy, try_send::<NoopE>),
    Case(TryPush, Critical, Embassy, try_send::<CriticalE>),
    // The ends of these two are used by `&mut`, each by its owner alone, and
    // borrowed here for each use.
    Case(TryPush, Own, Tokio, |times, waker| {
        let (sender, receiver) = tokio::sync::mpsc::channel(4);
        let ends = &(sender, RefCell::new(receiver));
        let (sender, receiver) = black_box(ends);
        let receive = || poll_fn(|cx| receiver.borrow_mut().poll_recv(cx).map(Option::unwrap));
        send_now(times, waker, |item| sender.try_send(item).is_ok(), receive);
    }),
    Case(TryPush, Own, Futures, |times, waker| {
        let (sender, receiver) = futures_channel::mpsc::channel(4);
        let ends = &(RefCell::new(sender), RefCell::new(receiver));
        let (sender, receiver) = black_box(ends);
        let receive =
            || poll_fn(|cx| receiver.borrow_mut().poll_next_unpin(cx).map(Option::unwrap));
        let send = |item| sender.borrow_mut().try_send(item).is_ok();
        send_now(times, waker, send, receive);
    }),
    Case(Push, Noop, Tickwire, push::<NoopT>),
    Case(Push, Critical, Tickwire, push::<CriticalT>),
    Case(Push, Noop, Embassy, channel_send::<NoopE>),
    Case(Push, Critical, Embassy, channel_send::<CriticalE>),
    Case(Push, Own, Tokio, |times, waker| {
        let (sender, receiver) = tokio::sync::mpsc::channel(4);
        let ends = &(sender, RefCell::new(receiver));
        let (sender, receiver) = black_box(ends);
        let receive = || poll_fn(|cx| receiver.borrow_mut().poll_recv(cx).map(Option::unwrap));
        send(times, waker, |item| sender.send(item), receive);
    }),
    Case(Push, Own, Futures, |times, waker| {
        let (sender, receiver) = futures_channel::mpsc::channel(4);
        let ends = &(RefCell::new(sender), RefCell::new(receiver));
        let (sender, receiver) = black_box(ends);
        let receive =
            || poll_fn(|cx| receiver.borrow_mut().poll_next_unpin(cx).map(Option::unwrap));
        let feed = |item| {
            poll_fn(move |cx| {
                let mut sender = sender.borrow_mut();
                ready!(sender.poll_ready(cx)).expect("the receiver is there");
                Poll::Ready(sender.start_send(item))
            })
        };
        send(times, waker, feed, receive);
    }),
];

fn try_push<R: RawMutex>(times: u32, waker: &Waker) {
    let queue = &Queue::<R, u32, 4>::new();
    let queue = black_box(queue);
    send_now(times, waker, |item| queue.try_push(item), || queue.pop());
}

fn push<R: RawMutex>(times: u32, waker: &Waker) {
    let queue = &Queue::<R, u32, 4>::new();
    let queue = black_box(queue);
    send(times, waker, |item| queue.push(item), || queue.pop());
}

fn try_send<R: RawMutexE>(times: u32, waker: &Waker) {
    let channel = &Channel::<R, u32, 4>::new();
    let channel = black_box(channel);
    send_now(times, waker, |item| channel.try_send(item), || channel.receive());
}

fn channel_send<R: RawMutexE>(times: u32, waker: &Waker) {
    let channel = &Channel::<R, u32, 4>::new();
    let channel = black_box(channel);
    send(times, waker, |item| channel.send(item), || channel.receive());
}
