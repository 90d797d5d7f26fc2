//! Tasks and runs that have ended keep no memory, no descriptor and no thread.
#![cfg(target_os = "linux")]

mod patience;
mod process;

use std::alloc::System;
use std::fs::File;
use std::future::{pending, poll_fn};
use std::hint::black_box;
use std::io::{ErrorKind, Write as _};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::thread;

use embedded_io_async::Read;
use futures_lite::future::{block_on, yield_now};
use patience::within_two_minutes;
use process::{descriptors, threads_named};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tickwire_exec_std::{Fd, StdClock, StdSpawner, run};
use tickwire_sync::{HeapSlots, TaskGroup, WakeSlots, gather};
use tickwire_traits::{Duration, Exit, JoinHandle, Spawn, Timer};

const CLOCK: StdClock = StdClock::new();
const HOUR: Duration = Duration::from_secs(3_600);
/// The thread that serves where no run does.
const HELPER: &str = "tickwire";

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Held by each test, because it counts resources of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns how many more bytes are in use after some rounds than before. Of two tries the
/// lower figure counts, because the test harness allocates as well.
async fn kept_by(mut round: impl AsyncFnMut()) -> isize {
    // For allocations that all rounds share.
    round().await;
    let mut least = isize::MAX;
    // A vector that grows in each round doubles its capacity in either try.
    for rounds in [2, 6] {
        let region = Region::new(MEMORY);
        for _ in 0..rounds {
            round().await;
        }
        let change = region.change();
        let kept = change.bytes_allocated.cast_signed() - change.bytes_deallocated.cast_signed();
        least = least.min(kept);
    }
    least
}

/// Lets tasks do `work` and end, and expects them to keep less than a byte each.
#[track_caller]
fn check<F: Future<Output = ()> + 'static>(work: impl Fn() -> F) {
    const TASKS: isize = 2_000;
    let _alone = alone();
    let round = async |spawner: StdSpawner| {
        for _ in 0..TASKS {
            let work = work();
            let task = async move {
                let state = [0_u8; 1_024];
                work.await;
                black_box(&state);
            };
            assert_eq!(spawner.spawn(task).unwrap().await, Exit::Completed);
        }
    };
    let kept = run(async |spawner| kept_by(async || round(spawner).await).await);
    assert!(kept < TASKS, "{} bytes each", kept / TASKS);
}

/// Starts a sleep of `span` and gives it up.
async fn give_up(span: Duration) {
    let _ = CLOCK.timeout(span, yield_now()).await;
}

#[test]
fn a_task_that_gave_up_an_hour_keeps_nothing() {
    check(|| give_up(HOUR));
}

#[test]
fn a_task_that_gave_up_a_deadline_that_never_comes_keeps_nothing() {
    check(|| give_up(Duration::MAX));
}

#[test]
fn a_task_that_wakes_itself_as_it_ends_keeps_nothing() {
    check(|| {
        poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::Ready(())
        })
    });
}

#[test]
fn descriptors_that_are_dropped_or_refused_keep_nothing() {
    const EACH: isize = 1_000;
    let _alone = alone();
    let round = async || {
        for _ in 0..EACH {
            let (_far, near) = UnixStream::pair().unwrap();
            let also_near = near.try_clone().unwrap();
            let one = Fd::new(near.as_fd()).unwrap();
            assert!(Fd::new(near.as_fd()).is_err());
            let other = Fd::new(also_near).unwrap();
            drop((one, other));
        }
    };
    let kept = run(async |_| kept_by(round).await);
    assert!(kept < EACH, "{} bytes each", kept / EACH);
}

#[test]
fn a_task_whose_children_gave_up_an_hour_keeps_nothing() {
    static SLOTS: WakeSlots<2> = WakeSlots::new();
    check(async || {
        let mut group = pin!(TaskGroup::<_, 2>::new(&SLOTS));
        for _ in 0..2 {
            group.as_mut().add(give_up(HOUR)).unwrap();
        }
        while group.as_mut().next().await.is_some() {}
    });
    check(async || {
        let mut group = pin!(TaskGroup::<_, 2, _>::with_home(HeapSlots));
        for _ in 0..2 {
            group.as_mut().add(give_up(HOUR)).unwrap();
        }
        while group.as_mut().next().await.is_some() {}
    });
}

#[test]
fn a_task_that_is_cancelled_while_it_sleeps_keeps_nothing() {
    let _alone = alone();
    let kept = run(async |spawner| {
        let round = async || {
            for _ in 0..2_000 {
                let task = spawner.spawn(async {
                    let _ = gather((CLOCK.sleep(HOUR), CLOCK.sleep(Duration::MAX))).await;
                });
                yield_now().await;
                assert_eq!(task.unwrap().cancel().await, Exit::Cancelled);
            }
        };
        kept_by(round).await
    });
    assert!(kept < 2_000, "{kept} bytes");
}

