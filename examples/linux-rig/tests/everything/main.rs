//! Everything at once, for a long time: edges at 1 kHz, a sensor and a display on one bus, a
//! converter, two joined UARTs, timers, and calls that block, in one `run`.
//!
//! It runs in `cargo xtask linux-rig`, for two seconds of the guest's time, and elsewhere
//! not at all. `TICKWIRE_ENDURANCE` is a factor of that time:
//! `TICKWIRE_ENDURANCE=300 cargo xtask linux-rig everything` takes ten minutes of it.
#![cfg(target_os = "linux")]

mod hand;
mod parts;
#[path = "../../../../exec-std/tests/rig/mod.rs"]
#[allow(dead_code, reason = "the tests of exec-std use more of it")]
mod rig;

use std::alloc::System;
use std::{env, fmt, fs};

use hand::Hand;
use parts::Parts;
use rig::{in_rig, with_chip};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tickwire_exec_std::{StdClock, run};
use tickwire_linux_rig::i2c_bus::tell;
use tickwire_traits::{Duration, Timer};

const CLOCK: StdClock = StdClock::new();
const TENTH: Duration = Duration::from_millis(200);
/// For the last measurement, and whatever is late.
const PATIENCE: Duration = Duration::from_secs(10);
/// Threads that are idle have ended by then.
const QUIET: Duration = Duration::from_secs(1);
/// What the lists of the run loop may grow by.
const SWING: usize = 1_024;
/// Pages that are used for the first time later on.
const PAGES_KIB: usize = 256;

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What this process uses while nothing happens.
#[derive(Debug)]
struct InUse {
    bytes: usize,
    descriptors: usize,
    threads: usize,
    resident_kib: usize,
}

impl InUse {
    fn now() -> Self {
        let count = |folder| fs::read_dir(folder).unwrap().count();
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let (descriptors, threads) = (count("/proc/self/fd"), count("/proc/self/task"));
        let resident_kib = resident.trim_end_matches(" kB").trim().parse().unwrap();
        drop(status);
        let stats = MEMORY.stats();
        let bytes = stats.bytes_allocated - stats.bytes_deallocated;
        Self { bytes, descriptors, threads, resident_kib }
    }
}

impl fmt::Display for InUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, descriptors, threads, resident_kib } = self;
        write!(f, "{bytes} bytes allocated, {resident_kib} KiB resident, ")?;
        write!(f, "{descriptors} descriptors, {threads} threads")
    }
}

/// The only test in this process that does anything, because it counts resources of the
/// whole process.
#[test]
fn everything_at_once_misses_nothing_and_keeps_nothing() {
    let factor = env::var("TICKWIRE_ENDURANCE").map_or(1, |factor| factor.parse().unwrap());
    let tenth = Duration::from_micros(TENTH.as_micros() * factor);
    with_chip(|chip| {
        let mut parts = Parts::open(&chip);
        let mut hand = Hand::start(chip.pull_file(parts::CONTACT));
        let in_use = run(async |spawner| {
            let mut in_use = Vec::with_capacity(10);
            CLOCK.timeout(PATIENCE, parts.begin()).await.expect("the UARTs are joined");
            for _ in 0..10 {
                let work = CLOCK.timeout(tenth + PATIENCE, parts.work(&mut hand, spawner, tenth));
                work.await.expect("nothing is missed");
                Parts::open_more_for_a_moment(&chip).await;
                CLOCK.sleep(QUIET).await;
                in_use.push(InUse::now());
            }
            in_use
        });
        let counts = parts.counts;
        println!("counted: everything at once, {} s: {counts}", tenth.as_micros() / 100_000);
        println!("counted: after a tenth {}; at the end {}", in_use[0], in_use[9]);
        assert_eq!(tell("row 0"), format!("{:<16}", counts.rooms));
        assert_eq!(tell("violations"), "0");
        for later in &in_use[1..] {
            let first = &in_use[0];
            assert_eq!(
                (later.descriptors, later.threads),
                (first.descriptors, first.threads),
                "{in_use:#?}"
            );
            assert!(later.bytes <= first.bytes + SWING, "{in_use:#?}");
            assert!(later.resident_kib <= first.resident_kib + PAGES_KIB, "{in_use:#?}");
        }
    });
}

/// Not a test, but the other process.
#[test]
fn hand() {
    in_rig(hand::pull_as_told);
}
