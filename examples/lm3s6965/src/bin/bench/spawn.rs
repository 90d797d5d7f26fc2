//! From spawning a task to being told that it has ended.

use embassy_executor::Spawner;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use tickwire_exec_embassy::Arena;
use tickwire_lm3s6965::meter::Mark;
use tickwire_traits::{JoinHandle, Spawn};

use crate::row::{Measured, Tenths};

const TIMES: u32 = 1_000;

static ARENA: Arena<64, 4> = Arena::new();
static END: Signal<CriticalSectionRawMutex, ()> = Signal::new();
static SENT: Signal<CriticalSectionRawMutex, Measured> = Signal::new();

/// Compares tasks that tell of their end by a signal.
pub(crate) async fn detached(spawner: Spawner) -> Measured {
    let tasks = ARENA.with(spawner);
    let mark = Mark::now();
    for _ in 0..TIMES {
        tasks.spawn(in_one(tell())).expect("a slot is free").detach();
        END.wait().await;
    }
    let tickwire = Tenths::each(mark.elapsed(), TIMES);
    Measured { tickwire, embassy: Some(embassy(spawner).await) }
}

/// The same, spawned as from an interrupt, and each of another type than the last in its
/// slot. It has a task for itself, so that the others are compiled as they were.
pub(crate) async fn sent(spawner: Spawner) -> Measured {
    spawner.spawn(send(spawner).expect("it is spawned once"));
    SENT.wait().await
}

#[embassy_executor::task]
async fn send(spawner: Spawner) {
    let tasks = ARENA.with(spawner).make_send();
    let mark = Mark::now();
    for _ in 0..TIMES / 2 {
        tasks.spawn(in_one(tell())).expect("a slot is free").detach();
        END.wait().await;
        tasks.spawn(tell()).expect("a slot is free").detach();
        END.wait().await;
    }
    let tickwire = Tenths::each(mark.elapsed(), TIMES);
    SENT.signal(Measured { tickwire, embassy: Some(embassy(spawner).await) });
}

async fn embassy(spawner: Spawner) -> Tenths {
    let mark = Mark::now();
    for _ in 0..TIMES {
        spawner.spawn(task().expect("the task has ended"));
        END.wait().await;
    }
    Tenths::each(mark.elapsed(), TIMES)
}

#[embassy_executor::task]
async fn task() {
    tell().await;
}

/// Embassy's macro makes an `async fn` of what it is given, and calls that in another.
pub(crate) async fn in_one(future: impl Future<Output = ()>) {
    future.await;
}

async fn tell() {
    END.signal(());
}
