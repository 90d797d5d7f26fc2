//! Many repetitions leak no memory, no descriptor and no thread.
//!
//! `TICKWIRE_ENDURANCE` is a factor by which all numbers are multiplied. If it is set,
//! figures are printed: `TICKWIRE_ENDURANCE=100 cargo test --release -p tickwire-exec-std
//! --test endurance -- --nocapture`.
#![cfg(target_os = "linux")]

mod process;

use std::alloc::System;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::pin::pin;
use std::{env, fs, io, time};

use embedded_io_async::Read;
use futures_lite::future::yield_now;
use futures_util::stream::{FuturesUnordered, StreamExt};
use process::{descriptors, threads};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tickwire_exec_std::{Fd, StdClock, StdSpawner, run};
use tickwire_sync::{HeapSlots, TaskGroup};
use tickwire_traits::{Clock, Duration, Exit, Instant, JoinHandle, Spawn, Timer};

const CLOCK: StdClock = StdClock::new();
const TICK: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3_600);

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Bytes, descriptors and threads that this process uses.
fn in_use() -> (usize, usize, usize) {
    let stats = MEMORY.stats();
    (stats.bytes_allocated - stats.bytes_deallocated, descriptors(), threads())
}

/// Does `work` many times. At the end, no more may be in use than after the first half.
async fn check(name: &str, times: usize, mut work: impl AsyncFnMut()) {
    let factor = env::var("TICKWIRE_ENDURANCE").map_or(1, |factor| factor.parse().unwrap());
    let mut half = async || {
        for _ in 0..times * factor / 2 {
            work().await;
        }
        // By now the loop has handled the last drop.
        CLOCK.sleep(TICK).await;
        in_use()
    };
    let start = time::Instant::now();
    let (before, after) = (half().await, half().await);
    println!(
        "{name}: {} times, {:?}; bytes, descriptors, threads {before:?}, then {after:?}; {} KiB resident",
        times * factor,
        start.elapsed(),
        resident(),
    );
    // The number of stale entries in a queue varies.
    const SWING: usize = 4_096;
    assert!(after.0 <= before.0 + SWING, "{name}: bytes {} and then {}", before.0, after.0);
    assert_eq!((after.1, after.2), (before.1, before.2), "{name}: descriptors and threads");
}

/// Returns the resident memory of this process, in KiB.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim_end_matches(" kB").trim().parse().unwrap()
}

async fn read_a_byte(spawner: StdSpawner, is_watched_by_helper: bool) {
    let (near, mut far) = io::pipe().unwrap();
    let mut near = Fd::new(OwnedFd::from(near)).unwrap();
    let task = async move {
        let mut buf = [0; 4];
        if is_watched_by_helper {
            let mut all = FuturesUnordered::from_iter([near.read(&mut buf)]);
            assert_eq!(all.next().await.unwrap().unwrap(), 1);
        } else {
            assert_eq!(near.read(&mut buf).await.unwrap(), 1);
        }
    };
    let task = spawner.spawn(task).unwrap();
    yield_now().await;
    far.write_all(b"1").unwrap();
    assert_eq!(task.await, Exit::Completed);
}

/// The only test in this process, because it counts resources of the whole process.
#[test]
fn what_is_done_very_often_keeps_nothing() {
    run(async |spawner| {
        check("spawns", 10_000, async || {
            assert_eq!(spawner.spawn(yield_now()).unwrap().await, Exit::Completed);
        })
        .await;
        check("spawns that are cancelled while they sleep", 10_000, async || {
            let task = spawner.spawn(CLOCK.sleep(HOUR)).unwrap();
            yield_now().await;
            assert_eq!(task.cancel().await, Exit::Cancelled);
        })
        .await;
        check("sleeps that are over", 10_000, async || {
            CLOCK.sleep_until(Instant::EPOCH).await;
            CLOCK.sleep_until(CLOCK.now()).await;
        })
        .await;
        check("sleeps of 1 us", 10_000, async || CLOCK.sleep(Duration::from_micros(1)).await).await;
        check("sleeps of 1 ms", 50, async || CLOCK.sleep(TICK).await).await;
        check("groups with a sleep and one that is given up", 5_000, async || {
            let mut group = pin!(TaskGroup::<_, 2, _>::with_home(HeapSlots));
            for limit in [HOUR, Duration::ZERO] {
                let given_up = CLOCK.timeout(limit, yield_now());
                group.as_mut().add(given_up).unwrap();
            }
            while group.as_mut().next().await.is_some() {}
        })
        .await;
        check("pipes", 1_000, async || read_a_byte(spawner, false).await).await;
        check("pipes that the helper watches", 1_000, async || read_a_byte(spawner, true).await)
            .await;
    });
}
