//! Synchronization primitives for async tasks, which sleep while they wait.
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
//! | type | purpose | in the tutorial | elsewhere |
//! | --- | --- | --- | --- |
//! | [`Mutex`] | data that one task at a time may use | `Lock` | `Mutex` |
//! | [`SharedBus`] | an I2C or SPI bus for several drivers | | `I2cDevice`, `SpiDevice`, `AtomicDevice` |
//! | [`Event`] | a state that stays set; releases all waiters | `Event`, `ThreadSafeEvent` | |
//! | [`Flag`] | a signal to one task, from an interrupt | `ThreadSafeFlag` | `Signal<()>`, `Notify`, `AtomicWaker` |
//! | [`IrqFlag`] | the interrupt of a device with one owner: `Readiness` | | |
//! | [`IrqEdges`] | edges of pins, stamped by the interrupt: `Edges` | | |
//! | [`Message`] | an event with a value: the latest, for all readers | `Message` | `Watch`, `watch` |
//! | [`Queue`] | items in order, waiting at both ends | `Queue`, `ThreadSafeQueue` | `Channel`, `mpsc` |
//! | [`RingQueue`] | the newest items; pushing never waits | `RingbufQueue` | `Signal<T>` |
//! | [`Broker`] | messages by topic, for subscribers | `Broker` | `PubSubChannel`, `broadcast` |
//! | [`Semaphore`], [`BoundedSemaphore`] | counted permits | the same | the same |
//! | [`Condition`] | waiting for data under a lock to change | `Condition` | `Condvar` |
//! | [`Barrier`] | a point where tasks wait for one another | `Barrier` | `Barrier` |
//! | [`RetriggerableDelay`] | a watchdog, a timeout that activity postpones | `Delay_ms` | |
//! | [`Promise`] | a value that is set once | an awaitable class | `OnceLock`, `OnceCell`, `oneshot` |
//! | [`CancelToken`] | cooperative cancellation | `Task.cancel` | `CancellationToken` |
//! | [`WaitAny`], [`WaitAll`], [`from_fn`], [`from_fn_mut`] | any or all of several of these | the same, `ELO` | `select`, `join` |
//! | [`gather`], [`try_gather`] | a fixed set of concurrent futures | `gather` | `join`, `try_join` |
//! | [`TaskGroup`], [`WakeSlots`] | futures added and removed at run time, each with its own waker | `TaskGroup` | `JoinSet`, `FuturesUnordered` |
//!
//! *The tutorial* is Peter Hinch's [Application of asyncio to hardware
//! interfaces](https://github.com/peterhinch/micropython-async) for MicroPython.
//!
//! Elsewhere or missing: `wait_for` and `with_timeout` are
//! [`Timer::timeout`](tickwire_traits::Timer::timeout); `create_task` is
//! [`Spawn`](tickwire_traits::Spawn), or a task in a [`TaskGroup`]. An interrupt cannot
//! wait for a mutex, but may use [`Mutex::try_lock`]. There is no read-write lock, byte
//! pipe or priority queue.
//!
//! # Guarantees
//!
//! - **No needless polls.** A waiting task is polled only when it may continue.
//!   Sixty-four waiters for one lock are sixty-four sleeping tasks.
//! - **First come, first served.** A released resource is granted to the longest waiter;
//!   no later request overtakes it.
//! - **Drop anything, at any time.** Dropping a waiter removes it from the queue.
//!   Anything already granted to it passes to the next waiter.
//! - **No allocator.** A waiter is queued in its own future: at most six words on a
//!   32-bit machine. A primitive takes two or three words plus its contents, for any
//!   number of waiters; a [`Queue`], which has three wait queues, takes eight.
//! - **No foreign code under the lock.** Wakers are woken, cloned and dropped outside the
//!   lock, so they may call back into the primitive that wakes them.
//!
//! # One executor, or interrupts and threads
//!
//! The first parameter of each primitive is its [`RawMutex`]. Two modules fill it in:
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
//! - `std` provides critical sections for programs with an operating system. Without it
//!   they may fail to link with `undefined symbol: _critical_section_1_0_acquire`;
//!   `tickwire-sim` and `tickwire-exec-std` enable it. On a microcontroller that error
//!   means that no crate provides critical sections: enable a feature of the HAL or of
//!   `cortex-m` (`critical-section-single-core`).
//! - `alloc` provides `HeapSlots`, slots of a [`TaskGroup`] without a `static`.
//! - `defmt` implements `defmt::Format` for values, such as errors and results.
//!
//! None is enabled by default.
//!
//! # Leaked futures
//!
//! A future that is leaked (`mem::forget`) while it waits keeps its place in the queue
//! forever. Nothing dangles, since its memory is leaked with it; but anything granted to
//! it is lost.
//!
//! # Panics
//!
//! If a waker panics, as Tickwire's never do, the remaining waiters are woken before the
//! panic propagates. A second panic meanwhile aborts the program.
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
