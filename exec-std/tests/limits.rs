//! Resources that the system refuses. Each test is a process of its own, because limits
//! apply to a process.
#![cfg(target_os = "linux")]

mod patience;
mod process;

use std::fs::File;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::panic::catch_unwind;
use std::process::Command;
use std::{env, io, thread};

use futures_lite::future::block_on;
use patience::within_two_minutes;
use rustix::process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit};
use tickwire_exec_std::{Fd, Shutdown, StdClock, run};
use tickwire_traits::{Duration, Exit, Spawn, Timer};

const CLOCK: StdClock = StdClock::new();
const NAP: Duration = Duration::from_millis(5);

/// Runs the test with this name in a process of its own.
fn in_a_process(name: &str, test: impl FnOnce()) {
    const CHILD: &str = "TICKWIRE_TEST_IN_A_PROCESS";
    if env::var_os(CHILD).is_some_and(|child| child == name) {
        return test();
    }
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(CHILD, name)
        .output()
        .unwrap();
    let told = (String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success(), "{}{}", told.0, told.1);
}

/// Opens all descriptors that the process may have.
fn take_all_descriptors() -> Vec<File> {
    let limit = Rlimit { current: Some(64), maximum: Some(64) };
    setrlimit(Resource::Nofile, limit).unwrap();
    let mut all = Vec::new();
    loop {
        match File::open("/dev/null") {
            Ok(file) => all.push(file),
            Err(error) => {
                assert_eq!(error.raw_os_error(), Some(24), "EMFILE");
                return all;
            }
        }
    }
}

#[test]
fn a_sleep_that_begins_without_descriptors_ends_and_so_does_the_next_one() {
    in_a_process("a_sleep_that_begins_without_descriptors_ends_and_so_does_the_next_one", || {
        let all = take_all_descriptors();
        let nap = || within_two_minutes(|| block_on(CLOCK.sleep(NAP)));
        assert!(nap().is_some(), "while there are none");
        drop(all);
        assert!(nap().is_some(), "when they are back");
    });
}

#[test]
fn a_run_without_descriptors_panics_and_the_next_one_works() {
    in_a_process("a_run_without_descriptors_panics_and_the_next_one_works", || {
        let mut all = take_all_descriptors();
        // One or two are not enough either, and a failure leaves none open.
        for _ in 0..3 {
            assert!(catch_unwind(|| run(async |_| ())).is_err());
            all.pop();
        }
        run(async |_| CLOCK.sleep(NAP).await);
    });
}

#[test]
fn descriptors_that_run_out_are_an_error_and_what_is_open_works() {
    in_a_process("descriptors_that_run_out_are_an_error_and_what_is_open_works", || {
        run(async |_| {
            let (far, near) = UnixStream::pair().unwrap();
            let mut near = Fd::new(near).unwrap();
            let all = take_all_descriptors();
            io::Write::write_all(&mut &far, b"1").unwrap();
            let mut buf = [0; 4];
            assert_eq!(embedded_io_async::Read::read(&mut near, &mut buf).await.unwrap(), 1);
            assert!(UnixStream::pair().is_err());
            drop(all);
        });
        // Outside a run, the first `Fd` needs the descriptors of the helper.
        let (one, other) = UnixStream::pair().unwrap();
        let mut all = take_all_descriptors();
        assert_eq!(Fd::new(one).unwrap_err().raw_os_error(), Some(24));
        all.truncate(all.len() - 3);
        assert!(Fd::new(other).is_ok());
    });
}

#[test]
fn a_signal_ends_the_process_if_there_was_no_descriptor_to_hear_it() {
    const CHILD: &str = "TICKWIRE_TEST_HEARS_NO_SIGNAL";
    const ME: &str = "a_signal_ends_the_process_if_there_was_no_descriptor_to_hear_it";
    if let Some(left) = env::var_os(CHILD) {
        let left: usize = left.to_str().unwrap().parse().unwrap();
        // The helper already has its descriptors.
        let _idle = Fd::new(UnixStream::pair().unwrap().0).unwrap();
        let mut all = take_all_descriptors();
        all.truncate(all.len() - left);
        assert_eq!(Shutdown::new().unwrap_err().raw_os_error(), Some(24));
        kill_process(getpid(), Signal::INT).unwrap();
        unreachable!("the process goes on");
    }
    for left in 0..6 {
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", ME, "--test-threads=1"])
            .env(CHILD, left.to_string())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&child.stdout);
        assert_eq!(child.status.signal(), Some(2), "with {left} descriptors: {told}");
    }
}

#[test]
fn a_run_inside_of_which_no_thread_can_be_had_sleeps_and_reads() {
    const ME: &str = "a_run_inside_of_which_no_thread_can_be_had_sleeps_and_reads";
    in_a_process(ME, || {
        // No thread can have such a large stack.
        let spawned = thread::Builder::new().stack_size(1 << 50).spawn(|| ());
        assert!(spawned.is_err());
        let slept = run(async |spawner| {
            let task = spawner.spawn(CLOCK.sleep(NAP)).unwrap();
            CLOCK.sleep(NAP).await;
            task.await
        });
        assert_eq!(slept, Exit::Completed);
        assert_eq!(process::threads(), 2, "the loop needs no helper");
    });
}

#[cfg(feature = "i2c")]
#[test]
fn a_bus_for_which_no_thread_can_be_had_is_an_error() {
    use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, Operation};
    use tickwire_exec_std::i2c::{Bus, Error};

    struct Nothing;

    impl ErrorType for Nothing {
        type Error = ErrorKind;
    }

    impl I2c for Nothing {
        fn transaction(&mut self, _: u8, _: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
            Ok(())
        }
    }

    const CHILD: &str = "TICKWIRE_TEST_HAS_NO_THREADS";
    const ME: &str = "a_bus_for_which_no_thread_can_be_had_is_an_error";
    if env::var_os(CHILD).is_some() {
        let error = Bus::from_blocking(Nothing).unwrap_err();
        assert!(matches!(error, Error::System(_)), "{error}");
        assert!(!error.to_string().contains('\n'));
        return;
    }
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", ME, "--nocapture", "--test-threads=1"])
        // No thread can have such a large stack.
        .envs([(CHILD, "1".to_owned()), ("RUST_MIN_STACK", (1_u64 << 50).to_string())])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && told.contains("1 passed"), "{told}");
}
