//! Futures that are dropped at their await points.

use tickwire_drivers::contact::ContactSource;
use tickwire_sim::{Sim, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant};

use crate::rig::{LEVELS, REST, Rig, told};

const TAPS: &[(u64, u32)] =
    &[(100, LEVELS[2]), (200, LEVELS[0]), (300, REST), (400, LEVELS[1]), (500, REST)];
const EXPECTED: [(u8, bool); 6] =
    [(2, true), (2, false), (0, true), (0, false), (1, true), (1, false)];

#[test]
fn impatient_callers_see_each_change() {
    let mut rig = Rig::on(Sim::new());
    rig.play(TAPS);
    let Rig { sim, keys, .. } = &mut rig;
    for (key, is_down) in EXPECTED {
        let change = sim.run(impatiently(async || {
            loop {
                if let Some(change) = keys.change_until(Instant::MAX).await.unwrap() {
                    return change;
                }
            }
        }));
        let (seen, was_down, _) = told(change);
        assert_eq!((seen, was_down), (key, is_down));
    }
}

#[test]
fn dropped_at_any_poll_it_goes_on() {
    for polls in 1..8 {
        let mut rig = Rig::on(Sim::new());
        rig.play(TAPS);
        // A conversion is pending too, and is lost if it is dropped.
        rig.source.set_conversion_time(Duration::from_micros(200));
        let Rig { sim, keys, .. } = &mut rig;
        let (mut seen, mut dropped) = (Vec::new(), 0);
        while sim.clock().now() < Instant::from_millis(700) {
            match sim.run(drop_after(polls, keys.change_until(Instant::from_millis(700)))) {
                Some(change) => seen.extend(change.unwrap().map(told)),
                // It was dropped. The next call is not: it takes a reading.
                None => {
                    dropped += 1;
                    let until = sim.clock().now() + Duration::from_millis(3);
                    seen.extend(sim.run(keys.change_until(until)).unwrap().map(told));
                }
            }
        }
        let seen: Vec<_> = seen.into_iter().map(|(key, is_down, _)| (key, is_down)).collect();
        assert_eq!(seen, EXPECTED, "{polls}");
        assert!(dropped > 10, "{polls}: only {dropped} were dropped");
    }
}
