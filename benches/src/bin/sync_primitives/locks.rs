//! Mutexes and semaphores.

use std::hint::black_box;

use crate::harness::{hand_over, take_and_give};
use crate::table::Operation::{Acquire, HandOver, Lock, LockWith};
use crate::table::Raw::{Critical, Noop, Own};
use crate::table::Who::{AsyncLock, Embassy, Futures, Maitake, Tickwire, Tokio};
use crate::table::{Case, CriticalE, CriticalT, NoopE, NoopT};

pub(crate) const CASES: &[Case] = &[
    Case(Lock, Noop, Tickwire, |times, waker| {
        let mutex = &tickwire_sync::Mutex::<NoopT, u32>::new(0);
        let mutex = black_box(mutex);
        take_and_give(times, waker, || mutex.lock());
    }),
    Case(Lock, Critical, Tickwire, |times, waker| {
        let mutex = &tickwire_sync::Mutex::<CriticalT, u32>::new(0);
        let mutex = black_box(mutex);
        take_and_give(times, waker, || mutex.lock());
    }),
    Case(Lock, Noop, Embassy, |times, waker| {
        let mutex = &embassy_sync::mutex::Mutex::<NoopE, u32>::new(0);
        let mutex = black_box(mutex);
        take_and_give(times, waker, || mutex.lock());
    }),
    Case(Lock, Critical, Embassy, |times, waker| {
        let mutex = &embassy_sync::mutex::Mutex::<CriticalE, u32>::new(0);
        let mutex = black_box(mutex);
        take_and_give(times, waker, || mutex.lock());
    }),
    Case(Lock, Own, Maitake, |times, waker| {
        let mutex = &maitake_sync::Mutex::<u32>::new(0);
        let mutex = black_box(mutex);
        take_and_give(times, waker, || mutex.lock());
    }),
    Case(Lock, Own, AsyncLock, |times, waker| {
        let mutex = &async_lock::Mutex::<u32>::new(0);
        let mutex = black_box(mutex);
        take_and_give(times, waker, || mutex.lock());
    }),
    Case(Lock, Own, Tokio, |times, waker| {
        let mutex = &tokio::sync::Mutex::<u32>::new(0);
        let mutex = black_box(mutex);
        take_and_give(times, waker, || mutex.lock());
    }),
    Case(Lock, Own, Futures, |times, waker| {
        let mutex = &futures_util::lock::Mutex::<u32>::new(0);
        let mutex = black_box(mutex);
        take_and_give(times, waker, || mutex.lock());
    }),
    Case(LockWith, Noop, Tickwire, |times, waker| {
        let mutex = &tickwire_sync::Mutex::<NoopT, u32>::new(0);
        let mutex = black_box(mutex);
        take_and_give(times, waker, || mutex.with(|data| *data += 1));
    }),
    Case(LockWith, Critical, Tickwire, |times, waker| {
        let mutex = &tickwire_sync::Mutex::<CriticalT, u32>::new(0);
        let mutex = black_box(mutex);
        take_and_give(times, waker, || mutex.with(|data| *data += 1));
    }),
    Case(HandOver, Noop, Tickwire, |times, waker| {
        let mutex = &tickwire_sync::Mutex::<NoopT, u32>::new(0);
        let mutex = black_box(mutex);
        hand_over(times, waker, || mutex.lock());
    }),
    Case(HandOver, Critical, Tickwire, |times, waker| {
        let mutex = &tickwire_sync::Mutex::<CriticalT, u32>::new(0);
        let mutex = black_box(mutex);
        hand_over(times, waker, || mutex.lock());
    }),
    Case(HandOver, Noop, Embassy, |times, waker| {
        let mutex = &embassy_sync::mutex::Mutex::<NoopE, u32>::new(0);
        let mutex = black_box(mutex);
        hand_over(times, waker, || mutex.lock());
    }),
    Case(HandOver, Critical, Embassy, |times, waker| {
        let mutex = &embassy_sync::mutex::Mutex::<CriticalE, u32>::new(0);
        let mutex = black_box(mutex);
        hand_over(times, waker, || mutex.lock());
    }),
    Case(HandOver, Own, Maitake, |times, waker| {
        let mutex = &maitake_sync::Mutex::<u32>::new(0);
        let mutex = black_box(mutex);
        hand_over(times, waker, || mutex.lock());
    }),
    Case(HandOver, Own, AsyncLock, |times, waker| {
        let mutex = &async_lock::Mutex::<u32>::new(0);
        let mutex = black_box(mutex);
        hand_over(times, waker, || mutex.lock());
    }),
    Case(HandOver, Own, Tokio, |times, waker| {
        let mutex = &tokio::sync::Mutex::<u32>::new(0);
        let mutex = black_box(mutex);
        hand_over(times, waker, || mutex.lock());
    }),
    Case(HandOver, Own, Futures, |times, waker| {
        let mutex = &futures_util::lock::Mutex::<u32>::new(0);
        let mutex = black_box(mutex);
        hand_over(times, waker, || mutex.lock());
    }),
    Case(Acquire, Noop, Tickwire, |times, waker| {
        let semaphore = &tickwire_sync::Semaphore::<NoopT>::new(3);
        let semaphore = black_box(semaphore);
        take_and_give(times, waker, || semaphore.acquire());
    }),
    Case(Acquire, Critical, Tickwire, |times, waker| {
        let semaphore = &tickwire_sync::Semaphore::<CriticalT>::new(3);
        let semaphore = black_box(semaphore);
        take_and_give(times, waker, || semaphore.acquire());
    }),
    Case(Acquire, Noop, Embassy, |times, waker| {
        use embassy_sync::semaphore::{FairSemaphore, Semaphore};
        let semaphore = &FairSemaphore::<NoopE, 4>::new(3);
        let semaphore = black_box(semaphore);
        take_and_give(times, waker, || semaphore.acquire(1));
    }),
    Case(Acquire, Critical, Embassy, |times, waker| {
        use embassy_sync::semaphore::{FairSemaphore, Semaphore};
        let semaphore = &FairSemaphore::<CriticalE, 4>::new(3);
        let semaphore = black_box(semaphore);
        take_and_give(times, waker, || semaphore.acquire(1));
    }),
    Case(Acquire, Own, Maitake, |times, waker| {
        let semaphore = &maitake_sync::Semaphore::new(3);
        let semaphore = black_box(semaphore);
        take_and_give(times, waker, || semaphore.acquire(1));
    }),
    Case(Acquire, Own, AsyncLock, |times, waker| {
        let semaphore = &async_lock::Semaphore::new(3);
        let semaphore = black_box(semaphore);
        take_and_give(times, waker, || semaphore.acquire());
    }),
    Case(Acquire, Own, Tokio, |times, waker| {
        let semaphore = &tokio::sync::Semaphore::new(3);
        let semaphore = black_box(semaphore);
        take_and_give(times, waker, || semaphore.acquire());
    }),
];
