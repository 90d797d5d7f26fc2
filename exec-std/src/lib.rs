//! Tickwire's hosted backend: one thread, and the system's readiness queue
//! (epoll on Linux) underneath.
//!
//! [`run`] drives a future, the tasks it [spawns](StdSpawner) and the sleeps
//! under [`StdClock`]. On Unix there are also file descriptors ([`Fd`]), serial
//! ports ([`serial`]) and a way to stop in good order ([`Shutdown`]).
//!
//! ```
//! use tickwire_exec_std::{StdClock, run};
//! use tickwire_traits::{Clock, Duration, Timer};
//!
//! let slept = run(async |_spawner| {
//!     let clock = StdClock::new();
//!     let start = clock.now();
//!     clock.sleep(Duration::from_millis(2)).await;
//!     clock.now() - start
//! });
//! assert!(slept >= Duration::from_millis(2));
//! ```
//!
//! # Panics, errors, and what is left at the end
//!
//! - **A panic of `main`** goes on through `run`, after all tasks have been dropped. The
//!   thread may call `run` again.
//! - **A panic of a task** ends that task alone. The panic hook prints it, the task's
//!   future is dropped, all others go on.
//! - **Awaiting or cancelling a task that has panicked** panics with the same payload,
//!   once. After that the task is [`Cancelled`](tickwire_traits::Exit::Cancelled). If
//!   its handle is dropped or detached, only the hook reports the panic.
//! - **A panic of a destructor** in a task's future counts as a panic of the task.
//! - **A panic of somebody else's waker**, while it is woken here, is printed and ends
//!   there.
//! - **An error of `main`** is what `run` returns. A task returns nothing: its errors go
//!   through a queue, a promise or a `join`.
//! - **Tasks that are left** when `main` ends are dropped before `run` returns, the
//!   newest first. They can neither spawn nor run meanwhile; a panic of one keeps no
//!   other from being dropped. A handle that outlives the run reports `Cancelled`. A
//!   waker that outlives it does nothing.
//!
//! All of that is about panics that unwind: with `panic = "abort"` each ends the process.
#![forbid(unsafe_code)]

mod atomic;
mod clock;
mod quiet;
mod run_loop;
mod spawn;
#[cfg(unix)]
mod turns;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(all(unix, feature = "serial"))]
pub mod serial;
#[cfg(all(unix, feature = "shutdown"))]
mod shutdown;

use std::future::Future;

#[cfg(not(target_os = "linux"))]
use elsewhere as system;
#[cfg(target_os = "linux")]
use linux as system;

pub use clock::StdClock;
#[cfg(all(unix, feature = "shutdown"))]
pub use shutdown::{Shutdown, StopSignal};
pub use spawn::{StdSpawner, StdTask};
#[cfg(unix)]
pub use system::Fd;

/// Runs `main`, and all tasks that it spawns, on this thread until `main` ends.
///
/// Tasks that are left then are dropped before `run` returns, the newest first.
/// Tasks that are woken together run in the order of waking.
///
/// A task that blocks the thread holds up all others. Another executor inside of
/// a task may wait for sleeps and descriptors, but for nothing that the other tasks
/// would do.
///
/// # Panics
///
/// If `main` panics, or awaits a task that has. The panic of a task that nobody
/// awaits is only printed; that task has ended, the others go on.
///
/// If called from inside of itself, which includes the destructors of tasks that are
/// left; the outer run goes on if that panic is caught. If the thread is about to
/// end. If the system has no descriptors for the loop: it takes three.
pub fn run<F: Future>(main: impl FnOnce(StdSpawner) -> F) -> F::Output {
    run_loop::run(|| main(StdSpawner::new()))
}
