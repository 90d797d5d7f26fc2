//! Pseudo-terminals, for tests that need a serial line.

use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;

use serial2::SerialPort;

/// A pseudo-terminal: the far end, and the path of the near one.
pub(crate) fn pty() -> (File, PathBuf) {
    let (far, near) = SerialPort::pair().unwrap();
    let near = File::from(OwnedFd::from(near));
    let path = std::fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd()));
    (File::from(OwnedFd::from(far)), path.unwrap())
}
