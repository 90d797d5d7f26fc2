//! The conformance tests of all backends, on a real clock.

mod patience;

use std::cell::RefCell;
use std::sync::LazyLock;
use std::task::Waker;
use std::{thread, time};

use patience::within_two_minutes;
use tickwire_conformance::{Bench, CHECKS, Order, Progress, Scratch, Totals, run_all};
use tickwire_exec_std::{StdClock, StdSpawner, run};
use tickwire_traits::Instant;

/// The start of a clock that is independent of the one under test.
static START: LazyLock<time::Instant> = LazyLock::new(time::Instant::now);

struct OnLinux {
    spawner: StdSpawner,
    scratch: &'static Scratch,
}

impl Bench for OnLinux {
    type Clock = StdClock;
    type Spawner = StdSpawner;

    fn clock(&self) -> StdClock {
        StdClock::new()
    }

    fn spawner(&self) -> StdSpawner {
        self.spawner
    }

    fn scratch(&self) -> &'static Scratch {
        self.scratch
    }

    fn wake_elsewhere(&self, waker: Waker) {
        thread::spawn(|| waker.wake());
    }

    fn slots(&self) -> Option<usize> {
        None
    }

    fn order(&self) -> Order {
        Order::Fifo
    }

    fn stopwatch(&self) -> Instant {
        Instant::from_micros(START.elapsed().as_micros() as u64)
    }
}

#[test]
fn the_hosted_backend_conforms() {
    let ended = within_two_minutes(|| {
        let told = RefCell::new(Vec::new());
        let totals = run(async |spawner| {
            let bench = OnLinux { spawner, scratch: Box::leak(Box::default()) };
            let report = |check: &'static str, progress| match progress {
                Progress::Begins => println!("{check}"),
                Progress::Failed(what) => told.borrow_mut().push((check, what)),
                ended => println!("    {ended}"),
            };
            run_all(&bench, report).await
        });
        (told.into_inner(), totals)
    });
    // The backend has no pool, and its time is not virtual.
    let passed = CHECKS.len() as u32 - 2;
    assert_eq!(ended, Some((vec![], Totals { passed, skipped: 2, failed: 0 })));
}

#[cfg(unix)]
#[test]
fn a_descriptor_is_a_source_that_conforms() {
    use std::io::{Read as _, Write as _};
    use std::os::unix::net::UnixStream;

    use tickwire_conformance::readiness;
    use tickwire_exec_std::Fd;

    let verdict = within_two_minutes(|| {
        run(async |_| {
            let (mut far, near) = UnixStream::pair().unwrap();
            let mut near = Fd::new(near).unwrap();
            let raise = || far.write_all(b"1").unwrap();
            let spend = |near: &mut Fd<UnixStream>| drop(near.get_ref().read(&mut [0]));
            readiness::of(&StdClock::new(), &mut near, raise, spend).await
        })
    });
    assert_eq!(verdict, Some(Ok(())));
}
