//! What every backend must pass: the promises of `tickwire-traits`, as async
//! functions that run wherever futures do, on a microcontroller too.
//!
//! A backend implements [`Bench`] in its tests, where it says what it has, and
//! awaits [`run_all`] as its main task. Each check has a name and ends within
//! [`PATIENCE`], or has failed; what fails is told in a `&'static str`, since there
//! may be nothing to format with. A source that is waited for is given to
//! [`readiness::of`].
//!
//! Nothing is allocated. What tasks share is in one [`Scratch`], which lives for
//! ever; four of them run at once, and the largest is of some 100 bytes on a 32-bit
//! machine. The checks take about a second of the clock's time.
//!
//! That each check can fail is shown in `sim/tests/conformance`, by backends that
//! are broken in one way each.
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

/// For how long a check may run before it is taken to hang, in the clock's time.
pub const PATIENCE: Duration = Duration::from_secs(60);

macro_rules! checks {
    ($($module:ident::$check:ident,)*) => {
        /// The names of all checks, in the order in which they run.
        pub const CHECKS: &[&str] = &[$(stringify!($check)),*];

        /// Runs every check, one after another, and tells `report` before and after
        /// each.
        ///
        /// A check that hangs has failed, and the next one runs. Only if the clock wakes
        /// nobody any more there is no next one; then the last name told is that of the
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
                    // Whom it has left waiting goes, and leaves a slot for the next.
                    bench.scratch().go.set();
                    helpers::settle(&bench.clock()).await;
                }
                report(name, totals.add(verdict));
            })*
            totals
        }
    };
}

// The simplest promises first: what comes later leans on them.
checks! {
    clock::time_is_monotonic,
    clock::time_moves_as_the_resolution_says,
    sleeps::past_deadlines_resolve_at_once,
    sleeps::sleeps_are_never_early,
    sleeps::virtual_time_is_exact,
    sleeps::who_sleeps_is_not_polled,
    sleeps::the_earlier_deadline_counts,
    sleeps::deadlines_that_never_come_do_no_harm,
    sleeps::a_thousand_sleeps_in_one_task,
    sleeps::dropped_sleeps_wake_once_at_most,
    sleeps::ticks_are_even,
    spawn::the_end_of_a_task_is_told_after_its_drop,
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
    polls::who_yields_takes_turns,
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

/// Awaits `check` for as long as patience lasts.
///
/// It is not a generic function: there are many checks, and little flash.
async fn watched<C: Timer>(clock: &C, check: Pin<&mut dyn Future<Output = Verdict>>) -> Verdict {
    let deadline = clock.now() + PATIENCE;
    match clock.timeout_at(deadline, check).await {
        Err(_) => Err(Unmet::Failed("it hangs")),
        // The watchdog polled it: who should have woken it had not.
        Ok(Ok(())) if clock.now() >= deadline => Err(Unmet::Failed("a wake-up was lost")),
        Ok(verdict) => verdict,
    }
}
