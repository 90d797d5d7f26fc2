//! Resources of this process. Other tests of the process must not run meanwhile.
// Each test uses a part of it.
#![allow(dead_code)]

use std::fs;

/// Returns how many descriptors this process has open.
pub(crate) fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Returns how many threads this process has.
pub(crate) fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}
