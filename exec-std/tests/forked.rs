//! Forked child processes. A single test, because it forks its process.
#![cfg(target_os = "linux")]

use std::future::pending;
use std::io::Write;
use std::os::unix::net::UnixStream;

use embedded_io_async::Read;
use futures_lite::future::{block_on, poll_once};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, alarm, fork};
use tickwire_exec_std::{Fd, StdClock, run, unblock};
use tickwire_traits::{Duration, Timer};

const CLOCK: StdClock = StdClock::new();
const NAP: Duration = Duration::from_millis(5);

/// Forks after the helper has been started, and expects the child to succeed.
fn check(how: fn()) {
    block_on(CLOCK.sleep(NAP));
    // SAFETY: the child calls nothing that needs a lock which another thread may hold:
    // no other thread of this process allocates or sleeps now. One may wait for a call.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            // Kills the child if it hangs.
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

/// Lets a child drop, or poll and drop, a descriptor that this process awaits.
fn check_descriptor(how: impl FnOnce(Fd<UnixStream>)) {
    let (mut far, near) = UnixStream::pair().unwrap();
    let mut near = Fd::new(near).unwrap();
    assert!(block_on(poll_once(near.read(&mut [0; 4]))).is_none());
    let mut near = Some(near);
    // SAFETY: as above.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            alarm::set(20);
            how(near.take().unwrap());
            std::process::exit(0);
        }
        ForkResult::Parent { child } => {
            assert_eq!(waitpid(child, None), Ok(WaitStatus::Exited(child, 0)));
        }
    }
    // Kills this process if it hangs.
    alarm::set(20);
    far.write_all(b"1").unwrap();
    assert_eq!(block_on(near.unwrap().read(&mut [0; 4])).unwrap(), 1);
    alarm::cancel();
}

fn main() {
    check(|| block_on(CLOCK.sleep(NAP)));
    check(|| run(async |_| CLOCK.sleep(NAP).await));
    check(|| assert!(run(async |_| block_on(CLOCK.timeout(NAP, pending::<()>()))).is_err()));
    // The thread of the parent is idle, and the child does not have it.
    let call = || assert_eq!(block_on(unblock(|| 7)).unwrap(), 7);
    call();
    check(call);
    check_descriptor(drop);
    check_descriptor(|mut near| {
        let mut buf = [0; 4];
        assert!(run(async |_| CLOCK.timeout(NAP, near.read(&mut buf)).await).is_err());
    });
}
