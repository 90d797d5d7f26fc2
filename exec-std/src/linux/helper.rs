//! The helper: one thread for tasks that no run loop serves.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;
use std::{io, process, thread};

use tickwire_traits::Instant;

use super::alarms::Alarms;
use super::reactor::Reactor;
use crate::clock;
use crate::quiet::wake;

static HELPER: Mutex<Option<Helper>> = Mutex::new(None);

struct Helper {
    alarms: Arc<Alarms>,
    /// The process of the thread. A forked child does not have that thread.
    process: u32,
    has_thread: bool,
}

/// Arranges to wake `waker` at `at`. Wakes it at once if the system has no thread or no
/// descriptors for the helper; the task then registers again.
pub(crate) fn alarm(at: Instant, waker: &Waker) {
    match helper(true) {
        Ok(alarms) => alarms.set(at, waker),
        Err(_) => waker.wake_by_ref(),
    }
}

/// Returns the reactor for foreign wakers, with the helper waiting on it.
pub(crate) fn reactor() -> io::Result<Arc<Reactor>> {
    helper(true).map(|alarms| alarms.reactor().clone())
}

/// Returns the reactor for foreign wakers. The helper may not have been started.
pub(crate) fn idle_reactor() -> io::Result<Arc<Reactor>> {
    helper(false).map(|alarms| alarms.reactor().clone())
}

fn helper(with_thread: bool) -> io::Result<Arc<Alarms>> {
    let mut helper = HELPER.lock().unwrap_or_else(PoisonError::into_inner);
    let process = process::id();
    let helper = match &mut *helper {
        Some(helper) if helper.process == process => helper,
        helper => {
            let alarms = Arc::new(Alarms::new(Arc::new(Reactor::new()?)));
            helper.insert(Helper { alarms, process, has_thread: false })
        }
    };
    if with_thread && !helper.has_thread {
        let alarms = helper.alarms.clone();
        thread::Builder::new().name("tickwire".into()).spawn(move || help(&alarms))?;
        helper.has_thread = true;
    }
    Ok(helper.alarms.clone())
}

fn help(alarms: &Alarms) -> ! {
    loop {
        while let Some(waker) = alarms.next_due(clock::now()) {
            wake(waker);
        }
        alarms.reactor().wait(None);
    }
}
