//! The bare-metal backend passes the conformance suite, on embassy's host platform.
#![cfg(feature = "any-waker")]

mod host;

use std::cell::RefCell;
use std::sync::{LazyLock, mpsc};
use std::task::Waker;
use std::{thread, time};

use embassy_executor::Spawner;
use tickwire_conformance::{Bench, CHECKS, Order, Progress, Scratch, Totals, readiness, run_all};
use tickwire_exec_embassy::{Arena, ArenaSpawner, EmbassyClock, IrqFlag};
use tickwire_traits::{Instant, PollEachPass};

const SLOTS: usize = 6;
const BYTES: usize = 256;

static ARENA: Arena<BYTES, SLOTS> = Arena::new();
static SCRATCH: Scratch = Scratch::new();

/// The start of a view of the system's clock independent of the one under test.
static START: LazyLock<time::Instant> = LazyLock::new(time::Instant::now);

struct OnEmbassy(Spawner);

impl Bench for OnEmbassy {
    type Clock = EmbassyClock;
    type Spawner = ArenaSpawner<BYTES, SLOTS>;

    fn clock(&self) -> EmbassyClock {
        EmbassyClock
    }

    fn spawner(&self) -> Self::Spawner {
        ARENA.with(self.0)
    }

    fn scratch(&self) -> &'static Scratch {
        &SCRATCH
    }

    fn wake_elsewhere(&self, waker: Waker) {
        thread::spawn(|| waker.wake());
    }

    fn slots(&self) -> Option<usize> {
        Some(SLOTS)
    }

    fn order(&self) -> Order {
        Order::Unspecified
    }

    fn stopwatch(&self) -> Instant {
        Instant::from_micros(START.elapsed().as_micros() as u64)
    }
}

#[test]
fn the_bare_metal_backend_conforms() {
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        host::run(async move |spawner| {
            let failed = RefCell::new(Vec::new());
            let report = |check: &'static str, progress| match progress {
                Progress::Begins => println!("{check}"),
                Progress::Failed(what) => failed.borrow_mut().push((check, what)),
                ended => println!("    {ended}"),
            };
            let totals = run_all(&OnEmbassy(spawner), report).await;
            sender.send((failed.into_inner(), totals)).unwrap();
        });
    });
    // The order of its tasks is unspecified, and time is not virtual.
    let passed = CHECKS.len() as u32 - 2;
    let expected = (vec![], Totals { passed, skipped: 2, failed: 0 });
    assert_eq!(ended.recv_timeout(time::Duration::from_secs(120)), Ok(expected));
}

/// Sets a source from another thread, as an interrupt would.
#[test]
fn its_sources_are_as_sources_should_be() {
    static FLAG: IrqFlag = IrqFlag::new();
    let (sender, verdicts) = mpsc::channel();
    thread::spawn(move || {
        host::run(async move |_| {
            let raise = || thread::spawn(|| FLAG.set()).join().unwrap();
            let mut claim = FLAG.claim().unwrap();
            let by_interrupt = readiness::of(&EmbassyClock, &mut claim, raise, |_| ()).await;
            let mut passes = PollEachPass::new();
            let by_pass = readiness::of(&EmbassyClock, &mut passes, || (), |_| ()).await;
            sender.send((by_interrupt, by_pass)).unwrap();
        });
    });
    assert_eq!(verdicts.recv_timeout(time::Duration::from_secs(60)), Ok((Ok(()), Ok(()))));
}
