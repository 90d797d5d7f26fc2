//! Byte streams, divided into lines, records, frames and blocks; answers to commands.
//!
//! | type | returns |
//! | --- | --- |
//! | [`Lines`] | text up to CR, LF or CR LF |
//! | [`Records`] | bytes up to a delimiter |
//! | [`Exactly`] | a given number of bytes |
//! | [`Quiet`] | the bytes before a pause of a given length |
//! | [`Frames`] | frames with a checksum, encoded by COBS |
//! | [`HalfDuplex`] | the answer to a command |
//!
//! [`FrameWriter`] sends the frames that [`Frames`] reads. [`SharedWriter`] sends the messages of
//! many tasks, each of them whole.
//!
//! Each type of the table reads any `embedded_io_async::Read`: a UART, a pipe, a socket, a file. The
//! bytes of an incomplete piece are in the struct, not in the future. So dropping a call loses
//! nothing, and the next call continues. [`HalfDuplex`] also writes: its next call asks anew.
//!
//! A piece is borrowed until the next call, and is not copied. `N` is the length of the longest
//! piece in bytes. A longer piece is dropped as a whole, its length is reported, and the piece
//! after it is intact.
//!
//! [`Buffered`] holds the bytes that were read and not yet taken. It passes from one type to
//! another: a line may say how many bytes follow it.
//!
//! ```
//! use embedded_io_async::Write;
//! use tickwire_drivers::stream::{Exactly, Lines};
//! use tickwire_sim::{Sim, uart::{Baud, line}};
//!
//! let sim = Sim::new();
//! let (near, mut far) = line(sim.clock(), Baud::new(115_200));
//! let mut lines = Lines::<_, 16>::new(near);
//! sim.run(async {
//!     far.write_all(b"data 4\n\x01\x02\x03\x04").await.unwrap();
//!     assert_eq!(lines.line().await.unwrap(), b"data 4");
//!     let mut data = Exactly::resume(lines.release());
//!     assert_eq!(data.bytes(4).await.unwrap(), [1, 2, 3, 4]);
//! });
//! ```

mod buffered;
mod cobs;
mod cut;
mod error;
mod exactly;
mod frames;
mod half_duplex;
mod lines;
mod piece;
mod quiet;
mod records;
mod shared_writer;
#[cfg(test)]
mod tests;

pub use buffered::Buffered;
pub use cut::Dropped;
pub use error::Error;
pub use exactly::Exactly;
pub use frames::{FrameError, FrameWriter, Frames};
pub use half_duplex::{AskError, Exchanges, HalfDuplex, is_final_result};
pub use lines::Lines;
pub use piece::Piece;
pub use quiet::Quiet;
pub use records::Records;
pub use shared_writer::{SendError, SharedWriter};
