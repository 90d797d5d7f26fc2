//! The arena, between executors and threads. On a host, threads take the place of a
//! microcontroller's interrupts and cores.

mod hooks;
mod host;

use std::future::{pending, poll_fn, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use embassy_executor::SendSpawner;
use hooks::{Hook, assert_unlocked};
use host::run;
use tickwire_exec_embassy::{Arena, ArenaTask, EmbassyClock, SendArenaSpawner};
use tickwire_traits::{Duration, Exit, JoinHandle, Spawn, SpawnError, Timer};

/// Runs a future on this thread, with a waker that embassy did not make.
fn block_on<F: Future>(future: F) -> F::Output {
    /// Has its own flag, since the polled future may also park the thread.
    struct Unpark(Thread, AtomicBool);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.1.store(true, Ordering::SeqCst);
            self.0.unpark();
        }
    }

    let unpark = Arc::new(Unpark(thread::current(), AtomicBool::new(false)));
    let waker = Waker::from(unpark.clone());
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        while !unpark.1.swap(false, Ordering::SeqCst) {
            thread::park();
        }
    }
}

/// Starts an executor on its own thread, for the rest of the program.
fn executor() -> SendSpawner {
    let (sender, spawner) = channel();
    thread::spawn(move || {
        run(async move |spawner| {
            sender.send(spawner.make_send()).unwrap();
            pending::<()>().await;
        });
    });
    spawner.recv().unwrap()
}

/// Waits until another thread has made the condition true.
fn eventually(is_so: impl Fn() -> bool) {
    while !is_so() {
        thread::yield_now();
    }
}

#[test]
fn all_of_it_can_be_sent() {
    fn is_send<T: Send + Sync>() {}
    is_send::<ArenaTask>();
    is_send::<SendArenaSpawner<8, 1>>();
    is_send::<Arena<8, 1>>();
}

#[test]
fn a_task_runs_on_its_spawners_executor_and_is_awaited_in_another_thread() {
    static ARENA: Arena<128, 2> = Arena::new();
    let tasks = ARENA.bind(executor()).unwrap();
    let (sender, id) = channel();
    let task = tasks.spawn(async move { sender.send(thread::current().id()).unwrap() }).unwrap();
    assert_eq!(block_on(task), Exit::Completed);
    let first = id.recv().unwrap();
    assert_ne!(first, thread::current().id());
    let (sender, id) = channel();
    let task = tasks.spawn(async move { sender.send(thread::current().id()).unwrap() }).unwrap();
    assert_eq!(block_on(task), Exit::Completed);
    assert_eq!(id.recv().unwrap(), first);
}

#[test]
fn a_slot_is_free_for_a_thread_notified_of_the_end() {
    static ARENA: Arena<64, 1> = Arena::new();
    let tasks = ARENA.bind(executor()).unwrap();
    let rounds = if cfg!(miri) { 20 } else { 5_000 };
    for _ in 0..rounds {
        assert_eq!(block_on(tasks.spawn(ready(())).unwrap()), Exit::Completed);
        assert_eq!(block_on(tasks.spawn(pending()).unwrap().cancel()), Exit::Cancelled);
    }
}

#[test]
fn tasks_are_spawned_cancelled_and_dropped_by_many_at_once() {
    static ARENA: Arena<64, 3> = Arena::new();
    static ALIVE: AtomicU32 = AtomicU32::new(0);

    struct Alive;

    impl Alive {
        fn new() -> Self {
            ALIVE.fetch_add(1, Ordering::SeqCst);
            Self
        }
    }

    impl Drop for Alive {
        fn drop(&mut self) {
            ALIVE.fetch_sub(1, Ordering::SeqCst);
        }
    }

    let tasks = ARENA.bind(executor()).unwrap();
    let rounds = if cfg!(miri) { 10 } else { 2_000 };
    let work = move |which: usize| {
        for round in 0..rounds {
            let alive = Alive::new();
            let task = tasks.spawn(async move {
                poll_fn(|cx| {
                    cx.waker().wake_by_ref();
                    Poll::<()>::Pending
                })
                .await;
                drop(alive);
            });
            let Ok(task) = task else {
                thread::yield_now();
                continue;
            };
            match (which + round) % 3 {
                0 => assert_eq!(block_on(task.cancel()), Exit::Cancelled),
                1 => drop(task),
                _ => thread::scope(|scope| drop(scope.spawn(move || drop(task)))),
            }
        }
    };
    thread::scope(|scope| {
        for which in 0..3 {
            scope.spawn(move || work(which));
        }
    });
    eventually(|| ARENA.free() == 3 && ALIVE.load(Ordering::SeqCst) == 0);
}

#[test]
fn the_local_and_the_sent_share_the_slots_of_one_executor() {
    static ARENA: Arena<64, 1> = Arena::new();
    run(async |spawner| {
        let (here, there) = (ARENA.with(spawner), ARENA.with(spawner).make_send());
        for _ in 0..2 {
            assert_eq!(here.spawn(ready(())).unwrap().await, Exit::Completed);
            assert_eq!(there.spawn(ready(())).unwrap().await, Exit::Completed);
        }
    });
}

