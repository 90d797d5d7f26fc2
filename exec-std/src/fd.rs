//! File descriptors: pipes, sockets, ttys, GPIO lines.

use std::io;
use std::os::fd::AsFd;
use std::task::{Context, Poll};

use async_io::{Async, IoSafe};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use tickwire_traits::{Interest, Readiness};

/// A file descriptor as embedded-io-async `Read` and `Write`, and as
/// [`Readiness`].
///
/// A read of 0 bytes into a buffer that has room means that the other end is
/// closed for good.
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
pub struct Fd<T>(Async<T>);

impl<T: AsFd> Fd<T> {
    /// Makes `io` non-blocking and watches it.
    ///
    /// # Errors
    ///
    /// If the system cannot tell its readiness: a regular file, for one.
    pub fn new(io: T) -> io::Result<Self> {
        Async::new(io).map(Self)
    }
}

impl<T> Fd<T> {
    /// Returns the descriptor's owner.
    pub fn get_ref(&self) -> &T {
        self.0.get_ref()
    }

    /// Stops watching, and gives the descriptor's owner back. It stays
    /// non-blocking.
    ///
    /// # Errors
    ///
    /// Whatever the system's readiness queue reports.
    pub fn into_inner(self) -> io::Result<T> {
        self.0.into_inner()
    }
}

impl<T> embedded_io::ErrorType for Fd<T> {
    type Error = io::Error;
}

impl<T> Readiness for Fd<T> {
    fn poll_ready(&mut self, interest: Interest, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match interest {
            Interest::Read => self.0.poll_readable(cx),
            Interest::Write => self.0.poll_writable(cx),
        }
    }
}

impl<T: io::Read + IoSafe> embedded_io_async::Read for Fd<T> {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf).await
    }
}

impl<T: io::Write + IoSafe> embedded_io_async::Write for Fd<T> {
    async fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.0.flush().await
    }
}
