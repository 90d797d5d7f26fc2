//! Tokio on one thread, with tasks that need not be `Send`.

use std::io::{PipeWriter, pipe};
use std::rc::Rc;
use std::time::Duration;

use ::tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use ::tokio::net::UnixStream;
use ::tokio::net::unix::pipe::Receiver;
use ::tokio::runtime::Builder;
use ::tokio::sync::{Mutex, mpsc};
use ::tokio::task::{LocalSet, spawn_local, yield_now};
use ::tokio::time::{Instant, sleep, sleep_until, timeout};
use tickwire_backends::{
    CAPACITY, CHUNK, HOUR, Operation, ROUND, SLEEP, Workload, begin_then, measure, watched,
};

use crate::count::Counter;
use crate::descriptors;

const DOES_NOT_PANIC: &str = "a task does not panic";

pub(crate) fn run(mut counter: Counter) {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("there are descriptors");
    let work = watched(async move {
        let (near, far) = UnixStream::pair().expect("there are descriptors");
        let (edges, raised) = pipe().expect("there are descriptors");
        let edges = Receiver::from_owned_fd(edges.into()).expect("a pipe can be watched");
        measure(&mut Tokio { edges, raised, near, far }, &mut counter).await;
    });
    LocalSet::new().block_on(&runtime, work);
}

struct Tokio {
    edges: Receiver,
    raised: PipeWriter,
    near: UnixStream,
    far: UnixStream,
}

/// Spawns so many tasks and waits until all have ended.
async fn each<F: Future<Output = ()> + 'static>(tasks: u32, work: impl Fn() -> F) {
    let tasks: Vec<_> = (0..tasks).map(|_| spawn_local(watched(work()))).collect();
    for task in tasks {
        task.await.expect(DOES_NOT_PANIC);
    }
}

impl Workload for Tokio {
    fn has(&self, _: Operation) -> bool {
        true
    }

    async fn switch(&mut self, tasks: u32, turns: u32) {
        let work = || async move {
            for _ in 0..turns {
                yield_now().await;
            }
        };
        each(tasks, work).await;
    }

    async fn spawn(&mut self, times: u32) {
        for _ in 0..times {
            spawn_local(watched(async {})).await.expect(DOES_NOT_PANIC);
        }
    }

    async fn sleep(&mut self, times: u32) {
        for _ in 0..times {
            sleep(SLEEP.into()).await;
        }
    }

    async fn fire(&mut self, tasks: u32, rounds: u32) {
        let start = Instant::now();
        let work = || async move {
            for round in 1..=rounds {
                sleep_until(start + Duration::from(ROUND) * round).await;
            }
        };
        each(tasks, work).await;
    }

    async fn give_up(&mut self, tasks: u32, turns: u32) {
        let work = || async move {
            for _ in 0..turns {
                let yielded = timeout(HOUR.into(), yield_now()).await;
                assert!(yielded.is_ok(), "an hour has passed");
            }
        };
        each(tasks, work).await;
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
        each(2, work).await;
    }

    async fn queue(&mut self, items: u32) {
        let (sender, mut receiver) = mpsc::channel(CAPACITY);
        let send = async move {
            for item in 0..items {
                sender.send(item).await.expect("there is a receiver");
            }
        };
        let receive = async move {
            for item in 0..items {
                assert_eq!(receiver.recv().await, Some(item));
            }
        };
        let tasks = [spawn_local(watched(send)), spawn_local(watched(receive))];
        for task in tasks {
            task.await.expect(DOES_NOT_PANIC);
        }
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
