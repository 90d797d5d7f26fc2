//! Tasks, sleeps and descriptors of several threads at once.

mod patience;

use std::future::poll_fn;
use std::mem;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;

use futures_lite::future::{block_on, zip};
use patience::within_two_minutes;
use tickwire_exec_std::{StdClock, run};
use tickwire_sync::gather;
use tickwire_traits::{Clock, Duration, Exit, JoinHandle, Spawn, Timer};

const CLOCK: StdClock = StdClock::new();

#[test]
fn wakes_from_another_thread_are_all_heard() {
    const TASKS: u32 = 8;
    const WAKES: u32 = 500;
    let ended = within_two_minutes(|| {
        let (sender, receiver) = mpsc::channel::<Waker>();
        let wakes = thread::spawn(move || receiver.into_iter().for_each(Waker::wake));
        run(async |spawner| {
            let spawn = |_| {
                let sender = sender.clone();
                let task = async move {
                    for _ in 0..WAKES {
                        let mut sent = false;
                        poll_fn(|cx| {
                            if mem::replace(&mut sent, true) {
                                return Poll::Ready(());
                            }
                            sender.send(cx.waker().clone()).unwrap();
                            Poll::Pending
                        })
                        .await;
                    }
                };
                spawner.spawn(task).unwrap()
            };
            for task in (0..TASKS).map(spawn).collect::<Vec<_>>() {
                assert_eq!(task.await, Exit::Completed);
            }
        });
        drop(sender);
        wakes.join().unwrap();
    });
    assert!(ended.is_some());
}

#[test]
fn a_thread_that_has_a_run_of_its_own_wakes_the_tasks_of_another() {
    let ended = within_two_minutes(|| {
        let (sender, receiver) = mpsc::channel::<Waker>();
        let other = thread::spawn(move || {
            run(async |_| receiver.into_iter().for_each(Waker::wake));
        });
        run(async |spawner| {
            let task = async move {
                let mut sent = false;
                poll_fn(|cx| {
                    if mem::replace(&mut sent, true) {
                        return Poll::Ready(());
                    }
                    sender.send(cx.waker().clone()).unwrap();
                    Poll::Pending
                })
                .await;
            };
            assert_eq!(spawner.spawn(task).unwrap().await, Exit::Completed);
        });
        other.join().unwrap();
    });
    assert!(ended.is_some());
}

#[test]
fn sleepers_of_all_kinds_end_and_none_is_early() {
    async fn nap(micros: u64) {
        let at = CLOCK.now() + Duration::from_micros(micros);
        CLOCK.sleep_until(at).await;
        assert!(CLOCK.now() >= at);
    }
    let ended = within_two_minutes(|| {
        let threads = (0..4_u64).map(|n| {
            thread::spawn(move || {
                for round in 0..40 {
                    if n % 2 == 0 {
                        run(async |spawner| {
                            let task = spawner.spawn(nap(700 + 13 * round)).unwrap();
                            gather((nap(300), nap(900), nap(100 + round))).await;
                            block_on(nap(200));
                            task.await;
                        });
                    } else {
                        block_on(zip(nap(400), nap(150 + round)));
                    }
                }
            })
        });
        threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
    });
    assert!(ended.is_some());
}

#[test]
fn a_task_is_cancelled_and_awaited_from_another_thread() {
    let ended = within_two_minutes(|| {
        for round in 0..50 {
            let (sender, receiver) = mpsc::channel();
            let other = thread::spawn(move || {
                let task: tickwire_exec_std::StdTask = receiver.recv().unwrap();
                if round % 2 == 0 { block_on(task.cancel()) } else { block_on(task) }
            });
            run(async |spawner| {
                let task = spawner.spawn(CLOCK.sleep(Duration::from_micros(10 * round))).unwrap();
                sender.send(task).unwrap();
                CLOCK.sleep(Duration::from_micros(200)).await;
            });
            // The result depends on the threads' timing.
            other.join().unwrap();
        }
    });
    assert!(ended.is_some());
}

#[cfg(target_os = "linux")]
#[test]
fn a_descriptor_is_dropped_in_another_thread_than_it_waited_in() {
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;

    use embedded_io_async::Read;
    use tickwire_exec_std::Fd;

    let ended = within_two_minutes(|| {
        for _ in 0..50 {
            let (mut far, near) = UnixStream::pair().unwrap();
            let mut near = Fd::new(near).unwrap();
            run(async |_| {
                let limit = Duration::from_micros(50);
                assert!(CLOCK.timeout(limit, near.read(&mut [0; 4])).await.is_err());
                let other = thread::spawn(move || drop(near));
                far.write_all(b"1").unwrap_or_default();
                CLOCK.sleep(limit).await;
                other.join().unwrap();
            });
        }
    });
    assert!(ended.is_some());
}
