//! The clock of a simulation.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::{Rc, Weak};
use std::task::Waker;

use tickwire_traits::{Clock, Duration, Instant, TimerQueue, hear_waits, waits_for};
use tickwire_wake_queue::WakeQueue;

/// The clock of a [`Sim`](crate::Sim): a handle that can be cloned.
///
/// Time stands still while any task can run, unless a task lets time
/// [`pass`](Self::pass).
#[derive(Clone, Debug)]
pub struct SimClock {
    time: Rc<Time>,
    /// This handle wakes only at multiples of this period. Zero means at any time.
    period: Duration,
}

struct Time {
    now: Cell<Instant>,
    /// The simulation asks its tasks what they wait for. Other clocks ignore that.
    asking: Cell<bool>,
    sleepers: RefCell<WakeQueue>,
    /// By time, and then in the order of registration.
    plans: RefCell<BTreeMap<(Instant, u64), Weak<dyn Planned>>>,
    plans_asked: Cell<u64>,
    /// Most simulations have no plans, and check this flag at each event.
    plans_are_none: Cell<bool>,
}

/// A plan that moves with time, without a task.
pub(crate) trait Planned {
    /// Performs everything that is due by now.
    fn move_on(&self);
}

impl SimClock {
    pub(crate) fn new() -> Self {
        let time = Time {
            now: Cell::new(Instant::EPOCH),
            asking: Cell::new(false),
            sleepers: RefCell::default(),
            plans: RefCell::default(),
            plans_asked: Cell::new(0),
            plans_are_none: Cell::new(true),
        };
        Self { time: Rc::new(time), period: Duration::ZERO }
    }

    /// Returns a handle of the same clock that wakes late: only at multiples of
    /// `period`.
    ///
    /// This models a timer with a coarse tick, or an executor that polls its tasks every
    /// `period`. The handle's time is exact, and its [`resolution`](Clock::resolution) is
    /// zero nevertheless: code has to tolerate lateness even if the clock reports no tick. A
    /// `period` of zero is punctual.
    ///
    /// ```
    /// use tickwire_sim::Sim;
    /// use tickwire_traits::{Clock, Duration, Instant, Timer};
    ///
    /// let sim = Sim::new();
    /// let late = sim.clock().waking_every(Duration::from_millis(40));
    /// sim.run(late.sleep(Duration::from_millis(1)));
    /// assert_eq!(late.now(), Instant::from_millis(40));
    /// sim.run(sim.clock().sleep(Duration::from_millis(1)));
    /// assert_eq!(late.now(), Instant::from_millis(41));
    /// ```
    pub fn waking_every(&self, period: Duration) -> Self {
        Self { time: self.time.clone(), period }
    }

    /// Lets `span` pass inside a poll, like a task that computes for so long.
    ///
    /// Wakers whose deadlines fall into `span` are woken in the order of the deadlines, each
    /// at its own time. Time passes outside a run as well.
    ///
    /// ```
    /// use tickwire_sim::Sim;
    /// use tickwire_traits::{Clock, Duration, Instant, Timer};
    ///
    /// let sim = Sim::new();
    /// let clock = sim.clock();
    /// sim.run(async {
    ///     let nap = clock.sleep(Duration::from_millis(1));
    ///     clock.pass(Duration::from_millis(40)); // Occupies the thread.
    ///     nap.await; // Already due.
    /// });
    /// assert_eq!(clock.now(), Instant::from_millis(40));
    /// ```
    pub fn pass(&self, span: Duration) {
        let end = self.now() + span;
        while self.next_deadline().is_some_and(|next| next <= end) {
            self.jump();
        }
        // A waker may have let time pass as well.
        self.time.now.set(end.max(self.now()));
    }

