//! Tests of devices that only `cargo xtask linux-rig` has.

use std::env;
use std::thread;

/// Runs `test` in the rig. Elsewhere, says that it was skipped.
pub(crate) fn in_rig(test: impl FnOnce()) {
    if env::var_os("TICKWIRE_RIG").is_some() {
        return test();
    }
    let name = thread::current().name().unwrap_or("a test").to_owned();
    println!("skipped: {name}: it runs in `cargo xtask linux-rig`");
}
