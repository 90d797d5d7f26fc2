//! Signals that ask the program to stop.

use std::future::poll_fn;
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::task::Poll;
use std::{fs, io};

use embedded_io_async::Read;
use signal_hook::SigId;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::{pipe, unregister};

use crate::Fd;

/// A listener for the signals that ask a program to stop: SIGINT (Ctrl-C), SIGTERM, and
/// SIGHUP (the terminal is gone).
///
/// Once a `Shutdown` has been created, these signals no longer end the process. If every
/// `Shutdown` has been dropped, a signal is lost. Keep one for as long as the program
/// runs, and await it. A new one receives signals from its creation on.
///
/// On Linux, a signal that the process ignored when it was started stays ignored: SIGHUP
/// under `nohup`, SIGINT in the background of a script.
///
/// ```
/// use tickwire_exec_std::{Shutdown, StdClock, run};
/// use tickwire_traits::{Duration, Timer};
///
/// let mut shutdown = Shutdown::new()?;
/// run(async |_| {
///     let clock = StdClock::new();
///     let work = clock.timeout(Duration::from_millis(5), shutdown.requested());
///     assert!(work.await.is_err(), "no signal came");
/// });
/// # Ok::<_, std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Shutdown {
    heard: Vec<Heard>,
}

/// The signal that asked the program to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopSignal {
    /// SIGINT: the user, by Ctrl-C.
    Interrupt,
    /// SIGTERM: the system.
    Terminate,
    /// SIGHUP: the terminal's window was closed, or its connection was lost. Output to it
    /// fails from now on.
    HangUp,
}

impl Shutdown {
    /// Starts listening for the signals.
    ///
    /// # Errors
    ///
    /// If the system has no descriptors left. Close some and try again, or continue
    /// without: if this is the first `Shutdown`, the signals still end the process.
    pub fn new() -> io::Result<Self> {
        let ignored = ignored();
        let all = [StopSignal::Interrupt, StopSignal::Terminate, StopSignal::HangUp];
        let asking = all.into_iter().filter(|signal| ignored >> (signal.number() - 1) & 1 == 0);
        // First all that the system may refuse: once registered, a signal never ends the
        // process again.
        let lines = asking.map(|signal| Ok((signal, line()?)));
        let lines = lines.collect::<io::Result<Vec<_>>>()?;
        let heard = lines.into_iter().map(|(signal, line)| Heard::new(signal, line));
        Ok(Self { heard: heard.collect::<io::Result<_>>()? })
    }

    /// Waits for a signal that asks the program to stop.
    ///
    /// # Errors
    ///
    /// Errors of the system. The call may be repeated, but a later signal may be missed:
    /// rather stop as if a signal had come.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the next call reports a signal that came in between.
    pub async fn requested(&mut self) -> io::Result<StopSignal> {
        poll_fn(|cx| {
            for heard in &mut self.heard {
                // A pending read is dropped, which loses nothing.
                let mut byte = [0];
                let read = pin!(heard.bytes.read(&mut byte));
                if let Poll::Ready(read) = read.poll(cx) {
                    return Poll::Ready(read.map(|_| heard.signal));
                }
            }
            Poll::Pending
        })
        .await
    }
}

/// One signal, which arrives as one byte each time.
#[derive(Debug)]
struct Heard {
    signal: StopSignal,
    bytes: Fd<UnixStream>,
    id: SigId,
}

impl Heard {
    fn new(signal: StopSignal, (bytes, far): Line) -> io::Result<Self> {
        Ok(Self { signal, bytes, id: pipe::register(signal.number(), far)? })
    }
}

/// The receiving and the sending end of a signal's bytes.
type Line = (Fd<UnixStream>, UnixStream);

fn line() -> io::Result<Line> {
    let (near, far) = UnixStream::pair()?;
    Ok((Fd::new(near)?, far))
}

impl Drop for Heard {
    fn drop(&mut self) {
        unregister(self.id);
    }
}

impl StopSignal {
    fn number(self) -> i32 {
        match self {
            Self::Interrupt => SIGINT,
            Self::Terminate => SIGTERM,
            Self::HangUp => SIGHUP,
        }
    }
}

/// Returns the signals that the process ignores, with signal 1 in bit 0; zero where there
/// is no `/proc`.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
