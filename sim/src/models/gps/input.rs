//! The line to a receiver.

use std::fmt;
use std::future::poll_fn;
use std::task::Poll;

use embedded_io::ErrorType;
use embedded_io_async::Write;
use tickwire_traits::{SetBaud, TimerQueue};

use super::shared::Shared;
use super::speed::SpeedError;
use super::{Control, LineFault};
use crate::uart::Baud;
use crate::waits_for;

/// The bytes that the writer's UART holds.
const FIFO: usize = 16;

/// The line to a [`Receiver`](super::Receiver), which obeys commands of MediaTek and answers them.
///
/// It answers with `PMTK001` and a flag. A restart is answered by `PMTK010` and `PMTK011` after
/// half a second, 414 by `PMTK514` with the sentences that 314 has set, 605 by `PMTK705`, and
/// `PGCMD,33` by `PGACK`. On standby, the receiver is silent until the next byte, which is lost.
/// 251 changes its speed in both directions; [`SetBaud`] of this type changes that of the port. It
/// ignores sentences with a wrong checksum, and those of other manufacturers. The log is not
/// changed by commands.
///
/// An answer comes between two sentences of the log. [`Control::fault`] sets what goes wrong.
///
/// ```
/// use embedded_io_async::{Read, Write};
/// use tickwire_sim::{Sim, models::gps};
///
/// let sim = Sim::new();
/// let mut line = gps::Receiver::new(sim.clock(), "", 9_600).then_silence();
/// let mut input = line.input();
/// sim.run(async {
///     input.write_all(b"$PMTK220,1000*1F\r\n").await.unwrap();
///     let mut answer = [0; 18];
///     line.read_exact(&mut answer).await.unwrap();
///     assert_eq!(&answer, b"$PMTK001,220,3*30\r");
/// });
/// ```
pub struct Input<T> {
    receiver: Shared<T>,
}

impl<T> Input<T> {
    pub(super) fn of(receiver: Shared<T>) -> Self {
        Self { receiver }
    }
}

impl<T: TimerQueue> Write for Input<T> {
    /// Accepts up to 16 bytes, as a UART does, when those before are out.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: bytes are only accepted by the poll that returns.
    async fn write(&mut self, buf: &[u8]) -> Result<usize, LineFault> {
        self.flush().await?;
        let len = buf.len().min(FIFO);
        let now = self.receiver.clock().now();
        // The reader has to look at the answer.
        Control::of(self.receiver.clone()).change(|model| {
            let start = model.written_until.max(now);
            for (number, byte) in (1..).zip(&buf[..len]) {
                model.written_until = start + model.speed.port().time_of(number);
                model.incoming.push_back((model.written_until, *byte));
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
            let (fails, until) = self
                .receiver
                .with(|model, _| (std::mem::take(&mut model.fails_write), model.written_until));
            if fails {
                return Poll::Ready(Err(LineFault));
            }
            if self.receiver.clock().now() >= until {
                return Poll::Ready(Ok(()));
            }
            self.receiver.clock().schedule_wake(until, cx.waker());
            waits_for(|| "the end of a command");
            Poll::Pending
        })
        .await
    }
}

/// The speed of the port that reads the receiver changes as well. Where both differ by 5 % or more,
/// bytes arrive garbled, and so does a byte during which the port changes its speed.
impl<T: TimerQueue> SetBaud for Input<T> {
    type Error = SpeedError;

    /// # Cancel safety
    ///
    /// Cancel-safe: the speed changes only in the poll that returns.
    async fn set_baud(&mut self, bits_per_second: u32) -> Result<(), SpeedError> {
        let fastest = self.receiver.with(|model, _| model.speed.fastest);
        if bits_per_second == 0 || bits_per_second > fastest {
            return Err(SpeedError::Unsupported(bits_per_second));
        }
        self.flush().await.map_err(SpeedError::Line)?;
        let baud = Baud::new(bits_per_second);
        self.receiver.with(|model, now| model.speed.set_port(baud, now));
        Ok(())
    }
}

impl<T> ErrorType for Input<T> {
    type Error = LineFault;
}

impl<T> Clone for Input<T> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone() }
    }
}

impl<T> fmt::Debug for Input<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the line to {:?}", self.receiver)
    }
}
