//! Stopping in good order.

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

/// Hears the signals that ask a program to stop: SIGINT (Ctrl-C), SIGTERM, and
/// SIGHUP (the terminal is gone).
///
/// Once a `Shutdown` has been created, these signals no longer end the process, even
/// if all have been dropped: a signal that comes then is lost. Keep one for as long as
/// the program runs, and await it. A new one hears what comes from then on.
///
/// A signal that the process was started to ignore stays ignored (Linux): SIGHUP
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
///     assert!(work.await.is_err(), "nobody asked us to stop");
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
    /// SIGHUP: the terminal's window was closed, or its connection is lost. Output
    /// to it fails from now on.
    HangUp,
}

impl Shutdown {
    /// Starts to listen.
    ///
    /// # Errors
    ///
    /// If the system gives no descriptors for it. Close some and try again, or
    /// go on without: the signals end the process then, as before the first one.
    pub fn new() -> io::Result<Self> {
        let ignored = ignored();
        let all = [StopSignal::Interrupt, StopSignal::Terminate, StopSignal::HangUp];
        let asking = all.into_iter().filter(|signal| ignored >> (signal.number() - 1) & 1 == 0);
        // First what the system may refuse: a signal that is registered once never ends
        // the process again.
        let lines = asking.map(|signal| Ok((signal, line()?)));
        let lines = lines.collect::<io::Result<Vec<_>>>()?;
        let heard = lines.into_iter().map(|(signal, line)| Heard::new(signal, line));
        Ok(Self { heard: heard.collect::<io::Result<_>>()? })
    }

    /// Waits for a signal that asks the program to stop.
    ///
    /// # Errors
    ///
    /// Whatever the system reports instead of a signal. It may be asked again;
    /// better stop as if a signal had come, as the next may not be heard.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a signal that came meanwhile is reported by the next call.
    pub async fn requested(&mut self) -> io::Result<StopSignal> {
        poll_fn(|cx| {
            for heard in &mut self.heard {
                // Dropped when it is pending, which loses nothing.
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

/// A signal, as a byte each time that it comes.
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

/// The two ends of what a signal's bytes go through.
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

/// Returns the signals that the process ignores, signal 1 in bit 0; none where
/// there is no `/proc`.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
