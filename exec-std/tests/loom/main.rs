//! Models of the types of a run loop that threads share, run in every order.
//!
//! The files under test are those of the crate, compiled with Loom's atomics and locks
//! instead of the standard library's, and with a kernel of a few flags. A lost wake-up
//! leaves a thread waiting forever, which Loom reports.
#![cfg(all(target_os = "linux", not(light_tests)))]
#![forbid(unsafe_code)]
// Each model uses a part of it.
#![allow(dead_code)]

mod atomic {
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
    pub(crate) use loom::sync::{Arc, Mutex, MutexGuard};
    pub(crate) use std::sync::PoisonError;
}

mod kernel;

/// Under the name that the crate's files use.
mod system {
    pub(crate) use crate::kernel::Reactor;
}

#[path = "../../src/run_loop/inbox.rs"]
mod inbox;
#[path = "../../src/quiet.rs"]
mod quiet;
#[path = "../../src/run_loop/task.rs"]
mod task;

// Its paths are relative to this file.
#[path = "."]
mod linux {
    mod reactor {
        pub(crate) use crate::kernel::Reactor;
    }

    #[path = "../../src/linux/alarms.rs"]
    pub(crate) mod alarms;
    #[path = "../../src/linux/armed.rs"]
    pub(crate) mod armed;
    #[path = "../../src/linux/source.rs"]
    pub(crate) mod source;
}

use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Wake, Waker};

use loom::future::block_on;
use loom::model::Builder;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use loom::thread;
use rustix::event::epoll::EventFlags;
use tickwire_traits::{Exit, Instant, Interest};

use inbox::Inbox;
use kernel::{Descriptor, Reactor};
use linux::alarms::Alarms;
use linux::source::Source;
use task::{End, Task};

/// Queues a task as in a thread other than that of its loop.
fn queue(task: &Task) {
    task.inbox().push(task.number());
}

