//! A command and its answer, on the port.

use embedded_io_async::{Read, Write};
use tickwire_traits::{Instant, Timer};

use super::echo::Echo;
use super::{AskError, HalfDuplex, Past};

/// How many reads after the patience may have bytes. What a late task reads first may have come in
/// time.
const LATE_READS: u8 = 2;

impl<P: Read + Write, T: Timer, const N: usize> HalfDuplex<P, T, N> {
    /// Sends a command once, and waits for its answer.
    pub(super) async fn exchange(&mut self, command: &[u8]) -> Result<(), AskError<P::Error>> {
        let mut ends_torn = self.past == Past::Torn && !self.separator.is_empty();
        loop {
            let bytes = if ends_torn { self.separator } else { command };
            self.settle().await?;
            self.send(bytes).await?;
            let answered = self.receive(bytes).await;
            if !ends_torn {
                return answered;
            }
            if let Err(error @ (AskError::Port(_) | AskError::EndOfStream)) = answered {
                return Err(error);
            }
            // What the device made of a part of a command is no answer, nor is its silence.
            self.heard.return_to(0);
            self.drop_heard();
            ends_torn = false;
        }
    }

    /// Drops what came, and what comes until the line has been quiet.
    async fn settle(&mut self) -> Result<(), AskError<P::Error>> {
        let mut until = self.heard_at + self.quiet.get();
        if self.past != Past::Answered {
            until = self.clock.now() + self.quiet.get();
        }
        let mut most = Self::MOST_UNASKED;
        let limit = self.clock.now() + self.patience.get();
        let mut late_reads = LATE_READS;
        loop {
            let len = self.heard.len();
            self.drop_heard();
            most = most.checked_sub(len).ok_or(AskError::NeverQuiet)?;
            if self.heard_at > limit {
                late_reads = late_reads.checked_sub(1).ok_or(AskError::NeverQuiet)?;
            }
            if !self.hear(until).await? {
                return Ok(());
            }
            until = self.heard_at + self.quiet.get();
        }
    }

    /// How many bytes may come before a command or its echo.
    const MOST_UNASKED: usize = 4 * N + 256;

    async fn send(&mut self, bytes: &[u8]) -> Result<(), AskError<P::Error>> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let until = self.clock.now() + self.patience.get();
            let written = self.clock.timeout_at(until, self.port.write(rest)).await;
            // No await below: accepted bytes are noted in the poll that wrote them.
            match written {
                Err(_) | Ok(Ok(0)) => return Err(AskError::NotSent),
                Ok(Err(error)) => return Err(AskError::Port(error)),
                Ok(Ok(len)) => rest = rest.get(len..).unwrap_or_default(),
            }
            self.past = Past::Torn;
        }
        self.past = Past::Late;
        let until = self.clock.now() + self.patience.get();
        match self.clock.timeout_at(until, self.port.flush()).await {
            Err(_) => Err(AskError::NotSent),
            Ok(flushed) => flushed.map_err(AskError::Port),
        }
    }

    /// Waits for the echo of a command, and for its answer, and keeps the answer alone.
    async fn receive(&mut self, command: &[u8]) -> Result<(), AskError<P::Error>> {
        if self.has_echo {
            self.find_echo(command).await?;
        }
        let (pause, ends_by_silence) = match self.end.is_silence() {
            true => (self.quiet, true),
            false => (self.patience, false),
        };
        // The read that ended the echo may have begun the answer, or be all of it.
        let mut until = match self.heard.len() {
            0 => self.clock.now() + self.patience.get(),
            _ => self.heard_at + pause.get(),
        };
        let mut len = 0;
        let error = loop {
            if let Some(end) = self.end.find(self.heard.bytes(), len) {
                self.heard.return_to(end);
                return Ok(());
            }
            len = self.heard.len();
            let was_full = self.heard.is_full();
            let has_ended = match self.hear(until).await {
                Ok(true) if was_full => break AskError::TooLong,
                Ok(true) => {
                    until = self.heard_at + pause.get();
                    continue;
                }
                Ok(false) => AskError::NoEnd,
                Err(error) => error,
            };
            match has_ended {
                AskError::NoEnd | AskError::EndOfStream if len > 0 && ends_by_silence => {
                    self.heard.return_to(len);
                    return Ok(());
                }
                AskError::NoEnd if len == 0 => break AskError::NoAnswer,
                error => break error,
            }
        };
        self.drop_heard();
        Err(error)
    }

    /// Waits for the echo of a command, and keeps what follows.
    async fn find_echo(&mut self, command: &[u8]) -> Result<(), AskError<P::Error>> {
        let until = self.clock.now() + self.patience.get();
        let mut echo = Echo::of(command);
        loop {
            let counted = echo.unasked();
            let end = echo.find(self.heard.bytes());
            self.heard.drop_first(end.unwrap_or(self.heard.len()));
            // Before the next await: a call that is dropped there has counted all.
            self.count_dropped(echo.unasked().saturating_sub(counted));
            if end.is_some() {
                return Ok(());
            }
            if echo.unasked() > Self::MOST_UNASKED || !self.hear(until).await? {
                return Err(AskError::NoEcho);
            }
        }
    }

    /// Reads behind what was heard. Returns whether bytes came until then. A byte for which there
    /// is no room is dropped.
    pub(super) async fn hear(&mut self, until: Instant) -> Result<bool, AskError<P::Error>> {
        self.turns.before_read().await;
        let mut spare = [0];
        let is_full = self.heard.is_full();
        let room = if is_full { &mut spare } else { self.heard.room() };
        let Ok(read) = self.clock.timeout_at(until, self.port.read(room)).await else {
            return Ok(false);
        };
        // No await below: what was read is noted in the poll that read it.
        match read.map_err(AskError::Port)? {
            0 => return Err(AskError::EndOfStream),
            len if is_full => self.count_dropped(len),
            len => self.heard.add(len),
        }
        self.heard_at = self.clock.now();
        Ok(true)
    }

    fn drop_heard(&mut self) {
        self.count_dropped(self.heard.len());
        self.heard.drop_first(self.heard.len());
    }

    fn count_dropped(&mut self, len: usize) {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        self.counters.dropped = self.counters.dropped.saturating_add(len);
    }
}
