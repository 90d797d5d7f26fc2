//! Checks that every backend must pass: the promises of `tickwire-traits`, as async
//! functions that run wherever futures do, even on a microcontroller.
//!
//! In its tests, a backend implements [`Bench`] to describe itself, and awaits [`run_all`]
//! as its main task. [`CHECKS`] lists what is promised. A check fails if it does not end
//! within [`PATIENCE`]. Failures are of type `&'static str`, since there may be no formatting.
//!
//! ```
//! use std::task::Waker;
//! use tickwire_conformance::{Bench, Order, Progress, Scratch, run_all};
//! use tickwire_sim::{Sim, SimClock, SimSpawner};
//! use tickwire_traits::JoinHandle;
//!
//! struct OnSim {
//!     clock: SimClock,
//!     spawner: SimSpawner,
//! }
//!
//! impl Bench for OnSim {
//!     type Clock = SimClock;
//!     type Spawner = SimSpawner;
//!
//!     fn clock(&self) -> SimClock {
//!         self.clock.clone()
//!     }
//!
//!     fn spawner(&self) -> SimSpawner {
//!         self.spawner.clone()
//!     }
//!
//!     fn scratch(&self) -> &'static Scratch {
//!         static SCRATCH: Scratch = Scratch::new();
//!         &SCRATCH
//!     }
//!
//!     fn wake_elsewhere(&self, waker: Waker) {
//!         // A backend in real time uses a thread or an interrupt.
//!         self.spawner.spawn_named("elsewhere", async { waker.wake() }).detach();
//!     }
//!
//!     fn slots(&self) -> Option<usize> {
//!         None // It allocates.
//!     }
//!
//!     fn order(&self) -> Order {
//!         Order::Fifo
//!     }
//! }
//!
//! let sim = Sim::new();
//! let bench = OnSim { clock: sim.clock(), spawner: sim.spawner() };
//! let totals = sim.run(run_all(&bench, |check, progress| {
//!     if let Progress::Failed(broken) = progress {
//!         println!("{check}: {broken}");
//!     }
//! }));
//! assert_eq!(totals.failed, 0);
//! ```
//!
//! # Writing a backend
//!
//! What a backend has to do is in the sections "For implementers" of
//! [`TimerQueue`](tickwire_traits::TimerQueue#for-implementers) and
//! [`Spawn`](tickwire_traits::Spawn#for-implementers). With an allocator, the crate
//! `tickwire-wake-queue` keeps the sleeping wakers. Two examples are whole backends with their
//! tests: [one on tokio][tokio] allocates, [one on RTIC][rtic] does not. In the manifest of a
//! test on a computer:
//!
//! ```toml
//! [dev-dependencies]
//! tickwire-conformance = { version = "0.1", features = ["std"] }
//! ```
//!
//! Every check needs timers: a backend whose timers never wake hangs in the first one that
//! sleeps. A timer that is always early fails, because its tasks spin.
//!
//! # What is not checked
//!
//! - What happens to a task that panics.
//! - What handles and spawners do after the end of the run. A spawner returns
//!   [`SpawnError::NotRunning`](tickwire_traits::SpawnError::NotRunning).
//! - That a detached task, whose destructor spawns, does not lose its slot to what it spawns.
//!
//! # What may be skipped
//!
//! A check that does not apply is skipped, and says why: `virtual_time_is_exact` if the
//! clock's resolution is not zero, `equals_run_in_the_order_of_waking` if the order is
//! [unspecified](Order::Unspecified), and `a_full_pool_refuses_and_recovers` if there is
//! [always a slot](Bench::slots). A backend's test should compare the number of skipped checks
//! as well, so that none is skipped by mistake.
//!
//! # On a computer
//!
//! The checks take about a second of the clock's time. A backend that wakes no task hangs, so a
//! test in real time needs a limit of its own. The checks need an implementation of critical
//! sections: enable the feature `std` of this crate. Without one, the linker misses
//! `_critical_section_1_0_acquire`. [A backend on tokio][tokio] has such a test.
//!
//! # On a microcontroller
//!
//! The checks do not allocate. Tasks share state in one [`Scratch`], a `static`. Up to [`TASKS`]
//! tasks run at once, and the largest takes 128 bytes on a 32-bit machine, if the clock takes
//! none. At the same time, a task group with as many children sleeps, so a bounded timer queue
//! needs room for twice as many wakers and a few more. The report may print to a debugger.
//! [A backend on RTIC][rtic] has such a program, for an emulator.
//!
//! # What the backend has beyond tasks and time
//!
//! Pass each of its sources of readiness to [`readiness::of`], a pin with edges to
//! [`driver::on_a_pin`], and a port whose speed can be changed to [`speed::of`].
//!
//! That each check can fail is shown by [backends with one flaw each][flaws].
//!
//! [tokio]: https://github.com/tickwire/tickwire/blob/main/examples/backend-tokio/tests/conformance.rs
//! [rtic]: https://github.com/tickwire/tickwire/blob/main/examples/backend-rtic/src/bin/conformance.rs
//! [flaws]: https://github.com/tickwire/tickwire/blob/main/sim/tests/conformance/main.rs
#![no_std]
#![forbid(unsafe_code)]

