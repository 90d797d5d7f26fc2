//! What can be asked of this backend where there is an interrupt.

use core::cell::Cell;
use core::future::{pending, ready};

use critical_section::Mutex;
use tickwire_conformance::{Unmet, Verdict, expect, readiness, until};
use tickwire_exec_embassy::{ArenaTask, EmbassyClock, IrqFlag, SendArenaSpawner};
use tickwire_traits::{
    Clock, Duration, Elapsed, Exit, Instant, Interest, JoinHandle, PollEachPass, ReadinessExt,
    SpawnError, Timer,
};

use crate::Board;
use crate::bench::{ARENA, BYTES, SLOTS};
use crate::interrupt::{Request, ask};
use crate::wraps::LATE;

const CLOCK: EmbassyClock = EmbassyClock;

static FLAG: IrqFlag = IrqFlag::new();

/// Spawns from an interrupt.
pub(crate) static SPAWNER: Mutex<Cell<Option<SendArenaSpawner<BYTES, SLOTS>>>> =
    Mutex::new(Cell::new(None));

/// What an interrupt has spawned, or is to give up.
static SPAWNED: Mutex<Cell<Option<Result<ArenaTask, SpawnError>>>> = Mutex::new(Cell::new(None));

/// When an interrupt has looked at the clock.
static SEEN: Mutex<Cell<Instant>> = Mutex::new(Cell::new(Instant::MAX));

/// A flag that an interrupt sets is a source as it should be.
pub(crate) async fn a_flag_set_by_an_interrupt_is_never_missed(board: &impl Board) -> Verdict {
    let Some(mut claim) = FLAG.claim() else { return Err(Unmet::Failed("the flag is claimed")) };
    let raise = || {
        ask(board, Request::Call(|| FLAG.set()));
    };
    readiness::of(&CLOCK, &mut claim, raise, |_| ()).await
}

/// Ten thousand interrupts between two looks are one.
pub(crate) async fn a_storm_of_interrupts_is_one_readiness(board: &impl Board) -> Verdict {
    let Some(mut claim) = FLAG.claim() else { return Err(Unmet::Failed("the flag is claimed")) };
    for _ in 0..10_000 {
        let done = ask(board, Request::Call(|| FLAG.set()));
        expect(done, "an interrupt was not taken")?;
    }
    let Ok(()) = claim.ready(Interest::Read).await;
    let more = CLOCK.timeout(Duration::from_millis(2), claim.ready(Interest::Read)).await;
    expect(more == Err(Elapsed), "a storm of interrupts was more than one readiness")
}

/// Wherever the alarm's interrupt falls, from setting it to the sleep of the core, who is
/// woken is polled soon. A sleep may be late; on a board that has nothing else to do it is
/// not, unless its executor or its alarm has lost the wake until something else came.
pub(crate) async fn no_alarm_is_slept_through(_: &impl Board) -> Verdict {
    for n in 0..2_000 {
        let deadline = CLOCK.now() + Duration::from_micros(1 + n % 200);
        CLOCK.sleep_until(deadline).await;
        expect(CLOCK.now() <= deadline + LATE, "an alarm was slept through")?;
    }
    Ok(())
}

/// What cannot tell is worth a try in each pass of the executor.
pub(crate) async fn each_pass_is_worth_a_try(_: &impl Board) -> Verdict {
    readiness::of(&CLOCK, &mut PollEachPass::new(), || (), |_| ()).await
}

/// An interrupt spawns, and what it spawns runs on the executor, sleeps, and ends.
pub(crate) async fn an_interrupt_spawns(board: &impl Board) -> Verdict {
    for _ in 0..100 {
        let task = spawned(board, || spawn(ready(())))?;
        expect(task.await == Exit::Completed, "what an interrupt had spawned did not run")?;
    }
    let start = CLOCK.now();
    let task = spawned(board, || spawn(CLOCK.sleep(Duration::from_millis(3))))?;
    expect(task.await == Exit::Completed, "what an interrupt had spawned did not sleep")?;
    expect(CLOCK.now() - start >= Duration::from_millis(3), "it slept too short")?;
    let task = spawned(board, || spawn(pending()))?;
    expect(task.cancel().await == Exit::Cancelled, "a task was not cancelled")
}

/// A handle may be detached and dropped in an interrupt; a full arena is an error value
/// there, and who is given up leaves a slot.
pub(crate) async fn an_interrupt_gives_tasks_up(board: &impl Board) -> Verdict {
    let detach = || {
        if let Ok(task) = try_spawn(CLOCK.sleep(Duration::from_millis(20))) {
            task.detach();
        }
    };
    for _ in 0..SLOTS {
        expect(ask(board, Request::Call(detach)), "an interrupt was not taken")?;
    }
    expect(ARENA.free() == 0, "a detached task did not take a slot")?;
    let refused = spawned(board, || spawn(pending())).is_err();
    expect(refused, "an interrupt has spawned into a full arena")?;
    expect(until(&CLOCK, || ARENA.free() == SLOTS).await, "a detached task did not end")?;
    let task = spawned(board, || spawn(pending()))?;
    put(&SPAWNED, Some(Ok(task)));
    expect(ask(board, Request::Call(|| put(&SPAWNED, None))), "an interrupt was not taken")?;
    expect(
        until(&CLOCK, || ARENA.free() == SLOTS).await,
        "a handle that was dropped cancelled nothing",
    )
}

/// An interrupt's time lies between that before and that after it.
pub(crate) async fn an_interrupt_sees_the_same_time(board: &impl Board) -> Verdict {
    let look = || put(&SEEN, CLOCK.now());
    for _ in 0..1_000 {
        let before = CLOCK.now();
        expect(ask(board, Request::Call(look)), "an interrupt was not taken")?;
        let seen = critical_section::with(|cs| SEEN.borrow(cs).get());
        expect(before <= seen && seen <= CLOCK.now(), "an interrupt has another time")?;
    }
    Ok(())
}

/// Lets the interrupt do `work`, and returns the task that this has [spawned](spawn).
fn spawned(board: &impl Board, work: fn()) -> Result<ArenaTask, Unmet> {
    ask(board, Request::Call(work));
    let spawned = critical_section::with(|cs| SPAWNED.borrow(cs).take());
    spawned.ok_or(Unmet::Failed("an interrupt was not taken"))?.map_err(Unmet::from)
}

fn spawn(future: impl Future<Output = ()> + Send + 'static) {
    put(&SPAWNED, Some(try_spawn(future)));
}

fn try_spawn(future: impl Future<Output = ()> + Send + 'static) -> Result<ArenaTask, SpawnError> {
    let spawner = critical_section::with(|cs| SPAWNER.borrow(cs).get());
    spawner.ok_or(SpawnError::NoFreeSlot)?.spawn(future)
}

/// What was there is dropped outside of the critical section.
pub(crate) fn put<T>(place: &Mutex<Cell<T>>, value: T) {
    drop(critical_section::with(|cs| place.borrow(cs).replace(value)));
}
