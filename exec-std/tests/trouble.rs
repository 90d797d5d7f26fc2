//! Faults and foreign executors: a misbehaving task hangs no other task.

mod patience;

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::task::{Wake, Waker};
use std::{env, thread, time};

use futures_lite::future::{block_on, yield_now};
use patience::{PATIENCE, within_two_minutes};
use tickwire_exec_std::{StdClock, StdSpawner, StdTask, run};
use tickwire_traits::{Clock, Duration, Exit, JoinHandle, Spawn, SpawnError, Timer, TimerQueue};

const CLOCK: StdClock = StdClock::new();
const NAP: Duration = Duration::from_millis(5);

/// Drops `it` with a task that remains when its run ends, and then its thread.
fn dropped_with_the_thread<T: 'static>(make: impl FnOnce(StdSpawner) -> T + Send + 'static) {
    let left = move || {
        run(async |spawner| {
            let it = make(spawner);
            let task = async move {
                let _it = it;
                pending::<()>().await;
            };
            spawner.spawn(task).unwrap().detach();
            yield_now().await;
        });
    };
    thread::spawn(left).join().unwrap();
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn a_task_that_is_dropped_with_its_thread_cannot_spawn() {
    let (sender, receiver) = mpsc::channel();
    dropped_with_the_thread(move |spawner| {
        OnDrop(move || sender.send(spawner.spawn(async {}).map(JoinHandle::detach)).unwrap())
    });
    assert_eq!(receiver.recv(), Ok(Err(SpawnError::NotRunning)));
}

struct Tell(mpsc::Sender<()>);

impl Wake for Tell {
    fn wake(self: Arc<Self>) {
        self.0.send(()).unwrap();
    }
}

#[test]
fn a_task_that_is_dropped_with_its_thread_may_ask_to_be_woken() {
    let (sender, woken) = mpsc::channel();
    let tell = Waker::from(Arc::new(Tell(sender)));
    let ask = move || CLOCK.schedule_wake(CLOCK.now() + NAP, &tell);
    let again = ask.clone();
    dropped_with_the_thread(move |_| OnDrop(ask));
    assert_eq!(woken.recv_timeout(PATIENCE), Ok(()));
    // Outside a run, a task is dropped at once.
    let spawner = run(async |spawner| spawner);
    let left = move || {
        let on_drop = OnDrop(again);
        assert_eq!(spawner.spawn(async move { drop(on_drop) }).err(), Some(SpawnError::NotRunning));
        block_on(CLOCK.sleep(NAP));
    };
    thread::spawn(left).join().unwrap();
    assert_eq!(woken.recv_timeout(PATIENCE), Ok(()));
}

#[test]
fn a_task_whose_thread_is_gone_is_cancelled() {
    let left = || thread::spawn(|| run(async |spawner| spawner.spawn(pending()).unwrap()));
    let mut task: StdTask = left().join().unwrap();
    for _ in 0..2 {
        assert_eq!(block_on(&mut task), Exit::Cancelled, "each time");
    }
    assert_eq!(block_on(left().join().unwrap().cancel()), Exit::Cancelled);
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
    let slept = within_two_minutes(|| {
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
    let slept = within_two_minutes(|| {
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
fn a_sleep_ends_and_is_not_short_if_the_system_has_no_thread_left() {
    const CHILD: &str = "TICKWIRE_TEST_WITHOUT_THREADS";
    const ME: &str = "a_sleep_ends_and_is_not_short_if_the_system_has_no_thread_left";
    if env::var_os(CHILD).is_some() {
        assert!(thread::Builder::new().spawn(|| ()).is_err(), "there are threads");
        let start = time::Instant::now();
        block_on(CLOCK.sleep(NAP));
        block_on(CLOCK.sleep(NAP));
        assert!(start.elapsed() >= time::Duration::from(NAP + NAP));
        return;
    }
    // The child runs its test without a thread, as no thread can have such a large stack.
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", ME, "--test-threads=1"])
        .env("RUST_MIN_STACK", (1_u64 << 50).to_string())
        .env(CHILD, "yes")
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
}
