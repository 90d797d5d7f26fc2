//! Stopping in good order.

use std::io;

use async_signal::{Signal, Signals};
use futures_lite::StreamExt;

/// Hears the signals that ask a program to stop: SIGINT (Ctrl-C) and SIGTERM.
///
/// From the first one on, these signals no longer end the process, also when all
/// have been dropped: then nobody hears them. Keep one as long as the program
/// runs, and look at it; or make a new one, which hears what comes from then on.
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
pub struct Shutdown(Signals);

/// Who asked the program to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopSignal {
    /// SIGINT: the user, by Ctrl-C.
    Interrupt,
    /// SIGTERM: the system.
    Terminate,
}

impl Shutdown {
    /// Starts to listen.
    ///
    /// # Errors
    ///
    /// If the system gives no descriptors for it. Close some and try again, or
    /// go on without: the signals end the process then, as before the first one.
    pub fn new() -> io::Result<Self> {
        Signals::new([Signal::Int, Signal::Term]).map(Self)
    }

    /// Waits until someone asks the program to stop.
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
        match self.0.next().await {
            Some(Ok(Signal::Int)) => Ok(StopSignal::Interrupt),
            Some(Ok(_)) => Ok(StopSignal::Terminate),
            Some(Err(error)) => Err(error),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
