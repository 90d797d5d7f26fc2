//! The pulses of the receiver, and how well they tell the time.

use tickwire_sim::{Pace, Sim};
use tickwire_traits::Duration;

use crate::rig::Rig;

#[test]
fn the_fifth_page_is_the_time_by_pulses() {
    let mut rig = Rig::with_pulses(Sim::new());
    rig.pass_seconds(3);
    rig.turn_to(4);
    rig.pass(Duration::from_millis(700));
    rig.check([
        "12:00:11      locked",
        "11 pulses    0 s ago",
        "error           2 µs",
        "drift     +0.000 ppm",
    ]);
    assert_eq!((rig.heard.count("Tentative"), rig.heard.count("Locked")), (1, 1));
    rig.gps.unplug();
    rig.pass_seconds(10);
    rig.check([
        "12:00:21    holdover",
        "12 pulses    9 s ago",
        "error          12 µs",
        "drift     +0.000 ppm",
    ]);
    assert_eq!((rig.heard.count("Holdover"), rig.heard.count("Locked")), (1, 1));
    rig.gps.plug();
    rig.pass_seconds(3);
    rig.check([
        "12:00:24      locked",
        "15 pulses    0 s ago",
        "error           2 µs",
        "drift     +0.000 ppm",
    ]);
    assert_eq!((rig.heard.count("Holdover"), rig.heard.count("Locked")), (1, 2));
    rig.click();
    assert!(rig.shown()[0].ends_with("N"), "{:?}", rig.shown());
}

#[test]
fn a_line_of_pulses_that_fails_is_told_and_works_again() {
    let mut rig = Rig::with_pulses(Sim::new());
    rig.pass_seconds(10);
    rig.pulses.as_ref().expect("it has pulses").fail_after(0);
    rig.pass_seconds(5);
    assert_eq!(rig.heard.count("PulsesFailed"), 1);
    rig.turn_to(4);
    rig.pass(Duration::from_millis(700));
    rig.check([
        "12:00:23      locked",
        "23 pulses    0 s ago",
        "error           2 µs",
        "drift     +0.000 ppm",
    ]);
}

#[test]
fn the_time_is_locked_at_every_pace() {
    for pace in Pace::ALL {
        let mut rig = Rig::with_pulses(pace.sim());
        rig.pass_seconds(40);
        for (name, count) in [("PulsesFailed", 0), ("Locked", 1), ("Holdover", 0)] {
            assert_eq!(rig.heard.count(name), count, "{name} at {pace:?}");
        }
    }
}
