//! Calls that block, awaited.

use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::sync::{Mutex, PoisonError};

use crate::pool;

/// The reason why [`unblock`] returns no result.
#[derive(Debug)]
#[non_exhaustive]
pub enum UnblockError {
    /// The closure panicked.
    Panicked(PanicPayload),
    /// The system has no thread for the closure, which was not called.
    NoThread(io::Error),
}

/// What a closure panicked with.
pub struct PanicPayload {
    message: Option<String>,
    /// In a mutex only to be `Sync`, so that `anyhow` and boxed errors accept it.
    payload: Mutex<Box<dyn Any + Send>>,
}

/// Calls `f` in another thread, and returns its result.
///
/// Use it for calls that block, such as reading a file or computing for longer than other
/// tasks may wait. Such a call in a task would block all tasks of its thread.
///
/// The closure is passed on in the first poll. The threads start when there are calls. A
/// thread ends after 500 ms without a call. At most 256 closures run at the same time, and
/// further closures wait for their turn, first come, first served. A closure must not wait
/// for one that comes after it.
///
/// ```
/// use tickwire_exec_std::{run, unblock};
///
/// let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
/// let read = run(async |_| unblock(move || std::fs::read_to_string(manifest)).await);
/// assert!(read??.contains("tickwire-exec-std"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// # Threads that send to tasks
///
/// A closure may use the primitives of `tickwire_sync::shared` that do not wait, and so may
/// any other thread. They wake tasks of any thread.
///
/// ```
/// use std::{thread, time};
///
/// use tickwire_exec_std::{UnblockError, run, unblock};
/// use tickwire_sync::gather;
/// use tickwire_sync::shared::{Flag, Queue};
///
/// static IS_OPEN: Flag = Flag::new();
/// static SAMPLES: Queue<u32, 8> = Queue::new();
/// static STOP: Flag = Flag::new();
///
/// /// A device whose driver blocks. Returns how many samples found the queue full.
/// fn sample() -> u32 {
///     let mut lost = 0;
///     IS_OPEN.set();
///     for sample in 0.. {
///         if STOP.is_set() {
///             break;
///         }
///         thread::sleep(time::Duration::from_millis(1));
///         lost += u32::from(SAMPLES.try_push(sample).is_err());
///     }
///     lost
/// }
///
/// let task = async {
///     IS_OPEN.wait().await;
///     let sum = SAMPLES.pop().await + SAMPLES.pop().await + SAMPLES.pop().await;
///     STOP.set();
///     sum
/// };
/// let (lost, sum) = run(async |_| gather((unblock(sample), task)).await);
/// println!("{} samples were lost", lost?);
/// assert_eq!(sum, 0 + 1 + 2);
/// # Ok::<_, UnblockError>(())
/// ```
///
/// # Errors
///
/// [`UnblockError::Panicked`] with the payload of a panic, which the panic hook has
/// reported; and [`UnblockError::NoThread`]. It may be called again.
///
/// # Cancel safety
///
/// Cancel-safe for the caller, but a closure cannot be interrupted. If the future is dropped
/// before its first poll, the closure is not called. Afterwards, the closure runs to its
/// end, and its result is dropped, usually in its thread. A program that exits does not
/// wait for it.
pub async fn unblock<T, F>(f: F) -> Result<T, UnblockError>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    let mut call = pool::start(f).map_err(UnblockError::NoThread)?;
    let ended = poll_fn(|cx| call.poll(cx)).await;
    ended.map_err(|payload| UnblockError::Panicked(PanicPayload::new(payload)))
}

impl PanicPayload {
    fn new(payload: Box<dyn Any + Send>) -> Self {
        let message = match payload.downcast_ref::<&str>() {
            Some(message) => Some((*message).to_owned()),
            None => payload.downcast_ref::<String>().cloned(),
        };
        Self { message, payload: Mutex::new(payload) }
    }

    /// Returns the message of the panic. None if it has another payload than a string.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the payload, for [`std::panic::resume_unwind`] for example.
    pub fn into_inner(self) -> Box<dyn Any + Send> {
        self.payload.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for PanicPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PanicPayload").field("message", &self.message).finish_non_exhaustive()
    }
}

impl fmt::Display for UnblockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(PanicPayload { message: Some(message), .. }) => {
                write!(f, "the closure panicked: {message}")
            }
            Self::Panicked(_) => f.write_str("the closure panicked"),
            Self::NoThread(error) => write!(f, "no thread can be started: {error}"),
        }
    }
}

impl std::error::Error for UnblockError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoThread(error) => Some(error),
            Self::Panicked(_) => None,
        }
    }
}
