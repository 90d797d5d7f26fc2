//! File descriptors: pipes, sockets, ttys, GPIO lines.

use std::future::poll_fn;
use std::io::{self, IoSliceMut};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, OFlags, fcntl_getfl, fcntl_setfl, fstat};
use rustix::net::sockopt::{socket_domain, socket_type};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvFlags, ReturnFlags, SendFlags, SocketType,
};
use tickwire_traits::{Interest, Readiness, waits_for};

use super::helper;
use super::reactor::{Reactor, Registration};
use super::source::Left;
use crate::run_loop;
use crate::turns::Turns;

/// A file descriptor as embedded-io-async `Read` and `Write`, and as
/// [`Readiness`].
///
/// A read that returns 0 means that the other end is closed, unless the buffer is empty.
/// With an empty buffer, `read` and `write` return 0 without waiting, and send no packet.
///
/// After 32 consecutive operations complete without waiting, the next returns `Pending`
/// once, before transferring data. So other tasks run even if a line is always ready.
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
/// # Executors and threads
///
/// An `Fd` works under [`run`](crate::run) and under any other executor, in any thread,
/// and may move between them. Each poll registers the descriptor with the loop that can
/// wake the caller. Dropping an `Fd` deregisters it.
///
/// One loop cannot watch two `Fd`s of one descriptor: the second is refused with
/// [`io::ErrorKind::AlreadyExists`]. Duplicate the descriptor
/// ([`try_clone_to_owned`](std::os::fd::BorrowedFd::try_clone_to_owned)) instead.
///
/// Reads and writes are system calls on the descriptor. `io::Read` and `io::Write` of its
/// owner are not used.
///
/// # Cancel safety
///
/// `read`, `write` and `flush` are cancel-safe: bytes move only in the poll that returns
/// their number.
#[derive(Debug)]
pub struct Fd<T: AsFd> {
    /// None once it has been returned.
    io: Option<T>,
    /// None while no loop watches it, because the last registration failed.
    registration: Option<Registration>,
    kind: Kind,
    turns: Turns,
}

/// The kind of file behind a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    /// A read shorter than its buffer has left no bytes (epoll(7), question 9), or its owner
    /// [says so](Fd::reading_all). Not set for pipes: they may be in packet mode (pipe(2),
    /// `O_DIRECT`), which the reading end does not report.
    reads_all: bool,
    /// A write shorter than its buffer has left no room (epoll(7), question 9). Not set for
    /// other kinds than streams and pipes: they are tried once more, which a tty refuses.
    writes_all: bool,
    is_socket: bool,
    /// A read stops where descriptors or credentials were sent (unix(7)).
    is_unix_socket: bool,
}

const HERE: &str = "only `into_inner` takes it, with `self`";

impl<T: AsFd> Fd<T> {
    /// Makes `io` non-blocking and watches it.
    ///
    /// All descriptors that share the open file become non-blocking, even in other
    /// processes. The standard input of a terminal often shares it with the standard
    /// output, where `println!` may then fail; open `/dev/tty` instead.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] if the system cannot report the readiness of `io`: a
    /// regular file, a directory, `/dev/null`. Read such a file in a thread of its own.
    /// Otherwise an error of the system. `io` is closed in any case.
    pub fn new(io: T) -> io::Result<Self> {
        let kind = Kind::of(&io)?;
        let flags = fcntl_getfl(&io)?;
        if !flags.contains(OFlags::NONBLOCK) {
            fcntl_setfl(&io, flags | OFlags::NONBLOCK)?;
        }
        let reactor = run_loop::reactor().map_or_else(helper::idle_reactor, Ok)?;
        let registration = Some(Registration::new(&reactor, &io).map_err(refused)?);
        Ok(Self { io: Some(io), registration, kind, turns: Turns::new() })
    }

    /// Spares the second read after one that was shorter than its buffer, since such a read
    /// has returned all that there was.
    #[cfg(feature = "gpio")]
    pub(crate) fn reading_all(mut self) -> Self {
        self.kind.reads_all = true;
        self
    }

    /// Returns the descriptor's owner.
    pub fn get_ref(&self) -> &T {
        self.io.as_ref().expect(HERE)
    }

    /// Stops watching the descriptor and returns its owner. The descriptor stays
    /// non-blocking.
    ///
    /// # Errors
    ///
    /// None on Linux. Elsewhere, errors of the system's readiness queue; the descriptor is
    /// closed then, so open it anew.
    pub fn into_inner(mut self) -> io::Result<T> {
        self.deregister();
        Ok(self.io.take().expect(HERE))
    }

    fn deregister(&mut self) {
        if let (Some(io), Some(registration)) = (&self.io, self.registration.take()) {
            registration.remove(io);
        }
    }

