//! Virtual time conforms as a backend; and backends with one flaw each show that each check
//! of the conformance suite can fail.

mod clock;
mod ports;
mod sources;
mod spawner;

use std::cell::RefCell;
use std::task::Waker;

use tickwire_conformance::{Bench, CHECKS, Order, Progress, Scratch, TASKS, Totals, run_all};
use tickwire_sim::{Pace, Sim, SimClock, SimSpawner};
use tickwire_traits::{Clock as _, Duration, Instant, JoinHandle as _};

use clock::Clock;
use spawner::Spawner;

/// The flaw of a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    None,
    // Of the clock:
    GoesBack,
    HasTicksThatItDenies,
    DeniesThatTimeStandsStill,
    RunsAtDoubleSpeed,
    IgnoresPastDeadlines,
    WakesLate,
    WakesEverySevenMilliseconds,
    WakesForeignWakersLate,
    WakesEveryTenthOfAMillisecond,
    KeepsTheFirstDeadline,
    CutsDeadlinesTo32Bits,
    KeepsAnEntryForEachAsk,
    LosesOneInSixHundred,
    HasRoomForFourSleepers,
    IgnoresForeignWakers,
    TakesForeignWakersFourTimes,
    // Of the spawner:
    ReportsTheEndBeforeTheDrop,
    CancelDoesNotDrop,
    CancelThatIsDroppedDetaches,
    DroppedHandleDetaches,
    FinishesBeforeTheEnd,
    NeverFinishes,
    DetachCancels,
    HasASlotTooMany,
    StaysFull,
    KeepsWhatItRefuses,
    CancelledTasksKeepTheirSlots,
    EndedTasksKeepTheirSlots,
    PollsTwice,
    LosesWakesDuringPolls,
    PollsYieldingTasksAgain,
    EveryOtherTaskIsSlow,
    WakesOfTheDeadStopTheLiving,
    // Of the other context:
    LosesWakesFromElsewhere,
    LosesForeignWakesFromElsewhere,
}

struct OnSim {
    clock: Clock,
    spawner: Spawner,
    slots: Option<usize>,
    flaw: Flaw,
    step: Duration,
    scratch: &'static Scratch,
    /// The simulation's own clock.
    time: SimClock,
    elsewhere: SimSpawner,
}

impl OnSim {
    fn new(sim: &Sim, slots: Option<usize>, flaw: Flaw) -> Self {
        Self {
            clock: Clock::new(sim.clock(), flaw),
            spawner: Spawner::new(sim.spawner(), slots, flaw),
            slots,
            flaw,
            step: Duration::ZERO,
            scratch: Box::leak(Box::default()),
            time: sim.clock(),
            elsewhere: sim.spawner(),
        }
    }
}

impl Bench for OnSim {
    type Clock = Clock;
    type Spawner = Spawner;

    fn clock(&self) -> Clock {
        self.clock.clone()
    }

    fn spawner(&self) -> Spawner {
        self.spawner.clone()
    }

    fn scratch(&self) -> &'static Scratch {
        self.scratch
    }

    fn wake_elsewhere(&self, waker: Waker) {
        let lost = match self.flaw {
            Flaw::LosesWakesFromElsewhere => true,
            Flaw::LosesForeignWakesFromElsewhere => self.clock.is_foreign(&waker),
            _ => false,
        };
        if !lost {
            self.elsewhere.spawn_named("elsewhere", async { waker.wake() }).detach();
        }
    }

    fn slots(&self) -> Option<usize> {
        self.slots
    }

    fn order(&self) -> Order {
        Order::Fifo
    }

    fn timer_step(&self) -> Duration {
        self.step
    }

    fn stopwatch(&self) -> Instant {
        self.time.now()
    }
}

