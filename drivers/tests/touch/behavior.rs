//! What pads report, and how often they are read.

use tickwire_drivers::button::{Button, Event};
use tickwire_drivers::contact::ContactSource;
use tickwire_sim::{Pace, Sim};
use tickwire_traits::{Clock, Instant};

use crate::rig::{Rig, TOUCHED, UNTOUCHED};

#[test]
fn touches_and_releases_are_changes() {
    let mut rig = Rig::on(Sim::new());
    rig.play(&[110, 210, 330, 335, 430, 530]);
    // The touch of 5 ms is not seen.
    let expected = [(true, 140), (false, 240), (true, 460), (false, 560)];
    assert_eq!(rig.changes(1_000), expected);
    assert_eq!((rig.pad.untouched(), rig.pad.is_touched()), (UNTOUCHED, false));
}

#[test]
fn a_pad_that_is_touched_at_the_start_reports_its_second_touch() {
    let mut rig = Rig::on(Sim::new());
    rig.source.set(TOUCHED);
    rig.source.set_at(Instant::from_millis(210), UNTOUCHED);
    rig.play(&[310, 410]);
    assert_eq!(rig.changes(1_000), [(true, 340), (false, 440)]);
}

#[test]
fn a_noisy_pad_tells_each_touch_and_adapts() {
    let mut rig = Rig::on(Sim::new());
    rig.source.set_noise(3, 700);
    let times: Vec<_> = (1..=200).map(|half| half * 150).collect();
    rig.play(&times);
    let seen = rig.changes(31_000);
    assert_eq!(seen.len(), 200);
    assert!((0..).zip(&seen).all(|(at, (is_touched, _))| *is_touched == (at % 2 == 0)));
    assert!(rig.pad.untouched().abs_diff(UNTOUCHED) <= 700);
}

#[test]
fn it_is_read_at_its_period_and_not_polled_in_between() {
    let mut rig = Rig::on(Sim::new());
    rig.play(&[110, 210]);
    rig.changes(400);
    let times = rig.trace.readings("pad");
    let times: Vec<_> = times.iter().map(|(at, _)| at.as_micros() / 1_000).collect();
    assert_eq!(times, (0..=20).map(|reading| reading * 20).collect::<Vec<_>>());
    assert!(rig.sim.polls() <= times.len() as u64 + 6, "{} polls", rig.sim.polls());
}

#[test]
fn a_button_tells_gestures_of_a_pad() {
    let rig = Rig::on(Sim::new());
    rig.play(&[100, 200, 300, 400, 1_000]);
    let mut button = Button::of(rig.pad);
    for event in [
        Event::Press,
        Event::Release,
        Event::Press,
        Event::Double,
        Event::Release,
        Event::Press,
        Event::Long,
    ] {
        assert_eq!(rig.sim.run(button.gesture()).unwrap().event, event);
    }
}

#[test]
fn a_wait_ends_at_its_limit() {
    for until in [0, 1, 19, 20, 21, 1_003] {
        let Rig { sim, mut pad, .. } = Rig::on(Sim::new());
        let until = Instant::from_millis(until);
        assert_eq!(sim.run(pad.change_until(until)), Ok(None));
        assert_eq!(sim.clock().now(), until);
        assert_eq!(sim.run(pad.change_until(Instant::EPOCH)), Ok(None), "a past limit");
        assert_eq!(sim.clock().now(), until);
    }
}

#[test]
fn a_late_task_tells_touches_that_last_long_enough() {
    for pace in Pace::ALL {
        let mut rig = Rig::on(pace.sim());
        rig.play(&[10_010, 20_010]);
        let seen = rig.changes(30_000);
        let most = 50 + 4 * pace.lateness().as_millis();
        let [(true, down), (false, up)] = seen[..] else { panic!("{pace:?}: {seen:?}") };
        assert!((10_010..10_010 + most).contains(&down), "{pace:?}: {down}");
        assert!((20_010..20_010 + most).contains(&up), "{pace:?}: {up}");
    }
}
