//! What the station sends to a receiver.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use embedded_io_async::Write;
use tickwire_exec_std::StdClock;
use tickwire_exec_std::serial::WriteHalf;
use tickwire_sim::models::gps;

/// The way to a receiver.
pub(crate) enum GpsInput {
    /// To a model.
    Model(gps::Input<StdClock>),
    /// To a serial port.
    Port(PortInput),
}

/// The half of a port that writes. The half that reads replaces it when it opens the port anew.
#[derive(Clone, Default)]
pub(crate) struct PortInput(Rc<RefCell<Port>>);

#[derive(Default)]
struct Port {
    /// None if the port is gone, or while a call uses it.
    half: Option<WriteHalf>,
    /// How often the port was opened or lost.
    changes: u32,
}

/// A half in use. It is put back when it is dropped, also by a call that is cancelled.
struct Lent<'a> {
    port: &'a RefCell<Port>,
    half: Option<WriteHalf>,
    changes: u32,
}

impl PortInput {
    /// Goes on with the port that is open now, or with none.
    pub(super) fn replace(&self, half: Option<WriteHalf>) {
        let mut port = self.0.borrow_mut();
        port.half = half;
        port.changes += 1;
    }

    fn lend(&self) -> Lent<'_> {
        let mut port = self.0.borrow_mut();
        Lent { port: &self.0, half: port.half.take(), changes: port.changes }
    }
}

impl Lent<'_> {
    fn half(&mut self) -> io::Result<&mut WriteHalf> {
        self.half.as_mut().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut port = self.port.borrow_mut();
        if port.changes == self.changes {
            port.half = self.half.take();
        }
    }
}

impl embedded_io::ErrorType for GpsInput {
    type Error = io::Error;
}

impl Write for GpsInput {
    async fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Self::Model(line) => line.write(buf).await.map_err(io::Error::other),
            Self::Port(port) => Ok(port.lend().half()?.write(buf).await?),
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Model(line) => line.flush().await.map_err(io::Error::other),
            Self::Port(port) => Ok(port.lend().half()?.flush().await?),
        }
    }
}

#[cfg(test)]
mod tests;
