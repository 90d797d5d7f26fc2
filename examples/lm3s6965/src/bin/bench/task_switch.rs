//! Tasks that take turns.

use core::cell::Cell;
use core::future::poll_fn;
use core::hint::black_box;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use core::task::Poll;

use embassy_executor::Spawner;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use tickwire_exec_embassy::Arena;
use tickwire_lm3s6965::meter::Mark;
use tickwire_traits::{JoinHandle, Spawn};

use crate::row::{Measured, Tenths};
use crate::spawn::in_one;

const TASKS: usize = 4;

static ARENA: Arena<64, TASKS> = Arena::new();
static ENDED: AtomicU32 = AtomicU32::new(0);
static END: Signal<CriticalSectionRawMutex, ()> = Signal::new();

/// Compares the same future as tasks of an arena and as tasks of embassy's.
pub(crate) async fn measure(spawner: Spawner) -> Measured {
    // Half of them are sent, which may cost something at their start, and not later.
    let is_sent = Cell::new(false);
    let tickwire = a_turn(|turns| {
        let task = in_one(take_turns(turns));
        is_sent.set(!is_sent.get());
        let task = if is_sent.get() {
            ARENA.with(spawner).make_send().spawn(task)
        } else {
            ARENA.with(spawner).spawn(task)
        };
        task.expect("a slot is free").detach();
    })
    .await;
    let embassy = a_turn(|turns| spawner.spawn(task(turns).expect("a task has ended"))).await;
    Measured { tickwire, embassy: Some(embassy) }
}

#[embassy_executor::task(pool_size = TASKS)]
async fn task(turns: u32) {
    take_turns(turns).await;
}

async fn take_turns(turns: u32) {
    for _ in 0..turns {
        let mut has_yielded = false;
        poll_fn(|cx| {
            if has_yielded {
                return Poll::Ready(());
            }
            has_yielded = true;
            // In a task that wakes itself the compiler knows whose waker this is, if the
            // task is embassy's. Where wakers are used for something it does not.
            black_box(cx.waker()).wake_by_ref();
            Poll::Pending
        })
        .await;
    }
    let ended = ENDED.load(Relaxed) + 1;
    ENDED.store(ended, Relaxed);
    if ended == TASKS as u32 {
        END.signal(());
    }
}

/// What a turn costs: the difference of many and few, without start and end.
async fn a_turn(start: impl Fn(u32)) -> Tenths {
    const FEW: u32 = 10;
    const MORE: u32 = 1_000;
    // A slot is made when it is first used.
    run(&start, FEW).await;
    let few = run(&start, FEW).await;
    let many = run(&start, FEW + MORE).await;
    Tenths((many - few) * 10 / (MORE * TASKS as u32))
}

async fn run(start: impl Fn(u32), turns: u32) -> u32 {
    ENDED.store(0, Relaxed);
    let mark = Mark::now();
    for _ in 0..TASKS {
        start(turns);
    }
    END.wait().await;
    mark.elapsed()
}
