//! Stopping in good order.

use std::io;

use async_signal::{Signal, Signals};
use futures_lite::StreamExt;

/// Hears the signals that ask a program to stop: SIGINT (Ctrl-C) and SIGTERM.
///
/// While one exists, these signals no longer end the process.
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
    /// If the system gives no pipe for it.
    pub fn new() -> io::Result<Self> {
        Signals::new([Signal::Int, Signal::Term]).map(Self)
    }

    /// Waits until someone asks the program to stop.
    ///
    /// # Errors
    ///
    /// Whatever the system reports instead of a signal.
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
