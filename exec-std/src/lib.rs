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
#![forbid(unsafe_code)]

mod clock;
mod spawn;

#[cfg(unix)]
mod fd;
#[cfg(unix)]
pub mod serial;
#[cfg(unix)]
mod shutdown;

use std::future::Future;

use futures_lite::future::or;

pub use clock::StdClock;
#[cfg(unix)]
pub use fd::Fd;
#[cfg(unix)]
pub use shutdown::{Shutdown, StopSignal};
pub use spawn::{StdSpawner, StdTask};

/// Runs `main`, and all tasks that it spawns, on this thread until `main` ends.
///
/// Tasks that are left then go on in the thread's next run, and are dropped with
/// the thread. Tasks that are woken together run in the order of waking.
///
/// A task that blocks the thread holds up all others. Another executor inside of
/// a task may wait for sleeps, but for nothing that the other tasks would do.
///
/// # Panics
///
/// If `main` panics, or awaits a task that has. The panic of a task that nobody
/// awaits is only printed; that task has ended, the others go on.
///
/// If called from inside of itself, or by a task that is dropped with its
/// thread; the outer run goes on if that panic is caught. If the system refuses
/// what waiting takes: its readiness queue, or one thread.
pub fn run<F: Future>(main: impl FnOnce(StdSpawner) -> F) -> F::Output {
    let sleepers = clock::OwnSleepers::new();
    spawn::on_executor(|executor| {
        let main = or(main(StdSpawner::new()), sleepers.drive());
        async_io::block_on(executor.run(or(clock::polled_by_run(), main)))
    })
}
