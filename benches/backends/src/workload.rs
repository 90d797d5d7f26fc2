use core::future::poll_fn;
use core::pin::pin;

use tickwire_traits::Duration;

use crate::{OPERATIONS, Operation};

/// How long [`Workload::sleep`] sleeps each time.
pub const SLEEP: Duration = Duration::from_millis(2);

/// The time from one round of [`Workload::fire`] to the next. All tasks can set their timers
/// meanwhile, even where a count slows the machine.
pub const ROUND: Duration = Duration::from_millis(100);

/// The timer that [`Workload::give_up`] gives up.
pub const HOUR: Duration = Duration::from_secs(3_600);

/// The places of the queue.
pub const CAPACITY: usize = 8;

/// The most tasks at once where each has its place from the start, so that memory bounds them.
pub const TASKS: usize = if cfg!(feature = "host") { 1_000 } else { 100 };

/// The bytes of [`Workload::chunk`].
pub const CHUNK: usize = 64;

/// The operations, by one executor. [`Operation`] says what each is.
///
/// Each method returns when all that it asked for is done.
pub trait Workload {
    /// Whether the executor can do this, with so many tasks.
    fn has(&self, operation: Operation) -> bool;

    /// Each of `tasks` tasks yields `turns` times.
    async fn switch(&mut self, tasks: u32, turns: u32);

    /// Spawns a task that does nothing and learns of its end, so many times, one by one.
    async fn spawn(&mut self, times: u32);

    /// Sleeps for [`SLEEP`], so many times, in this task.
    async fn sleep(&mut self, times: u32);

    /// Each of `tasks` tasks sleeps until the end of each [`ROUND`].
    async fn fire(&mut self, tasks: u32, rounds: u32);

    /// Each of `tasks` tasks yields under a timeout of an [`HOUR`], `turns` times.
    async fn give_up(&mut self, tasks: u32, turns: u32);

    /// Two tasks lock, yield, unlock and yield, `times` times together.
    async fn hand_over(&mut self, times: u32);

    /// One task sends so many items to another, through a queue of [`CAPACITY`].
    async fn queue(&mut self, items: u32);

    /// Waits for an edge, which comes when this task waits, so many times.
    async fn edge(&mut self, times: u32);

    /// Reads [`CHUNK`] bytes, which are sent when this task waits, so many times.
    async fn chunk(&mut self, times: u32);
}

/// Counts what work costs.
pub trait Meter {
    /// Returns the time in microseconds, by a clock that all executors of the machine share,
    /// or nothing if the count slows the machine, so that its time means nothing.
    fn now_us(&mut self) -> Option<u64> {
        None
    }

    /// So many sleeps of [`SLEEP`], one after another, took so many microseconds more than that.
    fn overshot(&mut self, _times: u32, _micros: u64) {}

    /// Work begins.
    fn begin(&mut self);

    /// That work has ended. It was `operation`, so many times.
    fn end(&mut self, operation: Operation, times: u32);
}

/// Does every operation that the workload has: once uncounted, for what is made at the first
/// use, then in both amounts. Sleeps are also timed.
pub async fn measure(workload: &mut impl Workload, meter: &mut impl Meter) {
    for operation in OPERATIONS {
        if !workload.has(operation) {
            continue;
        }
        let [little, much] = operation.times();
        perform(workload, operation, little).await;
        for times in [little, much] {
            meter.begin();
            perform(workload, operation, times).await;
            meter.end(operation, times);
            if operation == Operation::Sleep {
                overshoot(workload, meter, times).await;
            }
        }
    }
}

/// Sleeps so many times, and tells the meter by how much that was too long.
async fn overshoot(workload: &mut impl Workload, meter: &mut impl Meter, times: u32) {
    let Some(start) = meter.now_us() else { return };
    workload.sleep(times).await;
    let Some(end) = meter.now_us() else { return };
    meter.overshot(times, (end - start).saturating_sub((SLEEP * times).as_micros()));
}

async fn perform(workload: &mut impl Workload, operation: Operation, times: u32) {
    match operation {
        Operation::Switch { tasks } => workload.switch(tasks, times / tasks).await,
        Operation::Spawn => workload.spawn(times).await,
        Operation::Sleep => workload.sleep(times).await,
        Operation::Fire { tasks } => workload.fire(tasks, times / tasks).await,
        Operation::GiveUp { tasks } => workload.give_up(tasks, times / tasks).await,
        Operation::HandOver => workload.hand_over(times).await,
        Operation::Queue => workload.queue(times).await,
        Operation::Edge => workload.edge(times).await,
        Operation::Chunk => workload.chunk(times).await,
    }
}

/// Polls `waiting`, does `cause`, and polls `waiting` again when it has been woken: what an
/// executor does between is part of the operation.
///
/// # Panics
///
/// If `waiting` is ready before its cause.
pub async fn begin_then<W: Future>(waiting: W, cause: impl Future) -> W::Output {
    let (mut waiting, mut cause) = (pin!(waiting), pin!(cause));
    let mut is_caused = false;
    poll_fn(|cx| {
        let polled = waiting.as_mut().poll(cx);
        if !is_caused {
            assert!(polled.is_pending(), "there was nothing to wait for");
            is_caused = cause.as_mut().poll(cx).is_ready();
        }
        polled
    })
    .await
}