#[test]
fn a_main_that_gives_up_sleeps_keeps_nothing() {
    let _alone = alone();
    let kept = run(async |_| {
        let round = async || {
            for _ in 0..2_000 {
                give_up(HOUR).await;
            }
        };
        kept_by(round).await
    });
    assert!(kept < 2_000, "{kept} bytes");
}

#[test]
fn deadlines_given_up_behind_one_that_counts_keep_nothing() {
    let _alone = alone();
    let kept = run(async |spawner| {
        // Its deadline is the earliest, so the others never come to the top of the heap.
        let sleeper = spawner.spawn(CLOCK.sleep(Duration::from_secs(1_800))).unwrap();
        let round = async || {
            for _ in 0..2_000 {
                assert_eq!(spawner.spawn(give_up(HOUR)).unwrap().await, Exit::Completed);
            }
        };
        let kept = kept_by(round).await;
        assert_eq!(sleeper.cancel().await, Exit::Cancelled);
        kept
    });
    assert!(kept < 2_000, "{kept} bytes");
}

#[test]
fn a_main_whose_groups_give_up_sleeps_keeps_nothing() {
    let _alone = alone();
    let kept = run(async |_| {
        let round = async || {
            for _ in 0..2_000 {
                let mut group = pin!(TaskGroup::<_, 1, _>::with_home(HeapSlots));
                group.as_mut().add(give_up(HOUR)).unwrap();
                assert!(group.as_mut().next().await.is_some());
            }
        };
        kept_by(round).await
    });
    assert!(kept < 2_000, "{kept} bytes");
}

#[test]
fn a_run_that_ends_keeps_neither_memory_nor_descriptors() {
    let _alone = alone();
    let visit = || {
        run(async |spawner| {
            spawner.spawn(pending()).unwrap().detach();
            spawner.spawn(give_up(HOUR)).unwrap().detach();
            let (mut far, near) = UnixStream::pair().unwrap();
            let mut near = Fd::new(near).unwrap();
            far.write_all(b"1").unwrap();
            assert_eq!(near.read(&mut [0; 4]).await.unwrap(), 1);
        });
    };
    visit();
    let open = descriptors();
    const RUNS: isize = 200;
    let kept = block_on(kept_by(async || (0..RUNS).for_each(|_| visit())));
    // Less than a word per run.
    assert!(kept < RUNS * size_of::<usize>() as isize, "{kept} bytes");
    assert_eq!(descriptors(), open);
}

#[test]
fn what_outlives_its_run_keeps_no_descriptor_of_the_loop() {
    let _alone = alone();
    // Opens the descriptors of the helper.
    block_on(CLOCK.sleep(Duration::from_micros(50)));
    let open = descriptors();
    let left = (0..20).map(|_| {
        run(async |spawner| {
            let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
            let mut near = Fd::new(UnixStream::pair().unwrap().0).unwrap();
            assert_eq!(near.read(&mut [0; 4]).await.unwrap(), 0);
            (waker, spawner.spawn(pending()).unwrap(), near)
        })
    });
    let left: Vec<_> = left.collect();
    assert_eq!(descriptors() - open, left.len(), "one each, the socket");
}

#[test]
fn a_regular_file_is_refused_and_leaves_no_descriptor() {
    let _alone = alone();
    let refused = || {
        let error = Fd::new(File::open(env!("CARGO_MANIFEST_PATH")).unwrap()).unwrap_err();
        error.kind() == ErrorKind::Unsupported
    };
    // Outside a run, the helper's epoll refuses it.
    assert!(refused());
    let open = descriptors();
    for _ in 0..100 {
        assert!(refused());
        assert!(run(async |_| refused()));
    }
    assert_eq!(descriptors(), open);
}

#[test]
fn threads_that_run_and_end_leave_nothing() {
    let _alone = alone();
    let visit = || {
        run(async |_| {
            let (mut far, near) = UnixStream::pair().unwrap();
            let mut near = Fd::new(near).unwrap();
            let nap = || CLOCK.sleep(Duration::from_micros(50));
            let mut buf = [0; 4];
            let answer = async {
                nap().await;
                far.write_all(b"1").unwrap();
            };
            assert_eq!(gather((near.read(&mut buf), answer)).await.0.unwrap(), 1);
            // From here on the helper serves.
            block_on(nap());
            far.write_all(b"2").unwrap();
            assert_eq!(block_on(near.read(&mut buf)).unwrap(), 1);
        });
    };
    let ended = within_two_minutes(move || {
        let in_use = || (descriptors(), threads_named(HELPER));
        thread::spawn(visit).join().unwrap();
        let before = in_use();
        for _ in 0..25 {
            let all: Vec<_> = (0..4).map(|_| thread::spawn(visit)).collect();
            all.into_iter().for_each(|thread| thread.join().unwrap());
        }
        (before, in_use())
    });
    let (before, after) = ended.expect("it hangs");
    assert_eq!(before.1, 1, "one helper for all threads");
    assert_eq!(before, after);
}
