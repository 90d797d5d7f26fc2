//! What the reader of a receiver sees.

use tickwire_traits::{Clock, Instant};

use super::LineFault;
use super::burst::Burst;
use super::model::{AtEnd, Model};
use super::talk::Talk;

/// The time for which a UART with a trigger waits on an idle line: 4 characters (16550,
/// PL011: 32 bits).
const IDLE_BYTES: u64 = 4;

impl<T: Clock> Model<T> {
    /// Returns whether the UART would wake a reader now.
    pub(super) fn is_ready(&self, now: Instant) -> bool {
        let idle = || now >= self.quiet_since + self.baud.time_of(IDLE_BYTES);
        self.fifo.len() >= self.trigger.min(self.capacity) || (!self.fifo.is_empty() && idle())
    }

    /// Returns the result of a read, or `None` if it has to wait.
    pub(super) fn take(
        &mut self,
        buf: &mut [u8],
        now: Instant,
    ) -> Option<Result<usize, LineFault>> {
        if std::mem::take(&mut self.fails) {
            return Some(Err(LineFault));
        }
        if buf.is_empty() || self.has_hung_up() {
            return Some(Ok(0));
        }
        if !self.is_ready(now) {
            return None;
        }
        let len = buf.len().min(self.fifo.len());
        for (slot, byte) in buf.iter_mut().zip(self.fifo.drain(..len)) {
            *slot = byte;
        }
        Some(Ok(len))
    }

    pub(super) fn has_hung_up(&self) -> bool {
        let is_silent = self.burst.is_none() && self.talk.is_over();
        is_silent && self.fifo.is_empty() && self.at_end == AtEnd::HangUp
    }

    /// Ends the log and the answers. What the reader's UART has is read first.
    pub(super) fn hang_up(&mut self) {
        (self.burst, self.at_end) = (None, AtEnd::HangUp);
        self.incoming.clear();
        self.talk = Talk::new();
    }

    /// Returns when a reader has to poll again, or `None` if only a [`Control`] can wake it.
    pub(super) fn look_at(&mut self) -> Option<Instant> {
        let idle = self.baud.time_of(IDLE_BYTES);
        let falls_idle = (!self.fifo.is_empty()).then_some(self.quiet_since + idle);
        if !self.plugged {
            return falls_idle;
        }
        if !self.talk.is_over() || !self.incoming.is_empty() {
            let heard = self.incoming.front().map(|(at, _)| *at);
            let sent = self.next_byte().map(|next| next.end);
            return [falls_idle, heard, sent].into_iter().flatten().min();
        }
        let Some(burst @ Burst { index, start, sent, .. }) = self.burst else { return falls_idle };
        if let Some(at) = falls_idle.filter(|at| *at <= start) {
            return Some(at);
        }
        let len = self.script.bytes(index, &self.log).len();
        let wanted = self.trigger.min(self.capacity).saturating_sub(self.fifo.len());
        if sent + wanted <= len {
            return Some(burst.begin(sent + wanted, self.baud));
        }
        Some(burst.begin(len, self.baud) + idle)
    }
}
