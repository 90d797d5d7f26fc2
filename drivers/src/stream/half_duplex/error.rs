use core::fmt;

use embedded_io_async::ErrorKind;

/// What a [`HalfDuplex`](super::HalfDuplex) has counted since it was made. Each number stops at
/// its largest value.
///
/// ```
/// use tickwire_drivers::stream::{HalfDuplex, is_final_result};
/// use tickwire_sim::{Sim, models::half_duplex::{Device, Fault}};
///
/// let sim = Sim::new();
/// let device = Device::modem(sim.clock(), 115_200);
/// device.fault(Fault::Deaf);
/// let mut modem = HalfDuplex::<_, _, 64>::new(device, sim.clock())
///     .with_echo()
///     .with_end(is_final_result)
///     .with_retries(1);
/// assert_eq!(sim.run(modem.ask(b"AT\r")), Ok(&b"\r\nOK\r\n"[..]));
/// assert_eq!((modem.counters().retries, modem.counters().dropped), (1, 0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Exchanges {
    /// Commands that were sent again.
    pub retries: u32,
    /// Bytes that belonged to no answer: late ones, unasked ones that no call of `listen`
    /// returned, and those of answers that were too long or had no end.
    pub dropped: u32,
}

/// The reason why there is no answer.
///
/// The driver may be used again.
///
/// ```
/// use tickwire_drivers::stream::{AskError, HalfDuplex, is_final_result};
/// use tickwire_sim::{Sim, models::half_duplex::{Device, Fault}};
///
/// let sim = Sim::new();
/// let device = Device::modem(sim.clock(), 115_200);
/// device.fault(Fault::Lost);
/// let mut modem =
///     HalfDuplex::<_, _, 64>::new(device, sim.clock()).with_echo().with_end(is_final_result);
/// assert_eq!(sim.run(modem.ask(b"AT\r")), Err(AskError::NoAnswer));
/// assert_eq!(sim.run(modem.ask(b"AT\r")), Ok(&b"\r\nOK\r\n"[..]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AskError<E> {
    /// The port failed.
    Port(E),
    /// The stream has ended: the device is gone.
    EndOfStream,
    /// The line was not quiet before the command: more than `4 * N + 256` bytes came first, or
    /// bytes still came after [the patience](super::HalfDuplex::with_patience). Nothing was sent.
    NeverQuiet,
    /// The port did not accept the command, or did not send it, in time.
    NotSent,
    /// The echo of the command did not come.
    NoEcho,
    /// Nothing came.
    NoAnswer,
    /// The answer began, and its end did not come. It has been dropped.
    NoEnd,
    /// The answer is longer than the buffer. All of it has been dropped.
    TooLong,
}

impl<E: fmt::Display> fmt::Display for AskError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Port(error) => return write!(f, "the port failed: {error}"),
            Self::EndOfStream => "the stream ended",
            Self::NeverQuiet => "the line was not quiet before the command",
            Self::NotSent => "the command was not sent in time",
            Self::NoEcho => "the command was not echoed",
            Self::NoAnswer => "the device did not answer",
            Self::NoEnd => "the end of the answer did not come",
            Self::TooLong => "the answer is longer than the buffer",
        })
    }
}

impl<E: core::error::Error + 'static> core::error::Error for AskError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Port(error) => Some(error),
            _ => None,
        }
    }
}

impl<E: embedded_io_async::Error + 'static> embedded_io_async::Error for AskError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Port(error) => error.kind(),
            Self::EndOfStream => ErrorKind::NotConnected,
            Self::NeverQuiet | Self::NotSent | Self::NoEcho | Self::NoAnswer | Self::NoEnd => {
                ErrorKind::TimedOut
            }
            Self::TooLong => ErrorKind::InvalidData,
        }
    }
}
