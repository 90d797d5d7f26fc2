//! Modem lines, breaks and buffers.

use std::sync::Arc;

use serial2::SerialPort;

use super::Error;

/// The modem lines, a break, and the buffers of an open port.
///
/// Each method is one system call. For a USB adapter, it may block for the milliseconds of
/// a transfer. `true` means that a line is asserted, which is the low level at the pins of
/// a UART.
///
/// Opening a port asserts RTS and DTR. Many boards with a microcontroller reset it then.
///
/// # Errors
///
/// All methods fail with [`Error::NoLine`] if the port does not have the line, as a
/// pseudo-terminal has none, and with [`Error::Gone`] if the port is gone.
///
/// ```no_run
/// use tickwire_exec_std::serial::{self, Settings};
///
/// // Not run: a pseudo-terminal has no modem lines.
/// let port = serial::open("/dev/ttyUSB0", Settings::new(115_200))?;
/// let control = port.control()?;
/// // Asks the other end to stop sending.
/// control.set_rts(false)?;
/// println!("the other end is ready: {}", control.cts()?);
/// # Ok::<_, serial::Error>(())
/// ```
#[derive(Debug)]
pub struct Control(Arc<SerialPort>);

impl Control {
    pub(super) fn new(tty: Arc<SerialPort>) -> Self {
        Self(tty)
    }

    pub(super) fn tty(&self) -> &SerialPort {
        &self.0
    }

    /// Returns the port for a call in another thread.
    pub(super) fn share(&self) -> Arc<SerialPort> {
        self.0.clone()
    }

    /// Whether a call in another thread has the port.
    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// Asserts or clears "request to send". The kernel does so itself if the settings'
    /// [`flow_control`](super::Settings::flow_control) is `RtsCts`.
    pub fn set_rts(&self, on: bool) -> Result<(), Error> {
        self.0.set_rts(on).map_err(Error::of_line)
    }

    /// Asserts or clears "data terminal ready".
    pub fn set_dtr(&self, on: bool) -> Result<(), Error> {
        self.0.set_dtr(on).map_err(Error::of_line)
    }

    /// Whether "clear to send" is asserted.
    pub fn cts(&self) -> Result<bool, Error> {
        self.0.read_cts().map_err(Error::of_line)
    }

    /// Whether "data set ready" is asserted.
    pub fn dsr(&self) -> Result<bool, Error> {
        self.0.read_dsr().map_err(Error::of_line)
    }

    /// Whether "ring indicator" is asserted.
    pub fn ri(&self) -> Result<bool, Error> {
        self.0.read_ri().map_err(Error::of_line)
    }

    /// Whether "carrier detect" is asserted.
    pub fn cd(&self) -> Result<bool, Error> {
        self.0.read_cd().map_err(Error::of_line)
    }

    /// Begins or ends a break: the line is held low for longer than a character.
    ///
    /// The kernel first sends what was written, which blocks: await a `flush` before.
    pub fn set_break(&self, on: bool) -> Result<(), Error> {
        self.0.set_break(on).map_err(Error::of_line)
    }

    /// Discards bytes that were received and not read.
    pub fn discard_input(&self) -> Result<(), Error> {
        self.0.discard_input_buffer().map_err(Error::of_line)
    }

    /// Discards bytes that were written and not sent. Not every driver can.
    pub fn discard_output(&self) -> Result<(), Error> {
        self.0.discard_output_buffer().map_err(Error::of_line)
    }
}
