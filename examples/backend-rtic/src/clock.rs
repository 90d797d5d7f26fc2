use core::cell::RefCell;
use core::task::Waker;

use critical_section::Mutex;
use rtic_monotonics::{systick::prelude::*, systick_monotonic};
use tickwire_sync::shared::Flag;
use tickwire_traits::{Clock, Duration, Instant, TimerQueue};

systick_monotonic!(Mono, 10_000);
const TICK: u64 = 100; // Microseconds.

/// The clock of [`Mono`], in ticks of 100 µs.
#[derive(Clone, Copy, Debug, Default)]
pub struct RticClock;

/// The number of wakers that may sleep at once: each task has one, each child of a task group has
/// another. One more panics. To wake a sleeper early in its place would make both spin.
pub const SLEEPERS: usize = 16;

/// RTIC's own timers are nodes in its futures, so wakers need a queue.
struct Queue {
    entries: [Entry; SLEEPERS],
    /// The deadline for which [`serve`] has to wait.
    next: Instant,
}

type Entry = Option<(Instant, Waker)>;

static QUEUE: Mutex<RefCell<Queue>> =
    Mutex::new(RefCell::new(Queue { entries: [const { None }; SLEEPERS], next: Instant::MAX }));
static IS_EARLIER: Flag = Flag::new();

impl Clock for RticClock {
    fn now(&self) -> Instant {
        Instant::from_micros(Mono::now().as_ticks() * TICK)
    }

    fn resolution(&self) -> Duration {
        Duration::from_micros(TICK)
    }
}

impl TimerQueue for RticClock {
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        let waker = waker.clone(); // Outside of the lock, like the drop: it may call back.
        let (is_earlier, _spare) =
            critical_section::with(|cs| QUEUE.borrow_ref_mut(cs).insert(at, waker));
        if is_earlier {
            IS_EARLIER.set();
        }
    }
}

impl Queue {
    /// Returns whether no deadline was as early, and the waker of an entry that was there.
    fn insert(&mut self, at: Instant, waker: Waker) -> (bool, Option<Waker>) {
        let is_earlier = at < self.next;
        self.next = at.min(self.next);
        let is_same = |it: &Entry| it.as_ref().is_some_and(|it| it.1.will_wake(&waker));
        let nth = self.entries.iter().position(is_same);
        let nth = nth.or_else(|| self.entries.iter().position(Option::is_none));
        let entry = &mut self.entries[nth.expect("at most `SLEEPERS` wakers sleep at once")];
        let at = entry.as_ref().map_or(at, |it| at.min(it.0));
        (is_earlier, entry.replace((at, waker)).map(|it| it.1))
    }

    /// Removes a waker that is due, or returns the next deadline.
    fn pop(&mut self, now: Instant) -> Result<Waker, Instant> {
        let due = self.entries.iter_mut().find_map(|it| it.take_if(|it| it.0 <= now));
        let deadlines = self.entries.iter().flatten().map(|it| it.0);
        self.next = deadlines.min().unwrap_or(Instant::MAX);
        due.map(|it| it.1).ok_or(self.next)
    }
}

/// Wakes sleepers. Await it in a task of RTIC's, after [`Mono`] has been started. Cancel-safe.
pub async fn serve() {
    loop {
        match critical_section::with(|cs| QUEUE.borrow_ref_mut(cs).pop(RticClock.now())) {
            Ok(waker) => waker.wake(),
            Err(next) => {
                // A tick further ahead than half of the range would be in the past.
                let tick = next.as_micros().div_ceil(TICK).min(u64::MAX / 4);
                let tick = <Mono as Timebase>::Instant::from_ticks(tick);
                let _ = Mono::timeout_at(tick, IS_EARLIER.wait()).await;
            }
        }
    }
}
