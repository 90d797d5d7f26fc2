//! Events, flags, and a delay that is triggered again.

use std::future::poll_fn;
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use embassy_sync::blocking_mutex::raw::RawMutex as RawMutexE;
use embassy_sync::signal::Signal;
use futures_util::task::AtomicWaker;
use tickwire_sync::{RawMutex, RetriggerableDelay};
use tickwire_traits::{Clock, Duration, Instant, TimerQueue};

use crate::harness::{do_it, plain_wake, tell, waits};
use crate::table::Operation::{Event, Flag, PlainWake, Retrigger};
use crate::table::Raw::{Critical, Noop, Own};
use crate::table::Who::{Embassy, Futures, Maitake, Tickwire, Tokio};
use crate::table::{Case, CriticalE, CriticalT, NoopE, NoopT};

pub(crate) const CASES: &[Case] = &[
    Case(PlainWake, Own, Tickwire, plain_wake),
    Case(Event, Noop, Tickwire, event::<NoopT>),
    Case(Event, Critical, Tickwire, event::<CriticalT>),
    Case(Event, Noop, Embassy, signal::<NoopE>),
    Case(Event, Critical, Embassy, signal::<CriticalE>),
    Case(Event, Own, Maitake, |times, waker| {
        let queue = &maitake_sync::WaitQueue::new();
        let queue = black_box(queue);
        tell(times, waker, || queue.wake_all(), || queue.wait(), || ());
    }),
    Case(Event, Own, Tokio, |times, waker| {
        let notify = &tokio::sync::Notify::new();
        let notify = black_box(notify);
        tell(times, waker, || notify.notify_waiters(), || notify.notified(), || ());
    }),
    Case(Event, Own, Futures, atomic_waker),
    Case(Flag, Noop, Tickwire, flag::<NoopT>),
    Case(Flag, Critical, Tickwire, flag::<CriticalT>),
    Case(Flag, Noop, Embassy, signal::<NoopE>),
    Case(Flag, Critical, Embassy, signal::<CriticalE>),
    Case(Flag, Own, Maitake, |times, waker| {
        let queue = &maitake_sync::WaitQueue::new();
        let queue = black_box(queue);
        tell(times, waker, || queue.wake(), || queue.wait(), || ());
    }),
    Case(Flag, Own, Tokio, |times, waker| {
        let notify = &tokio::sync::Notify::new();
        let notify = black_box(notify);
        tell(times, waker, || notify.notify_one(), || notify.notified(), || ());
    }),
    Case(Flag, Own, Futures, atomic_waker),
    Case(Retrigger, Noop, Tickwire, retrigger::<NoopT>),
    Case(Retrigger, Critical, Tickwire, retrigger::<CriticalT>),
];

fn event<R: RawMutex>(times: u32, waker: &Waker) {
    let event = &tickwire_sync::Event::<R>::new();
    let event = black_box(event);
    tell(times, waker, || event.set(), || event.wait(), || event.clear());
}

fn flag<R: RawMutex>(times: u32, waker: &Waker) {
    let flag = &tickwire_sync::Flag::<R>::new();
    let flag = black_box(flag);
    tell(times, waker, || flag.set(), || flag.wait(), || ());
}

/// Embassy's is both: what is signalled is taken, and one waits.
fn signal<R: RawMutexE>(times: u32, waker: &Waker) {
    let signal = &Signal::<R, ()>::new();
    let signal = black_box(signal);
    tell(times, waker, || signal.signal(()), || signal.wait(), || ());
}

/// A flag beside a waker, as its documentation has it; one waits.
fn atomic_waker(times: u32, waker: &Waker) {
    let ends = &(AtomicBool::new(false), AtomicWaker::new());
    let (set, woken) = black_box(ends);
    let wait = || {
        poll_fn(|cx| {
            if set.swap(false, Ordering::Relaxed) {
                return Poll::Ready(());
            }
            woken.register(cx.waker());
            if set.swap(false, Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }
        })
    };
    let set = || {
        set.store(true, Ordering::Relaxed);
        woken.wake();
    };
    tell(times, waker, set, wait, || ());
}

/// Half of its time is over, somebody waits, and it gets the whole of it again.
fn retrigger<R: RawMutex>(times: u32, waker: &Waker) {
    let delay = &RetriggerableDelay::<R, _>::new(Frozen);
    let delay = black_box(delay);
    delay.trigger(Duration::from_millis(5));
    let mut waiter = pin!(delay.wait());
    waits(waiter.as_mut(), &mut Context::from_waker(waker));
    let span = black_box(Duration::from_millis(10));
    do_it(times, || delay.trigger(span));
}

/// A clock that costs nothing to ask.
#[derive(Debug)]
struct Frozen;

impl Clock for Frozen {
    fn now(&self) -> Instant {
        Instant::from_millis(5)
    }
}

impl TimerQueue for Frozen {
    fn schedule_wake(&self, _: Instant, _: &Waker) {}
}