    /// Jumps to the next deadline or planned edge. Wakes the wakers of the deadline, and then
    /// moves the plans. Returns `false` if nothing waits for time.
    pub(crate) fn jump(&self) -> bool {
        let Some(next) = self.next_deadline() else { return false };
        self.time.now.set(next);
        loop {
            // A separate statement, so that the queue is not borrowed during the wake.
            let due = self.time.sleepers.borrow_mut().pop(next);
            match due {
                Some(waker) => waker.wake(),
                None => break,
            }
        }
        loop {
            if self.time.plans_are_none.get() {
                return true;
            }
            let due = {
                let mut plans = self.time.plans.borrow_mut();
                plans.first_entry().filter(|plan| plan.key().0 <= next).map(|plan| plan.remove())
            };
            match due {
                Some(plan) => drop(plan.upgrade().map(|plan| plan.move_on())),
                None => return true,
            }
        }
    }

    /// Moves `plan` on once, exactly at `at`, even if this handle wakes late.
    pub(crate) fn follow(&self, at: Instant, plan: Weak<dyn Planned>) {
        let asked = self.time.plans_asked.get();
        self.time.plans_asked.set(asked + 1);
        self.time.plans.borrow_mut().insert((at, asked), plan);
        self.time.plans_are_none.set(false);
    }

    /// Runs `poll` of a task of this simulation, and records what it waits for.
    pub(crate) fn hear_waits<T>(&self, poll: impl FnOnce() -> T) -> (T, Vec<String>) {
        let _asking = Asking(&self.time.asking, self.time.asking.replace(true));
        hear_waits(poll)
    }

    /// Drops the deadline of a future that has ended.
    pub(crate) fn forget(&self, waker: &Waker) {
        // A separate statement, so that the queue is not borrowed while the waker drops.
        let forgotten = self.time.sleepers.borrow_mut().forget(waker);
        drop(forgotten);
    }

    pub(crate) fn nobody_sleeps(&self) -> bool {
        self.time.sleepers.borrow().is_empty()
    }

    fn next_deadline(&self) -> Option<Instant> {
        let sleeper = self.time.sleepers.borrow().next_deadline();
        match (sleeper, self.next_plan()) {
            (Some(sleeper), Some(plan)) => Some(sleeper.min(plan)),
            (sleeper, plan) => sleeper.or(plan),
        }
    }

    #[inline]
    fn next_plan(&self) -> Option<Instant> {
        if self.time.plans_are_none.get() {
            return None;
        }
        let mut plans = self.time.plans.borrow_mut();
        while let Some(plan) = plans.first_entry() {
            if plan.get().strong_count() > 0 {
                return Some(plan.key().0);
            }
            plan.remove();
        }
        self.time.plans_are_none.set(true);
        None
    }

    /// Returns the first time at which a wake for `at` may come.
    fn wakes_at(&self, at: Instant) -> Instant {
        match self.period.as_micros() {
            0 => at,
            period => Instant::from_micros(at.as_micros().div_ceil(period).saturating_mul(period)),
        }
    }
}

impl Clock for SimClock {
    fn now(&self) -> Instant {
        self.time.now.get()
    }

    fn resolution(&self) -> Duration {
        Duration::ZERO
    }
}

impl TimerQueue for SimClock {
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        if at <= self.now() {
            return waker.wake_by_ref();
        }
        if !self.time.asking.get() {
            waits_for(|| "the clock of another simulation");
        }
        let at = self.wakes_at(at);
        if at < Instant::MAX {
            self.time.sleepers.borrow_mut().schedule(at, waker);
        }
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Time").field(&self.now.get()).finish()
    }
}

/// Restores whether the simulation asks, even if a task panics.
struct Asking<'a>(&'a Cell<bool>, bool);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}

#[cfg(test)]
mod tests {
    use tickwire_traits::{Duration, JoinHandle, Spawn, Timer};

    use crate::Sim;

    #[test]
    fn a_simulation_that_is_gone_leaves_no_deadline() {
        let sim = Sim::new();
        let clock = sim.clock();
        for _ in 0..3 {
            let own = clock.clone();
            let sleeper = async move { own.sleep(Duration::from_secs(3_600)).await };
            sim.spawner().spawn(sleeper).unwrap().detach();
        }
        sim.run(clock.sleep(Duration::from_millis(1)));
        assert_eq!(clock.time.sleepers.borrow().len(), 3);
        drop(sim);
        assert!(clock.nobody_sleeps());
    }
}
