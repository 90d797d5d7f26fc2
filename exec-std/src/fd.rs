//! File descriptors: pipes, sockets, ttys, GPIO lines.

use std::future::poll_fn;
use std::io;
use std::os::fd::AsFd;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_io::{Async, IoSafe};
use futures_lite::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tickwire_traits::{Interest, Readiness};

/// A file descriptor as embedded-io-async `Read` and `Write`, and as
/// [`Readiness`].
///
/// A read of 0 bytes into a buffer that has room means that the other end is
/// closed for good.
///
/// Whoever is at the other end, a task that reads or writes lets others have
/// their turn: every 32nd time in a row that it need not wait, it is pending once
/// all the same, before any byte moves.
///
/// ```
/// use std::io::Write;
/// use std::os::unix::net::UnixStream;
/// use embedded_io_async::Read;
/// use tickwire_exec_std::{Fd, run};
///
/// let (mut far, near) = UnixStream::pair()?;
/// far.write_all(b"42")?;
/// let mut near = Fd::new(near)?;
/// let mut bytes = [0; 8];
/// let len = run(async |_| near.read(&mut bytes).await)?;
/// assert_eq!(&bytes[..len], b"42");
/// # Ok::<_, std::io::Error>(())
/// ```
///
/// # Cancel safety
///
/// `read`, `write` and `flush` are cancel-safe: bytes move only in the poll that
/// says so.
#[derive(Debug)]
pub struct Fd<T> {
    io: Async<T>,
    /// How many times more it need not wait before it lets others have a turn.
    turns: u8,
}

const TURNS: u8 = 32;

impl<T: AsFd> Fd<T> {
    /// Makes `io` non-blocking and watches it.
    ///
    /// # Errors
    ///
    /// If the system cannot tell its readiness: a regular file, for one. `io` is
    /// closed; read it in a thread of its own instead.
    pub fn new(io: T) -> io::Result<Self> {
        Ok(Self { io: Async::new(io)?, turns: TURNS })
    }
}

impl<T> Fd<T> {
    /// Returns the descriptor's owner.
    pub fn get_ref(&self) -> &T {
        self.io.get_ref()
    }

    /// Stops watching, and gives the descriptor's owner back. It stays
    /// non-blocking.
    ///
    /// # Errors
    ///
    /// Whatever the system's readiness queue reports. The descriptor is closed;
    /// open it anew.
    pub fn into_inner(self) -> io::Result<T> {
        self.io.into_inner()
    }

    /// Does `io`, unless it is the turn of others.
    fn poll_in_turn<R>(
        &mut self,
        cx: &mut Context<'_>,
        io: impl FnOnce(Pin<&mut Async<T>>, &mut Context<'_>) -> Poll<R>,
    ) -> Poll<R> {
        if self.turns == 0 {
            // Who drops this and tries again has yielded too.
            self.turns = TURNS;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let polled = io(Pin::new(&mut self.io), cx);
        self.turns = if polled.is_ready() { self.turns - 1 } else { TURNS };
        polled
    }
}

impl<T> embedded_io::ErrorType for Fd<T> {
    type Error = io::Error;
}

impl<T> Readiness for Fd<T> {
    fn poll_ready(&mut self, interest: Interest, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match interest {
            Interest::Read => self.io.poll_readable(cx),
            Interest::Write => self.io.poll_writable(cx),
        }
    }
}

impl<T: io::Read + IoSafe> embedded_io_async::Read for Fd<T> {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        poll_fn(|cx| self.poll_in_turn(cx, |io, cx| io.poll_read(cx, buf))).await
    }
}

impl<T: io::Write + IoSafe> embedded_io_async::Write for Fd<T> {
    async fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        poll_fn(|cx| self.poll_in_turn(cx, |io, cx| io.poll_write(cx, buf))).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.io.flush().await
    }
}
