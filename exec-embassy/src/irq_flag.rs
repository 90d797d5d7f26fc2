//! Readiness from an interrupt.

use core::cell::Cell;
use core::convert::Infallible;
use core::fmt;
use core::task::{Context, Poll, Waker};

use critical_section::Mutex;
use tickwire_traits::{Interest, Readiness};

/// Set by an interrupt, waited for by one owner: [`Readiness`] of a device that
/// interrupts.
///
/// It lies in a `static`. Whoever uses the device [claims](Self::claim) it, and it is
/// the claim that can be waited for; as there is one at a time, two who wait cannot
/// put out each other. Where more than one is to wait, there is `Flag` in
/// `tickwire-sync`.
///
/// ```
/// # mod host { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/mod.rs")); }
/// use std::sync::mpsc;
/// use std::thread;
/// use tickwire_exec_embassy::IrqFlag;
/// use tickwire_traits::{Interest, nb_ready};
///
/// static RX: IrqFlag = IrqFlag::new();
///
/// let (wire, uart) = mpsc::channel();
/// // Where an interrupt would be:
/// thread::spawn(move || {
///     wire.send(b'!').unwrap();
///     RX.set();
/// });
///
/// # host::run(async move |_| {
/// let mut ready = RX.claim().unwrap();
/// let read = || uart.try_recv().map_err(|_| nb::Error::<()>::WouldBlock);
/// assert_eq!(nb_ready(&mut ready, Interest::Read, read).await, Ok(b'!'));
/// # });
/// ```
///
/// It is set until a wait takes it. Ten thousand times between two looks is as good
/// as once: the first wakes, the others find nobody to wake. A setting between a look
/// and the registration of a waker is seen by a second look. To set costs one critical
/// section, in which no code of others runs.
pub struct IrqFlag {
    shared: Mutex<Shared>,
}

/// Who is set has nobody waiting.
struct Shared {
    is_set: Cell<bool>,
    is_claimed: Cell<bool>,
    waiter: Cell<Option<Waker>>,
}

impl IrqFlag {
    /// Creates a flag that is not set.
    pub const fn new() -> Self {
        let shared = Shared {
            is_set: Cell::new(false),
            is_claimed: Cell::new(false),
            waiter: Cell::new(None),
        };
        Self { shared: Mutex::new(shared) }
    }

    /// Makes it set, and wakes its owner if that waits. For any context.
    pub fn set(&self) {
        let waiter = self.lock(|shared| {
            shared.is_set.set(true);
            shared.waiter.take()
        });
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }

    /// Makes it not set, and returns whether it was.
    pub fn clear(&self) -> bool {
        self.lock(|shared| shared.is_set.take())
    }

    /// Returns whether it is set. It stays so.
    pub fn is_set(&self) -> bool {
        self.lock(|shared| shared.is_set.get())
    }

    /// Makes the caller the one who may wait for it, until the claim is dropped. What
    /// was set before stays set.
    ///
    /// Returns `None` while somebody else has it. Ask again when that one is gone, or
    /// give each device a flag of its own.
    pub fn claim(&self) -> Option<IrqClaim<'_>> {
        let was_claimed = self.lock(|shared| shared.is_claimed.replace(true));
        (!was_claimed).then_some(IrqClaim { flag: self })
    }

    fn lock<T>(&self, f: impl FnOnce(&Shared) -> T) -> T {
        critical_section::with(|cs| f(self.shared.borrow(cs)))
    }
}

impl Default for IrqFlag {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for IrqFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (is_set, is_claimed) =
            self.lock(|shared| (shared.is_set.get(), shared.is_claimed.get()));
        let mut flag = f.debug_struct("IrqFlag");
        flag.field("is_set", &is_set).field("is_claimed", &is_claimed).finish()
    }
}

/// The right to wait for an [`IrqFlag`]. Both directions share the flag.
///
/// ```
/// use tickwire_exec_embassy::{IrqClaim, IrqFlag};
///
/// static RX: IrqFlag = IrqFlag::new();
///
/// let claim: IrqClaim<'_> = RX.claim().unwrap();
/// assert!(RX.claim().is_none());
/// drop(claim);
/// assert!(RX.claim().is_some());
/// ```
#[derive(Debug)]
#[must_use = "dropping a claim gives it up"]
pub struct IrqClaim<'a> {
    flag: &'a IrqFlag,
}

impl embedded_io::ErrorType for IrqClaim<'_> {
    type Error = Infallible;
}

impl Readiness for IrqClaim<'_> {
    fn poll_ready(&mut self, _: Interest, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        let mut waiter = None;
        // Cloned outside of the lock, so that there is a second look; dropped there, too.
        loop {
            let seen = self.flag.lock(|shared| {
                if shared.is_set.take() {
                    return Some(Poll::Ready(Ok(())));
                }
                if waiter.is_some() {
                    waiter = shared.waiter.replace(waiter.take());
                    return Some(Poll::Pending);
                }
                let known = shared.waiter.take();
                let is_known = known.as_ref().is_some_and(|known| known.will_wake(cx.waker()));
                shared.waiter.set(known);
                is_known.then_some(Poll::Pending)
            });
            match seen {
                Some(seen) => return seen,
                None => waiter = Some(cx.waker().clone()),
            }
        }
    }
}

impl Drop for IrqClaim<'_> {
    fn drop(&mut self) {
        let waiter = self.flag.lock(|shared| {
            shared.is_claimed.set(false);
            shared.waiter.take()
        });
        drop(waiter);
    }
}
