use std::cell::Cell;
use std::rc::Rc;
use std::task::Waker;

use tickwire_sync::{NoopRawMutex, RetriggerableDelay};
use tickwire_traits::{Clock, Duration, Instant, TimerQueue};

use crate::harness::{Subject, Waiting, every_sequence};
use crate::model::{Lines, Model};

/// A delay with its clock. No other code reads the clock in between, so an expiry is
/// noticed late.
struct Watchdog(RetriggerableDelay<NoopRawMutex, Hand>, Hand);

/// A clock that is advanced by hand and wakes no task.
#[derive(Clone, Default)]
struct Hand(Rc<Cell<u64>>);

#[derive(Default)]
struct WatchdogModel {
    lines: Lines,
    now: u64,
    deadline: Option<u64>,
    expired: bool,
    /// The number of expiries, now and when each task began to wait.
    count: u32,
    since: [Option<u32>; 4],
}

/// The remaining time after each of the two ways to trigger.
const SPANS: [u64; 2] = [10, 3];
const STOP: usize = 2;
/// The time that passes in one step.
const STEP: u64 = 5;

impl Clock for Hand {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.get())
    }

    fn resolution(&self) -> Duration {
        Duration::ZERO
    }
}

impl TimerQueue for Hand {
    fn schedule_wake(&self, _: Instant, _: &Waker) {}
}

impl Subject for Watchdog {
    type Model = WatchdogModel;
    const KINDS: &'static [usize] = &[0; 4];
    const ACTIONS: usize = 4;

    fn wait(&self, _: usize) -> Waiting<'_> {
        Box::pin(async {
            self.0.wait().await;
            (0, None)
        })
    }

    fn act(&self, action: usize) -> u32 {
        match action {
            STOP => return self.0.stop().into(),
            spans if spans < STOP => self.0.trigger(Duration::from_micros(SPANS[spans])),
            _ => self.1.0.set(self.1.0.get() + STEP),
        }
        0
    }

    fn seen(&self) -> u32 {
        0
    }
}

impl Model for WatchdogModel {
    fn poll(&mut self, id: usize) -> Option<u32> {
        self.lines.answer(id);
        self.expire();
        if self.expired || self.since[id].is_some_and(|since| since != self.count) {
            self.lines.remove(id);
            return Some(0);
        }
        self.since[id] = Some(self.count);
        self.lines.enter(0, id);
        None
    }

    fn leave(&mut self, id: usize) {
        self.lines.remove(id);
        self.lines.answer(id);
    }

    fn give_back(&mut self, _: usize) {}

    fn act(&mut self, action: usize) -> u32 {
        if action > STOP {
            self.now += STEP;
            return 0;
        }
        self.expire();
        self.expired = false;
        let before = self.deadline.take();
        if action == STOP {
            return before.is_some().into();
        }
        let deadline = self.now + SPANS[action];
        self.deadline = Some(deadline);
        // Waiters look again at the previous deadline. Is that too late?
        if before.is_none_or(|before| before > deadline) {
            while self.lines.call_first(0).is_some() {}
        }
        0
    }

    fn seen(&self) -> u32 {
        0
    }

    fn lines(&mut self) -> &mut Lines {
        &mut self.lines
    }
}

impl WatchdogModel {
    fn expire(&mut self) {
        if self.deadline.is_some_and(|deadline| deadline <= self.now) {
            self.deadline = None;
            self.expired = true;
            self.count += 1;
        }
    }
}

#[test]
fn a_delay_wakes_waiters_that_would_be_late_and_all_at_its_expiry() {
    every_sequence(6, || {
        let hand = Hand::default();
        (Watchdog(RetriggerableDelay::new(hand.clone()), hand), WatchdogModel::default())
    });
}
