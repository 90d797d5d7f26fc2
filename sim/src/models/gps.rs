//! A GPS receiver on a serial line.

mod burst;
mod chip;
mod control;
mod demo;
mod input;
mod model;
mod pulses;
mod reader;
mod script;
mod shared;
mod sky;
mod speed;
mod talk;

use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};

use embedded_hal::digital::PinState;
use embedded_io::{ErrorKind, ErrorType, ReadReady};
use embedded_io_async::Read;
use tickwire_traits::{Clock, Duration, TimerQueue};

use crate::{Trace, Wire, waits_for};
pub use control::{AnswerFault, Control};
pub use demo::demo_log;
pub use input::Input;
use model::{AtEnd, Model};
pub use pulses::PulseFaults;
use script::Script;
use shared::Shared;
pub use sky::sky_log;
pub use speed::{Obedience, SpeedError};

/// A receiver that plays an NMEA log over a serial line, byte by byte.
///
/// The sentences of one epoch, identified by their UTC time, form a burst. A burst begins
/// at its UTC second, counted from the log's first, plus the receiver's computing
/// [latency](Self::with_latency). A gap in the log of more than ten seconds, or a step
/// back, is played as one second.
///
/// The model is evaluated at each access, so it needs no task, and in real time no byte is
/// late because the executor was busy.
///
/// ```
/// use embedded_io_async::Read;
/// use tickwire_sim::{Sim, models::gps};
/// use tickwire_traits::{Clock, Instant};
///
/// let sim = Sim::new();
/// let mut line = gps::Receiver::new(sim.clock(), gps::demo_log(2), 9_600);
/// let mut first = [0; 6];
/// sim.run(line.read_exact(&mut first)).unwrap();
/// assert_eq!(&first, b"$GPRMC");
/// assert_eq!(sim.clock().now(), Instant::from_micros(6_250)); // 60 bits.
/// ```
pub struct Receiver<T> {
    receiver: Shared<T>,
}

/// The failure requested by [`Control::fail_next_read`].
///
/// ```
/// use embedded_io_async::Read;
/// use tickwire_sim::{Sim, models::gps};
///
/// let sim = Sim::new();
/// let mut line = gps::Receiver::new(sim.clock(), "$", 9_600);
/// line.control().fail_next_read();
/// assert_eq!(sim.run(line.read(&mut [0])), Err(gps::LineFault));
/// assert_eq!(sim.run(line.read(&mut [0])), Ok(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineFault;

impl<T: Clock> Receiver<T> {
    /// Creates a receiver that is switched on now, and hangs up after the log.
    ///
    /// A byte takes 10 bits.
    pub fn new(clock: T, log: impl Into<Vec<u8>>, baud: u32) -> Self {
        Self { receiver: Shared::new(clock, log.into(), baud) }
    }

    /// Sets the delay of a burst after its UTC second. The default is zero.
    pub fn with_latency(self, latency: Duration) -> Self {
        self.setting(|model| model.latency = latency)
    }

    /// Plays the log without pauses, as fast as the line allows.
    pub fn continuous(self) -> Self {
        self.setting(|model| model.script = Script::continuous(&model.log))
    }

    /// Repeats the log forever, one second after its last burst began.
    pub fn repeat(self) -> Self {
        self.setting(|model| model.at_end = AtEnd::Repeat)
    }

    /// Keeps the line silent after the log, instead of hanging up.
    pub fn then_silence(self) -> Self {
        self.setting(|model| model.at_end = AtEnd::Silence)
    }

    /// Sets how many bytes the reader's UART holds. Further bytes are lost and counted in
    /// [`Control::overruns`]. The default is no limit.
    pub fn with_fifo(self, bytes: usize) -> Self {
        self.setting(|model| model.capacity = bytes.max(1))
    }

    /// Sets how many bytes the reader's UART collects before it wakes the reader, unless the
    /// line falls idle. The default is 1.
    pub fn with_trigger(self, bytes: usize) -> Self {
        self.setting(|model| model.trigger = bytes.max(1))
    }

    /// Pulses `wire` high for 100 ms at each UTC second, until the log ends.
    ///
    /// The pulses are planned while a task reads the line.
    pub fn with_pps(self, wire: Wire<T>) -> Self {
        self.setting(|model| model.pps = Some(wire))
    }

    /// Sets the faults of the pulses.
    pub fn with_pulse_faults(self, faults: PulseFaults) -> Self {
        self.setting(|model| model.pulses.set_faults(faults))
    }

    /// Sets by how much the clock of the simulation is fast, in parts per billion. UTC seconds,
    /// and so sentences and pulses, are longer by as much. The default is zero.
    pub fn with_drift_ppb(self, ppb: i32) -> Self {
        self.setting(|model| model.drift_ppb = ppb)
    }

    /// Draws the line as `gps_tx` into a trace, for an analyzer's UART decoder, while a task
    /// reads it.
    pub fn traced(self, trace: &Trace) -> Self {
        let probe = trace.probe("gps_tx", PinState::High);
        self.setting(|model| model.probe = Some(probe))
    }

    /// Sets the time from a command to its answer, of which the default is 10 ms.
    pub fn with_answer_delay(self, delay: Duration) -> Self {
        self.setting(|model| model.chip.answer_delay = delay)
    }

    /// Returns the line to the receiver, which obeys commands of MediaTek.
    pub fn input(&self) -> Input<T> {
        Input::of(self.receiver.clone())
    }

    /// Returns a handle on the receiver.
    pub fn control(&self) -> Control<T> {
        Control::of(self.receiver.clone())
    }

    /// Changes a setting, and restarts the log with it.
    fn setting(self, change: impl FnOnce(&mut Model<T>)) -> Self {
        {
            let mut model = self.receiver.model().borrow_mut();
            change(&mut model);
            model.restart();
        }
        self
    }
}

impl<T: TimerQueue> Receiver<T> {
    fn poll_read(
        &mut self,
        buf: &mut [u8],
        cx: &mut Context<'_>,
    ) -> Poll<Result<usize, LineFault>> {
        let looked = self.receiver.with(|model, now| {
            if let Some(taken) = model.take(buf, now) {
                return Ok(taken);
            }
            model.reader = Some(cx.waker().clone());
            let next = model.look_at();
            if let Some(at) = next {
                model.pulse_until(at);
            }
            Err(next)
        });
        match looked {
            Ok(taken) => return Poll::Ready(taken),
            Err(Some(at)) => self.receiver.clock().schedule_wake(at, cx.waker()),
            Err(None) => {}
        }
        waits_for(|| format!("bytes of {:?}", self.receiver));
        Poll::Pending
    }
}

impl<T: TimerQueue> Read for Receiver<T> {
    /// # Cancel safety
    ///
    /// Cancel-safe: bytes are only taken by the poll that returns them.
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, LineFault> {
        poll_fn(|cx| self.poll_read(buf, cx)).await
    }
}

impl<T: TimerQueue> ReadReady for Receiver<T> {
    fn read_ready(&mut self) -> Result<bool, LineFault> {
        Ok(self
            .receiver
            .with(|model, now| model.fails || model.is_ready(now) || model.has_hung_up()))
    }
}

impl<T> ErrorType for Receiver<T> {
    type Error = LineFault;
}

impl embedded_io::Error for LineFault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl fmt::Display for SpeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(fault) => fault.fmt(f),
            Self::Unsupported(rate) => write!(f, "the port does not support {rate} baud"),
        }
    }
}

impl std::error::Error for SpeedError {}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the line failed, as requested")
    }
}

impl std::error::Error for LineFault {}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.receiver.fmt(f)
    }
}
