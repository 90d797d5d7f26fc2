use core::cell::Cell;
use core::fmt;

use tickwire_sync::local;
use tickwire_traits::{JoinHandle, Spawn, Timer, yield_now};

use crate::{CAPACITY, HOUR, Operation, ROUND, SLEEP, Workload, watched};

const ROOM: &str = "as many tasks as `Workload::has` admits";

/// The operations over Tickwire's traits and primitives, on any of its backends.
#[derive(Debug)]
pub struct Ours<S, C, D> {
    /// Starts the tasks.
    pub spawner: S,
    /// Tells the time.
    pub clock: C,
    /// What edges and bytes come from.
    pub devices: D,
    /// What the tasks share.
    pub shared: &'static Shared,
    /// How many tasks there may be at once.
    pub tasks: u32,
}

/// What the tasks of [`Ours`] share.
pub struct Shared {
    /// Tasks that have not ended.
    left: Cell<u32>,
    ended: local::Flag,
    lock: local::Mutex<()>,
    queue: local::Queue<u32, CAPACITY>,
}

/// What edges and bytes come from, on one backend.
///
/// The defaults are those of a backend that has neither.
pub trait Devices {
    /// Whether this device exists.
    fn has(&self, _operation: Operation) -> bool {
        false
    }

    /// Waits for an edge and causes it: [`begin_then`](crate::begin_then).
    async fn edge(&mut self) {}

    /// Waits for [`CHUNK`](crate::CHUNK) bytes and sends them.
    async fn chunk(&mut self) {}
}

impl Devices for () {}

impl Shared {
    /// Nothing is locked, queued or running.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            left: Cell::new(0),
            ended: local::Flag::new(),
            lock: local::Mutex::new(()),
            queue: local::Queue::new(),
        }
    }

    fn one_has_ended(&self) {
        self.left.set(self.left.get() - 1);
        if self.left.get() == 0 {
            self.ended.set();
        }
    }
}

impl Default for Shared {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("left", &self.left).finish_non_exhaustive()
    }
}

impl<S: Spawn, C, D> Ours<S, C, D> {
    fn start(&self, work: impl Future<Output = ()> + 'static) {
        let shared = self.shared;
        shared.left.set(shared.left.get() + 1);
        let task = watched(async {
            work.await;
            shared.one_has_ended();
        });
        self.spawner.spawn(task).expect(ROOM).detach();
    }

    /// Starts so many tasks and waits until all have ended.
    async fn each<F: Future<Output = ()> + 'static>(&self, tasks: u32, work: impl Fn() -> F) {
        for _ in 0..tasks {
            self.start(work());
        }
        self.shared.ended.wait().await;
    }
}

impl<S, C, D> Workload for Ours<S, C, D>
where
    S: Spawn,
    C: Timer + Clone + 'static,
    D: Devices,
{
    fn has(&self, operation: Operation) -> bool {
        match operation {
            Operation::Edge | Operation::Chunk => self.devices.has(operation),
            other => other.tasks() <= self.tasks,
        }
    }

    async fn switch(&mut self, tasks: u32, turns: u32) {
        let work = || async move {
            for _ in 0..turns {
                yield_now().await;
            }
        };
        self.each(tasks, work).await;
    }

    async fn spawn(&mut self, times: u32) {
        for _ in 0..times {
            self.spawner.spawn(watched(async {})).expect(ROOM).await;
        }
    }

    async fn sleep(&mut self, times: u32) {
        for _ in 0..times {
            self.clock.sleep(SLEEP).await;
        }
    }

    async fn fire(&mut self, tasks: u32, rounds: u32) {
        let start = self.clock.now();
        let work = || {
            let clock = self.clock.clone();
            async move {
                for round in 1..=rounds {
                    clock.sleep_until(start + ROUND * round).await;
                }
            }
        };
        self.each(tasks, work).await;
    }

    async fn give_up(&mut self, tasks: u32, turns: u32) {
        let work = || {
            let clock = self.clock.clone();
            async move {
                for _ in 0..turns {
                    let yielded = clock.timeout(HOUR, yield_now()).await;
                    assert!(yielded.is_ok(), "an hour has passed");
                }
            }
        };
        self.each(tasks, work).await;
    }

    async fn hand_over(&mut self, times: u32) {
        let lock = &self.shared.lock;
        let work = || async move {
            for _ in 0..times / 2 {
                let guard = lock.lock().await;
                yield_now().await;
                drop(guard);
                yield_now().await;
            }
        };
        self.each(2, work).await;
    }

    async fn queue(&mut self, items: u32) {
        let queue = &self.shared.queue;
        self.start(async move {
            for item in 0..items {
                queue.push(item).await;
            }
        });
        self.start(async move {
            for item in 0..items {
                assert_eq!(queue.pop().await, item);
            }
        });
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
