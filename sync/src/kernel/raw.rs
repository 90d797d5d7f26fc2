//! What keeps two contexts from touching a primitive at once.
//!
//! EXCLUSION, on which the `unsafe` in this file rests: while the closure given
//! to `lock` runs, no other context runs one that was given to the same raw
//! mutex. The same context may, when the closure itself calls `lock`.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;

/// How a primitive keeps its users apart: nothing at all within one executor, a
/// critical section towards interrupts, threads and cores.
///
/// It is the first parameter of every primitive. Whatever is built with
/// [`NoopRawMutex`] cannot leave its thread or be put into a `static`, which the
/// compiler sees to; with [`CriticalSectionRawMutex`] the same type can be used
/// from anywhere.
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
/// Keep what runs inside short: it is the longest that an interrupt waits. None
/// of the primitives wakes, clones, drops or calls what a user gave it in there.
///
/// # Safety
///
/// While a closure given to `lock` runs, no other context (thread, core or
/// interrupt) may run one given to `lock` of the same object. `lock` has to order
/// memory: what one closure wrote, the next one sees. An implementation that
/// leaves this to the compiler by being `!Sync` does neither.
pub unsafe trait RawMutex {
    /// The unlocked raw mutex.
    const INIT: Self;

    /// Runs `f` while no other context is in here.
    fn lock<T>(&self, f: impl FnOnce() -> T) -> T;
}

/// For primitives that never leave their executor: costs nothing, and cannot be
/// shared between threads or with an interrupt.
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
/// A `static` of it does not compile:
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

// SAFETY: it is not `Sync`, so one context has it at any time: EXCLUSION.
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

/// For primitives that interrupts, threads or other cores use too.
///
/// Its locking is the program's choice of a `critical-section` implementation:
/// on a microcontroller the HAL's; with an operating system the feature `std` of
/// this crate brings one.
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
