use core::fmt;

use embedded_io_async::ErrorKind;

use crate::gps::Error;

/// The reason why a command has no answer.
///
/// The hub may be used again, and the next command is sent whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SendError<E> {
    /// The writer failed.
    Write(E),
    /// The writer accepts no more bytes.
    Closed,
    /// The writer did not accept the command, or did not send it, in time.
    NotSent,
    /// The answer did not come in time, after all retries. The receiver may have obeyed.
    NoAnswer,
    /// Receivers do not answer this command, so it was not sent.
    NeverAnswered,
    /// [`Hub::run`](super::Hub::run) ended with this error before the answer came. The receiver
    /// may have obeyed.
    Receiver(Error<ErrorKind>),
}

impl<E: fmt::Display> fmt::Display for SendError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(error) => write!(f, "the command could not be written: {error}"),
            Self::Closed => f.write_str("the line to the receiver accepts no more bytes"),
            Self::NotSent => f.write_str("the command was not sent in time"),
            Self::NoAnswer => f.write_str("the receiver did not answer"),
            Self::NeverAnswered => f.write_str("receivers do not answer this command"),
            Self::Receiver(Error::Read(kind)) => {
                write!(f, "the receiver could not be read: {kind:?}")
            }
            Self::Receiver(Error::EndOfStream) => {
                f.write_str("the receiver is gone: its stream ended")
            }
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for SendError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Write(error) => Some(error),
            _ => None,
        }
    }
}

impl<E: embedded_io_async::Error + 'static> embedded_io_async::Error for SendError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Write(error) => error.kind(),
            Self::Closed => ErrorKind::WriteZero,
            Self::NotSent | Self::NoAnswer => ErrorKind::TimedOut,
            Self::NeverAnswered => ErrorKind::InvalidInput,
            Self::Receiver(Error::Read(kind)) => *kind,
            Self::Receiver(Error::EndOfStream) => ErrorKind::NotConnected,
        }
    }
}
