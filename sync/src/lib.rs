//! Ways for tasks to meet: primitives that sleep when nothing can move.
#![no_std]
#![deny(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod barrier;
mod broadcast;
mod broker;
mod cancel;
mod condition;
mod delay;
mod event;
mod event_like;
mod flag;
mod full;
mod message;
#[allow(unsafe_code)] // PERMIT
mod mutex;
mod permits;
#[allow(unsafe_code)] // KEPT
mod promise;
mod queue;
#[allow(unsafe_code)] // EXCLUSION
mod raw;
#[allow(unsafe_code)] // FILLED
mod ring;
mod ring_queue;
mod semaphore;
mod turn;
#[allow(unsafe_code)] // LINKED
mod wait_queue;

pub use barrier::{Barrier, BarrierWaitResult};
pub use broker::{Agent, Broker, Dropped, Published};
pub use cancel::{CancelToken, Cancelled};
pub use condition::Condition;
pub use delay::RetriggerableDelay;
pub use event::Event;
pub use event_like::{
    EventLike, FromFn, WaitAll, WaitAny, Winner2, Winner3, Winner4, Winner5, Winner6, from_fn,
};
pub use flag::Flag;
pub use full::Full;
pub use message::{Listener, Message};
pub use mutex::{Mutex, MutexGuard};
pub use promise::Promise;
pub use queue::{NothingUnfinished, Queue, Room};
pub use raw::{CriticalSectionRawMutex, NoopRawMutex, RawMutex};
pub use ring_queue::RingQueue;
pub use semaphore::{
    Bounded, BoundedSemaphore, Kind, OverRelease, Semaphore, SemaphorePermit, Unbounded,
};
