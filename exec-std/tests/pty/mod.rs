//! Pseudo-terminals, for tests that need a serial line.
// Each test uses a part of it.
#![allow(dead_code)]

use std::fs::{self, File};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process};

use serial2::SerialPort;

/// A pseudo-terminal: the far end, and the path of the near one.
pub(crate) fn pty() -> (File, PathBuf) {
    let (far, near) = SerialPort::pair().unwrap();
    let near = File::from(OwnedFd::from(near));
    let path = fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd()));
    (File::from(OwnedFd::from(far)), path.unwrap())
}

/// A path that leads to one pseudo-terminal after another, as that of an adapter that is
/// plugged in again.
pub(crate) struct Socket(PathBuf);

impl Socket {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self(env::temp_dir().join(format!("tickwire-port-{}-{number}", process::id())))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Plugs in a pseudo-terminal. Returns its far end; dropping it hangs up.
    pub(crate) fn plug(&self) -> File {
        let (far, path) = pty();
        let _ = fs::remove_file(&self.0);
        symlink(path, &self.0).unwrap();
        far
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
