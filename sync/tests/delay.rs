//! The retriggerable delay: when it expires, for each sequence of calls.
#![forbid(unsafe_code)]

use std::pin::pin;
use std::task::Waker;

use futures_util::future::{Either, join, select};
use tickwire_sim::{Sim, SimClock};
use tickwire_sync::{NoopRawMutex, RetriggerableDelay};
use tickwire_traits::{Clock, Duration, Instant, Timer, TimerQueue};

use Act::{Clear, Stop, Trigger, TriggerAt};

type Delay = RetriggerableDelay<NoopRawMutex, SimClock>;

#[derive(Clone, Copy, Debug)]
enum Act {
    /// Triggers for this many milliseconds.
    Trigger(u64),
    /// Triggers at this many milliseconds.
    TriggerAt(u64),
    Stop,
    Clear,
}

/// Performs the acts at the given milliseconds, while a task waits from the start. Checks
/// when the task's wait ends, within a second.
#[track_caller]
fn check(acts: &[(u64, Act)], through: Option<u64>) {
    let sim = Sim::new();
    let clock = sim.clock();
    let delay = Delay::new(clock.clone());
    let waiting = async {
        let second = clock.sleep(Duration::from_secs(1));
        match select(pin!(delay.wait()), pin!(second)).await {
            Either::Left(_) => Some(clock.now()),
            Either::Right(_) => None,
        }
    };
    let acting = async {
        for &(at, act) in acts {
            clock.sleep_until(Instant::from_millis(at)).await;
            match act {
                Trigger(span) => delay.trigger(Duration::from_millis(span)),
                TriggerAt(at) => delay.trigger_at(Instant::from_millis(at)),
                Stop => _ = delay.stop(),
                Clear => delay.clear(),
            }
        }
    };
    let (at, ()) = sim.run(join(waiting, acting));
    assert_eq!(at, through.map(Instant::from_millis), "{acts:?}");
}

#[test]
fn it_expires_when_it_was_not_triggered_for_long_enough() {
    check(&[], None);
    check(&[(5, Trigger(10))], Some(15));
    check(&[(5, Trigger(10)), (14, Trigger(10))], Some(24));
    check(&[(5, Trigger(10)), (6, Trigger(10)), (7, Trigger(10)), (8, Trigger(20))], Some(28));
    check(&[(5, TriggerAt(12)), (6, TriggerAt(40))], Some(40));
}

#[test]
fn a_trigger_may_bring_it_forward() {
    check(&[(5, Trigger(100)), (6, Trigger(10))], Some(16));
    check(&[(5, Trigger(100)), (6, Trigger(0))], Some(6));
    check(&[(5, TriggerAt(100)), (6, TriggerAt(7))], Some(7));
    check(&[(5, TriggerAt(100)), (6, TriggerAt(3))], Some(6));
    check(&[(5, Trigger(100)), (6, Trigger(10)), (7, Trigger(100)), (8, Trigger(1))], Some(9));
}

#[test]
fn stopped_in_time_it_does_not_expire() {
    check(&[(5, Trigger(10)), (14, Stop)], None);
    check(&[(5, Trigger(10)), (14, Stop), (50, Trigger(10))], Some(60));
    check(&[(5, Trigger(100)), (6, Stop), (7, Trigger(10))], Some(17));
}

#[test]
fn an_expiry_reaches_its_waiters_whatever_follows() {
    check(&[(5, Trigger(0)), (5, Stop)], Some(5));
    check(&[(5, Trigger(0)), (5, Trigger(100))], Some(5));
    check(&[(5, Trigger(0)), (5, Clear)], Some(5));
    check(&[(5, Trigger(10)), (6, Clear)], Some(15));
}

#[test]
fn where_a_tick_is_long_it_is_never_too_short() {
    /// A clock that returns the start of each 10 ms tick.
    struct Coarse(SimClock);

    const TICK: Duration = Duration::from_millis(10);

    impl Clock for Coarse {
        fn now(&self) -> Instant {
            let ticks = self.0.now().as_micros() / TICK.as_micros();
            Instant::from_micros(ticks * TICK.as_micros())
        }

        fn resolution(&self) -> Duration {
            TICK
        }
    }

    impl TimerQueue for Coarse {
        fn schedule_wake(&self, at: Instant, waker: &Waker) {
            self.0.schedule_wake(at, waker);
        }
    }

    let sim = Sim::new();
    let clock = sim.clock();
    let delay = RetriggerableDelay::<NoopRawMutex, _>::new(Coarse(clock.clone()));
    sim.run(async {
        clock.sleep(Duration::from_millis(9)).await; // The clock reads 0.
        delay.trigger(Duration::from_millis(20));
        delay.wait().await;
    });
    assert_eq!(clock.now(), Instant::from_millis(30));
    delay.trigger(Duration::ZERO);
    assert!(delay.has_expired());
}

#[test]
fn a_delay_reports_its_state() {
    let sim = Sim::new();
    let clock = sim.clock();
    let delay = Delay::new(clock.clone());
    let state = || (delay.is_running(), delay.has_expired(), delay.deadline());
    sim.run(async {
        assert_eq!(state(), (false, false, None));
        assert!(!delay.stop());
        delay.trigger(Duration::from_millis(10));
        assert_eq!(state(), (true, false, Some(Instant::from_millis(10))));
        delay.trigger(Duration::from_millis(20));
        assert_eq!(state(), (true, false, Some(Instant::from_millis(20))));
        assert!(delay.stop() && !delay.stop());
        assert_eq!(state(), (false, false, None));
        delay.trigger(Duration::from_millis(20));
        clock.sleep(Duration::from_millis(20)).await;
        assert_eq!(state(), (false, true, None));
        assert!(!delay.stop());
        assert_eq!(state(), (false, false, None));
        delay.trigger(Duration::ZERO);
        assert_eq!(state(), (false, true, None));
        delay.trigger(Duration::from_millis(1));
        assert_eq!(state(), (true, false, Some(Instant::from_millis(21))));
    });
}
