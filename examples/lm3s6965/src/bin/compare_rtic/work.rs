//! The operations as RTIC's users do them.

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use rtic_monotonics::Timebase as _;
use rtic_sync::arbiter::Arbiter;
use rtic_sync::signal::{Signal, SignalReader};
use tickwire_backends::{HOUR, Operation, ROUND, SLEEP, Workload, begin_then};
use tickwire_lm3s6965::interrupts;
use tickwire_traits::yield_now;

use crate::app::{HUNDRED, ONE, TEN, end, left, receive, right, send};
use crate::monotonic::{Duration, Instant, Mono};

const ROOM: &str = "the tasks of the last work have ended";

/// Tasks that have not ended.
static LEFT: AtomicU32 = AtomicU32::new(0);
static ENDED: Signal<()> = Signal::new();
pub(crate) static EDGE: Signal<()> = Signal::new();
static LOCK: Arbiter<()> = Arbiter::new(());

/// What a task of many does.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    Switch { turns: u32 },
    Fire { start: Instant, rounds: u32 },
    GiveUp { turns: u32 },
}

impl Work {
    pub(crate) async fn run(self) {
        match self {
            Self::Switch { turns } => {
                for _ in 0..turns {
                    yield_now().await;
                }
            }
            Self::Fire { start, rounds } => {
                for round in 1..=rounds {
                    Mono::delay_until(start + ticks(ROUND) * round).await;
                }
            }
            Self::GiveUp { turns } => {
                for _ in 0..turns {
                    let yielded = Mono::timeout_after(ticks(HOUR), yield_now()).await;
                    assert!(yielded.is_ok(), "an hour has passed");
                }
            }
        }
        one_has_ended();
    }
}

pub(crate) async fn lock_in_turn(times: u32) {
    for _ in 0..times {
        let guard = LOCK.access().await;
        yield_now().await;
        drop(guard);
        yield_now().await;
    }
    one_has_ended();
}

pub(crate) fn one_has_ended() {
    if LEFT.fetch_sub(1, Relaxed) == 1 {
        ENDED.writer().write(());
    }
}

fn ticks(span: tickwire_traits::Duration) -> Duration {
    Duration::from_ticks(span.as_micros() * 25 / 2)
}

/// RTIC, from its task of the lowest priority.
pub(crate) struct Rtic {
    ended: SignalReader<'static, ()>,
    edge: SignalReader<'static, ()>,
}

impl Rtic {
    pub(crate) fn new() -> Self {
        Self { ended: ENDED.take_reader(), edge: EDGE.take_reader() }
    }

    /// Starts all tasks, and waits until they have ended.
    async fn all(&mut self, tasks: u32, start: impl FnOnce() -> Result<(), ()>) {
        LEFT.store(tasks, Relaxed);
        // The first would run before the others are started.
        critical_section::with(|_| start()).expect(ROOM);
        self.ended.wait().await;
    }

    async fn each(&mut self, tasks: u32, work: Work) {
        let peers: &[_] = match tasks {
            1 => &ONE,
            10 => &TEN,
            _ => &HUNDRED,
        };
        self.all(tasks, || peers.iter().try_for_each(|spawn| spawn(work).map_err(drop))).await;
    }
}

impl Workload for Rtic {
    fn has(&self, operation: Operation) -> bool {
        match operation {
            // Nothing carries bytes: QEMU does not loop the board's serial line back.
            Operation::Chunk => false,
            Operation::Switch { tasks }
            | Operation::Fire { tasks }
            | Operation::GiveUp { tasks } => [1, 10, 100].contains(&tasks),
            _ => true,
        }
    }

    async fn switch(&mut self, tasks: u32, turns: u32) {
        self.each(tasks, Work::Switch { turns }).await;
    }

    async fn spawn(&mut self, times: u32) {
        for _ in 0..times {
            LEFT.store(1, Relaxed);
            end::spawn().expect(ROOM);
            self.ended.wait().await;
        }
    }

    async fn sleep(&mut self, times: u32) {
        for _ in 0..times {
            Mono::delay(ticks(SLEEP)).await;
        }
    }

    async fn fire(&mut self, tasks: u32, rounds: u32) {
        self.each(tasks, Work::Fire { start: Mono::now(), rounds }).await;
    }

    async fn give_up(&mut self, tasks: u32, turns: u32) {
        self.each(tasks, Work::GiveUp { turns }).await;
    }

    async fn hand_over(&mut self, times: u32) {
        let start = || left::spawn(times / 2).and_then(|()| right::spawn(times / 2));
        self.all(2, || start().map_err(drop)).await;
    }

    async fn queue(&mut self, items: u32) {
        let start = || send::spawn(items).and_then(|()| receive::spawn(items));
        self.all(2, || start().map_err(drop)).await;
    }

    async fn edge(&mut self, times: u32) {
        for _ in 0..times {
            let raise = async { interrupts::trigger(lm3s6965::Interrupt::QEI0) };
            begin_then(self.edge.wait(), raise).await;
        }
    }

    async fn chunk(&mut self, _times: u32) {}
}
