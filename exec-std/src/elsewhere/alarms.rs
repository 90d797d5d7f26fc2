//! The helper: one thread for the sleeps that no run loop serves.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::{io, thread};

use tickwire_traits::Instant;
use tickwire_wake_queue::WakeQueue;

use crate::clock;
use crate::quiet::wake;

static ALARMS: Mutex<Alarms> = Mutex::new(Alarms { queue: WakeQueue::new(), has_thread: false });
/// Notified when the earliest deadline changes.
static EARLIER: Condvar = Condvar::new();

struct Alarms {
    queue: WakeQueue,
    has_thread: bool,
}

/// Arranges to wake `waker` at `at`. Wakes it at once if the system has no thread for the
/// helper; the task then registers again.
pub(crate) fn alarm(at: Instant, waker: &Waker) {
    // Without the lock, because a waker's `clone`, `wake` and `drop` may be foreign code.
    let waker = waker.clone();
    let mut alarms = lock();
    if !alarms.has_thread {
        if start().is_err() {
            drop(alarms);
            return waker.wake();
        }
        alarms.has_thread = true;
    }
    let before = alarms.queue.next_deadline();
    let unused = alarms.queue.insert(at, waker);
    if alarms.queue.next_deadline() != before {
        EARLIER.notify_one();
    }
    drop(alarms);
    drop(unused);
}

fn start() -> io::Result<()> {
    thread::Builder::new().name("tickwire".into()).spawn(help).map(drop)
}

fn help() {
    let mut alarms = lock();
    loop {
        if let Some(waker) = alarms.queue.pop(clock::now()) {
            drop(alarms);
            wake(waker);
            alarms = lock();
            continue;
        }
        alarms = match alarms.queue.next_deadline() {
            Some(at) => {
                let waited = EARLIER.wait_timeout(alarms, clock::until(at));
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => EARLIER.wait(alarms).unwrap_or_else(PoisonError::into_inner),
        };
    }
}

fn lock() -> MutexGuard<'static, Alarms> {
    ALARMS.lock().unwrap_or_else(PoisonError::into_inner)
}
