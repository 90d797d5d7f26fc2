//! One thread that waits for those whom no run loop polls.

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
    /// The process that it is in. A child that was forked has none of its threads.
    process: u32,
    has_thread: bool,
}

/// Has `waker` woken at `at`. It is woken at once if the system has neither thread
/// nor descriptors to give: then it asks again.
pub(crate) fn alarm(at: Instant, waker: &Waker) {
    match helper(true) {
        Ok(alarms) => alarms.set(at, waker),
        Err(_) => waker.wake_by_ref(),
    }
}

/// Returns the reactor for wakers of others. The helper waits for it.
pub(crate) fn reactor() -> io::Result<Arc<Reactor>> {
    helper(true).map(|alarms| alarms.reactor().clone())
}

/// Returns the same reactor. The helper may not wait for it yet.
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
