//! Serial ports: real ttys, USB adapters, pseudo-terminals.
//!
//! [`open`] returns a [`Serial`], which reads and writes. [`Serial::split`] divides it into
//! halves for two tasks. [`Control`] has the modem lines, a break, and the buffers.
//!
//! ```no_run
//! use embedded_io_async::{Read, Write};
//! use tickwire_exec_std::{run, serial};
//!
//! // Not run: it needs a port with a device at the other end.
//! let mut port = serial::open("/dev/ttyUSB0", serial::Settings::new(9_600))?;
//! let answer = run(async |_| {
//!     port.write_all(b"*IDN?\n").await?;
//!     port.flush().await?;
//!     let mut bytes = [0; 82];
//!     let len = port.read(&mut bytes).await?;
//!     Ok::<_, serial::Error>(bytes[..len].to_vec())
//! })?;
//! # Ok::<_, serial::Error>(())
//! ```
//!
//! # Flushing
//!
//! `write` passes bytes to the kernel. `flush` waits until the kernel's driver reports that
//! they have been sent (`tcdrain`), for example before turning a half-duplex line around.
//! How exact that is depends on the driver: that of a UART waits for the last stop bit, but
//! a USB adapter may still hold bytes. A pseudo-terminal has sent bytes when they are
//! written.
//!
//! The system call blocks, so it is made in another thread; those threads are shared with
//! `unblock` and end when they are idle. If nothing was written since the last `flush`,
//! there is no call. A port has one drain at most, however many calls of `flush` are
//! dropped.
//!
//! While flow control holds the bytes back, the drain goes on, and keeps its thread.
//! Dropping the port then discards the bytes, which ends the drain. Not every driver can
//! discard: with a USB adapter the thread may remain until the other end is ready, or until
//! the adapter is unplugged.
//!
//! # Closing
//!
//! When a port is dropped with bytes that a UART has not sent, the kernel may block the
//! thread until they are sent, for up to 30 seconds if flow control holds them back. Flush
//! with a timeout first, or call [`Control::discard_output`].
//!
//! # What has been tested
//!
//! Pseudo-terminals: bytes, hang-ups, reopening, and settings except for parity. Two joined
//! 16550 UARTs of an emulator, with Debian's kernel (`cargo xtask linux-rig`): all settings,
//! drains, flow control by XON/XOFF that holds a drain back, exclusive use; the calls for
//! modem lines and a break succeed, but their levels do not reach the other port.
//!
//! Not run here, because no emulator has them: errors of parity and breaks on a wire, levels
//! of modem lines, flow control by RTS/CTS, the exact time at which a drain ends, and USB
//! adapters.

mod control;
mod drains;
mod error;
mod halves;
mod port;
mod ports;
mod settings;
mod whole;

#[doc(no_inline)]
pub use serial2::{CharSize, FlowControl, Parity, StopBits};

pub use control::Control;
pub use error::Error;
pub use halves::{ReadHalf, WriteHalf};
pub use settings::Settings;
pub use whole::{Serial, open};
