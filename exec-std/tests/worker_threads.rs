//! Threads of buses: how many there are, what they do, and what is left of them.
#![cfg(all(target_os = "linux", feature = "i2c"))]

mod blocking_bus;
mod process;

use std::alloc::System;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fs, thread, time};

use blocking_bus::{Bench, Fault};
use embedded_hal_async::i2c::I2c;
use process::descriptors;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tickwire_exec_std::i2c::{Bus, Error};
use tickwire_exec_std::{StdClock, run};
use tickwire_sync::gather;
use tickwire_traits::{Duration, Timer};

const CLOCK: StdClock = StdClock::new();
const SHORT: Duration = Duration::from_millis(20);
/// Longer than any of these tests takes, even on a busy machine.
const PATIENCE: time::Duration = time::Duration::from_secs(120);

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Held by each test, because it counts resources of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the statuses of the threads of buses. They are named for their bus.
fn bus_threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    let statuses = tasks.filter_map(|task| fs::read_to_string(task.path().join("status")).ok());
    statuses.filter(|status| status.starts_with("Name:\ti2c\n")).collect()
}

/// Waits until no bus has a thread: one that ends takes a moment.
#[track_caller]
fn until_threads_have_ended() {
    let start = time::Instant::now();
    while !bus_threads().is_empty() {
        assert!(start.elapsed() < PATIENCE, "a thread is left");
        thread::yield_now();
    }
}

#[test]
fn a_thousand_transactions_that_are_dropped_leave_nothing() {
    let _alone = alone();
    let bench = Bench::new();
    until_threads_have_ended();
    bench.take(time::Duration::from_micros(50));
    let mut bus = bench.bus();
    let mut seed = 0x5EED_u32;
    run(async |_| {
        bus.write(0x40, &[1]).await.unwrap();
        let before = descriptors();
        let mut dropped = 0;
        while dropped < 1_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let pause = Duration::from_micros(u64::from(seed >> 16) % 500);
            let (written, mut bytes) = ([(seed >> 24) as u8 & 63], [0; 3]);
            let transfer = bus.write_read(0x40, &written, &mut bytes);
            match CLOCK.timeout(pause, transfer).await {
                Ok(done) => done.unwrap(),
                Err(_) => dropped += 1,
            }
            if dropped % 10 == 0 {
                bus.write_read(0x40, &[7], &mut bytes).await.unwrap();
                assert_eq!(bytes, [7, 8, 9]);
            }
        }
        assert_eq!((bus_threads().len(), descriptors()), (1, before));
        let begun = bus.cancelled();
        assert!(0 < begun && begun < 1_000, "{begun} of them had begun");
    });
}

/// Has a bus hang, and its thread end when it can.
fn hang(block_on: impl FnOnce(Pin<Box<dyn Future<Output = ()> + '_>>)) {
    let _alone = alone();
    let bench = Bench::new();
    let mut bus = bench.bus().with_limit(SHORT);
    let mut other = bus.clone();
    bench.hold();
    block_on(Box::pin(async {
        let told = gather((bus.write(1, &[1]), other.write(2, &[1]))).await;
        assert!(matches!(told, (Err(Error::Hung(SHORT)), Err(Error::Ended))), "{told:?}");
        assert!(matches!(bus.write(1, &[1]).await, Err(Error::Ended)));
        assert_eq!(bus_threads().len(), 1);
    }));
    bench.release();
    until_threads_have_ended();
}

#[test]
fn a_bus_that_hangs_reports_it_under_run() {
    hang(|future| run(async |_| future.await));
}

#[test]
fn a_bus_that_hangs_reports_it_under_tokio() {
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    hang(|future| tokio.block_on(future));
}

#[test]
fn a_bus_that_hangs_reports_it_under_smol() {
    hang(|future| async_io::block_on(future));
}

#[test]
fn a_device_that_panics_is_an_error_and_its_thread_ends() {
    let _alone = alone();
    let bench = Bench::new();
    let mut bus = bench.bus();
    bench.next(Fault::Panic);
    run(async |_| {
        assert!(matches!(bus.write(1, &[1]).await, Err(Error::Panicked)));
        assert!(matches!(bus.write(1, &[1]).await, Err(Error::Ended)));
    });
    until_threads_have_ended();
}

#[test]
fn the_thread_ends_with_the_last_handle() {
    let _alone = alone();
    until_threads_have_ended();
    for _ in 0..20 {
        let mut bus = Bench::new().bus();
        run(async |_| bus.write(1, &[1]).await).unwrap();
        let clones = vec![bus.clone(); 5];
        drop(bus);
        assert_eq!(bus_threads().len(), 1);
        drop(clones);
        until_threads_have_ended();
    }
}

#[test]
fn a_transaction_switches_threads_twice() {
    const TIMES: u32 = 2_000;
    let _alone = alone();
    until_threads_have_ended();
    let mut bus = Bench::new().bus();
    let switches = run(async |_| {
        let mut bytes = [0; 2];
        bus.write_read(0x40, &[1], &mut bytes).await.unwrap();
        let before = voluntary_switches();
        for _ in 0..TIMES {
            bus.write_read(0x40, &[1], &mut bytes).await.unwrap();
        }
        voluntary_switches() - before
    });
    // A tenth for the lock, for which both may wait.
    assert!(switches <= u64::from(TIMES * 21 / 10), "{switches} in {TIMES}");
}

/// Returns how often this thread and those of buses have waited for something.
fn voluntary_switches() -> u64 {
    let ours = fs::read_to_string("/proc/thread-self/status").unwrap();
    let all = bus_threads().into_iter().chain([ours]);
    let counts = all.map(|status| {
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        count.and_then(|count| count.trim().parse::<u64>().ok()).expect("a number")
    });
    counts.sum()
}

#[test]
fn buses_that_are_idle_wake_nobody() {
    let _alone = alone();
    until_threads_have_ended();
    let mut buses: Vec<_> = (0..20).map(|_| Bench::new().bus()).collect();
    run(async |_| {
        for bus in &mut buses {
            bus.write(0x40, &[1]).await.unwrap();
        }
        // Until the last thread has noticed that there is no more.
        CLOCK.sleep(SHORT).await;
        let before = voluntary_switches();
        CLOCK.sleep(Duration::from_millis(200)).await;
        // At most that of the sleep.
        assert!(voluntary_switches() - before <= 1);
    });
    assert_eq!(bus_threads().len(), 20);
}

#[test]
fn bytes_are_copied_without_other_buffers() {
    const TIMES: usize = 50;
    let _alone = alone();
    let mut bus = Bench::new().bus();
    let (written, mut read) = ([1; 4_096], [0; 64]);
    run(async |_| {
        bus.write_read(0x40, &written, &mut read).await.unwrap();
        let region = Region::new(MEMORY);
        for _ in 0..TIMES {
            bus.write_read(0x40, &written, &mut read).await.unwrap();
        }
        // The bench notes what it has seen. The list of operations takes 48 bytes.
        let each = region.change().bytes_allocated / TIMES;
        assert!(each < 200, "{each} bytes");
    });
}

#[test]
fn a_refused_bus_leaves_nothing() {
    let _alone = alone();
    until_threads_have_ended();
    let before = descriptors();
    for _ in 0..20 {
        assert!(Bus::open("/dev/null").is_err());
    }
    assert_eq!((bus_threads().len(), descriptors()), (0, before));
}
