//! Edges as the kernel queues them.

use std::fmt;
use std::io;
use std::ops::Range;

use embedded_hal::digital::PinState;
use embedded_io_async::Read;
use gpiocdev::Request;
use gpiocdev::line::{EdgeEvent, EdgeKind};
use tickwire_traits::{Clock, Edge};

use super::Error;
use crate::{Fd, StdClock, system};

/// The size of an edge in the kernel's interface (`struct gpio_v2_line_event`).
const EVENT: usize = 48;
/// How many edges are taken from the kernel by one system call.
const EVENTS: usize = 8;

/// The edges of the lines of one request, in one order.
///
/// They are read as bytes through [`Fd`]; `Request::read_edge_event` takes more than it
/// returns.
pub(super) struct EdgeQueue {
    request: Fd<Request>,
    bytes: [u8; EVENTS * EVENT],
    /// The part of `bytes` that holds edges not yet returned.
    unread: Range<usize>,
    /// The sequence number of the next edge, if none is lost.
    next: u32,
    /// Edges stamped before are forgotten. `None` until armed.
    armed: Option<u64>,
    /// Whether a wait is in progress, or was dropped.
    waits: bool,
}

impl EdgeQueue {
    /// Watches a request none of whose edges has been read.
    pub(super) fn new(request: Request) -> Result<Self, Error> {
        // The kernel promises to copy all edges that it has and that fit
        // (GPIO_V2_LINE_EVENT_READ), and `bytes` holds a whole number of them.
        let request = Fd::new(request).map_err(Error::of_io)?.reading_all();
        // The clock begins at its first reading. An edge stamped before that would have the
        // time zero, and so would the next one.
        StdClock::new().now();
        // The kernel counts from 1.
        let bytes = [0; EVENTS * EVENT];
        Ok(Self { request, bytes, unread: 0..0, next: 1, armed: None, waits: false })
    }

    pub(super) fn request(&self) -> &Request {
        self.request.get_ref()
    }

    /// Forgets the edges until now.
    pub(super) fn arm(&mut self) -> Result<(), Error> {
        let now = system::nanos();
        self.armed = Some(now);
        // Edges that the ring has lost until now must not count as missed, so it is emptied.
        // It is emptied up to the first edge after `now`, so that a line that keeps changing
        // does not keep this loop running.
        loop {
            while let Some(event) = self.peek()? {
                if event.timestamp_ns >= now {
                    return Ok(());
                }
                self.skip(&event);
            }
            if !self.read_now()? {
                return Ok(());
            }
        }
    }

    /// Waits for the next edge. Its line is the offset on the chip.
    ///
    /// Cancel-safe: edges move only in the poll that returns one.
    pub(super) async fn edge(&mut self) -> Result<Edge<u32>, Error> {
        let armed = match self.armed {
            Some(armed) => armed,
            None => {
                self.arm()?;
                self.armed.unwrap_or_default()
            }
        };
        loop {
            while let Some(event) = self.peek()? {
                let missed = self.skip(&event);
                // The interrupt of an edge before `arm` may have queued it after that.
                if event.timestamp_ns >= armed {
                    let level = match event.kind {
                        EdgeKind::Rising => PinState::High,
                        EdgeKind::Falling => PinState::Low,
                    };
                    let at = StdClock::from_monotonic_nanos(event.timestamp_ns);
                    return Ok(Edge { line: event.offset, at, level, missed });
                }
            }
            // After a wait that was dropped, `Fd` knows of no new edge before its loop asks the
            // system. Reading here returns the edges to a late task before its timeout ends.
            if std::mem::replace(&mut self.waits, true) && self.read_now()? {
                continue;
            }
            let read = self.request.read(&mut self.bytes).await;
            // No await below: edges are kept in the poll that has read them.
            self.waits = false;
            self.filled(read.map_err(Error::of_io)?)?;
        }
    }

    /// Reads without waiting. Returns whether there was an edge.
    fn read_now(&mut self) -> Result<bool, Error> {
        loop {
            match rustix::io::read(self.request.get_ref(), &mut self.bytes) {
                Ok(len) => return self.filled(len).map(|()| true),
                Err(rustix::io::Errno::AGAIN) => return Ok(false),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(Error::of_io(error.into())),
            }
        }
    }

    /// Returns the oldest edge that is not yet returned.
    fn peek(&self) -> Result<Option<EdgeEvent>, Error> {
        let unread = self.bytes.get(self.unread.clone()).unwrap_or_default();
        let Some(event) = unread.first_chunk::<EVENT>() else { return Ok(None) };
        let mut words = [0; EVENT / size_of::<u64>()];
        for (word, bytes) in words.iter_mut().zip(event.as_chunks().0) {
            *word = u64::from_ne_bytes(*bytes);
        }
        self.request().edge_event_from_slice(&words).map(Some).map_err(Error::of_call)
    }

    /// Takes the oldest edge. Returns how many were lost before it.
    fn skip(&mut self, event: &EdgeEvent) -> u32 {
        self.unread.start += EVENT;
        let missed = event.seqno.wrapping_sub(self.next);
        self.next = event.seqno.wrapping_add(1);
        missed
    }

    /// Notes that `bytes` begins with `len` bytes of edges.
    fn filled(&mut self, len: usize) -> Result<(), Error> {
        self.unread = 0..len;
        // Reading on would repeat this forever.
        if len < EVENT {
            let short = format!("the kernel has sent {len} bytes of an edge");
            return Err(Error::System(io::Error::new(io::ErrorKind::UnexpectedEof, short)));
        }
        Ok(())
    }
}

impl fmt::Debug for EdgeQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut queue = f.debug_struct("EdgeQueue");
        queue.field("chip", &self.request().chip_path()).finish_non_exhaustive()
    }
}
