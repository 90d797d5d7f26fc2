//! A timeout that activity postpones.

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;
use tickwire_traits::{Duration, Instant, TimerQueue};

use crate::kernel::broadcast::Broadcast;
use crate::kernel::claim::Claim;
use crate::kernel::monitor::{Granted, Monitor};
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::{WaitQueue, Waiter};

/// A delay restarted by each trigger: it expires after a long enough time without one.
///
/// ```text
///             trigger                    time is over
///   stopped ──────────▶ running ───────────────────────▶ expired
///      ▲  ▲              │   ▲ ╰─ trigger: until then       │  │
///      │  ╰── stop ──────╯   ╰────────────── trigger ───────╯  │
///      ╰───────────────────── stop, clear ─────────────────────╯
/// ```
///
/// Only the clock decides whether the delay has expired, not the order of polls: stopped
/// in time it never expires, and an expiry reaches all its waiters, whatever happens to
/// the delay before they run.
///
/// No task runs behind it. Triggering a running delay stores a number; a waiter is woken
/// only if it would otherwise be late. With
/// [`CriticalSectionRawMutex`](crate::CriticalSectionRawMutex) and a clock for it, an
/// interrupt may do everything but wait.
///
/// The tutorial's `Delay_ms`, a watchdog or retriggerable monostable.
///
/// ```
/// use futures_util::future::join;
/// use tickwire_sim::Sim;
/// use tickwire_sync::local;
/// use tickwire_traits::{Clock, Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let silence = local::RetriggerableDelay::new(clock.clone());
/// sim.run(join(
///     async {
///         silence.wait().await;
///         assert_eq!(clock.now(), Instant::from_millis(700));
///     },
///     async {
///         for _ in 0..3 {
///             silence.trigger(Duration::from_millis(500)); // A sound was heard.
///             clock.sleep(Duration::from_millis(100)).await;
///         }
///     },
/// ));
/// ```
#[doc(alias = "Delay_ms")]
#[doc(alias = "watchdog")]
pub struct RetriggerableDelay<R, C> {
    clock: C,
    monitor: Monitor<R, State>,
}

impl<R: RawMutex, C: TimerQueue> RetriggerableDelay<R, C> {
    /// Creates a stopped delay.
    pub const fn new(clock: C) -> Self {
        let state = State {
            deadline: Cell::new(Deadline(Instant::EPOCH)),
            expired: Broadcast::new(),
            sooner: Broadcast::new(),
        };
        Self { clock, monitor: Monitor::new(state) }
    }

    /// Starts or restarts the delay, to expire after at least `span` from this call:
    /// later or sooner than before.
    ///
    /// A zero `span` expires immediately.
    #[inline]
    pub fn trigger(&self, span: Duration) {
        let now = self.clock.now();
        let tick = if span.is_zero() { Duration::ZERO } else { self.clock.resolution() };
        self.start(now, now + span + tick);
    }

    /// Starts or restarts the delay, to expire at `deadline`.
    pub fn trigger_at(&self, deadline: Instant) {
        self.start(self.clock.now(), deadline);
    }

    /// Stops the delay, and clears its expiry. Returns whether it was running.
    pub fn stop(&self) -> bool {
        self.look(|state| {
            state.expired.withdraw();
            let was_running = state.sooner.stands();
            state.sooner.withdraw();
            was_running
        })
    }

    /// Clears the expiry. A running delay continues.
    pub fn clear(&self) {
        self.look(|state| state.expired.withdraw());
    }

    /// Returns whether the delay is running and has not expired.
    #[doc(alias = "running")]
    pub fn is_running(&self) -> bool {
        self.look(|state| state.sooner.stands())
    }

    /// Returns whether the delay has expired and was neither triggered nor stopped since.
    pub fn has_expired(&self) -> bool {
        self.look(|state| state.expired.stands())
    }

    /// Returns the deadline of a running delay.
    pub fn deadline(&self) -> Option<Instant> {
        self.look(State::deadline)
    }

