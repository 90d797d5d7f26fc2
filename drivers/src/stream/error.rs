use core::fmt;

use embedded_io_async::ErrorKind;

/// The reason why there is no piece.
///
/// After each of them, the next call continues.
///
/// ```
/// use embedded_io_async::Write;
/// use tickwire_drivers::stream::{Error, Lines};
/// use tickwire_sim::{Sim, uart::{Baud, line}};
///
/// let sim = Sim::new();
/// let (near, mut far) = line(sim.clock(), Baud::new(115_200));
/// let mut lines = Lines::<_, 4>::new(near);
/// sim.run(async {
///     far.write_all(b"hello\nyou\n").await.unwrap();
///     let error = lines.line().await.unwrap_err();
///     assert_eq!(error, Error::TooLong { len: 5 });
///     assert_eq!(error.to_string(), "a piece of 5 bytes is too long");
///     assert_eq!(lines.line().await.unwrap(), b"you");
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// The reader failed. The bytes read before are kept.
    Read(E),
    /// The stream has ended.
    EndOfStream,
    /// A piece was longer than the buffer. All of it was dropped.
    TooLong {
        /// Its length in bytes, without the end.
        len: usize,
    },
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "the stream could not be read: {error}"),
            Self::EndOfStream => f.write_str("the stream ended"),
            Self::TooLong { len } => write!(f, "a piece of {len} bytes is too long"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Read(error) => Some(error),
            _ => None,
        }
    }
}

impl<E: embedded_io_async::Error + 'static> embedded_io_async::Error for Error<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Read(error) => error.kind(),
            Self::EndOfStream => ErrorKind::NotConnected,
            Self::TooLong { .. } => ErrorKind::InvalidData,
        }
    }
}
