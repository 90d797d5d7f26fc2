//! Mutual exclusion of the contexts that use a primitive.
//!
//! EXCLUSION, on which the `unsafe` in this file rests: while a closure given to `lock`
//! runs, no other context runs a closure given to the same raw mutex. The same context
//! may, if the closure itself calls `lock`.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;

/// The mutual exclusion of a primitive's users: none within one executor, a critical
/// section against interrupts, threads and cores.
///
/// It is the first parameter of every primitive. The compiler rejects a primitive with
/// [`NoopRawMutex`] in another thread or in a `static`; with [`CriticalSectionRawMutex`]
/// any context can use the same type.
///
/// ```
/// use tickwire_sync::{local, shared};
///
/// // From an interrupt or another thread:
/// static ALARM: shared::Event = shared::Event::new();
/// // Between futures of one executor:
/// let done = local::Event::new();
///
/// ALARM.set();
/// done.set();
/// assert!(ALARM.is_set() && done.is_set());
/// ```
///
/// # For implementers
///
/// Keep the locked section short: it is the longest time that an interrupt waits. Under
/// the lock, no primitive wakes, clones, drops or calls anything that its user provides.
///
/// # Safety
///
/// While a closure given to `lock` runs, no other context (thread, core or interrupt) may
/// run one given to `lock` of the same object. `lock` has to order memory: each closure
/// sees the writes of the previous one. An implementation that is `!Sync`, and so leaves
/// this to the compiler, has to do neither.
pub unsafe trait RawMutex {
    /// The unlocked raw mutex.
    const INIT: Self;

    /// Runs `f` while no other context holds the lock.
    fn lock<T>(&self, f: impl FnOnce() -> T) -> T;
}

/// The raw mutex for primitives that never leave their executor. It costs nothing, and
/// cannot be shared between threads or with an interrupt.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::local;
///
/// let total = local::Mutex::<u32>::new(40);
/// Sim::new().run(total.with(|total| *total += 2));
/// assert_eq!(total.into_inner(), 42);
/// ```
///
/// A `static` with it does not compile:
///
/// ```compile_fail,E0277
/// use tickwire_sync::{Event, local};
///
/// static ALARM: local::Event = Event::new();
/// ```
pub struct NoopRawMutex {
    /// `Send`, but not `Sync`.
    one_thread: PhantomData<Cell<()>>,
}

// SAFETY: it is not `Sync`, so only one context has it at any time: EXCLUSION.
unsafe impl RawMutex for NoopRawMutex {
    const INIT: Self = Self { one_thread: PhantomData };

    #[inline(always)]
    fn lock<T>(&self, f: impl FnOnce() -> T) -> T {
        f()
    }
}

impl fmt::Debug for NoopRawMutex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoopRawMutex")
    }
}

/// The raw mutex for primitives that interrupts, threads or other cores also use.
///
/// It locks with the program's `critical-section` implementation: the HAL's on a
/// microcontroller; with an operating system, the one of this crate's feature `std`.
///
/// ```
/// use std::thread;
/// use tickwire_sim::Sim;
/// use tickwire_sync::shared;
///
/// static EDGE: shared::Flag = shared::Flag::new();
///
/// thread::spawn(|| EDGE.set()).join().unwrap();
/// Sim::new().run(EDGE.wait());
/// ```
#[derive(Debug)]
pub struct CriticalSectionRawMutex {
    _private: (),
}

// SAFETY: a critical section excludes every other one in the program: EXCLUSION.
unsafe impl RawMutex for CriticalSectionRawMutex {
    const INIT: Self = Self { _private: () };

    #[inline]
    fn lock<T>(&self, f: impl FnOnce() -> T) -> T {
        critical_section::with(|_| f())
    }
}