    /// Waits until the delay expires. Resolves immediately if it has. It stays expired.
    ///
    /// If the delay is stopped, waits until it is triggered and expires.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state. As after any sleep, the task may be woken
    /// once spuriously.
    pub fn wait(&self) -> impl Future<Output = ()> {
        Wait { delay: self, since: None, sooner: Waiter::new(&self.monitor, Sooner) }
    }

    /// Runs `f` under the lock on the current state.
    fn look<T>(&self, f: impl Fn(&State) -> T) -> T {
        let now = self.clock.now();
        self.monitor.lock(|inside| {
            inside.state.expire(now);
            f(&inside.state)
        })
    }

    #[inline]
    fn start(&self, now: Instant, deadline: Instant) {
        let granted = self.monitor.lock(|inside| {
            let state = &inside.state;
            state.expire(now);
            state.expired.withdraw();
            // A waiter has scheduled its wake for the previous deadline, and will
            // schedule again then. It is notified only if that is too late.
            let asked_in_time = state.deadline().is_some_and(|asked_for| asked_for <= deadline);
            state.deadline.set(Deadline(deadline));
            if asked_in_time {
                return Granted::NONE;
            }
            state.sooner.announce();
            inside.granted::<Sooner>(inside.queue::<Sooner>().grant_first())
        });
        self.monitor.wake::<Sooner>(granted);
    }
}

struct State {
    deadline: Cell<Deadline>,
    /// Announced by expiring; stands until the delay is triggered or stopped.
    expired: Broadcast,
    /// Announces an earlier deadline to waiters that sleep until the previous one; stands
    /// while the delay is running.
    sooner: Broadcast,
}

/// An `Instant` aligned to 32 bits, without padding around it.
#[derive(Clone, Copy)]
#[repr(C, packed(4))]
struct Deadline(Instant);

impl State {
    /// Expires the delay if the clock has reached its deadline.
    #[inline]
    fn expire(&self, now: Instant) {
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            self.sooner.withdraw();
            self.expired.announce();
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.sooner.stands().then(|| self.deadline.get().0)
    }
}

/// The claim of a task that waits for an earlier deadline than the scheduled one.
struct Sooner;

impl Claim<State> for Sooner {
    const WAITS_FOR: &'static str = "a `RetriggerableDelay` to expire";

    fn try_claim(&self, _state: &State, _queue: &WaitQueue) -> bool {
        false
    }

    fn ticket(&self, state: &State) -> u32 {
        state.sooner.number()
    }

    fn passed(state: &State, ticket: u32) -> bool {
        state.sooner.number() != ticket
    }

    fn settle(state: &State, queue: &WaitQueue) -> Option<Waker> {
        state.sooner.grant_one(queue)
    }
}

pin_project! {
    struct Wait<'a, R: RawMutex, C> {
        delay: &'a RetriggerableDelay<R, C>,
        // The number of the expiry before the awaited one.
        since: Option<u32>,
        #[pin]
        sooner: Waiter<'a, R, State, Sooner>,
    }
}

impl<R: RawMutex, C: TimerQueue> Future for Wait<'_, R, C> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        // Queues before reading the deadline, so that a trigger from an interrupt in
        // between is not missed. Each turn of the loop handles one.
        while this.sooner.as_mut().poll(cx).is_ready() {}
        let since = *this.since;
        let (expired, deadline) = this.delay.look(|state| {
            let over =
                state.expired.stands() || since.is_some_and(|it| it != state.expired.number());
            (if over { None } else { Some(state.expired.number()) }, state.deadline())
        });
        let Some(number) = expired else { return Poll::Ready(()) };
        *this.since = Some(number);
        if let Some(deadline) = deadline {
            this.delay.clock.schedule_wake(deadline, cx.waker());
        }
        Poll::Pending
    }
}

impl<R: RawMutex, C: TimerQueue> fmt::Debug for RetriggerableDelay<R, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetriggerableDelay").field("deadline", &self.deadline()).finish()
    }
}
