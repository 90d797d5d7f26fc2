//! Tickwire's bare-metal backend, on the embassy executor.
//!
//! [`EmbassyClock`] is the time that your HAL keeps; [`Arena`] runs tasks of any type,
//! without an allocator and without a macro. [`IrqFlag`] is the readiness of a device that
//! interrupts, and [`IrqEdges`] are the edges of pins with the time of the interrupt: both
//! are those of `tickwire-sync`. For a device that does not interrupt there is
//! [`PollEachPass`] in `tickwire-traits`.
//!
//! [`PollEachPass`]: tickwire_traits::PollEachPass
//!
//! # What it needs
//!
//! Your HAL's usual: `embassy-executor` with the features of your platform; a time driver
//! and critical sections, which for most HALs are features of theirs.
//!
//! ```toml
//! embassy-executor = { version = "0.10", features = ["platform-cortex-m", "executor-thread"] }
//! embassy-rp = { version = "0.10", features = ["rp2040", "time-driver", "critical-section-impl"] }
//! ```
//!
//! On a computer, where embassy runs too, there is no HAL to bring them. Then `main.rs`
//! says `use embassy_time as _;`, or the linker misses `_embassy_time_now`:
//!
//! ```toml
//! embassy-executor = { version = "0.10", features = ["platform-std", "executor-thread"] }
//! embassy-time = { version = "0.5", features = ["std"] }
//! critical-section = { version = "1.2", features = ["std"] }
//! ```
//!
//! The only types of embassy in the signatures here are [`Spawner`] and [`SendSpawner`],
//! so `main` is that of embassy:
//!
//! [`Spawner`]: https://docs.rs/embassy-executor/0.10/embassy_executor/struct.Spawner.html
//! [`SendSpawner`]: https://docs.rs/embassy-executor/0.10/embassy_executor/struct.SendSpawner.html
//!
//! ```
//! # mod host { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/mod.rs")); }
//! use tickwire_exec_embassy::{Arena, EmbassyClock};
//! use tickwire_traits::{Duration, JoinHandle, Spawn, Timer};
//!
//! static TASKS: Arena<128, 2> = Arena::new();
//!
//! # host::run(
//! // #[embassy_executor::main]
//! async |spawner: embassy_executor::Spawner| {
//!     let beat = TASKS.with(spawner).spawn(async {
//!         let mut ticker = EmbassyClock.ticker(Duration::from_millis(1));
//!         loop {
//!             ticker.tick().await; // And toggle a light.
//!         }
//!     });
//!     EmbassyClock.sleep(Duration::from_millis(5)).await;
//!     beat.unwrap().cancel().await;
//! }
//! # );
//! ```
//!
//! On the board this is [examples/rp2040][pico], a program for each driver.
//!
//! [pico]: https://github.com/tickwire/tickwire/tree/main/examples/rp2040
//!
//! # Critical sections
//!
//! What tasks, interrupts and cores share here is guarded by critical sections, and on a
//! Cortex-M0+ embassy's own queue is, too. *On a chip with two cores, such as the RP2040,
//! the feature `critical-section-single-core` of `cortex-m` is unsound:* it masks the
//! interrupts of one core, and the other core runs on. Use the implementation of the HAL
//! (`critical-section-impl` of `embassy-rp`), which excludes the other core as well. A
//! program has one implementation, so no dependency may turn on a second one.
//!
//! # Wakers that embassy did not make
//!
//! Each embassy task has room for one timer entry, and embassy's timer queue links
//! these. That costs no memory and has no bound, but it takes wakers of embassy's
//! tasks alone. What polls its children with wakers of its own (a `TaskGroup` of
//! `tickwire-sync`; `FuturesUnordered`; another executor inside of a task) may then
//! not sleep: the first sleep panics, "Found waker not created by the Embassy
//! executor. Unless the generic timer queue is enabled …". That queue is what the
//! feature below turns on. There is no way to ask embassy whose a waker is other than
//! by that panic, so the text is embassy's and not ours.
//!
//! The feature `any-waker` replaces the queue by one that takes any waker:
//!
//! | | as it is | `any-waker` |
//! | --- | --- | --- |
//! | wakers | of embassy's tasks | all |
//! | `join`, `select`, `gather`, `WaitAny`, timeouts | yes: they pass their task's waker on | yes |
//! | a `TaskGroup` or `FuturesUnordered` whose children sleep | panics | yes |
//! | memory | none | 64 entries, 16 bytes each on a 32-bit machine |
//! | sleeping wakers | as many as there are tasks | 64; see below |
//! | a new deadline costs | a few words | a walk over all that sleep |
//!
//! An entry belongs to a waker, not to a sleep: a task counts once, however many
//! sleeps it has, and so does each child of a `TaskGroup`. *The bound is soft, and
//! dear:* who comes to a full queue puts out another, who is woken early, asks
//! again, and puts out the next. Nobody is late, but the core no longer sleeps. For
//! another bound than 64 let the application turn on a feature `generic-queue-8`,
//! `-16`, `-32` or `-128` of `embassy-time`; each of them is as good as `any-waker`.
//!
//! A time driver with a queue of its own, not that of `embassy-time-queue-utils`,
//! has its own rules; `any-waker` does nothing there.
//!
//! Either way embassy wakes from inside of its lock. A waker of yours must not ask
//! for the time or set a timer in `wake`; those of embassy and of `tickwire-sync`
//! do not.
#![no_std]
#![deny(unsafe_code)]

mod arena;
mod clock;
#[allow(unsafe_code)] // OWNER
mod home;
mod irq;
#[allow(unsafe_code)] // STORED
mod place;
#[allow(unsafe_code)] // EXCLUSIVE
mod primitives;
#[allow(unsafe_code)] // RUNNER
mod runner;
#[allow(unsafe_code)] // STEP
mod slot;
mod task;

pub use arena::{Arena, ArenaSpawner, SendArenaSpawner};
pub use clock::EmbassyClock;
pub use irq::{IrqEdges, IrqInput};
pub use task::ArenaTask;
pub use tickwire_sync::shared::{IrqClaim, IrqFlag};
