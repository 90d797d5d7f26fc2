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
use tickwire_traits::{Interest, Readiness};

use super::helper;
use super::reactor::{Reactor, Registration};
use super::source::Left;
use crate::run_loop;
use crate::turns::Turns;

/// A file descriptor as embedded-io-async `Read` and `Write`, and as
/// [`Readiness`].
///
/// A read of 0 bytes into a buffer that has room means that the other end is
/// closed for good. An empty buffer moves nothing: `read` and `write` return 0 without
/// waiting, and send no empty packet.
///
/// After 32 operations in a row that complete without waiting, the next returns
/// `Pending` once, before any byte moves. So a line that is always ready leaves other
/// tasks their turn.
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
/// # Where it may be used
///
/// Under [`run`](crate::run), under any other executor, and under one after the
/// other, in any thread: each poll registers the descriptor with the loop that can
/// wake the caller. Dropping an `Fd` deregisters it.
///
/// Two `Fd`s of one descriptor cannot be watched by one loop: the second is refused
/// with [`io::ErrorKind::AlreadyExists`]. Duplicate the descriptor
/// ([`try_clone_to_owned`](std::os::fd::BorrowedFd::try_clone_to_owned)) for that.
///
/// Bytes are read and written by the system's calls on the descriptor, not by
/// `io::Read` and `io::Write` of its owner.
///
/// # Cancel safety
///
/// `read`, `write` and `flush` are cancel-safe: bytes move only in the poll that
/// says so.
#[derive(Debug)]
pub struct Fd<T: AsFd> {
    /// None when it has been given back.
    io: Option<T>,
    /// None while no loop watches it: the last registration failed.
    registration: Option<Registration>,
    kind: Kind,
    turns: Turns,
}

/// What a descriptor is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    /// A read of less than there was room for has left nothing (epoll(7), question
    /// 9). That page says so for pipes too; but a pipe may be one of packets (pipe(2),
    /// `O_DIRECT`), which its end for reading does not tell.
    reads_all: bool,
    /// A write shorter than its buffer has left no room (epoll(7), question 9). That is said
    /// of streams and pipes; other kinds are tried once more, with the same result on a tty.
    writes_all: bool,
    is_socket: bool,
    /// A read of a stream stops where descriptors or credentials were sent (unix(7)).
    is_unix_socket: bool,
}

const HERE: &str = "it is given back with `self` alone";

impl<T: AsFd> Fd<T> {
    /// Makes `io` non-blocking and watches it.
    ///
    /// All descriptors that share the open file become non-blocking, in other processes
    /// too. The standard input of a terminal often shares it with the standard output,
    /// where `println!` may fail then; open `/dev/tty` in its place.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] if the system cannot tell its readiness: a regular
    /// file, a directory, `/dev/null`. Otherwise whatever the system reports. `io` is
    /// closed; read it in a thread of its own instead.
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

    /// Returns the descriptor's owner.
    pub fn get_ref(&self) -> &T {
        self.io.as_ref().expect(HERE)
    }

    /// Stops watching, and gives the descriptor's owner back. It stays
    /// non-blocking.
    ///
    /// # Errors
    ///
    /// None on Linux. Elsewhere whatever the system's readiness queue reports; the
    /// descriptor is closed then, open it anew.
    pub fn into_inner(mut self) -> io::Result<T> {
        self.deregister();
        Ok(self.io.take().expect(HERE))
    }

    fn deregister(&mut self) {
        if let (Some(io), Some(registration)) = (&self.io, self.registration.take()) {
            registration.remove(io);
        }
    }

    /// Registers with the reactor that can wake the caller, unless that is done.
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

    /// Does `io`, unless it is the turn of others.
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
        // Asked anew: bytes may have been read by a call that this has not seen.
        let flags = match interest {
            Interest::Read => PollFlags::IN | PollFlags::PRI,
            Interest::Write => PollFlags::OUT,
        };
        let ready = poll(&mut [PollFd::new(io, flags)], Some(&Timespec::default()))?;
        if ready > 0 {
            return Poll::Ready(Ok(()));
        }
        self.turns.waits();
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
                    // An error in place of a signal, as the standard library has it.
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
        // The kernel has all that was written.
        Ok(())
    }
}

/// Reads bytes. Returns how many, and whether something was sent with them, which is
/// dropped: more bytes may follow.
fn receive(io: impl AsFd, buf: &mut [u8]) -> io::Result<(usize, bool)> {
    let mut nothing_else = RecvAncillaryBuffer::default();
    let into = &mut [IoSliceMut::new(buf)];
    let received = rustix::net::recvmsg(io, into, &mut nothing_else, RecvFlags::empty())?;
    Ok((received.bytes, received.flags.contains(ReturnFlags::CTRUNC)))
}

/// epoll has one error for all that it cannot watch, "operation not permitted".
fn refused(error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::PermissionDenied {
        return error;
    }
    let reason = "the system cannot tell when this kind of file is ready";
    io::Error::new(io::ErrorKind::Unsupported, reason)
}
