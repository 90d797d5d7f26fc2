//! Late executors, and busy ones.

use tickwire_sim::{Pace, Sim, at_every_pace};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::rig::{Rig, SETTINGS, told};

#[test]
fn a_late_task_sees_the_same_changes() {
    let changes = at_every_pace(|sim| {
        let clock = sim.clock();
        let source = tickwire_sim::analog::Source::new(clock.clone(), 1_000);
        for (at, value) in [(0, 500), (5, 900), (10, 500), (15, 0), (20, 600)] {
            source.set_at(Instant::from_millis(at * 1_000), value);
        }
        let mut watch =
            tickwire_drivers::analog_watch::AnalogWatch::new(source, clock.clone(), SETTINGS)
                .unwrap();
        sim.run(async {
            let mut changes = Vec::new();
            while let Ok(change) =
                clock.timeout_at(Instant::from_millis(30_000), watch.change()).await
            {
                changes.push((change.unwrap().place, change.unwrap().value));
            }
            changes
        })
    });
    assert_eq!(changes.len(), 4); // 600 is not inside by the hysteresis.
}

/// The readings until ten seconds are at the first wake after each period.
#[test]
fn readings_do_not_drift() {
    for late in [1, 3, 7, 9] {
        let mut rig = Rig::on(Sim::new().waking_every(Duration::from_millis(late)), SETTINGS);
        rig.changes(10_000);
        let expected: Vec<_> = (0..=1_000_u64).map(|n| (n * 10).div_ceil(late) * late).collect();
        let readings = rig.readings();
        assert_eq!(readings, expected[..readings.len()], "{late} ms");
        assert!(readings.len() >= 999, "{late} ms");
    }
}

#[test]
fn readings_that_were_missed_are_not_made_up_for() {
    for pace in Pace::ALL {
        let mut rig = Rig::on(pace.sim(), SETTINGS);
        rig.changes(20_000);
        let readings = rig.readings();
        let twice = readings.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(twice, None, "{pace:?}");
        // One for each period, or for each wake if there are fewer of these.
        let lateness = pace.lateness().as_micros() / 1_000;
        let count = readings.len() as u64;
        assert!(count <= 2_001, "{pace:?}: {count}");
        assert!(count + 1 >= 20_000 / (lateness + 10), "{pace:?}: {count}");
    }
}

/// After a pause in which a hundred periods passed, the next reading is one.
#[test]
fn a_task_that_was_busy_once_is_on_time_again() {
    let mut rig = Rig::new(SETTINGS);
    let Rig { sim, watch, .. } = &mut rig;
    let clock = sim.clock();
    let samples = sim.run(async {
        let mut samples = Vec::new();
        for busy in [0, 0, 1_003, 0, 0] {
            clock.pass(Duration::from_millis(busy));
            samples.push(told(watch.sample().await.unwrap()).2);
        }
        samples
    });
    assert_eq!(samples, [0, 10, 1_013, 1_020, 1_030]);
    assert_eq!(sim.clock().now(), Instant::from_millis(1_030));
}
