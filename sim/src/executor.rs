//! The executor in virtual time.

mod ready;
mod spawn;
mod stall;
mod tasks;
mod turns;

use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tickwire_traits::{Clock, Duration};

use crate::SimClock;
use ready::TaskWaker;
pub use spawn::{SimSpawner, SimTask};
pub use stall::{Stall, StallKind, StalledTask};
use tasks::Tasks;

/// A deterministic executor: time passes only when no task can run.
///
/// Tasks run in the order in which they were woken. Tasks with equal deadlines are woken
/// in the order in which they first requested them.
///
/// Time does not wait for other threads or for the system, such as the descriptors and
/// buses of `tickwire-exec-std`. A task that only they can wake is reported as a
/// [deadlock](StallKind::Deadlock).
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Clock, Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// sim.run(clock.sleep(Duration::from_secs(86_400))); // A day, immediately.
/// assert_eq!(clock.now(), Instant::from_micros(86_400_000_000));
/// ```
#[derive(Debug)]
pub struct Sim {
    clock: SimClock,
    tasks: Rc<Tasks>,
    spin_limit: u32,
}

impl Sim {
    /// Creates a simulation at its epoch.
    pub fn new() -> Self {
        let clock = SimClock::new();
        Self { tasks: Rc::new(Tasks::new(clock.clone())), clock, spin_limit: 100_000 }
    }

    /// Sets how many polls may happen at one instant, beyond the first hundred of each task,
    /// before they count as a [`StallKind::Spin`]. The default is 100 000.
    ///
    /// Any number of tasks may therefore run at one instant, and a spin among many tasks is
    /// found after about as many polls as among few. A hundred tasks that spawn one another
    /// at one instant count as one task polled a hundred times.
    ///
    /// The same limit applies to planned edges that listeners [hear](crate::Wire::on_edge)
    /// while no task waits for time: beyond it, they count as a [`StallKind::Deadlock`],
    /// because listeners can plan edges forever.
    pub fn with_spin_limit(mut self, polls: u32) -> Self {
        self.spin_limit = polls;
        self
    }

    /// Makes the simulation late: tasks that wait for time are woken only at multiples of
    /// `period`. Applies [`SimClock::waking_every`] to each handle that
    /// [`clock`](Self::clock) returns.
    ///
    /// ```
    /// use tickwire_sim::Sim;
    /// use tickwire_traits::{Clock, Duration, Instant, Timer};
    ///
    /// let sim = Sim::new().waking_every(Duration::from_millis(7));
    /// sim.run(sim.clock().sleep(Duration::from_millis(10)));
    /// assert_eq!(sim.clock().now(), Instant::from_millis(14));
    /// ```
    pub fn waking_every(mut self, period: Duration) -> Self {
        self.clock = self.clock.waking_every(period);
        self
    }

    /// Returns the simulation's clock.
    pub fn clock(&self) -> SimClock {
        self.clock.clone()
    }

    /// Returns a handle that spawns tasks on this simulation.
    pub fn spawner(&self) -> SimSpawner {
        SimSpawner(self.tasks.clone())
    }

    /// Returns how often this simulation has polled a future, to show that a waiting task
    /// sleeps.
    ///
    /// ```
    /// use tickwire_sim::Sim;
    /// use tickwire_traits::{Duration, Timer};
    ///
    /// let sim = Sim::new();
    /// sim.run(sim.clock().sleep(Duration::from_secs(60)));
    /// assert_eq!(sim.polls(), 2); // One before the sleep, one after.
    /// ```
    pub fn polls(&self) -> u64 {
        self.tasks.polls.get()
    }

    /// Runs `main`, and all tasks that it spawns, until `main` ends.
    ///
    /// Remaining tasks continue in the next run, and are dropped with the
    /// simulation.
    ///
    /// # Panics
    ///
    /// With the report of [`try_run`](Self::try_run), and if called from inside a run. A panic
    /// of a task propagates to the caller; the simulation may be used again.
    #[track_caller]
    pub fn run<F: Future>(&self, main: F) -> F::Output {
        match self.try_run(main) {
            Ok(output) => output,
            Err(stall) => panic!("{stall}"),
        }
    }

    /// Runs `main`, and all tasks that it spawns, until `main` ends.
    ///
    /// # Errors
    ///
    /// [`Stall`], with the time and what each task waits for, if no task can ever wake, or if
    /// time cannot advance. `main` has been dropped; the simulation may be used again.
    ///
    /// # Panics
    ///
    /// If called from inside a run.
    pub fn try_run<F: Future>(&self, main: F) -> Result<F::Output, Stall> {
        let running = Running::enter(&self.tasks);
        let Running { own, waker, .. } = &running;
        let mut main = pin!(main);
        let mut cx = Context::from_waker(waker);
        // Steps of the clock since the last poll, while only plans of wires remain.
        let mut quiet = 0;
        loop {
            while let Some(id) = self.tasks.ready.pop() {
                quiet = 0;
                let now = self.clock.now();
                if id != own.id() {
                    self.tasks.poll(id, now);
                } else {
                    own.unqueue();
                    self.tasks.count_main(now);
                    if let Poll::Ready(output) = main.as_mut().poll(&mut cx) {
                        return Ok(output);
                    }
                }
                if self.tasks.instants.excess() > self.spin_limit {
                    return Err(self.stall(StallKind::Spin, main.as_mut(), &mut cx));
                }
            }
            quiet += u32::from(self.clock.nobody_sleeps());
            if quiet > self.spin_limit || !self.clock.jump() {
                return Err(self.stall(StallKind::Deadlock, main.as_mut(), &mut cx));
            }
        }
    }

    /// Polls every task once more, to record what it waits for.
    fn stall<F: Future>(&self, kind: StallKind, main: Pin<&mut F>, cx: &mut Context<'_>) -> Stall {
        let now = self.clock.now();
        let at = self.tasks.polled.get().unwrap_or(now);
        let mut progress = false;
        let mut tasks = Vec::new();
        let polls = self.tasks.main.get().polls_at(at);
        let (polled, waits_for) = self.clock.hear_waits(|| main.poll(cx));
        progress |= polled.is_ready();
        tasks.push(StalledTask { name: "main".into(), polls, waits_for });
        for (id, name, turns) in self.tasks.list() {
            let (ended, waits_for) = self.clock.hear_waits(|| self.tasks.poll(id, now));
            progress |= ended;
            tasks.push(StalledTask { name, polls: turns.polls_at(at), waits_for });
        }
        progress |= !self.tasks.ready.is_empty() || !self.clock.nobody_sleeps();
        let kind = match kind {
            StallKind::Deadlock if progress => StallKind::LostWake,
            kind => kind,
        };
        Stall { kind, at, tasks }
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.tasks.close();
    }
}

impl Default for Sim {
    fn default() -> Self {
        Self::new()
    }
}

/// The waker of a run's main future. Prevents a second `run` from starting inside the
/// first.
struct Running<'a> {
    tasks: &'a Tasks,
    own: Arc<TaskWaker>,
    waker: Waker,
}

impl<'a> Running<'a> {
    #[track_caller]
    fn enter(tasks: &'a Tasks) -> Self {
        assert!(!tasks.running.replace(true), "`Sim::run` was called inside a run");
        let own = tasks.begin_run();
        Self { tasks, waker: own.clone().into(), own }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.tasks.retire(&self.own, &self.waker);
        self.tasks.running.set(false);
    }
}