mod bench;
mod clock;
pub mod driver;
mod helpers;
mod meeting;
mod polls;
mod pool;
pub mod readiness;
mod scratch;
mod sleeps;
mod spawn;
pub mod speed;
mod verdict;
mod wakers;

use core::future::Future;
use core::pin::{Pin, pin};

use tickwire_traits::{Duration, Timer};

pub use bench::{Bench, Order, TASKS};
pub use helpers::until;
pub use scratch::Scratch;
pub use verdict::{Progress, Totals, Unmet, Verdict, expect};

/// The time after which a check counts as hanging, by the clock under test.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Runs every check, one after another, and calls `report` before and after
/// each.
///
/// A check that hangs has failed, and the next one runs. If the clock stops waking tasks,
/// no further check runs; the name reported last is then that of the hanging
/// check.
///
/// # Cancel safety
///
/// Cancel-safe, except that tasks of the running check may go on: use another scratch to run the
/// checks again.
pub async fn run_all<B: Bench>(bench: &B, report: impl FnMut(&'static str, Progress)) -> Totals {
    run_each(bench, report).await
}

macro_rules! checks {
    ($($(#[doc = $promise:literal])* $module:ident::$check:ident,)*) => {
        /// The names of all checks, in the order in which they run.
        ///
        $(
            #[doc = concat!("- `", stringify!($check), "`:")]
            $(#[doc = $promise])*
        )*
        pub const CHECKS: &[&str] = &[$(stringify!($check)),*];

        async fn run_each<B: Bench>(
            bench: &B,
            mut report: impl FnMut(&'static str, Progress),
        ) -> Totals {
            let mut totals = Totals::default();
            $({
                let name = stringify!($check);
                report(name, Progress::Begins);
                bench.scratch().reset();
                let verdict = watched(&bench.clock(), pin!($module::$check(bench))).await;
                if verdict.is_err() {
                    // Releases tasks that the failed check left waiting, to free their slots.
                    bench.scratch().go.set();
                    helpers::settle(&bench.clock()).await;
                }
                report(name, totals.add(verdict));
            })*
            totals
        }
    };
}

// The simplest promises first: later checks depend on them.
checks! {
    /// No reading is earlier than a previous one, across all handles.
    clock::time_is_monotonic,
    /// Time stands still during a poll exactly if the clock reports a resolution of
    /// zero.
    clock::time_moves_as_the_resolution_says,
    /// A past deadline does not delay its task, and is not missed.
    sleeps::past_deadlines_resolve_at_once,
    /// A sleep lasts for at least the requested time.
    sleeps::sleeps_are_never_early,
    /// If time stands still while a task runs, no task is late by a
    /// [step](Bench::timer_step) of the timer, and no child with a waker of its own.
    sleeps::virtual_time_is_exact,
    /// A sleeping task is not polled: a backend may not spin, or tick.
    sleeps::sleeping_tasks_are_not_polled,
    /// A task with several deadlines is woken at the earliest, whichever was requested first. If
    /// that deadline is lost, the check hangs.
    sleeps::the_earlier_deadline_counts,
    /// No deadline overflows into a near or past one.
    sleeps::deadlines_that_never_come_do_no_harm,
    /// No short sleep out of a thousand, one after another, is lost.
    sleeps::a_thousand_sleeps_in_one_task,
    /// A thousand dropped sleeps are one entry: they cause one spurious wake, and take no
    /// space.
    sleeps::dropped_sleeps_wake_once_at_most,
    /// A ticker keeps to its grid, and reports missed ticks.
    sleeps::ticks_are_even,
    /// A task that awaits another is notified of its end once its future has been dropped. The
    /// wait may be dropped and repeated.
    spawn::the_end_of_a_task_is_reported_after_its_drop,
    /// A task is finished once its future has been dropped, and not before, whether or not its
    /// exit was read.
    spawn::a_task_is_finished_when_its_future_is_gone,
    /// Cancel drops the task's future before it resolves, whatever the task
    /// does.
    spawn::cancel_has_dropped_the_task_when_it_resolves,
    /// A cancel that was polled, or only called, and then dropped, still cancels.
    spawn::a_cancel_that_is_dropped_cancels,
    /// Dropping a handle cancels its task, even if the handle was awaited.
    spawn::dropping_a_handle_cancels,
    /// A task without an owner ends by itself.
    spawn::a_detached_task_goes_on,
    /// A cancelled task drops everything it owns, including other tasks.
    spawn::a_cancelled_task_takes_its_own_tasks_along,
    /// A full pool returns an error and drops the task; a task that ends frees its slot.
    pool::a_full_pool_refuses_and_recovers,
    /// Slots are reused by a thousand tasks, one after another, that end in every way.
    pool::slots_are_used_again,
    /// A waker that outlives its task causes at most a spurious wake of the slot's next task.
    pool::a_late_wake_of_the_dead_is_harmless,
    /// A task is polled once per wake, however often it is woken before it runs.
    polls::a_wake_is_one_poll,
    /// A task that is woken during its poll is polled again.
    polls::a_wake_during_a_poll_counts,
    /// A task that is always awake does not keep others from running: each is polled once
    /// per pass.
    polls::yielding_tasks_take_turns,
    /// Tasks are polled in the order of waking; with equal deadlines, of registration.
    polls::equals_run_in_the_order_of_waking,
    /// No sleep is lost if deadlines overtake one another.
    sleeps::a_thousand_sleeps_in_four_tasks,
    /// A wake from a thread or an interrupt reaches its task.
    wakers::a_wake_from_elsewhere_is_heard,
    /// Each child of a group has a waker that is not the executor's. A child sleeps like a task,
    /// and no sibling is polled for it.
    wakers::foreign_wakers_sleep,
    /// A waker that wraps the executor's own forwards a wake from elsewhere.
    wakers::foreign_wakers_are_woken_from_elsewhere,
    /// The queue keeps wakers of dropped children, and wakes them at their deadlines. At most,
    /// the slots' next owners are polled spuriously.
    wakers::wakers_outlive_their_group,
    /// A minimal source, raised by a task and woken from elsewhere, loses no wake.
    readiness::a_signal_is_never_missed,
    /// A source that is polled periodically keeps its period, however often the wait is
    /// dropped.
    readiness::a_period_goes_on_over_dropped_waits,
    /// A timeout returns a result that is ready at the deadline.
    meeting::a_timeout_keeps_what_is_ready,
    /// A select returns the first of two sleeps, and drops the other's deadline.
    meeting::a_select_drops_its_losers,
    /// Cancelling a child of a group does not disturb its siblings.
    meeting::a_group_cancels_one_child,
    /// A mutex is granted in queue order, across tasks and awaits.
    meeting::a_mutex_is_handed_over_in_line,
    /// Items pass between tasks in order, even if both ends wait, and none is lost.
    meeting::a_queue_keeps_order_between_tasks,
    /// A contact that bounces when it closes and opens causes two changes.
    driver::a_bouncing_contact_is_debounced,
}

/// Awaits `check` for [`PATIENCE`] at most.
///
/// It is not generic over the check: there are many checks, and little flash.
async fn watched<C: Timer>(clock: &C, check: Pin<&mut dyn Future<Output = Verdict>>) -> Verdict {
    let deadline = clock.now() + PATIENCE;
    match clock.timeout_at(deadline, check).await {
        Err(_) => Err(Unmet::Failed("the check hangs")),
        // Polled only because of the deadline: the wake that it waited for was lost.
        Ok(Ok(())) if clock.now() >= deadline => Err(Unmet::Failed("a wake-up was lost")),
        Ok(verdict) => verdict,
    }
}
