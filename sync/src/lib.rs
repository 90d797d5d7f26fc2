//! Ways for tasks to meet: primitives that sleep when nothing can move.
//!
//! ```
//! use tickwire_sim::Sim;
//! use tickwire_sync::shared;
//!
//! static SAMPLES: shared::RingQueue<u16, 8> = shared::RingQueue::new();
//!
//! fn on_conversion(sample: u16) { // The interrupt handler.
//!     SAMPLES.push(sample);
//! }
//!
//! on_conversion(517);
//! Sim::new().run(async {
//!     assert_eq!(SAMPLES.pop().await, 517);
//! });
//! ```
//!
//! | type | for | the tutorial's word | elsewhere |
//! | --- | --- | --- | --- |
//! | [`Mutex`] | data that one task at a time may use | `Lock` | `Mutex` |
//! | [`SharedBus`] | an I2C or SPI bus with several drivers | | `I2cDevice`, `SpiDevice`, `AtomicDevice` |
//! | [`Event`] | something has happened, and stays so; all who wait go on | `Event`, `ThreadSafeEvent` | |
//! | [`Flag`] | a signal to one task, from an interrupt | `ThreadSafeFlag` | `Signal<()>`, `Notify`, `AtomicWaker` |
//! | [`IrqFlag`] | a device that interrupts and has one owner: `Readiness` | | |
//! | [`IrqEdges`] | edges of pins with the time of the interrupt: `Edges` | | |
//! | [`Message`] | an event with a value: the latest, for all who care | `Message` | `Watch`, `watch` |
//! | [`Queue`] | items in order, waiting at both ends | `Queue`, `ThreadSafeQueue` | `Channel`, `mpsc` |
//! | [`RingQueue`] | the newest items; to push never waits | `RingbufQueue` | `Signal<T>` |
//! | [`Broker`] | messages by topic to who subscribed | `Broker` | `PubSubChannel`, `broadcast` |
//! | [`Semaphore`], [`BoundedSemaphore`] | permits, counted | the same | the same |
//! | [`Condition`] | waiting for data under a lock to change | `Condition` | `Condvar` |
//! | [`Barrier`] | waiting for one another | `Barrier` | `Barrier` |
//! | [`RetriggerableDelay`] | a watchdog, a time-out that activity puts off | `Delay_ms` | |
//! | [`Promise`] | a value that will be there once | an awaitable class | `OnceLock`, `OnceCell`, `oneshot` |
//! | [`CancelToken`] | telling work to stop | `Task.cancel` | `CancellationToken` |
//! | [`WaitAny`], [`WaitAll`], [`from_fn`], [`from_fn_mut`] | any or all of several of these | the same, `ELO` | `select`, `join` |
//! | [`gather`], [`try_gather`] | a fixed few futures, beside one another | `gather` | `join`, `try_join` |
//! | [`TaskGroup`], [`WakeSlots`] | futures that come and go, each woken for itself | `TaskGroup` | `JoinSet`, `FuturesUnordered` |
//!
//! *The tutorial* is Peter Hinch's [Application of asyncio to hardware
//! interfaces](https://github.com/peterhinch/micropython-async) for MicroPython.
//!
//! Not here: `wait_for` and `with_timeout` are
//! [`Timer::timeout`](tickwire_traits::Timer::timeout); `create_task` is
//! [`Spawn`](tickwire_traits::Spawn), or a task in a [`TaskGroup`]. An interrupt cannot
//! wait for a mutex, but may use [`Mutex::try_lock`]. There is no lock for many readers,
//! no pipe of bytes and no queue by priority.
//!
//! # What all of them promise
//!
//! - **Nobody is polled for nothing.** A task that waits is polled when it may go on.
//!   Sixty-four that wait for one lock are sixty-four that sleep.
//! - **First come, first served.** What is given up is handed over to who waits
//!   longest; who comes later, or comes again, does not get in between.
//! - **Drop anything, at any time.** Who is dropped leaves the line; what it was
//!   handed and has not used goes to the next.
//! - **No allocator.** Who waits stands in line in its own future: at most six words
//!   on a 32-bit machine. A primitive is two or three words beside what it keeps, for
//!   any number of waiters; a [`Queue`], where one waits for three things, is eight.
//! - **No code of others under the lock.** Wakers are woken, cloned and dropped
//!   outside of it, so they may come back to the primitive that wakes them.
//!
//! # One executor, or interrupts and threads
//!
//! The first parameter of each primitive is its [`RawMutex`]. Two modules have it filled in:
//!
//! - [`local`] is for the futures of one executor ([`NoopRawMutex`]): locking costs nothing.
//! - [`shared`] is for interrupts, threads and other cores too
//!   ([`CriticalSectionRawMutex`]), and for a `static`; every constructor is `const`.
//!
//! The compiler rejects a local primitive where a shared one is needed. Its message is
//! "`Cell<()>` cannot be shared between threads safely", within `NoopRawMutex`.
//!
//! # Features
//!
//! - `std` brings critical sections for programs with an operating system. Without it
//!   they may end in `undefined symbol: _critical_section_1_0_acquire`; `tickwire-sim`
//!   and `tickwire-exec-std` turn it on. On a microcontroller that error means that
//!   no crate provides them: it is a feature of the HAL or of `cortex-m`
//!   (`critical-section-single-core`).
//! - `alloc` brings `HeapSlots`, slots of a [`TaskGroup`] without a `static`.
//! - `defmt` implements `defmt::Format` for values, such as errors and results.
//!
//! By default there is none.
//!
//! # Forgetting
//!
//! A future that is leaked (`mem::forget`) while it waits keeps its place in line for
//! ever. Nothing dangles, since its memory is leaked with it; but what is handed to
//! it stays there.
//!
//! # Panics
//!
//! A waker that panics, which ours do not, strands nobody: who was to be woken after
//! it is, and then the panic goes on. A second one meanwhile ends the program.
#![no_std]
#![deny(unsafe_code)]

