//! The line to the receiver.

use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;

use embedded_io_async::{ErrorType, Write};
use tickwire_sim::SimClock;
use tickwire_sim::models::gps::{self, LineFault};

/// The end of the line at the station.
pub(crate) struct Line {
    pub(crate) input: gps::Input<SimClock>,
    /// Accepts nothing.
    pub(crate) is_stuck: Rc<Cell<bool>>,
}

impl ErrorType for Line {
    type Error = LineFault;
}

impl Write for Line {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, LineFault> {
        if self.is_stuck.get() {
            return pending().await;
        }
        self.input.write(buf).await
    }

    async fn flush(&mut self) -> Result<(), LineFault> {
        self.input.flush().await
    }
}
