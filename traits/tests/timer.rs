//! Sleeps, timeouts, tickers and delays, in virtual time and on a coarse clock.

use std::future::{pending, ready};
use std::task::Waker;

use embedded_hal_async::delay::DelayNs;
use tickwire_sim::{Sim, SimClock, drop_after, impatiently};
use tickwire_traits::{Clock, Delay, Duration, Elapsed, Instant, Tick, Timer, TimerQueue};

fn millis(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

#[test]
fn a_sleep_counts_from_its_call_and_not_from_its_first_poll() {
    let sim = Sim::new();
    let clock = sim.clock();
    sim.run(async {
        let sleep = clock.sleep(Duration::from_millis(10));
        clock.sleep(Duration::from_millis(4)).await;
        sleep.await;
        assert_eq!(clock.now(), millis(10));
    });
}

#[test]
fn a_timeout_does_not_throw_a_result_away_that_is_ready() {
    let sim = Sim::new();
    let clock = sim.clock();
    sim.run(async {
        assert_eq!(clock.timeout(Duration::ZERO, ready(7)).await, Ok(7));
        clock.sleep(Duration::from_millis(5)).await;
        assert_eq!(clock.timeout_at(millis(1), ready(7)).await, Ok(7));
        assert_eq!(clock.timeout_at(millis(1), pending::<()>()).await, Err(Elapsed));
        // The sleep becomes ready at the moment the timeout expires.
        let both = clock.timeout(Duration::from_millis(3), clock.sleep(Duration::from_millis(3)));
        assert_eq!(both.await, Ok(()));
    });
}

#[test]
fn a_timeout_that_is_dropped_at_any_poll_leaves_its_work_usable() {
    for polls in 1.. {
        let sim = Sim::new();
        let clock = sim.clock();
        let mut ticker = clock.ticker(Duration::from_millis(2));
        let deadline = millis(5);
        let dropped = sim.run(drop_after(polls, clock.timeout_at(deadline, ticker.tick())));
        let ended = dropped.is_some();
        let tick = dropped.unwrap_or_else(|| sim.run(clock.timeout_at(deadline, ticker.tick())));
        assert_eq!(tick, Ok(Tick { at: millis(2), missed: 0 }));
        if ended {
            assert!(polls > 1);
            return;
        }
    }
}

#[test]
fn a_ticker_does_not_drift_and_counts_missed_ticks() {
    let sim = Sim::new();
    let clock = sim.clock();
    sim.run(async {
        let mut ticker = clock.ticker(Duration::from_millis(10));
        for (busy, at, missed) in [(0, 10, 0), (9, 20, 0), (10, 30, 0), (25, 50, 1), (0, 60, 0)] {
            clock.sleep(Duration::from_millis(busy)).await;
            assert_eq!(ticker.tick().await, Tick { at: millis(at), missed });
        }
    });
}

#[test]
fn a_ticker_survives_impatience_and_a_drop_at_any_poll() {
    let sim = Sim::new();
    let clock = sim.clock();
    sim.run(async {
        let mut ticker = clock.ticker(Duration::from_millis(10));
        for n in 1..=5 {
            assert_eq!(impatiently(async || ticker.tick().await).await.at, millis(10 * n));
        }
        assert_eq!(drop_after(1, ticker.tick()).await, None);
        assert_eq!(ticker.tick().await.at, millis(60));
        // A late tick is also pending once, and only once across dropped calls.
        clock.sleep(Duration::from_millis(35)).await;
        let tick = impatiently(async || ticker.tick().await).await;
        assert_eq!((tick.at, tick.missed, clock.now()), (millis(90), 2, millis(95)));
        assert_eq!(ticker.tick().await.at, millis(100));
    });
}

#[test]
fn a_ticker_of_no_period_does_not_spin() {
    let sim = Sim::new();
    let clock = sim.clock();
    sim.run(async {
        let mut ticker = clock.ticker(Duration::ZERO);
        ticker.tick().await;
        assert_eq!(clock.now(), Instant::from_micros(1));
    });
}

/// A clock that ticks every 31 µs and counts how far time is between ticks.
struct Coarse(SimClock);

const TICK: u64 = 31;

impl Clock for Coarse {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.now().as_micros() / TICK * TICK)
    }

    fn resolution(&self) -> Duration {
        Duration::from_micros(TICK)
    }
}

impl TimerQueue for Coarse {
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        let up = at.as_micros().div_ceil(TICK) * TICK;
        self.0.schedule_wake(Instant::from_micros(up), waker);
    }
}

#[test]
fn a_delay_is_never_short_also_at_the_end_of_a_tick() {
    for start in [0, 1, 15, 30, 31] {
        for nanos in [1, 450, 999, 1_000, 1_001, 31_000, 100_000] {
            let sim = Sim::new();
            let real = sim.clock();
            sim.run(real.sleep(Duration::from_micros(start)));
            sim.run(Delay(Coarse(sim.clock())).delay_ns(nanos));
            let waited = (real.now().as_micros() - start) * 1_000;
            assert!(waited >= u64::from(nanos), "{nanos} ns from {start} us: {waited} ns");
            assert!(waited <= u64::from(nanos) + 3 * TICK * 1_000, "{nanos} ns: {waited} ns");
        }
    }
}

#[test]
fn delays_are_exact_in_virtual_time_and_long_ones_do_not_overflow() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mut delay = Delay(clock.clone());
    sim.run(async {
        delay.delay_ns(0).await;
        assert_eq!(clock.now(), Instant::EPOCH);
        delay.delay_us(37).await;
        delay.delay_ms(u32::MAX).await;
    });
    assert_eq!(clock.now(), Instant::from_micros(37 + u64::from(u32::MAX) * 1_000));
    assert_eq!(sim.polls(), 3, "one sleep, not one a second");
}

#[test]
fn time_saturates() {
    assert_eq!(Instant::MAX + Duration::from_secs(1), Instant::MAX);
    assert_eq!(Instant::EPOCH - Duration::from_secs(1), Instant::EPOCH);
    assert_eq!(millis(1) - millis(2), Duration::ZERO);
    assert_eq!(Duration::MAX * 2 + Duration::MAX, Duration::MAX);
    assert_eq!(Duration::from_secs(u64::MAX), Duration::MAX);
    let second = core::time::Duration::from_nanos(1_000_000_001);
    assert_eq!(Duration::from(second), Duration::from_micros(1_000_001));
    assert_eq!(Duration::from(core::time::Duration::MAX), Duration::MAX);
}

#[test]
fn a_clock_may_be_borrowed() {
    async fn nap(clock: impl TimerQueue) {
        clock.sleep(Duration::from_millis(1)).await;
    }
    let sim = Sim::new();
    let clock = sim.clock();
    sim.run(nap(&clock));
    assert_eq!(clock.now(), millis(1));
}
