//! Permits granted to waiters: locks, semaphores, flags.

use std::pin::pin;
use std::sync::Arc;

use loom::cell::Cell;
use loom::future::block_on;
use tickwire_sync::{BoundedSemaphore, Flag, Mutex, Semaphore};

use crate::section::Section;
use crate::{every_order, poll_once, spawn, wakes};

#[test]
fn a_setting_of_a_flag_is_never_lost() {
    wakes(Flag::<Section>::new, |flag| Box::pin(flag.wait()), Flag::set);
}

#[test]
fn a_permit_is_never_lost() {
    wakes(
        || Semaphore::<Section>::new(0),
        |semaphore| Box::pin(async { semaphore.acquire().await.forget() }),
        |semaphore| semaphore.release(1).unwrap(),
    );
    wakes(
        || {
            let semaphore = BoundedSemaphore::<Section>::new(2);
            semaphore.try_acquire_many(2).unwrap().forget();
            semaphore
        },
        |semaphore| Box::pin(async { semaphore.acquire().await.forget() }),
        |semaphore| semaphore.release(1).unwrap(),
    );
    // A small request waits behind a large one, until the large one is dropped.
    every_order(|| {
        let semaphore = Arc::new(Semaphore::<Section>::new(1));
        let much = spawn(&semaphore, |semaphore| {
            assert!(poll_once(pin!(semaphore.acquire_many(2))).is_pending());
        });
        block_on(semaphore.acquire()).forget();
        much.join().unwrap();
        assert_eq!(semaphore.permits(), 0);
    });
}

#[test]
fn one_at_a_time_has_the_lock_and_it_is_never_lost() {
    type Counted = Mutex<Section, Cell<u32>>;

    fn count(count: &mut Cell<u32>) {
        count.set(count.get() + 1); // Loom sees concurrent accesses.
    }

    every_order(|| {
        let mutex = Arc::new(Counted::new(Cell::new(0)));
        let other = spawn(&mutex, |mutex| block_on(mutex.with(count)));
        let leaves = spawn(&mutex, |mutex| poll_once(pin!(mutex.with(count))).is_ready());
        let guard = block_on(mutex.lock());
        guard.set(guard.get() + 1);
        drop(guard);
        other.join().unwrap();
        let expected = 2 + u32::from(leaves.join().unwrap());
        assert_eq!(mutex.try_with(|count| count.get()), Some(expected));
    });
    // The permit is returned to a task that polls with another waker, and to one that was
    // dropped and waits again.
    every_order(|| {
        let mutex = Arc::new(Counted::new(Cell::new(0)));
        let guard = mutex.try_lock().unwrap();
        let asks_again = spawn(&mutex, |mutex| {
            let mut waits = pin!(mutex.with(count));
            if poll_once(waits.as_mut()).is_pending() {
                block_on(waits);
            }
        });
        let comes_again = spawn(&mutex, |mutex| {
            if poll_once(pin!(mutex.with(count))).is_pending() {
                block_on(mutex.with(count));
            }
        });
        drop(guard);
        asks_again.join().unwrap();
        comes_again.join().unwrap();
        assert_eq!(mutex.try_with(|count| count.get()), Some(2));
    });
}
