//! Tickwire's hosted backend: one thread on top of the system's readiness queue (epoll
//! on Linux).
//!
//! [`run`] drives a future, the tasks that it [spawns](StdSpawner), and their sleeps on
//! [`StdClock`]. [`unblock`] calls in another thread what would block. On Unix there are
//! also file descriptors ([`Fd`]), serial ports ([`serial`]) and signals that ask the
//! program to stop ([`Shutdown`]), and on Linux lines of GPIO chips ([`gpio`]), I²C buses
//! ([`i2c`]), SPI devices ([`spi`]), PWM channels ([`pwm`]), lights ([`led`]) and analog
//! inputs ([`adc`]).
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
//! # Other executors
//!
//! Except for [`run`] and [`StdSpawner`], all of these work under any executor that runs
//! in real time, such as tokio or smol. `tickwire_sim::Sim` skips time, and does not wait
//! for descriptors and threads: what is pending there is reported as a deadlock, or the
//! time limit of its driver passes at once. For tests in virtual time, use the wires,
//! buses and models of `tickwire_sim`.
//!
//! # Panics, errors, and tasks that remain at the end
//!
//! - **A panic of `main`** propagates through `run`, after all tasks have been dropped.
//!   The thread may call `run` again.
//! - **A panic of a task** ends that task alone. The panic hook prints it, the task's
//!   future is dropped, and all other tasks continue.
//! - **Awaiting or canceling a task that has panicked** panics with the same payload,
//!   once. After that the task is [`Cancelled`](tickwire_traits::Exit::Cancelled). If
//!   its handle is dropped or detached, only the hook reports the panic.
//! - **A panic of a destructor** in a task's future counts as a panic of the task.
//! - **A panic of a foreign waker** that this crate wakes is printed and caught.
//! - **An error of `main`** is returned by `run`. A task returns nothing: it reports
//!   errors through a queue, a promise or a `join`.
//! - **Tasks that remain** when `main` ends are dropped before `run` returns, the newest
//!   first. Meanwhile no task can spawn or run. A panic of one does not prevent the
//!   others from being dropped. A handle that outlives the run reports `Cancelled`. A
//!   waker that outlives the run does nothing.
//!
//! This applies to panics that unwind. With `panic = "abort"` each ends the process.
#![forbid(unsafe_code)]

mod atomic;
mod clock;
#[cfg(any(
    feature = "unblock",
    all(unix, feature = "serial"),
    all(target_os = "linux", feature = "adc"),
))]
mod pool;
mod quiet;
mod run_loop;
mod spawn;
#[cfg(unix)]
mod turns;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(all(target_os = "linux", feature = "adc"))]
pub mod adc;
#[cfg(all(target_os = "linux", feature = "gpio"))]
pub mod gpio;
#[cfg(all(target_os = "linux", feature = "i2c"))]
pub mod i2c;
#[cfg(all(target_os = "linux", feature = "led"))]
pub mod led;
#[cfg(any(
    all(
        target_os = "linux",
        any(
            feature = "adc",
            feature = "gpio",
            feature = "i2c",
            feature = "led",
            feature = "pwm",
            feature = "spi",
        ),
    ),
    all(unix, feature = "serial"),
))]
mod messages;
#[cfg(all(
    target_os = "linux",
    any(feature = "adc", feature = "gpio", feature = "led", feature = "pwm"),
))]
mod nearest;
#[cfg(all(target_os = "linux", feature = "pwm"))]
pub mod pwm;
#[cfg(all(unix, feature = "serial"))]
pub mod serial;
#[cfg(all(unix, feature = "shutdown"))]
mod shutdown;
#[cfg(all(target_os = "linux", feature = "spi"))]
pub mod spi;
#[cfg(all(target_os = "linux", any(feature = "adc", feature = "led", feature = "pwm")))]
mod sysfs;
#[cfg(feature = "unblock")]
mod unblock;
#[cfg(all(target_os = "linux", any(feature = "i2c", feature = "spi")))]
mod worker;

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
#[cfg(feature = "unblock")]
pub use unblock::{PanicPayload, UnblockError, unblock};

/// Runs `main`, and all tasks that it spawns, on this thread until `main` ends.
///
/// Tasks are polled in the order in which they were woken. Tasks that remain when `main`
/// ends are dropped before `run` returns, the newest first.
///
/// A task that blocks the thread blocks all other tasks. A nested executor in a task may
/// wait for sleeps and descriptors, but not for the other tasks.
///
/// # Panics
///
/// - If `main` panics, or awaits a task that has panicked. The panic of a task that is
///   not awaited is only printed.
/// - If called inside a run on the same thread, or in the destructor of a task that
///   remains. The outer run continues if this panic is caught.
/// - If the thread is about to end.
/// - If the system has no descriptors for the loop. It takes three.
pub fn run<F: Future>(main: impl FnOnce(StdSpawner) -> F) -> F::Output {
    run_loop::run(|| main(StdSpawner::new()))
}
