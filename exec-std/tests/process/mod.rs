//! Resources of this process. Other tests of the process must not run meanwhile.
// Each test uses a part of it.
#![allow(dead_code)]

use std::{fs, thread, time};

/// Returns how many descriptors this process has open.
pub(crate) fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Returns how many threads this process has. Where a process has several tests, the
/// harness starts and ends threads of its own meanwhile: see [`threads_named`].
pub(crate) fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

/// Returns how many threads have this name, which tells them from those of the tests.
pub(crate) fn threads_named(name: &str) -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|its| its.trim_end() == name).count()
}

/// Returns how many threads there are for calls that block.
pub(crate) fn pool_threads() -> usize {
    threads_named("tickwire-pool")
}

/// Waits until there are so many of those threads, for two minutes at most.
pub(crate) fn wait_for_pool_threads(count: usize) {
    for _ in 0..2_400 {
        if pool_threads() == count {
            return;
        }
        thread::sleep(time::Duration::from_millis(50));
    }
    panic!("there are {} threads, and not {count}", pool_threads());
}
