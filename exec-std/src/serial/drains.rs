//! Drains of a port: calls that wait in another thread until all bytes have been sent.

use std::io;
use std::task::{Context, Poll, ready};

use crate::pool::Call;

/// The drain of a port, and whether it needs one.
#[derive(Debug, Default)]
pub(super) struct Drains {
    /// Bytes were written, and no drain that began afterwards has ended.
    is_unsent: bool,
    /// The only one that runs.
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    call: Call<io::Result<()>>,
    /// No bytes were written since it began.
    covers_all: bool,
}

impl Drains {
    /// Notes that bytes were written.
    pub(super) fn wrote(&mut self) {
        self.is_unsent = true;
        if let Some(running) = &mut self.running {
            running.covers_all = false;
        }
    }

    /// Waits for a drain that began after the last write. `start` begins one.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        mut start: impl FnMut() -> io::Result<Call<io::Result<()>>>,
    ) -> Poll<io::Result<()>> {
        loop {
            if let Some(running) = &mut self.running {
                let drained = ready!(running.call.poll(cx));
                let covers_all = running.covers_all;
                self.running = None;
                if covers_all {
                    let drained = drained.expect("a system call does not panic");
                    // After an error, the next call tries again.
                    self.is_unsent = drained.is_err();
                    return Poll::Ready(drained);
                }
            }
            if !self.is_unsent {
                return Poll::Ready(Ok(()));
            }
            self.running = Some(Running { call: start()?, covers_all: true });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::poll_fn;
    use std::sync::mpsc;
    use std::thread;

    use futures_lite::future::{block_on, poll_once};

    use super::*;
    use crate::pool;

    /// Starts drains that end when the test sends their result.
    #[derive(Default)]
    struct Port(RefCell<Vec<mpsc::Sender<io::Result<()>>>>);

    impl Port {
        fn start(&self) -> io::Result<Call<io::Result<()>>> {
            let (end, ended) = mpsc::channel();
            self.0.borrow_mut().push(end);
            pool::start(move || ended.recv().expect("the test ends it"))
        }

        fn started(&self) -> usize {
            self.0.borrow().len()
        }

        fn end(&self, result: io::Result<()>) {
            self.0.borrow().last().expect("one has started").send(result).expect("it runs");
        }

        async fn flush(&self, drains: &mut Drains) -> io::Result<()> {
            poll_fn(|cx| drains.poll(cx, || self.start())).await
        }
    }

    #[test]
    fn one_drain_runs_and_another_covers_what_was_written_meanwhile() {
        let (port, mut drains) = (Port::default(), Drains::default());
        block_on(async {
            port.flush(&mut drains).await.unwrap();
            assert_eq!(port.started(), 0, "nothing was written");
            drains.wrote();
            for _ in 0..3 {
                assert!(poll_once(port.flush(&mut drains)).await.is_none());
            }
            assert_eq!(port.started(), 1, "the first that was dropped goes on");
            drains.wrote();
            assert!(poll_once(port.flush(&mut drains)).await.is_none());
            assert_eq!(port.started(), 1);
            port.end(Ok(()));
            while port.started() == 1 {
                thread::yield_now();
                assert!(poll_once(port.flush(&mut drains)).await.is_none());
            }
            port.end(Ok(()));
            port.flush(&mut drains).await.unwrap();
            port.flush(&mut drains).await.unwrap();
            assert_eq!(port.started(), 2);
        });
    }

    #[test]
    fn a_flush_after_one_that_failed_tries_again() {
        let (port, mut drains) = (Port::default(), Drains::default());
        block_on(async {
            drains.wrote();
            for started in 1..3 {
                assert!(poll_once(port.flush(&mut drains)).await.is_none());
                assert_eq!(port.started(), started);
                port.end(Err(io::ErrorKind::Other.into()));
                assert!(port.flush(&mut drains).await.is_err());
            }
        });
    }
}
