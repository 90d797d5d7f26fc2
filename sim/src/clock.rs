//! The clock of a simulation.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Waker;

use tickwire_traits::{Clock, Duration, Instant, TimerQueue};
use tickwire_wake_queue::WakeQueue;

/// The clock of a [`Sim`](crate::Sim): a handle that may be cloned freely.
///
/// It stands still while anything can run.
#[derive(Clone, Debug)]
pub struct SimClock(Rc<Time>);

#[derive(Debug)]
struct Time {
    now: Cell<Instant>,
    sleepers: RefCell<WakeQueue>,
}

impl SimClock {
    pub(crate) fn new() -> Self {
        let now = Cell::new(Instant::EPOCH);
        Self(Rc::new(Time { now, sleepers: RefCell::default() }))
    }

    /// Jumps to the next deadline and wakes whom it is for. `false` if nobody
    /// waits for the time.
    pub(crate) fn jump(&self) -> bool {
        let Some(next) = self.0.sleepers.borrow().next_deadline() else { return false };
        self.0.now.set(next);
        loop {
            // A statement of its own, so that the queue is free while we wake.
            let due = self.0.sleepers.borrow_mut().pop(next);
            match due {
                Some(waker) => waker.wake(),
                None => return true,
            }
        }
    }

    pub(crate) fn nobody_sleeps(&self) -> bool {
        self.0.sleepers.borrow().is_empty()
    }
}

impl Clock for SimClock {
    fn now(&self) -> Instant {
        self.0.now.get()
    }

    fn resolution(&self) -> Duration {
        Duration::ZERO
    }
}

impl TimerQueue for SimClock {
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        if at <= self.now() {
            waker.wake_by_ref();
        } else if at < Instant::MAX {
            self.0.sleepers.borrow_mut().schedule(at, waker);
        }
    }
}
