//! A child process that was forked: one test, since it forks its process.
#![cfg(target_os = "linux")]

use std::future::pending;

use futures_lite::future::block_on;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, alarm, fork};
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::{Duration, Timer};

const CLOCK: StdClock = StdClock::new();
const NAP: Duration = Duration::from_millis(5);

/// Forks after the helper has been started, and expects the child to end well.
fn check(how: fn()) {
    block_on(CLOCK.sleep(NAP));
    // SAFETY: the child calls nothing that needs a lock which another thread may hold:
    // no other thread of this process allocates or sleeps now.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            // Ends the child if it hangs.
            alarm::set(20);
            how();
            std::process::exit(0);
        }
        ForkResult::Parent { child } => {
            assert_eq!(waitpid(child, None), Ok(WaitStatus::Exited(child, 0)));
        }
    }
    block_on(CLOCK.sleep(NAP));
}

fn main() {
    check(|| block_on(CLOCK.sleep(NAP)));
    check(|| run(async |_| CLOCK.sleep(NAP).await));
    check(|| assert!(run(async |_| block_on(CLOCK.timeout(NAP, pending::<()>()))).is_err()));
}
