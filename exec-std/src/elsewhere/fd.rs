//! File descriptors, by async-io.

use std::future::poll_fn;
use std::io;
use std::os::fd::AsFd;
use std::task::{Context, Poll, ready};

use async_io::Async;
use tickwire_traits::{Interest, Readiness, waits_for};

use crate::turns::Turns;

/// A file descriptor as embedded-io-async `Read` and `Write`, and as [`Readiness`].
///
/// Its behavior, errors and cancel safety are those on Linux, except that two `Fd`s of one
/// descriptor are not refused.
#[derive(Debug)]
pub struct Fd<T> {
    io: Async<T>,
    turns: Turns,
}

impl<T: AsFd> Fd<T> {
    /// Makes `io` non-blocking and watches it.
    ///
    /// # Errors
    ///
    /// If the system cannot report the readiness of `io`. `io` is closed. Read such a file
    /// in a thread of its own.
    pub fn new(io: T) -> io::Result<Self> {
        Ok(Self { io: Async::new(io)?, turns: Turns::new() })
    }

    /// Returns the descriptor's owner.
    pub fn get_ref(&self) -> &T {
        self.io.get_ref()
    }

    /// Stops watching the descriptor and returns its owner. The descriptor stays
    /// non-blocking.
    ///
    /// # Errors
    ///
    /// Errors of the system's readiness queue. The descriptor is closed; open it anew.
    pub fn into_inner(self) -> io::Result<T> {
        self.io.into_inner()
    }

    /// Performs `io`, unless the descriptor has to yield.
    fn poll_in_turn(
        &mut self,
        interest: Interest,
        cx: &mut Context<'_>,
        mut io: impl FnMut(&T) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_proceed(cx));
        loop {
            match io(self.io.get_ref()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => return Poll::Ready(result),
            }
            ready!(self.poll_ready(interest, cx))?;
        }
    }
}

impl<T> embedded_io::ErrorType for Fd<T> {
    type Error = io::Error;
}

impl<T> Readiness for Fd<T> {
    fn poll_ready(&mut self, interest: Interest, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = match interest {
            Interest::Read => self.io.poll_readable(cx),
            Interest::Write => self.io.poll_writable(cx),
        };
        if polled.is_pending() {
            self.turns.waits();
            waits_for(|| "a file descriptor");
        }
        polled
    }

    fn poll_proceed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.turns.poll_proceed(cx)
    }
}

impl<T: AsFd> embedded_io_async::Read for Fd<T> {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        poll_fn(|cx| {
            self.poll_in_turn(Interest::Read, cx, |io| Ok(rustix::io::read(io, &mut *buf)?))
        })
        .await
    }
}

impl<T: AsFd> embedded_io_async::Write for Fd<T> {
    async fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        poll_fn(|cx| self.poll_in_turn(Interest::Write, cx, |io| Ok(rustix::io::write(io, buf)?)))
            .await
    }

    async fn flush(&mut self) -> io::Result<()> {
        // The system has all bytes that were written.
        Ok(())
    }
}
