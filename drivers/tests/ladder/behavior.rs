//! What keys report, and how often they are read.

use tickwire_drivers::button::{Buttons, Event};
use tickwire_drivers::contact::ContactSource;
use tickwire_sim::{Pace, Sim};
use tickwire_traits::{Clock, Instant};

use crate::rig::{LEVELS, REST, Rig, told};

#[test]
fn changes_are_those_of_the_levels() {
    let mut rig = Rig::on(Sim::new());
    let [low, middle, high] = LEVELS;
    rig.play(&[(100, high), (200, low), (300, high), (350, 2_000), (400, REST), (500, middle)]);
    let seen: Vec<_> = rig.changes(1_000).into_iter().map(told).collect();
    let expected = [
        (2, true, 110),
        (2, false, 210),
        (0, true, 210), // It hides key 2.
        (0, false, 310),
        (2, true, 310),
        (2, false, 410),
        (1, true, 520),
    ];
    assert_eq!(seen, expected);
    assert_eq!((rig.keys.between(), rig.keys.key()), (10, Some(1)));
}

#[test]
fn it_is_read_at_its_periods_and_not_polled_in_between() {
    let mut rig = Rig::on(Sim::new());
    rig.play(&[(95, LEVELS[1]), (200, REST)]);
    rig.changes(300);
    let times = rig.trace.readings("ladder");
    let times: Vec<_> = times.iter().map(|(at, _)| at.as_micros() / 1_000).collect();
    let idle = (0..5).map(|reading| reading * 20);
    let active = (0..23).map(|reading| 100 + reading * 5);
    let expected: Vec<_> = idle.chain(active).chain([230, 250, 270, 290]).collect();
    assert_eq!(times, expected);
    // One poll more at each end of a call.
    assert!(rig.sim.polls() <= times.len() as u64 + 6, "{} polls", rig.sim.polls());
}

#[test]
fn a_noisy_ladder_tells_its_keys() {
    let mut rig = Rig::on(Sim::new());
    rig.source.set_noise(7, 100);
    let taps = (0..100)
        .flat_map(|tap| [(100 + tap * 200, LEVELS[tap as usize % 3]), (200 + tap * 200, REST)]);
    rig.play(&taps.collect::<Vec<_>>());
    let seen: Vec<_> = rig.changes(21_000).into_iter().map(told).collect();
    assert_eq!(seen.len(), 200);
    assert!((0..).zip(&seen).all(|(at, (key, is_down, _))| {
        usize::from(*key) == at / 2 % 3 && *is_down == (at % 2 == 0)
    }));
    assert_eq!(rig.keys.between(), 0);
}

#[test]
fn buttons_tell_gestures_of_keys() {
    let rig = Rig::on(Sim::new());
    rig.play(&[(100, LEVELS[2]), (180, REST), (300, LEVELS[2]), (350, REST), (900, LEVELS[0])]);
    let mut buttons = Buttons::<_, 2>::of(rig.keys);
    for (key, event) in [
        (2, Event::Press),
        (2, Event::Release),
        (2, Event::Press),
        (2, Event::Double),
        (2, Event::Release),
        (0, Event::Press),
        (0, Event::Long),
    ] {
        let gesture = rig.sim.run(buttons.gesture()).unwrap();
        assert_eq!((gesture.key, gesture.event), (key, event));
    }
}

#[test]
fn a_wait_ends_at_its_limit() {
    for until in [0, 1, 19, 20, 21, 1_003] {
        let rig = Rig::on(Sim::new());
        let mut keys = rig.keys;
        let until = Instant::from_millis(until);
        assert_eq!(rig.sim.run(keys.change_until(until)), Ok(None));
        assert_eq!(rig.sim.clock().now(), until);
        assert_eq!(rig.sim.run(keys.change_until(Instant::EPOCH)), Ok(None), "a past limit");
        assert_eq!(rig.sim.clock().now(), until);
    }
}

#[test]
fn a_late_task_tells_keys_that_are_held_for_long_enough() {
    for pace in Pace::ALL {
        let mut rig = Rig::on(pace.sim());
        rig.play(&[(10_000, LEVELS[1]), (20_000, LEVELS[0]), (30_000, REST)]);
        let seen: Vec<_> = rig.changes(40_000).into_iter().map(told).collect();
        let expected =
            [(1, true, 10_000), (1, false, 20_000), (0, true, 20_000), (0, false, 30_000)];
        let names: Vec<_> = seen.iter().map(|(key, is_down, _)| (*key, *is_down)).collect();
        assert_eq!(names, expected.map(|(key, is_down, _)| (key, is_down)), "{pace:?}");
        let most = 30 + 5 * pace.lateness().as_millis();
        for ((.., at), (.., from)) in seen.iter().zip(expected) {
            assert!((from..=from + most).contains(at), "{pace:?}: {at} for {from}");
        }
    }
}
