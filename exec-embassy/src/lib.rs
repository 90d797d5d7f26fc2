//! Tickwire's bare-metal backend, on the embassy executor.
//!
//! | item | purpose |
//! | --- | --- |
//! | [`EmbassyClock`] | the time of your HAL's time driver |
//! | [`Arena`] | tasks of any type, without an allocator or a macro |
//! | [`IrqFlag`] of `tickwire-sync` | the readiness of a device that interrupts |
//! | [`IrqEdges`] of `tickwire-sync` | edges of pins, timestamped by the interrupt |
//! | [`PollEachPass`] of `tickwire-traits` | the readiness of a device that does not interrupt |
//!
//! [`PollEachPass`]: tickwire_traits::PollEachPass
//!
//! # Requirements
//!
//! `embassy-executor` with the features of your platform, a time driver, and critical
//! sections. Most HALs provide the last two as features:
//!
//! ```toml
//! embassy-executor = { version = "0.10", features = ["platform-cortex-m", "executor-thread"] }
//! embassy-rp = { version = "0.10", features = ["rp2040", "time-driver", "critical-section-impl"] }
//! ```
//!
//! Embassy on a computer has no HAL to provide them. There, add these dependencies, and
//! `use embassy_time as _;` to `main.rs`. Without that line, linking fails for lack of
//! `_embassy_time_now`.
//!
//! ```toml
//! embassy-executor = { version = "0.10", features = ["platform-std", "executor-thread"] }
//! embassy-time = { version = "0.5", features = ["std"] }
//! critical-section = { version = "1.2", features = ["std"] }
//! ```
//!
//! The only embassy types in this crate's signatures are [`Spawner`] and [`SendSpawner`].
//! `main` is embassy's:
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
//! Programs for a board are in [examples/rp2040][pico], one per driver.
//!
//! [pico]: https://github.com/tickwire/tickwire/tree/main/examples/rp2040
//!
//! # Critical sections
//!
//! Critical sections guard the state that tasks, interrupts and cores share, and on a
//! Cortex-M0+ also embassy's run queue. *On a chip with two cores, such as the RP2040,
//! the feature `critical-section-single-core` of `cortex-m` is unsound:* it masks the
//! interrupts of one core, while the other core continues. Use the HAL's implementation
//! (`critical-section-impl` of `embassy-rp`), which also excludes the other core. A program
//! has exactly one implementation, so no dependency may enable a second one.
//!
//! # Wakers that embassy did not make
//!
//! Each embassy task contains one timer entry, and embassy's timer queue links these
//! entries. The queue costs no memory and has no bound, but accepts only wakers of
//! embassy's tasks. A `TaskGroup` of `tickwire-sync`, a `FuturesUnordered` or another
//! executor inside of a task polls its children with other wakers. If such a child
//! sleeps, embassy panics: "Found waker not created by the Embassy executor. Unless the
//! generic timer queue is enabled …". Only embassy can identify its wakers, so this crate
//! cannot return an error instead.
//!
//! The feature `any-waker` enables the generic queue, which accepts any waker:
//!
//! | | default | `any-waker` |
//! | --- | --- | --- |
//! | wakers | of embassy's tasks | all |
//! | `join`, `select`, `gather`, `WaitAny`, timeouts | yes: they pass on their task's waker | yes |
//! | a `TaskGroup` or `FuturesUnordered` whose children sleep | panics | yes |
//! | memory | none | 64 entries, 16 bytes each on a 32-bit machine |
//! | sleeping wakers | as many as there are tasks | 64; see below |
//! | a new deadline costs | a few writes | a scan of all entries |
//!
//! An entry belongs to a waker, not to a sleep: a task counts once, however many sleeps it
//! has, and so does each child of a `TaskGroup`. *The bound is soft, but exceeding it is
//! expensive:* when the queue is full, a new entry evicts an old one. The evicted task
//! wakes early, registers again, and evicts another. No task is late, but the core no
//! longer sleeps. For a bound other than 64, the application can enable the feature
//! `generic-queue-8`, `-16`, `-32` or `-128` of `embassy-time` instead of `any-waker`.
//!
//! A time driver with its own queue, instead of that of `embassy-time-queue-utils`, has its
//! own rules, and `any-waker` has no effect.
//!
//! Both queues call `wake` under embassy's lock. `wake` of your own waker must not read the
//! clock or set a timer; the wakers of embassy and `tickwire-sync` do not.
#![no_std]
#![deny(unsafe_code)]

mod arena;
mod clock;
mod free;
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
