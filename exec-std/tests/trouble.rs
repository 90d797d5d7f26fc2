//! Faults and odd company: whoever does what is wrong, nobody else hangs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::task::{Wake, Waker};
use std::{env, thread, time};

use futures_lite::future::block_on;
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::{Clock, Duration, Exit, JoinHandle, Spawn, Timer, TimerQueue};

const CLOCK: StdClock = StdClock::new();
const NAP: Duration = Duration::from_millis(5);

/// Runs `test` in a thread of its own; none if it hangs.
fn in_time<T: Send + 'static>(test: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(test()));
    receiver.recv_timeout(time::Duration::from_secs(2)).ok()
}

#[test]
fn a_panic_reaches_who_awaits_the_task_and_nobody_else() {
    run(async |spawner| {
        spawner.spawn(async { panic!("nobody awaits this one") }).unwrap().detach();
        let awaited = spawner.spawn(async { panic!("somebody awaits this one") }).unwrap();
        CLOCK.sleep(NAP).await;
        assert!(catch_unwind(AssertUnwindSafe(|| block_on(awaited))).is_err());
    });
}

#[test]
fn a_sleep_under_another_executor_inside_of_a_run_ends() {
    let slept = in_time(|| {
        run(async |spawner| {
            block_on(CLOCK.sleep(NAP));
            let task = async {
                CLOCK.sleep(NAP).await;
                block_on(CLOCK.sleep(NAP));
                async_io::block_on(CLOCK.sleep(NAP));
                CLOCK.sleep(NAP).await;
            };
            spawner.spawn(task).unwrap().await
        })
    });
    assert_eq!(slept, Some(Exit::Completed));
}

struct Bad;

impl Wake for Bad {
    fn wake(self: Arc<Self>) {
        panic!("this waker panics");
    }
}

#[test]
fn a_waker_that_panics_ends_nobody_elses_sleep() {
    let slept = in_time(|| {
        let soon = CLOCK.now() + NAP;
        CLOCK.schedule_wake(soon, &Waker::from(Arc::new(Bad)));
        block_on(CLOCK.sleep_until(soon + NAP));
        run(async |_| {
            CLOCK.schedule_wake(CLOCK.now() + NAP, &Waker::from(Arc::new(Bad)));
            CLOCK.sleep(NAP + NAP).await;
        });
        block_on(CLOCK.sleep(NAP));
    });
    assert!(slept.is_some());
}

#[test]
fn a_sleep_ends_in_time_if_the_system_has_no_thread_left() {
    const CHILD: &str = "TICKWIRE_TEST_WITHOUT_THREADS";
    const ME: &str = "a_sleep_ends_in_time_if_the_system_has_no_thread_left";
    if env::var_os(CHILD).is_some() {
        assert!(thread::Builder::new().spawn(|| ()).is_err(), "there are threads");
        let start = time::Instant::now();
        block_on(CLOCK.sleep(NAP));
        block_on(CLOCK.sleep(NAP));
        assert!(start.elapsed() >= time::Duration::from(NAP + NAP));
        return;
    }
    // The child runs its test without a thread, and none has so large a stack.
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", ME, "--test-threads=1"])
        .env("RUST_MIN_STACK", (1_u64 << 50).to_string())
        .env(CHILD, "yes")
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
}
