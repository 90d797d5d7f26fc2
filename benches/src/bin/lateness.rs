//! Sleeps and wakes for as long as one likes, on a machine that is busy with other work.
//!
//! Sleepers of four kinds (`main`'s futures, tasks, children of a group, and threads that
//! block under another executor) sleep for random times. Threads send numbers to a task
//! at random times. The program fails if a sleep ends early, if a sleeper or a number is
//! overdue by a minute, or if a number is missing at the end. It prints how late sleeps
//! ended.
//!
//! ```sh
//! stress-ng --cpu 2 & cargo run --release -p tickwire-benches --bin lateness -- 3600
//! ```

#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::pin::pin;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::{env, thread, time};

use futures_lite::future::block_on;
use futures_util::future::{join, join_all};
use tickwire_exec_std::{StdClock, run};
use tickwire_sync::{HeapSlots, TaskGroup, shared};
use tickwire_traits::{Clock, Duration, Instant, Spawn, Timer};

const CLOCK: StdClock = StdClock::new();
const SLEEPERS_OF_A_KIND: usize = 32;
const THREADS: u64 = 4;
const LONGEST_SLEEP: u64 = 50_000;
const OVERDUE: Duration = Duration::from_secs(60);

static NUMBERS: shared::Queue<u64, 64> = shared::Queue::new();
static SENT: AtomicU64 = AtomicU64::new(0);
static RECEIVED: AtomicU64 = AtomicU64::new(0);
static STOP: AtomicBool = AtomicBool::new(false);

/// One kind of sleepers: how late they were, and until when each sleeps.
struct Kind {
    name: &'static str,
    /// By powers of two in microseconds: below 1, 2, 4 and so on.
    late: Mutex<[u64; 32]>,
    early: AtomicU64,
    until: Vec<AtomicU64>,
}

impl Kind {
    fn new(name: &'static str) -> Arc<Self> {
        let until = (0..SLEEPERS_OF_A_KIND).map(|_| AtomicU64::new(u64::MAX)).collect();
        Arc::new(Self { name, late: Mutex::default(), early: AtomicU64::new(0), until })
    }

    fn woke(&self, deadline: Instant) {
        let now = CLOCK.now();
        if now < deadline {
            self.early.fetch_add(1, SeqCst);
            return;
        }
        let bits = 64 - (now - deadline).as_micros().leading_zeros() as usize;
        self.late.lock().unwrap()[bits.min(31)] += 1;
    }

    /// Sleeps again and again until it is time to stop.
    async fn sleep(self: Arc<Self>, at: usize, mut random: Random) {
        while !STOP.load(SeqCst) {
            let deadline = CLOCK.now() + Duration::from_micros(random.below(LONGEST_SLEEP));
            self.until[at].store(deadline.as_micros(), SeqCst);
            // Every fourth sleep is a time-out of something that never comes.
            if random.below(4) == 0 {
                let never = std::future::pending::<()>();
                let _elapsed = CLOCK.timeout_at(deadline, never).await;
            } else {
                CLOCK.sleep_until(deadline).await;
            }
            self.woke(deadline);
        }
        self.until[at].store(u64::MAX, SeqCst);
    }

    fn overdue(&self) -> usize {
        let bound = CLOCK.now().as_micros().saturating_sub(OVERDUE.as_micros());
        self.until.iter().filter(|until| until.load(SeqCst) < bound).count()
    }

    fn print(&self) {
        let late = *self.late.lock().unwrap();
        println!("{}: {} sleeps, {} early", self.name, late.iter().sum::<u64>(), self.early());
        for (bits, count) in late.iter().enumerate().filter(|(_, count)| **count > 0) {
            println!("  late by less than {:>10} us: {count:>12}", 1_u64 << bits);
        }
    }

    fn early(&self) -> u64 {
        self.early.load(SeqCst)
    }
}

/// A generator by xorshift: the same sequence for each seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// Sends one number after the other, now and then after a pause.
fn send(mut random: Random) {
    while !STOP.load(SeqCst) {
        if NUMBERS.try_push(SENT.load(SeqCst)).is_ok() {
            SENT.fetch_add(1, SeqCst);
        }
        if random.below(8) == 0 {
            thread::sleep(time::Duration::from_micros(random.below(2_000)));
        }
    }
}

async fn receive() {
    loop {
        NUMBERS.pop().await;
        RECEIVED.fetch_add(1, SeqCst);
    }
}

fn main() -> ExitCode {
    let seconds = env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(10);
    let kinds = ["main", "task", "group", "thread"].map(Kind::new);
    let seed = |kind: usize, at: usize| Random(1 + (kind * SLEEPERS_OF_A_KIND + at) as u64);
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| thread::spawn(move || send(Random(1_000 + thread))))
        .chain((0..SLEEPERS_OF_A_KIND).map(|at| {
            let sleep = kinds[3].clone().sleep(at, seed(3, at));
            thread::spawn(move || block_on(sleep))
        }))
        .collect();
    let watch = {
        let kinds = kinds.clone();
        thread::spawn(move || watch(&kinds, seconds))
    };
    run(async |spawner| {
        let receiver = spawner.spawn(receive()).unwrap();
        let done = Rc::new(RefCell::new(0));
        for at in 0..SLEEPERS_OF_A_KIND {
            let (sleep, done) = (kinds[1].clone().sleep(at, seed(1, at)), done.clone());
            let task = async move {
                sleep.await;
                *done.borrow_mut() += 1;
            };
            tickwire_traits::JoinHandle::detach(spawner.spawn(task).unwrap());
        }
        let mut group = pin!(TaskGroup::<_, SLEEPERS_OF_A_KIND, _>::with_home(HeapSlots));
        for at in 0..SLEEPERS_OF_A_KIND {
            assert!(group.as_mut().add(kinds[2].clone().sleep(at, seed(2, at))).is_ok());
        }
        let group = async { while group.as_mut().next().await.is_some() {} };
        let own = (0..SLEEPERS_OF_A_KIND).map(|at| kinds[0].clone().sleep(at, seed(0, at)));
        join(group, join_all(own)).await;
        while *done.borrow() < SLEEPERS_OF_A_KIND {
            CLOCK.sleep(Duration::from_millis(1)).await;
        }
        CLOCK.sleep(Duration::from_secs(1)).await; // For the numbers that are on their way.
        drop(receiver);
    });
    let overdue = watch.join().unwrap();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    kinds.iter().for_each(|kind| kind.print());
    let lost = SENT.load(SeqCst) - RECEIVED.load(SeqCst);
    println!("numbers: {} sent, {lost} lost; sleepers overdue: {overdue}", SENT.load(SeqCst));
    let failed = lost > 0 || overdue > 0 || kinds.iter().any(|kind| kind.early() > 0);
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Looks once a second for sleepers that are overdue, and stops all at the end. Returns
/// how many there were at worst.
fn watch(kinds: &[Arc<Kind>], seconds: u64) -> usize {
    let mut worst = 0;
    for _ in 0..seconds {
        thread::sleep(time::Duration::from_secs(1));
        worst = worst.max(kinds.iter().map(|kind| kind.overdue()).sum());
        if worst > 0 {
            // It would hang: what is lost is not woken any more.
            kinds.iter().for_each(|kind| kind.print());
            println!("{worst} sleepers are overdue by {OVERDUE:?}");
            std::process::exit(1);
        }
    }
    STOP.store(true, SeqCst);
    worst
}
