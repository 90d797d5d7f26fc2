//! The line to a device.

use std::future::poll_fn;
use std::task::{Context, Poll};

use embedded_io::{ErrorType, ReadReady};
use embedded_io_async::{Read, Write};
use tickwire_traits::{Clock, TimerQueue};

use super::Device;
use crate::uart::LineFault;
use crate::waits_for;

/// The bytes that the writer's UART holds.
const FIFO: usize = 16;

impl<T: TimerQueue> Device<T> {
    fn poll_read(&self, buf: &mut [u8], cx: &mut Context<'_>) -> Poll<Result<usize, LineFault>> {
        let now = self.clock.now();
        let mut model = self.model.borrow_mut();
        if std::mem::take(&mut model.fails_read) {
            return Poll::Ready(Err(LineFault));
        }
        if let Some(len) = model.read(buf, now) {
            return Poll::Ready(Ok(len));
        }
        let next = model.sent.front().map(|(at, _)| *at);
        drop(model);
        // Cloned and dropped while nothing is borrowed: a waker may call back.
        let waker = cx.waker().clone();
        let replaced = self.model.borrow_mut().reader.replace(waker);
        drop(replaced);
        if let Some(at) = next {
            self.clock.schedule_wake(at, cx.waker());
        }
        waits_for(|| "bytes of a device that answers");
        Poll::Pending
    }
}

impl<T: TimerQueue> Read for Device<T> {
    /// # Cancel safety
    ///
    /// Cancel-safe: bytes are only taken by the poll that returns them.
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, LineFault> {
        poll_fn(|cx| self.poll_read(buf, cx)).await
    }
}

impl<T: Clock> ReadReady for Device<T> {
    fn read_ready(&mut self) -> Result<bool, LineFault> {
        let (now, model) = (self.clock.now(), self.model.borrow());
        let has_ended = model.has_ended && model.sent.is_empty();
        Ok(model.fails_read || has_ended || model.sent.front().is_some_and(|(at, _)| *at <= now))
    }
}

impl<T: TimerQueue> Write for Device<T> {
    /// Accepts up to 16 bytes, as a UART does, when those before are out.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: bytes are only accepted by the poll that returns.
    async fn write(&mut self, buf: &[u8]) -> Result<usize, LineFault> {
        self.flush().await?;
        let now = self.clock.now();
        self.change(|model| model.heard_at = model.heard_at.max(now));
        let len = buf.len().min(FIFO);
        self.change(|model| {
            let start = model.heard_at;
            for (number, byte) in (1..).zip(&buf[..len]) {
                model.heard_at = start + model.baud.time_of(number);
                model.hear(*byte);
            }
        });
        Ok(len)
    }

    /// Waits until the last stop bit is over.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the bytes written are sent anyway.
    async fn flush(&mut self) -> Result<(), LineFault> {
        poll_fn(|cx| {
            let mut model = self.model.borrow_mut();
            if std::mem::take(&mut model.fails_write) {
                return Poll::Ready(Err(LineFault));
            }
            let sent_at = model.heard_at;
            drop(model);
            if self.clock.now() >= sent_at {
                return Poll::Ready(Ok(()));
            }
            self.clock.schedule_wake(sent_at, cx.waker());
            waits_for(|| "the end of a command");
            Poll::Pending
        })
        .await
    }
}

impl<T> ErrorType for Device<T> {
    type Error = LineFault;
}
