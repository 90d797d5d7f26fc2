//! The controller: an `SpiBus` that sends byte by byte.

use std::future::poll_fn;
use std::task::Poll;

use embedded_hal_async::spi::{ErrorType, SpiBus};
use tickwire_traits::{Instant, Timer, TimerQueue};

use super::{Bus, Fault, SpiFault};
use crate::waits_for;

/// The byte sent while the controller only reads.
const FILLER: u8 = 0;

impl<T> ErrorType for Bus<T> {
    type Error = SpiFault;
}

/// # Errors
///
/// [`SpiFault`] with the [injected](super::Faults::inject) error. The bytes before the fault
/// were sent, and the bus may be used again.
///
/// # Cancel safety
///
/// Dropping a transfer ends it after the byte that has begun, or after the bytes in the
/// [queue](Bus::with_fifo). The next transfer waits for their end.
impl<T: TimerQueue> SpiBus for Bus<T> {
    async fn read(&mut self, words: &mut [u8]) -> Result<(), SpiFault> {
        let mut transfer = self.begin().await;
        for word in words {
            *word = transfer.exchange(FILLER).await?;
        }
        Ok(())
    }

    async fn write(&mut self, words: &[u8]) -> Result<(), SpiFault> {
        let mut transfer = Transfer { bus: self, at: self.clock.now() };
        for word in words {
            transfer.send(*word).await?;
        }
        self.unread.borrow_mut().clear();
        Ok(())
    }

    async fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiFault> {
        let mut transfer = self.begin().await;
        for index in 0..read.len().max(write.len()) {
            let sent = write.get(index).copied().unwrap_or(FILLER);
            let came_back = transfer.exchange(sent).await?;
            if let Some(slot) = read.get_mut(index) {
                *slot = came_back;
            }
        }
        Ok(())
    }

    async fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), SpiFault> {
        let mut transfer = self.begin().await;
        for word in words {
            *word = transfer.exchange(*word).await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), SpiFault> {
        self.settle().await;
        Ok(())
    }
}

impl<T: TimerQueue> Bus<T> {
    /// Waits until all bytes are over, so that the next byte received is that of the next one.
    async fn begin(&self) -> Transfer<'_, T> {
        self.settle().await;
        if !self.keeps_unread {
            self.unread.borrow_mut().clear();
        }
        Transfer { bus: self, at: self.clock.now() }
    }

    async fn settle(&self) {
        self.sleep_until(self.line.free()).await;
        self.line.begin_until(self.clock.now());
    }

    /// Sleeps, unless the instant has passed: a bus without a speed is never pending.
    async fn sleep_until(&self, at: Instant) {
        if self.clock.now() < at {
            self.clock.sleep_until(at).await;
        }
    }
}

/// Bytes that follow one another without a pause, even if the task is late.
struct Transfer<'a, T> {
    bus: &'a Bus<T>,
    /// The start of the transfer.
    at: Instant,
}

impl<T: TimerQueue> Transfer<'_, T> {
    /// Sends a byte, and returns when the unsent bytes fit into the queue.
    async fn send(&mut self, byte: u8) -> Result<(), SpiFault> {
        let garbled = self.fault().await?;
        let line = &self.bus.line;
        line.send(self.bus.clock.now(), self.at, byte, garbled);
        let ahead = line.byte_time() * self.bus.fifo;
        // A queue longer than the time since the epoch never makes a write wait.
        let until = line.free().as_micros().saturating_sub(ahead.as_micros());
        self.bus.sleep_until(Instant::from_micros(until)).await;
        line.begin_until(self.bus.clock.now());
        Ok(())
    }

    /// Sends a byte, waits for its end, and returns the received byte.
    async fn exchange(&mut self, byte: u8) -> Result<u8, SpiFault> {
        let garbled = self.fault().await?;
        let line = &self.bus.line;
        // The bus was idle, so the byte begins now or, if the task is late, earlier.
        let came_back = line.send(self.bus.clock.now(), self.at, byte, garbled);
        let unread = &self.bus.unread;
        unread.borrow_mut().push_back(came_back.unwrap_or(0xff));
        self.bus.sleep_until(line.free()).await;
        Ok(unread.borrow_mut().pop_front().unwrap_or(0xff))
    }

    /// Counts a byte and applies its fault. Returns the bits to invert.
    async fn fault(&mut self) -> Result<u8, SpiFault> {
        match self.bus.line.faults().next_byte() {
            None => Ok(0),
            Some(Fault::Garble(bits)) => Ok(bits),
            Some(Fault::Error(kind)) => Err(SpiFault(kind)),
            Some(Fault::Hang) => {
                // At every poll, since the poll that asks for the reason comes after a stall.
                poll_fn(|_| {
                    waits_for(|| "an SPI transfer that hangs");
                    Poll::Pending
                })
                .await
            }
        }
    }
}
