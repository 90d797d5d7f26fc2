//! The reading of time.

use tickwire_traits::{Clock, Duration, Timer};

use crate::verdict::expect;
use crate::{Bench, Verdict};

pub(crate) async fn time_is_monotonic(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let twin = clock.clone();
    let mut last = clock.now();
    for round in 0..20 {
        for _ in 0..50 {
            for now in [clock.now(), twin.now()] {
                expect(now >= last, "time went back")?;
                last = now;
            }
        }
        clock.sleep(Duration::from_micros(round * 37)).await;
    }
    Ok(())
}

pub(crate) async fn time_moves_as_the_resolution_says(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let start = clock.now();
    let mut looks = 0..1_000_000;
    if clock.resolution().is_zero() {
        return expect(
            looks.take(1_000).all(|_| clock.now() == start),
            "the clock has no ticks, but time moved while a task ran",
        );
    }
    expect(
        looks.any(|_| clock.now() != start),
        "the clock has ticks, but time stood still while a task ran",
    )
}