#[test]
fn an_arena_refuses_every_executor_but_the_first() {
    static KNOWN: Arena<64, 2> = Arena::new();
    static BOUND: Arena<64, 2> = Arena::new();

    fn refused<T>(spawned: Result<T, SpawnError>) -> bool {
        spawned.err() == Some(SpawnError::OtherExecutor)
    }

    let other = executor();
    run(async move |spawner| {
        // With a spawner of its own executor, any number of times.
        let here = KNOWN.with(spawner);
        assert_eq!(KNOWN.with(spawner).spawn(ready(())).unwrap().await, Exit::Completed);
        assert!(refused(KNOWN.bind(other)));
        assert!(refused(KNOWN.bind(spawner.make_send())), "it is not identified");
        // With a spawner that does not identify its executor, once.
        let there = BOUND.bind(other).unwrap();
        assert!(refused(BOUND.bind(other)));
        assert!(refused(BOUND.with(spawner).spawn(pending())));
        assert_eq!(there.spawn(ready(())).unwrap().await, Exit::Completed);
        // On another executor's thread.
        let witness = Arc::new(());
        let theirs = thread::spawn({
            let witness = witness.clone();
            move || {
                run(async move |spawner| {
                    let keep = async move || drop(witness);
                    assert!(refused(KNOWN.with(spawner).spawn(keep.clone()())));
                    assert!(refused(KNOWN.with(spawner).make_send().spawn(keep())));
                });
            }
        });
        theirs.join().unwrap();
        assert_eq!(Arc::strong_count(&witness), 1, "what was refused was dropped");
        // The first arena is unaffected.
        let tasks = [(); 2].map(|()| here.spawn(pending()).unwrap());
        assert_eq!(here.spawn(pending()).unwrap_err(), SpawnError::NoFreeSlot);
        for task in tasks {
            assert_eq!(task.cancel().await, Exit::Cancelled);
        }
    });
}

#[test]
fn a_task_whose_destructor_panics_has_ended() {
    static ARENA: [Arena<64, 1>; 2] = [const { Arena::new() }; 2];

    struct Panics;

    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("a destructor panics, as it should in this test");
        }
    }

    for (arena, exit) in ARENA.iter().zip([Exit::Completed, Exit::Cancelled]) {
        let (sender, handle) = channel();
        let executor = thread::spawn(move || {
            run(async move |spawner| {
                let panics = Panics;
                let task = arena.with(spawner).spawn(poll_fn(move |_| {
                    let _kept = &panics;
                    if exit == Exit::Completed { Poll::Ready(()) } else { Poll::Pending }
                }));
                let mut cancel = Box::pin(task.unwrap().cancel());
                if exit == Exit::Cancelled {
                    // Its first poll has cancelled.
                    poll_fn(|cx| Poll::Ready(cancel.as_mut().poll(cx).is_ready())).await;
                }
                sender.send(cancel).unwrap();
                pending::<()>().await;
            });
        });
        executor.join().expect_err("the destructor has not panicked");
        let ended = handle.recv().unwrap().as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!((ended, arena.free()), (Poll::Ready(exit), 1));
    }
}

#[test]
fn a_task_of_one_executor_sleeps_beside_that_of_another() {
    static ARENA: Arena<128, 1> = Arena::new();
    let elsewhere = ARENA.bind(executor()).unwrap();
    run(async move |_| {
        let nap = async || EmbassyClock.sleep(Duration::from_millis(2)).await;
        let task = elsewhere.spawn(async { EmbassyClock.sleep(Duration::from_millis(2)).await });
        nap().await;
        assert_eq!(task.unwrap().await, Exit::Completed);
    });
}

#[test]
fn no_code_of_others_runs_in_a_critical_section() {
    static ARENA: Arena<64, 4> = Arena::new();
    static HOOK: Hook = |_| assert_unlocked();
    static OTHER: Hook = |_| assert_unlocked();

    struct Touchy(u32);

    impl Future for Touchy {
        type Output = ();

        fn poll(mut self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            assert_unlocked();
            self.0 -= 1;
            if self.0 == 0 { Poll::Ready(()) } else { Poll::Pending }
        }
    }

    impl Drop for Touchy {
        fn drop(&mut self) {
            assert_unlocked();
        }
    }

    let tasks = ARENA.bind(executor()).unwrap();
    let poll = |task: &mut ArenaTask, hook| {
        let waker = hooks::waker(hook);
        std::pin::Pin::new(task).poll(&mut Context::from_waker(&waker))
    };
    // With a waiting joiner: ends, is dropped, is detached.
    let mut ends = tasks.spawn(Touchy(1)).unwrap();
    while poll(&mut ends, &HOOK).is_pending() {
        // Another waker replaces the first.
        if poll(&mut ends, &OTHER).is_ready() {
            break;
        }
        thread::yield_now();
    }
    let mut dropped = tasks.spawn(Touchy(9)).unwrap();
    assert!(poll(&mut dropped, &HOOK).is_pending() && poll(&mut dropped, &OTHER).is_pending());
    drop(dropped);
    let mut detached = tasks.spawn(Touchy(2)).unwrap();
    assert!(poll(&mut detached, &HOOK).is_pending());
    detached.detach();
    let mut refused = tasks.spawn(Touchy(9)).unwrap();
    assert!(poll(&mut refused, &HOOK).is_pending());
    assert_eq!(block_on(refused.cancel()), Exit::Cancelled);
}
