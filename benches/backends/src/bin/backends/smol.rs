//! What `smol` is made of: async-executor's tasks, async-io's timers and descriptors,
//! async-lock and async-channel.

use std::io::{PipeReader, PipeWriter, pipe};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::{Duration, Instant};

use async_channel::bounded;
use async_executor::LocalExecutor;
use async_io::{Async, Timer, block_on};
use async_lock::Mutex;
use futures_lite::future::{or, yield_now};
use futures_lite::{AsyncReadExt as _, AsyncWriteExt as _};
use tickwire_backends::{
    CAPACITY, CHUNK, HOUR, Operation, ROUND, SLEEP, Workload, begin_then, measure, watched,
};

use crate::count::Counter;
use crate::descriptors;

pub(crate) fn run(mut counter: Counter) {
    let executor = LocalExecutor::new();
    let (near, far) = UnixStream::pair().expect("there are descriptors");
    let watch = |socket| Async::new(socket).expect("a socket can be watched");
    let (near, far) = (watch(near), watch(far));
    let (edges, raised) = pipe().expect("there are descriptors");
    let edges = Async::new(edges).expect("a pipe can be watched");
    let mut smol = Smol { executor: &executor, edges, raised, near, far };
    block_on(executor.run(watched(measure(&mut smol, &mut counter))));
}

struct Smol<'a> {
    executor: &'a LocalExecutor<'static>,
    edges: Async<PipeReader>,
    raised: PipeWriter,
    near: Async<UnixStream>,
    far: Async<UnixStream>,
}

impl Smol<'_> {
    /// Spawns so many tasks and waits until all have ended.
    async fn each<F: Future<Output = ()> + 'static>(&self, tasks: u32, work: impl Fn() -> F) {
        let tasks: Vec<_> = (0..tasks).map(|_| self.executor.spawn(watched(work()))).collect();
        for task in tasks {
            task.await;
        }
    }
}

impl Workload for Smol<'_> {
    fn has(&self, _: Operation) -> bool {
        true
    }

    async fn switch(&mut self, tasks: u32, turns: u32) {
        let work = || async move {
            for _ in 0..turns {
                yield_now().await;
            }
        };
        self.each(tasks, work).await;
    }

    async fn spawn(&mut self, times: u32) {
        for _ in 0..times {
            self.executor.spawn(watched(async {})).await;
        }
    }

    async fn sleep(&mut self, times: u32) {
        for _ in 0..times {
            Timer::after(SLEEP.into()).await;
        }
    }

    async fn fire(&mut self, tasks: u32, rounds: u32) {
        let start = Instant::now();
        let work = || async move {
            for round in 1..=rounds {
                Timer::at(start + Duration::from(ROUND) * round).await;
            }
        };
        self.each(tasks, work).await;
    }

    async fn give_up(&mut self, tasks: u32, turns: u32) {
        let work = || async move {
            for _ in 0..turns {
                let late = async {
                    Timer::after(HOUR.into()).await;
                    false
                };
                let in_time = async {
                    yield_now().await;
                    true
                };
                assert!(or(in_time, late).await, "an hour has passed");
            }
        };
        self.each(tasks, work).await;
    }

    async fn hand_over(&mut self, times: u32) {
        let lock = Rc::new(Mutex::new(()));
        let work = || {
            let lock = lock.clone();
            async move {
                for _ in 0..times / 2 {
                    let guard = lock.lock().await;
                    yield_now().await;
                    drop(guard);
                    yield_now().await;
                }
            }
        };
        self.each(2, work).await;
    }

    async fn queue(&mut self, items: u32) {
        let (sender, receiver) = bounded(CAPACITY);
        let send = self.executor.spawn(watched(async move {
            for item in 0..items {
                sender.send(item).await.expect("there is a receiver");
            }
        }));
        let receive = self.executor.spawn(watched(async move {
            for item in 0..items {
                assert_eq!(receiver.recv().await, Ok(item));
            }
        }));
        send.await;
        receive.await;
    }

    async fn edge(&mut self, times: u32) {
        for _ in 0..times {
            let raise = async { descriptors::raise(&self.raised) };
            begin_then(self.edges.read(&mut [0]), raise).await.expect("the pipe is open");
        }
    }

    async fn chunk(&mut self, times: u32) {
        for _ in 0..times {
            let mut bytes = [0; CHUNK];
            begin_then(self.near.read_exact(&mut bytes), self.far.write_all(&[7; CHUNK]))
                .await
                .expect("nothing is lost");
        }
    }
}