/// Runs a model in every order of its threads with this many preemptions. The known ways
/// of losing a wake-up need one or two.
fn every_order(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

#[test]
fn a_loop_that_falls_asleep_hears_of_every_task_that_is_woken() {
    every_order(|| {
        let reactor = Arc::new(Reactor::new());
        let inbox = Arc::new(Inbox::new(reactor.clone()));
        let threads = [1, 2].map(|number| {
            let inbox = inbox.clone();
            thread::spawn(move || inbox.push(number))
        });
        let mut ready: Vec<u32> = Vec::new();
        while ready.len() < 2 {
            inbox.take(&mut ready);
            if ready.len() < 2 {
                inbox.unless_filled(|| reactor.wait_for_notice());
            }
        }
        ready.sort_unstable();
        assert_eq!(ready, [1, 2]);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

/// A loop with one task, which is queued for its first poll.
struct OneTask {
    reactor: Arc<Reactor>,
    inbox: Arc<Inbox>,
    task: std::sync::Arc<Task>,
    ready: Vec<u32>,
}

impl OneTask {
    fn new() -> Self {
        let reactor = Arc::new(Reactor::new());
        let inbox = Arc::new(Inbox::new(reactor.clone()));
        let task = Task::new(1, inbox.clone());
        Self { reactor, inbox, task, ready: vec![1] }
    }

    /// Waits until the task is queued, and takes it out. False if it was canceled.
    fn next_turn(&mut self) -> bool {
        loop {
            self.inbox.take(&mut self.ready);
            if self.ready.pop().is_some() {
                return self.task.unqueue();
            }
            self.inbox.unless_filled(|| self.reactor.wait_for_notice());
        }
    }
}

#[test]
fn a_task_that_another_thread_wakes_sees_what_that_thread_has_written() {
    every_order(|| {
        let mut run_loop = OneTask::new();
        // Relaxed: the queue has to make it visible to the task.
        let happened = Arc::new(AtomicU32::new(0));
        let threads = [1, 16].map(|step| {
            let (waker, happened) = (Waker::from(run_loop.task.clone()), happened.clone());
            thread::spawn(move || {
                happened.fetch_add(step, Relaxed);
                waker.wake();
            })
        });
        loop {
            assert!(run_loop.next_turn());
            if happened.load(Relaxed) == 17 {
                break;
            }
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_task_that_is_cancelled_whenever_it_may_be_is_not_polled_forever() {
    every_order(|| {
        let mut run_loop = OneTask::new();
        let threads = {
            let (waker, task) = (Waker::from(run_loop.task.clone()), run_loop.task.clone());
            [thread::spawn(move || waker.wake()), thread::spawn(move || task.cancel())]
        };
        while run_loop.next_turn() {}
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_thread_that_awaits_a_task_hears_of_its_end() {
    every_order(|| {
        let task = OneTask::new().task;
        let awaits = {
            let task = task.clone();
            thread::spawn(move || block_on(poll_fn(|cx| task.poll_end(cx))))
        };
        task.ended(End::Exit(Exit::Completed));
        assert_eq!(awaits.join().unwrap(), Exit::Completed);
    });
}

#[test]
fn a_reader_hears_of_every_byte() {
    every_order(|| {
        let source = Arc::new(Source::default());
        let descriptor = Arc::new(Descriptor::default());
        let kernel = {
            let (source, descriptor) = (source.clone(), descriptor.clone());
            thread::spawn(move || {
                for _ in 0..2 {
                    descriptor.send_a_byte();
                    source.note(EventFlags::IN);
                }
            })
        };
        let mut read = 0;
        while read < 2 {
            let polled =
                poll_fn(|cx| source.poll_io(Interest::Read, cx, || descriptor.read(), || Ok(())));
            read += block_on(polled).unwrap();
        }
        kernel.join().unwrap();
    });
}

#[test]
fn a_line_that_hangs_up_ends_the_read_that_waits() {
    every_order(|| {
        let source = Arc::new(Source::default());
        let descriptor = Arc::new(Descriptor::default());
        let kernel = {
            let (source, descriptor) = (source.clone(), descriptor.clone());
            thread::spawn(move || {
                descriptor.send_a_byte();
                descriptor.hang_up();
                source.note(EventFlags::IN | EventFlags::RDHUP);
            })
        };
        let mut read = 0;
        loop {
            let polled =
                poll_fn(|cx| source.poll_io(Interest::Read, cx, || descriptor.read(), || Ok(())));
            match block_on(polled).unwrap() {
                0 => break,
                len => read += len,
            }
        }
        assert_eq!(read, 1);
        kernel.join().unwrap();
    });
}

/// A waker that calls its source when dropped, and so when woken.
struct ComesBack(Arc<Source>);

impl Wake for ComesBack {
    fn wake(self: std::sync::Arc<Self>) {}
}

impl Drop for ComesBack {
    fn drop(&mut self) {
        self.0.register(Interest::Read, Waker::noop());
    }
}

#[test]
fn a_waker_that_is_dropped_or_woken_by_its_source_may_come_back_to_it() {
    // Loom reports a thread that locks a mutex twice.
    every_order(|| {
        let source = Arc::new(Source::default());
        let comes_back = || Waker::from(std::sync::Arc::new(ComesBack(source.clone())));
        source.register(Interest::Read, &comes_back());
        source.register(Interest::Read, Waker::noop());
        source.register(Interest::Read, &comes_back());
        source.note(EventFlags::IN);
    });
}

/// The same for a task that is awaited.
struct AsksAgain(std::sync::Arc<Task>);

impl Wake for AsksAgain {
    fn wake(self: std::sync::Arc<Self>) {}
}

impl Drop for AsksAgain {
    fn drop(&mut self) {
        let _ = self.0.poll_end(&mut Context::from_waker(Waker::noop()));
    }
}

#[test]
fn a_waker_that_is_dropped_or_woken_by_a_task_may_ask_for_its_end() {
    every_order(|| {
        let task = OneTask::new().task;
        let asks_again = || Waker::from(std::sync::Arc::new(AsksAgain(task.clone())));
        for waker in [asks_again(), Waker::noop().clone(), asks_again()] {
            assert!(task.poll_end(&mut Context::from_waker(&waker)).is_pending());
        }
        task.ended(End::Exit(Exit::Completed));
    });
}

struct Count(Arc<AtomicUsize>);

impl Wake for Count {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

fn set(alarms: &Arc<Alarms>, at: u64) -> thread::JoinHandle<Arc<AtomicUsize>> {
    let alarms = alarms.clone();
    thread::spawn(move || {
        let woken = Arc::new(AtomicUsize::new(0));
        let waker = Waker::from(std::sync::Arc::new(Count(woken.clone())));
        alarms.set(Instant::from_micros(at), &waker);
        woken
    })
}

#[test]
fn alarms_that_other_threads_set_while_the_helper_waits_are_all_heard() {
    every_order(|| {
        let reactor = Arc::new(Reactor::new());
        let alarms = Arc::new(Alarms::new(reactor.clone()));
        let setters = [10, 20].map(|at| set(&alarms, at));
        // The helper. The timer provides the time.
        let mut now = Instant::from_micros(5);
        let mut woken = 0;
        while woken < 2 {
            while let Some(waker) = alarms.next_due(now) {
                waker.wake();
                woken += 1;
            }
            if woken < 2 {
                now = now.max(reactor.wait_for_timer());
            }
        }
        for setter in setters {
            assert_eq!(setter.join().unwrap().load(SeqCst), 1);
        }
    });
}

#[test]
fn the_timer_is_set_to_the_earliest_of_alarms_that_are_set_at_once() {
    every_order(|| {
        let reactor = Arc::new(Reactor::new());
        let alarms = Arc::new(Alarms::new(reactor.clone()));
        for setter in [20, 10].map(|at| set(&alarms, at)) {
            setter.join().unwrap();
        }
        assert_eq!(reactor.wait_for_timer(), Instant::from_micros(10));
    });
}
