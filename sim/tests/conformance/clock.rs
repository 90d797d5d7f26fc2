//! Clocks with one flaw each.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{RawWakerVTable, Wake, Waker};

use tickwire_sim::SimClock;
use tickwire_traits::{Clock as _, Duration, Instant, TimerQueue};

use crate::Flaw;

const TICK: u64 = 250;

#[derive(Clone)]
pub(crate) struct Clock {
    time: SimClock,
    flaw: Flaw,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    looks: Cell<u64>,
    /// The vtable of the executor's own wakers, which the first waker has.
    own: Cell<Option<*const RawWakerVTable>>,
    /// The first request of each waker, by its data.
    first: RefCell<HashMap<*const (), Instant>>,
    asked: RefCell<HashMap<*const (), u32>>,
    count: Cell<u32>,
}

impl State {
    fn count(&self) -> u32 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }
}

impl Clock {
    pub(crate) fn new(time: SimClock, flaw: Flaw) -> Self {
        Self { time, flaw, state: Rc::default() }
    }

    pub(crate) fn is_foreign(&self, waker: &Waker) -> bool {
        self.state.own.get().is_some_and(|own| own != std::ptr::from_ref(waker.vtable()))
    }
}

impl tickwire_traits::Clock for Clock {
    fn now(&self) -> Instant {
        let now = self.time.now();
        let looks = self.state.looks.get() + 1;
        self.state.looks.set(looks);
        match self.flaw {
            Flaw::GoesBack if looks.is_multiple_of(7) => now + Duration::from_micros(5),
            Flaw::HasTicksThatItDenies => Instant::from_micros(now.as_micros() / TICK * TICK),
            Flaw::RunsAtDoubleSpeed => Instant::from_micros(now.as_micros() * 2),
            _ => now,
        }
    }

    fn resolution(&self) -> Duration {
        match self.flaw {
            Flaw::DeniesThatTimeStandsStill => Duration::from_micros(1),
            _ => self.time.resolution(),
        }
    }
}

impl TimerQueue for Clock {
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        if self.state.own.get().is_none() {
            self.state.own.set(Some(waker.vtable()));
        }
        let now = self.now();
        let micros = at.as_micros();
        let at = match self.flaw {
            Flaw::HasTicksThatItDenies => {
                Instant::from_micros(micros.div_ceil(TICK).saturating_mul(TICK))
            }
            Flaw::RunsAtDoubleSpeed => Instant::from_micros(micros.div_ceil(2)),
            Flaw::IgnoresPastDeadlines if at <= now => return,
            Flaw::WakesLate => at + Duration::from_micros(100),
            Flaw::WakesEverySevenMilliseconds => {
                let late = self.time.waking_every(Duration::from_millis(7));
                return late.schedule_wake(at, waker);
            }
            Flaw::WakesForeignWakersLate if self.is_foreign(waker) => {
                at + Duration::from_micros(100)
            }
            Flaw::WakesEveryTenthOfAMillisecond => at.min(now + Duration::from_micros(100)),
            Flaw::KeepsTheFirstDeadline => {
                let mut first = self.state.first.borrow_mut();
                let kept = first.entry(waker.data()).or_insert(at);
                if *kept <= now {
                    *kept = at;
                }
                *kept
            }
            Flaw::LosesOneInSixHundred if self.state.count().is_multiple_of(600) => return,
            Flaw::HasRoomForFourSleepers => {
                let mut asleep = self.state.first.borrow_mut();
                asleep.retain(|_, at| *at > now);
                if asleep.len() == 4 && !asleep.contains_key(&waker.data()) {
                    return;
                }
                let kept = asleep.entry(waker.data()).or_insert(at);
                *kept = at.min(*kept);
                at
            }
            Flaw::CutsDeadlinesTo32Bits => Instant::from_micros(micros & 0xFFFF_FFFF),
            Flaw::IgnoresForeignWakers if self.is_foreign(waker) => return,
            Flaw::TakesForeignWakersFourTimes if self.is_foreign(waker) => {
                let mut asked = self.state.asked.borrow_mut();
                let asked = asked.entry(waker.data()).or_default();
                *asked += 1;
                if *asked > 4 {
                    return;
                }
                at
            }
            _ => at,
        };
        if self.flaw == Flaw::KeepsAnEntryForEachAsk {
            // A different waker each time, so that the simulation keeps all.
            return self.time.schedule_wake(at, &Arc::new(Anew(waker.clone())).into());
        }
        self.time.schedule_wake(at, waker);
    }
}

struct Anew(Waker);

impl Wake for Anew {
    fn wake(self: Arc<Self>) {
        self.0.wake_by_ref();
    }
}