#[cfg(any(feature = "alloc", test))]
extern crate alloc;

mod aliases;
mod barrier;
mod broker;
mod bus;
mod cancel;
mod combine;
mod condition;
mod delay;
mod event;
mod flag;
mod full;
mod group;
mod irq;
mod kernel;
pub mod local;
mod message;
#[allow(unsafe_code)] // PERMIT
mod mutex;
#[allow(unsafe_code)] // KEPT
mod promise;
mod queue;
mod ring_queue;
mod semaphore;
pub mod shared;

pub use barrier::{Barrier, BarrierWaitResult};
pub use broker::{Agent, Broker, Dropped, Published};
pub use bus::{AsIs, Configure, SharedBus, SharedI2c, SharedSpi, SharedSpiError};
pub use cancel::{CancelToken, Cancelled};
pub use combine::{
    EventLike, FromFn, FromFnMut, Gather, GatherChildren, TryGather, TryGatherChildren, WaitAll,
    WaitAny, Winner2, Winner3, Winner4, Winner5, Winner6, from_fn, from_fn_mut, gather, try_gather,
};
pub use condition::Condition;
pub use delay::RetriggerableDelay;
pub use event::Event;
pub use flag::Flag;
pub use full::Full;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use group::HeapSlots;
#[cfg(feature = "std")]
pub use group::is_child_of;
pub use group::{StaticSlots, TaskGroup, TaskId, WakeHome, WakeSlots};
pub use irq::{IrqClaim, IrqEdges, IrqFlag, IrqInput, IrqLine};
pub use kernel::raw::{CriticalSectionRawMutex, NoopRawMutex, RawMutex};
pub use message::{Listener, Message};
pub use mutex::{Mutex, MutexGuard};
pub use promise::Promise;
pub use queue::{NothingUnfinished, Queue, Room};
pub use ring_queue::RingQueue;
pub use semaphore::{
    Bounded, BoundedSemaphore, Kind, OverRelease, Semaphore, SemaphorePermit, Unbounded,
};
