//! Futures that are dropped at their await points.

use std::pin::pin;

use futures_util::StreamExt;
use tickwire_drivers::analog_watch::{Band, Settings};
use tickwire_sim::{drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::rig::{Rig, SETTINGS, told};

const WAVE: &[(u64, u32)] = &[(100, 900), (200, 100), (300, 500), (400, 0)];

#[test]
fn impatient_callers_see_each_change() {
    for settings in [SETTINGS, SETTINGS.with_mean_of(3)] {
        let mut calm = Rig::new(settings);
        calm.play(WAVE);
        let expected = calm.changes(600);
        assert!(expected.len() >= 4, "{expected:?}");
        let mut rig = Rig::new(settings);
        rig.play(WAVE);
        let Rig { sim, watch, .. } = &mut rig;
        for change in expected {
            assert_eq!(sim.run(impatiently(async || watch.change().await)), Ok(change));
        }
        assert_eq!(rig.readings(), calm.readings()[..rig.readings().len()]);
    }
}

#[test]
fn impatient_callers_leave_and_enter() {
    let mut rig = Rig::new(Settings::new(Band::around_current(50)));
    rig.play(WAVE);
    let Rig { sim, watch, .. } = &mut rig;
    let left = sim.run(impatiently(async || watch.leave().await)).unwrap();
    let entered = sim.run(impatiently(async || watch.enter().await)).unwrap();
    assert_eq!((told(left).1, told(left).2), (580, 20), "around the first value of all calls");
    assert_eq!((told(entered).1, told(entered).2), (500, 150));
}

/// A conversion that is dropped is lost, and the next one is taken in its place.
#[test]
fn dropped_at_any_poll_it_goes_on() {
    for polls in 2..12 {
        let mut rig = Rig::new(SETTINGS);
        rig.source.set_conversion_time(Duration::from_millis(1));
        rig.play(&[(100, 500), (100, 900), (200, 900), (200, 500), (300, 500), (300, 0)]);
        let Rig { sim, watch, .. } = &mut rig;
        let mut seen = Vec::new();
        while seen.len() < 4 {
            assert!(sim.clock().now() < Instant::from_millis(2_000), "{polls}: {seen:?}");
            let mut changes = pin!(watch.changes());
            match sim.run(drop_after(polls, changes.next())) {
                Some(change) => seen.push(change.unwrap().unwrap().value),
                None => sim.run(sim.clock().sleep(Duration::from_millis(1))),
            }
        }
        assert_eq!(seen, [500, 900, 500, 0], "polls {polls}");
        let late = sim.clock().now() - Instant::from_millis(300);
        assert!(late <= Duration::from_millis(15), "polls {polls}: {late:?}");
    }
}
