//! A port on which bytes come at times of their own, whatever is written.

use std::collections::VecDeque;

use embedded_io_async::{ErrorType, Read, Write};
use tickwire_sim::SimClock;
use tickwire_sim::uart::LineFault;
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::stream::HalfDuplex;

pub(super) struct Port {
    pub(super) clock: SimClock,
    pub(super) coming: VecDeque<(Instant, u8)>,
    /// Bytes per read and per write.
    pub(super) most: usize,
    /// Whether the stream ends after the last byte. Otherwise nothing more comes.
    pub(super) ends: bool,
    /// The number of bytes that it accepts. It waits forever then.
    pub(super) accepts: usize,
    /// Whether what was accepted is ever sent.
    pub(super) flushes: bool,
    /// When a read fails, once.
    pub(super) fails_at: Option<Instant>,
}

impl Port {
    pub(super) fn new(clock: SimClock) -> Self {
        Self {
            clock,
            coming: VecDeque::new(),
            most: 64,
            ends: false,
            accepts: usize::MAX,
            flushes: true,
            fails_at: None,
        }
    }

    /// Lets `bytes` come at once when `at_ms` has passed.
    pub(super) fn with(mut self, at_ms: u64, bytes: &[u8]) -> Self {
        let at = Instant::from_millis(at_ms);
        self.coming.extend(bytes.iter().map(|byte| (at, *byte)));
        self
    }

    /// Creates a driver that waits for 1 s, and for 5 ms of silence.
    pub(super) fn asker(self) -> HalfDuplex<Self, SimClock, 8> {
        let clock = self.clock.clone();
        HalfDuplex::new(self, clock)
            .with_patience(Duration::from_secs(1))
            .with_quiet(Duration::from_millis(5))
    }
}

impl ErrorType for Port {
    type Error = LineFault;
}

impl Read for Port {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, LineFault> {
        if let Some(at) = self.fails_at {
            self.clock.sleep_until(at).await;
            self.fails_at = None;
            return Err(LineFault);
        }
        match self.coming.front() {
            Some((at, _)) => self.clock.sleep_until(*at).await,
            None if self.ends => return Ok(0),
            None => core::future::pending().await,
        }
        let mut len = 0;
        while len < buf.len().min(self.most)
            && let Some((_, byte)) = self.coming.pop_front_if(|(at, _)| *at <= self.clock.now())
        {
            buf[len] = byte;
            len += 1;
        }
        Ok(len)
    }
}

impl Write for Port {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, LineFault> {
        self.clock.sleep(Duration::from_millis(1)).await;
        if self.accepts == 0 {
            core::future::pending().await
        }
        let len = bytes.len().min(self.most).min(self.accepts);
        self.accepts -= len;
        Ok(len)
    }

    async fn flush(&mut self) -> Result<(), LineFault> {
        self.clock.sleep(Duration::from_millis(1)).await;
        if self.flushes { Ok(()) } else { core::future::pending().await }
    }
}
