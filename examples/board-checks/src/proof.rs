//! One check after another, and what they come to.

use core::fmt;
use core::future::ready;

use embassy_executor::Spawner;
use tickwire_conformance::{CHECKS, Progress, Totals, Unmet, Verdict, run_all};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_traits::{Clock, Duration, Instant};

use crate::bench::{ARENA, OnBoard};
use crate::{Board, checks, wraps};

/// The order of embassy's tasks is unspecified, and its time is not virtual.
const SKIPPED: u32 = 2;

/// What has been checked so far, on one board.
#[derive(Debug)]
pub struct Proof<'a, B> {
    board: &'a B,
    say: fn(fmt::Arguments<'_>),
    totals: Totals,
    expected: u32,
}

impl<'a, B: Board> Proof<'a, B> {
    /// Begins with nothing proven. `say` prints a line.
    pub fn new(board: &'a B, say: fn(fmt::Arguments<'_>)) -> Self {
        Self { board, say, totals: Totals::default(), expected: 0 }
    }

    /// Runs what every backend must pass, and then what this one must.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the checks that have not run are missing in the totals.
    pub async fn run(&mut self, spawner: Spawner) {
        checks::put(&checks::SPAWNER, Some(ARENA.with(spawner).make_send()));
        let began = (EmbassyClock.now(), self.board.stopwatch());
        self.expected += CHECKS.len() as u32 - SKIPPED;
        let (say, bench) = (self.say, OnBoard { board: self.board, spawner });
        let totals = run_all(&bench, |name, progress| tell(say, name, progress)).await;
        self.totals.passed += totals.passed;
        self.totals.skipped += totals.skipped;
        self.totals.failed += totals.failed;

        macro_rules! check_all {
            ($($check:ident,)*) => {
                $(self.check(stringify!($check), checks::$check(self.board)).await;)*
            };
        }
        check_all! {
            a_flag_set_by_an_interrupt_is_never_missed,
            a_storm_of_interrupts_is_one_readiness,
            no_alarm_is_slept_through,
            each_pass_is_worth_a_try,
            an_interrupt_spawns,
            an_interrupt_gives_tasks_up,
            an_interrupt_sees_the_same_time,
        }
        let verdict = self.clocks_have_run_alike(began);
        self.check("clock_and_stopwatch_run_alike", ready(verdict)).await;
    }

    /// Runs what is asked of time where a counter of its driver wraps. `wrap_after` tells
    /// when that happens next.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the checks that have not run are missing in the totals.
    pub async fn wraps(&mut self, wrap_after: fn(Instant) -> Instant) {
        let check = wraps::time_goes_on_over_a_wrap(self.board, wrap_after);
        self.check("time_goes_on_over_a_wrap", check).await;
        let check = wraps::alarms_around_a_wrap_are_kept(self.board, wrap_after);
        self.check("alarms_around_a_wrap_are_kept", check).await;
    }

    /// Runs what is asked of a driver that puts the time together of a counter and its wraps,
    /// or of two halves. It sleeps until 200 wraps.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the check is missing in the totals.
    pub async fn many_wraps(&mut self, wrap_after: fn(Instant) -> Instant) {
        let check = wraps::time_is_never_torn(self.board, wrap_after);
        self.check("time_is_never_torn", check).await;
    }

    /// Runs one check more.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the check is missing in the totals.
    pub async fn check(&mut self, name: &'static str, check: impl Future<Output = Verdict>) {
        self.expected += 1;
        tell(self.say, name, Progress::Begins);
        let progress = self.totals.add(check.await);
        tell(self.say, name, progress);
    }

    /// Says how many checks ended in which way, and when, and returns whether all did as
    /// they should: none failed, and none was left out.
    pub fn end(self) -> bool {
        let Totals { passed, skipped, failed } = self.totals;
        let micros = EmbassyClock.now().as_micros();
        (self.say)(format_args!(
            "{passed} passed, {skipped} skipped, {failed} failed; {micros} us\n"
        ));
        self.totals == Totals { passed: self.expected, skipped: SKIPPED, failed: 0 }
    }

    /// Whatever has happened since `began`, clock and stopwatch have counted the same
    /// time, but for what passes between two looks.
    fn clocks_have_run_alike(&self, began: (Instant, Instant)) -> Verdict {
        let by_clock = EmbassyClock.now() - began.0;
        let by_stopwatch = self.board.stopwatch() - began.1;
        let apart = by_clock.max(by_stopwatch) - by_clock.min(by_stopwatch);
        if apart <= Duration::from_micros(100) {
            return Ok(());
        }
        Err(Unmet::Failed("the clock and the stopwatch do not run alike"))
    }
}

fn tell(say: fn(fmt::Arguments<'_>), name: &str, progress: Progress) {
    // One line a check. The last name of a program that hangs would be missing: so it
    // is said before, without the end of its line.
    match progress {
        Progress::Begins => say(format_args!("{name}: ")),
        ended => say(format_args!("{ended}\n")),
    }
}
