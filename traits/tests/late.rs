//! Timers, edges and readiness on late executors.

use std::cell::Cell;

use embedded_hal::digital::PinState;
use embedded_hal_async::delay::DelayNs;
use tickwire_sim::{Pace, Sim, Wire, at_every_pace};
use tickwire_traits::{
    Clock, Delay, Duration, Edges, Elapsed, Instant, Interest, PollEvery, PolledEdges, Timer,
    nb_ready,
};

fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn work_that_is_ready_in_time_or_with_its_limit_is_never_thrown_away() {
    for (work, limit) in [(0, 0), (0, 5), (3, 5), (5, 5), (39, 40), (999, 1_000)] {
        let kept = at_every_pace(|sim| {
            let clock = sim.clock();
            sim.run(clock.timeout(millis(limit), clock.sleep(millis(work))))
        });
        assert_eq!(kept, Ok(()), "{work} ms within {limit} ms");
    }
}

#[test]
fn work_that_never_ends_is_given_up() {
    for limit in [0, 1, 40, 1_500] {
        for pace in Pace::ALL {
            let sim = pace.sim();
            let clock = sim.clock();
            let (began, given_up) = sim.run(async {
                let began = clock.now();
                (began, clock.timeout(millis(limit), std::future::pending::<()>()).await)
            });
            assert_eq!(given_up, Err(Elapsed));
            let took = clock.now() - began;
            assert!(took >= millis(limit), "{limit} ms at {pace:?}: {took:?}");
            assert!(took <= millis(limit) + pace.lateness(), "{limit} ms at {pace:?}: {took:?}");
        }
    }
}

#[test]
fn a_ticker_keeps_to_its_grid_and_counts_what_it_missed() {
    let all = at_every_pace(|sim| {
        let clock = sim.clock();
        let mut ticker = clock.ticker(millis(10));
        let start = clock.now();
        let mut ticks = 0;
        sim.run(async {
            while ticks < 500 {
                let tick = ticker.tick().await;
                ticks += 1 + tick.missed;
                assert_eq!(tick.at, start + Duration::from_millis(10 * ticks));
                assert!(tick.at <= clock.now());
            }
        });
        // The pace decides which tick is the first after 500.
        ticks >= 500
    });
    assert!(all);
}

#[test]
fn a_delay_is_never_short() {
    for pace in Pace::ALL {
        let sim = pace.sim();
        let clock = sim.clock();
        let mut delay = Delay(clock.clone());
        sim.run(async {
            for nanos in [1, 450, 1_000, 37_000, 1_000_000, 60_000_000] {
                let began = clock.now();
                delay.delay_ns(nanos).await;
                let took = (clock.now() - began).as_micros() * 1_000;
                assert!(took >= nanos.into(), "{nanos} ns at {pace:?}: {took} ns");
            }
        });
    }
}

#[test]
fn a_source_that_is_looked_at_every_period_is_read() {
    let (value, on_time) = at_every_pace(|sim| {
        let clock = sim.clock();
        let done = clock.now() + millis(12);
        let convert = || if clock.now() < done { Err(nb::Error::WouldBlock) } else { Ok(1_023) };
        let mut ready = PollEvery::new(clock.clone(), millis(5));
        let read = async {
            loop {
                let read = nb_ready::<_, _, ()>(&mut ready, Interest::Read, convert);
                if let Ok(value) = clock.timeout(millis(3), read).await {
                    return value;
                }
            }
        };
        (sim.run(read), clock.now() >= done)
    });
    assert_eq!((value, on_time), (Ok(1_023), true));
}

#[test]
fn a_pin_that_can_only_be_waited_for_shows_its_last_level() {
    // More edges than a late task sees: first an odd number, then an even one.
    for (toggles, last) in [(7, PinState::Low), (8, PinState::High)] {
        let seen = at_every_pace(|sim: &Sim| {
            let clock = sim.clock();
            let wire = Wire::new(clock.clone(), PinState::High);
            let mut edges = PolledEdges::new(wire.input(), clock.clone());
            edges.arm().unwrap();
            let times: Vec<_> = (1..=toggles).map(|n| Instant::from_millis(3 * n)).collect();
            wire.toggle_at(&times);
            let seen = Cell::new(PinState::High);
            sim.run(async {
                let end = Instant::from_millis(5_000);
                while let Ok(edge) = clock.timeout_at(end, edges.edge()).await {
                    seen.set(edge.unwrap().level);
                }
            });
            seen.get()
        });
        assert_eq!(seen, last);
    }
}