    /// Registers with the reactor that can wake the caller, unless it is registered there.
    fn register(&mut self, cx: &Context<'_>) -> io::Result<(&T, &mut Registration)> {
        let here = run_loop::with_reactor_of(cx.waker(), |reactor| self.move_to(reactor));
        match here {
            Some(moved) => moved?,
            None => self.move_to(&helper::reactor()?)?,
        }
        Ok((self.io.as_ref().expect(HERE), self.registration.as_mut().expect("it has moved")))
    }

    fn move_to(&mut self, reactor: &Arc<Reactor>) -> io::Result<()> {
        if self.registration.as_ref().is_some_and(|place| place.is_at(reactor)) {
            return Ok(());
        }
        self.deregister();
        self.registration = Some(Registration::new(reactor, self.get_ref())?);
        Ok(())
    }

    /// Performs `io`, unless the descriptor has to yield.
    fn poll_in_turn(
        &mut self,
        interest: Interest,
        cx: &mut Context<'_>,
        mut io: impl FnMut(&T, Kind) -> io::Result<(usize, Left)>,
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_proceed(cx));
        let kind = self.kind;
        let (inner, registration) = self.register(cx)?;
        let polled = registration.poll_io(inner, interest, cx, || io(inner, kind));
        if polled.is_pending() {
            self.turns.waits();
            waits_for(|| "a file descriptor");
        }
        polled
    }
}

impl Kind {
    fn of(io: &impl AsFd) -> io::Result<Self> {
        let file_type = FileType::from_raw_mode(fstat(io)?.st_mode);
        let is_socket = file_type == FileType::Socket;
        let reads_all = is_socket && socket_type(io)? == SocketType::STREAM;
        let writes_all = reads_all || file_type == FileType::Fifo;
        let is_unix_socket = is_socket && socket_domain(io)? == AddressFamily::UNIX;
        Ok(Self { reads_all, writes_all, is_socket, is_unix_socket })
    }
}

impl<T: AsFd> Drop for Fd<T> {
    fn drop(&mut self) {
        self.deregister();
    }
}

impl<T: AsFd> embedded_io::ErrorType for Fd<T> {
    type Error = io::Error;
}

impl<T: AsFd> Readiness for Fd<T> {
    fn poll_ready(&mut self, interest: Interest, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (io, registration) = self.register(cx)?;
        registration.register(io, interest, cx)?;
        // Ask the system, because the descriptor may have been read by other means.
        let flags = match interest {
            Interest::Read => PollFlags::IN | PollFlags::PRI,
            Interest::Write => PollFlags::OUT,
        };
        let ready = poll(&mut [PollFd::new(io, flags)], Some(&Timespec::default()))?;
        if ready > 0 {
            return Poll::Ready(Ok(()));
        }
        self.turns.waits();
        waits_for(|| "a file descriptor");
        Poll::Pending
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
            self.poll_in_turn(Interest::Read, cx, |io, kind| {
                let (len, is_cut) = if kind.is_unix_socket {
                    receive(io, buf)?
                } else {
                    (rustix::io::read(io, &mut *buf)?, false)
                };
                let is_all = kind.reads_all && !is_cut && 0 < len && len < buf.len();
                Ok((len, if is_all { Left::Nothing } else { Left::Maybe }))
            })
        })
        .await
    }
}

impl<T: AsFd> embedded_io_async::Write for Fd<T> {
    async fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        poll_fn(|cx| {
            self.poll_in_turn(Interest::Write, cx, |io, kind| {
                let len = if kind.is_socket {
                    // An error instead of a signal, as in the standard library.
                    rustix::net::send(io, buf, SendFlags::NOSIGNAL)?
                } else {
                    rustix::io::write(io, buf)?
                };
                let is_short = len < buf.len();
                Ok((len, if kind.writes_all && is_short { Left::Nothing } else { Left::Maybe }))
            })
        })
        .await
    }

    async fn flush(&mut self) -> io::Result<()> {
        // The kernel has all bytes that were written.
        Ok(())
    }
}

/// Reads bytes. Returns their number, and whether ancillary data came with them: it is
/// dropped, and more bytes may follow.
fn receive(io: impl AsFd, buf: &mut [u8]) -> io::Result<(usize, bool)> {
    let mut nothing_else = RecvAncillaryBuffer::default();
    let into = &mut [IoSliceMut::new(buf)];
    let received = rustix::net::recvmsg(io, into, &mut nothing_else, RecvFlags::empty())?;
    Ok((received.bytes, received.flags.contains(ReturnFlags::CTRUNC)))
}

/// Replaces "operation not permitted", the error of epoll for files that it cannot watch.
fn refused(error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::PermissionDenied {
        return error;
    }
    let reason = "the system cannot tell when this kind of file is ready";
    io::Error::new(io::ErrorKind::Unsupported, reason)
}
