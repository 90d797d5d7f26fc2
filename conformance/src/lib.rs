//! Checks that every backend must pass: the promises of `tickwire-traits`, as async
//! functions that run wherever futures do, even on a microcontroller.
//!
//! In its tests, a backend implements [`Bench`] to describe itself, and awaits [`run_all`]
//! as its main task. Each check has a name, and fails if it does not end within
//! [`PATIENCE`]. Failures are of type `&'static str`, since there may be no formatting.
//! To check a source of readiness, pass it to [`readiness::of`].
//!
//! The checks do not allocate. Tasks share state in one [`Scratch`], which lives forever.
//! Four tasks run at once, and the largest has some 100 bytes on a 32-bit machine. The
//! checks take about a second of the clock's time. A backend that wakes no task hangs, so a
//! test in real time needs a limit of its own.
//!
//! On a computer, a backend's tests need an implementation of critical sections: the feature
//! `std` of `tickwire-sync`, as a development dependency. `examples/backend-tokio` is a
//! complete backend with its test.
//!
//! `sim/tests/conformance` shows that each check can fail, with backends that have one
//! flaw each.
#![no_std]
#![forbid(unsafe_code)]

mod bench;
mod helpers;
mod scratch;
mod verdict;

pub mod clock;
pub mod driver;
pub mod meeting;
pub mod polls;
pub mod pool;
pub mod readiness;
pub mod sleeps;
pub mod spawn;
pub mod wakers;

use core::future::Future;
use core::pin::{Pin, pin};

use tickwire_traits::{Duration, Timer};

pub use bench::{Bench, Order, TASKS};
pub use helpers::until;
pub use scratch::Scratch;
pub use verdict::{Progress, Totals, Unmet, Verdict, expect};

/// The time after which a check counts as hanging, by the clock under test.
pub const PATIENCE: Duration = Duration::from_secs(60);

macro_rules! checks {
    ($($module:ident::$check:ident,)*) => {
        /// The names of all checks, in the order in which they run.
        pub const CHECKS: &[&str] = &[$(stringify!($check)),*];

        /// Runs every check, one after another, and calls `report` before and after
        /// each.
        ///
        /// A check that hangs has failed, and the next one runs. If the clock stops waking tasks,
        /// no further check runs; the name reported last is then that of the hanging
        /// check.
        pub async fn run_all<B: Bench>(
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
    clock::time_is_monotonic,
    clock::time_moves_as_the_resolution_says,
    sleeps::past_deadlines_resolve_at_once,
    sleeps::sleeps_are_never_early,
    sleeps::virtual_time_is_exact,
    sleeps::sleeping_tasks_are_not_polled,
    sleeps::the_earlier_deadline_counts,
    sleeps::deadlines_that_never_come_do_no_harm,
    sleeps::a_thousand_sleeps_in_one_task,
    sleeps::dropped_sleeps_wake_once_at_most,
    sleeps::ticks_are_even,
    spawn::the_end_of_a_task_is_reported_after_its_drop,
    spawn::a_task_is_finished_when_its_future_is_gone,
    spawn::cancel_has_dropped_the_task_when_it_resolves,
    spawn::a_cancel_that_is_dropped_cancels,
    spawn::dropping_a_handle_cancels,
    spawn::a_detached_task_goes_on,
    spawn::a_cancelled_task_takes_its_own_tasks_along,
    pool::a_full_pool_refuses_and_recovers,
    pool::slots_are_used_again,
    pool::a_late_wake_of_the_dead_is_harmless,
    polls::a_wake_is_one_poll,
    polls::a_wake_during_a_poll_counts,
    polls::yielding_tasks_take_turns,
    polls::equals_run_in_the_order_of_waking,
    sleeps::a_thousand_sleeps_in_four_tasks,
    wakers::a_wake_from_elsewhere_is_heard,
    wakers::foreign_wakers_sleep,
    wakers::foreign_wakers_are_woken_from_elsewhere,
    wakers::wakers_outlive_their_group,
    readiness::a_signal_is_never_missed,
    readiness::a_period_goes_on_over_dropped_waits,
    meeting::a_timeout_keeps_what_is_ready,
    meeting::a_select_drops_its_losers,
    meeting::a_group_cancels_one_child,
    meeting::a_mutex_is_handed_over_in_line,
    meeting::a_queue_keeps_order_between_tasks,
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
