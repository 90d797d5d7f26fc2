//! Embassy's executor by its own means, on the host and on boards.

use core::cell::Cell;
use core::fmt;

use embassy_executor::{Spawner, task};
use embassy_futures::yield_now;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::channel::Channel;
use embassy_sync::mutex::Mutex;
use embassy_sync::signal::Signal;
use embassy_time::{Duration, Instant, Timer, with_timeout};

use crate::{CAPACITY, Devices, HOUR, Operation, ROUND, SLEEP, TASKS, Workload, watched};

const ROOM: &str = "as many tasks as `Workload::has` admits";

/// The operations as embassy's users do them.
#[expect(missing_debug_implementations, reason = "embassy's spawner has none")]
pub struct Embassy<D> {
    /// Starts the tasks.
    pub spawner: Spawner,
    /// What edges and bytes come from.
    pub devices: D,
    /// What the tasks share.
    pub shared: &'static EmbassyShared,
}

/// What the tasks of [`Embassy`] share.
pub struct EmbassyShared {
    /// Tasks that have not ended.
    left: Cell<u32>,
    ended: Signal<NoopRawMutex, ()>,
    lock: Mutex<NoopRawMutex, ()>,
    queue: Channel<NoopRawMutex, u32, CAPACITY>,
}

impl EmbassyShared {
    /// Nothing is locked, queued or running.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            left: Cell::new(0),
            ended: Signal::new(),
            lock: Mutex::new(()),
            queue: Channel::new(),
        }
    }

    fn expect(&self, tasks: u32) {
        self.left.set(tasks);
    }

    fn one_has_ended(&self) {
        self.left.set(self.left.get() - 1);
        if self.left.get() == 0 {
            self.ended.signal(());
        }
    }
}

impl Default for EmbassyShared {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for EmbassyShared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbassyShared").field("left", &self.left).finish_non_exhaustive()
    }
}

impl<D: Devices> Workload for Embassy<D> {
    fn has(&self, operation: Operation) -> bool {
        match operation {
            Operation::Edge | Operation::Chunk => self.devices.has(operation),
            other => other.tasks() as usize <= TASKS,
        }
    }

    async fn switch(&mut self, tasks: u32, turns: u32) {
        self.shared.expect(tasks);
        for _ in 0..tasks {
            self.spawner.spawn(take_turns(self.shared, turns).expect(ROOM));
        }
        self.shared.ended.wait().await;
    }

    async fn spawn(&mut self, times: u32) {
        for _ in 0..times {
            self.shared.expect(1);
            self.spawner.spawn(end(self.shared).expect(ROOM));
            self.shared.ended.wait().await;
        }
    }

    async fn sleep(&mut self, times: u32) {
        for _ in 0..times {
            Timer::after(ticks(SLEEP)).await;
        }
    }

    async fn fire(&mut self, tasks: u32, rounds: u32) {
        self.shared.expect(tasks);
        let start = Instant::now();
        for _ in 0..tasks {
            self.spawner.spawn(sleep_with_others(self.shared, start, rounds).expect(ROOM));
        }
        self.shared.ended.wait().await;
    }

    async fn give_up(&mut self, tasks: u32, turns: u32) {
        self.shared.expect(tasks);
        for _ in 0..tasks {
            self.spawner.spawn(give_up(self.shared, turns).expect(ROOM));
        }
        self.shared.ended.wait().await;
    }

    async fn hand_over(&mut self, times: u32) {
        self.shared.expect(2);
        for _ in 0..2 {
            self.spawner.spawn(lock_in_turn(self.shared, times / 2).expect(ROOM));
        }
        self.shared.ended.wait().await;
    }

    async fn queue(&mut self, items: u32) {
        self.shared.expect(2);
        self.spawner.spawn(send(self.shared, items).expect(ROOM));
        self.spawner.spawn(receive(self.shared, items).expect(ROOM));
        self.shared.ended.wait().await;
    }

    async fn edge(&mut self, times: u32) {
        for _ in 0..times {
            self.devices.edge().await;
        }
    }

    async fn chunk(&mut self, times: u32) {
        for _ in 0..times {
            self.devices.chunk().await;
        }
    }
}

fn ticks(span: tickwire_traits::Duration) -> Duration {
    Duration::from_micros(span.as_micros())
}

#[task(pool_size = TASKS)]
async fn take_turns(shared: &'static EmbassyShared, turns: u32) {
    watched(async {
        for _ in 0..turns {
            yield_now().await;
        }
        shared.one_has_ended();
    })
    .await;
}

#[task]
async fn end(shared: &'static EmbassyShared) {
    watched(async { shared.one_has_ended() }).await;
}

#[task(pool_size = TASKS)]
async fn sleep_with_others(shared: &'static EmbassyShared, start: Instant, rounds: u32) {
    watched(async {
        for round in 1..=rounds {
            Timer::at(start + ticks(ROUND) * round).await;
        }
        shared.one_has_ended();
    })
    .await;
}

#[task(pool_size = TASKS)]
async fn give_up(shared: &'static EmbassyShared, turns: u32) {
    watched(async {
        for _ in 0..turns {
            let yielded = with_timeout(ticks(HOUR), yield_now()).await;
            assert!(yielded.is_ok(), "an hour has passed");
        }
        shared.one_has_ended();
    })
    .await;
}

#[task(pool_size = 2)]
async fn lock_in_turn(shared: &'static EmbassyShared, times: u32) {
    watched(async {
        for _ in 0..times {
            let guard = shared.lock.lock().await;
            yield_now().await;
            drop(guard);
            yield_now().await;
        }
        shared.one_has_ended();
    })
    .await;
}

#[task]
async fn send(shared: &'static EmbassyShared, items: u32) {
    watched(async {
        for item in 0..items {
            shared.queue.send(item).await;
        }
        shared.one_has_ended();
    })
    .await;
}

#[task]
async fn receive(shared: &'static EmbassyShared, items: u32) {
    watched(async {
        for item in 0..items {
            assert_eq!(shared.queue.receive().await, item);
        }
        shared.one_has_ended();
    })
    .await;
}