/// Runs all checks. Returns the failures, and the totals if the simulation did not
/// stall.
fn run(slots: Option<usize>, flaw: Flaw) -> (Vec<(&'static str, String)>, Option<Totals>) {
    run_at(Pace::Punctual, slots, flaw)
}

fn run_at(
    pace: Pace,
    slots: Option<usize>,
    flaw: Flaw,
) -> (Vec<(&'static str, String)>, Option<Totals>) {
    let sim = pace.sim();
    let bench = OnSim::new(&sim, slots, flaw);
    run_bench(&sim, &bench)
}

fn run_bench(sim: &Sim, bench: &OnSim) -> (Vec<(&'static str, String)>, Option<Totals>) {
    let failed = RefCell::new(Vec::new());
    let begun = RefCell::new(Vec::new());
    let totals = sim.try_run(run_all(bench, |check, progress| match progress {
        Progress::Begins => begun.borrow_mut().push(check),
        Progress::Failed(what) => failed.borrow_mut().push((check, what.to_owned())),
        _ => {}
    }));
    let mut failed = failed.into_inner();
    let totals = totals.map_err(|stall| {
        failed.push((begun.borrow().last().unwrap(), format!("{:?}", stall.kind)));
    });
    (failed, totals.ok())
}

#[test]
fn virtual_time_conforms() {
    let (failed, totals) = run(None, Flaw::None);
    assert_eq!(failed, []);
    // There is no pool.
    let passed = CHECKS.len() as u32 - 1;
    assert_eq!(totals, Some(Totals { passed, skipped: 1, failed: 0 }));
}

#[test]
fn so_it_does_with_as_many_slots_as_the_checks_need() {
    for slots in [TASKS, TASKS + 3] {
        let (failed, totals) = run(Some(slots), Flaw::None);
        assert_eq!(failed, []);
        let passed = CHECKS.len() as u32;
        assert_eq!(totals, Some(Totals { passed, skipped: 0, failed: 0 }));
    }
}

/// As late as the patience of the checks allows: a thousand sleeps, one after another, take
/// ten seconds at most.
const PACES: [Pace; 2] =
    [Pace::Late(Duration::from_millis(7)), Pace::Busy(Duration::from_millis(7))];

#[test]
fn a_late_executor_conforms_but_for_the_exactness_of_its_time() {
    for pace in PACES {
        let (failed, totals) = run_at(pace, Some(TASKS), Flaw::None);
        let late = ("virtual_time_is_exact", "virtual time went past a deadline".to_owned());
        assert_eq!(failed, [late], "{pace:?}");
        let passed = CHECKS.len() as u32 - 1;
        assert_eq!(totals, Some(Totals { passed, skipped: 0, failed: 1 }), "{pace:?}");
    }
}

#[test]
fn a_timer_with_steps_conforms_if_it_says_so() {
    let late = ("virtual_time_is_exact", "virtual time went past a deadline".to_owned());
    for (step, expected) in [(6_999, vec![late]), (7_000, vec![])] {
        let sim = Pace::Late(Duration::from_millis(7)).sim();
        let step = Duration::from_micros(step);
        let bench = OnSim { step, ..OnSim::new(&sim, Some(TASKS), Flaw::None) };
        let (failed, _) = run_bench(&sim, &bench);
        assert_eq!(failed, expected, "{step:?}");
    }
}

/// Checks that a backend with `flaw` fails `check` with the text `what`.
#[track_caller]
fn check(flaw: Flaw, check: &str, what: &str) {
    let (failed, _) = run(Some(TASKS + 2), flaw);
    let caught = failed.iter().any(|(name, why)| (*name, &**why) == (check, what));
    assert!(caught, "{check} did not catch {flaw:?}; what failed is {failed:#?}");
}

/// Each flaw, the check that has to catch it, and the failure text.
const MEANT: &[(Flaw, &str, &str)] = &[
    (Flaw::GoesBack, "time_is_monotonic", "time went back"),
    (
        Flaw::DeniesThatTimeStandsStill,
        "time_moves_as_the_resolution_says",
        "the clock has ticks, but time stood still while a task ran",
    ),
    (Flaw::IgnoresPastDeadlines, "past_deadlines_resolve_at_once", "the check hangs"),
    (Flaw::RunsAtDoubleSpeed, "sleeps_are_never_early", "a sleep was short"),
    (Flaw::HasTicksThatItDenies, "virtual_time_is_exact", "virtual time went past a deadline"),
    (Flaw::WakesLate, "virtual_time_is_exact", "virtual time went past a deadline"),
    (
        Flaw::WakesEverySevenMilliseconds,
        "virtual_time_is_exact",
        "virtual time went past a deadline",
    ),
    (
        Flaw::WakesForeignWakersLate,
        "virtual_time_is_exact",
        "virtual time went past the deadline of a child",
    ),
    (
        Flaw::WakesEveryTenthOfAMillisecond,
        "sleeping_tasks_are_not_polled",
        "a sleeping task was polled repeatedly",
    ),
    (
        Flaw::KeepsTheFirstDeadline,
        "the_earlier_deadline_counts",
        "the later of two deadlines came first",
    ),
    (Flaw::CutsDeadlinesTo32Bits, "deadlines_that_never_come_do_no_harm", "Spin"),
    (Flaw::LosesOneInSixHundred, "a_thousand_sleeps_in_one_task", "the check hangs"),
    (
        Flaw::HasRoomForFourSleepers,
        "a_thousand_sleeps_in_four_tasks",
        "a sleeping task was not woken",
    ),
    (
        Flaw::KeepsAnEntryForEachAsk,
        "dropped_sleeps_wake_once_at_most",
        "dropped sleeps keep waking their task",
    ),
    (Flaw::IgnoresForeignWakers, "foreign_wakers_sleep", "the check hangs"),
    (Flaw::TakesForeignWakersFourTimes, "wakers_outlive_their_group", "the check hangs"),
    (
        Flaw::ReportsTheEndBeforeTheDrop,
        "the_end_of_a_task_is_reported_after_its_drop",
        "the end of a task was reported before its future was dropped",
    ),
    (
        Flaw::FinishesBeforeTheEnd,
        "a_task_is_finished_when_its_future_is_gone",
        "a task that had not begun was finished",
    ),
    (
        Flaw::NeverFinishes,
        "a_task_is_finished_when_its_future_is_gone",
        "a task that returned is not finished",
    ),
    (
        Flaw::CancelDoesNotDrop,
        "cancel_has_dropped_the_task_when_it_resolves",
        "cancel did not drop a task that had not begun",
    ),
    (
        Flaw::CancelThatIsDroppedDetaches,
        "a_cancel_that_is_dropped_cancels",
        "a dropped cancel did not cancel",
    ),
    (
        Flaw::DroppedHandleDetaches,
        "dropping_a_handle_cancels",
        "dropping a handle did not cancel its task",
    ),
    (
        Flaw::DroppedHandleDetaches,
        "a_cancelled_task_takes_its_own_tasks_along",
        "a task outlived its owner",
    ),
    (Flaw::DetachCancels, "a_detached_task_goes_on", "detaching a task stopped it"),
    (
        Flaw::HasASlotTooMany,
        "a_full_pool_refuses_and_recovers",
        "the pool has more slots than declared",
    ),
    (Flaw::StaysFull, "a_full_pool_refuses_and_recovers", "a cancelled task did not free its slot"),
    (
        Flaw::KeepsWhatItRefuses,
        "a_full_pool_refuses_and_recovers",
        "a refused task was not dropped",
    ),
    (Flaw::CancelledTasksKeepTheirSlots, "slots_are_used_again", "no slot was free for a task"),
    (Flaw::EndedTasksKeepTheirSlots, "slots_are_used_again", "no slot was free for a task"),
    (
        Flaw::WakesOfTheDeadStopTheLiving,
        "a_late_wake_of_the_dead_is_harmless",
        "the waker of an ended task prevented another from beginning",
    ),
    (Flaw::PollsTwice, "a_wake_is_one_poll", "a task was polled more often than it was woken"),
    (Flaw::LosesWakesDuringPolls, "a_wake_during_a_poll_counts", "the check hangs"),
    (
        Flaw::PollsYieldingTasksAgain,
        "yielding_tasks_take_turns",
        "one task had two turns while another had none",
    ),
    (
        Flaw::EveryOtherTaskIsSlow,
        "equals_run_in_the_order_of_waking",
        "equal deadlines did not wake in the order of registration",
    ),
    (
        Flaw::LosesWakesFromElsewhere,
        "a_wake_from_elsewhere_is_heard",
        "a task woken from elsewhere was not polled",
    ),
    (Flaw::LosesWakesFromElsewhere, "a_signal_is_never_missed", "the check hangs"),
    (
        Flaw::LosesForeignWakesFromElsewhere,
        "foreign_wakers_are_woken_from_elsewhere",
        "the check hangs",
    ),
];

/// These check that code shared by all backends runs on this one. No backend is known that
/// fails only these.
const OF_SHARED_CODE: &[&str] = &[
    "ticks_are_even",
    "a_period_goes_on_over_dropped_waits",
    "a_timeout_keeps_what_is_ready",
    "a_select_drops_its_losers",
    "a_group_cancels_one_child",
    "a_mutex_is_handed_over_in_line",
    "a_queue_keeps_order_between_tasks",
    "a_bouncing_contact_is_debounced",
];

#[test]
fn each_flaw_is_caught_by_the_check_that_is_meant_for_it() {
    MEANT.iter().for_each(|(flaw, meant, what)| check(*flaw, meant, what));
}

#[test]
fn each_check_is_meant_for_a_flaw() {
    let meant = |check: &&str| {
        MEANT.iter().any(|(_, meant, _)| meant == check) || OF_SHARED_CODE.contains(check)
    };
    assert_eq!(CHECKS.iter().filter(|check| !meant(check)).collect::<Vec<_>>(), [&""; 0]);
}
