//! What the knob and the remote control do.

use tickwire_sim::analog::Fault;
use tickwire_sim::{Pace, Sim};
use tickwire_traits::{Clock, Duration};

use crate::hand::Hand;
use crate::rig::Rig;

const PAGES: [&str; 5] = ["      51° 28", "2026-06-21", "23.8°C", "sentences", " cold below"];

/// Lets a hand do something, and everything be drawn.
#[track_caller]
fn hand(rig: &mut Rig, does: impl FnOnce(&Hand)) {
    does(rig.hand.as_ref().expect("it has all controls"));
    rig.pass_seconds(3);
}

#[track_caller]
fn check_page(rig: &Rig, page: usize) {
    let shown = rig.shown();
    assert!(shown[0].starts_with(PAGES[page]), "{page}: {shown:?}");
    assert_eq!(rig.display.violations(), 0);
}

fn station() -> Rig {
    let mut rig = Rig::with_controls(Sim::new());
    rig.pass_seconds(1);
    rig
}

#[test]
fn a_knob_turns_pages_both_ways_and_around() {
    let mut rig = station();
    let mut page = 0;
    for detents in [1, 1, 2, 1, -1, -3, 7] {
        hand(&mut rig, |it| it.turn(detents));
        page = (page + detents).rem_euclid(5);
        check_page(&rig, page as usize);
    }
    assert_eq!((rig.heard.count("Turn"), rig.heard.count("View")), (16, 16));
}

#[test]
fn a_limit_is_set_by_the_knob_and_has_its_alarm() {
    let mut rig = station();
    hand(&mut rig, |it| it.push(90));
    assert_eq!(rig.shown()[0], ">cold below  10.0°C");
    hand(&mut rig, |it| it.turn(1));
    hand(&mut rig, |it| it.push(90));
    assert_eq!(rig.shown()[1], "*hot above   30.0°C");
    // It is 23.8 °C.
    hand(&mut rig, |it| {
        it.turn(-13);
    });
    assert_eq!(rig.shown()[1], "*hot above   23.5°C!");
    assert_eq!((rig.heard.count("Limit"), rig.heard.count("Alarm")), (13, 1));
    hand(&mut rig, |it| it.push(1_200));
    assert_eq!(rig.shown()[1], " hot above   23.5°C!");
    hand(&mut rig, |it| it.turn(1));
    check_page(&rig, 0);
    let mut last_rows = Vec::new();
    for _ in 0..6 {
        last_rows.push(rig.shown()[3].clone());
        rig.pass_seconds(1);
    }
    let blinks = |row: &str| last_rows.iter().filter(|shown| shown.trim_start() == row).count();
    let both = (blinks("hot above   23.5°C!"), blinks("3D  9 sats HDOP 0.90"));
    assert_eq!(both, (3, 3), "{last_rows:?}");
    rig.sensor.borrow_mut().set_temperature(2_300);
    rig.pass_seconds(3);
    assert_eq!((rig.heard.count("Alarm"), rig.heard.count("AlarmOver")), (1, 1));
    assert_eq!(rig.shown()[3], "3D  9 sats HDOP 0.90");
}

#[test]
fn digits_choose_pages_and_the_other_keys_are_the_knob() {
    let mut rig = station();
    for (command, page) in [(0x5E, 2), (0x1C, 4), (0x0C, 0), (0x15, 1), (0x07, 0), (0x45, 0)] {
        hand(&mut rig, |it| it.press(command, 90));
        check_page(&rig, page);
    }
    assert_eq!((rig.heard.count("Remote"), rig.heard.count("View")), (6, 5));
    // Enter twice, then + for 1 s: at once, and with each repeat after 400 ms.
    for (command, millis) in [(0x43, 200), (0x43, 200), (0x15, 1_000)] {
        hand(&mut rig, |it| it.press(command, millis));
    }
    assert_eq!(rig.shown()[0], "*cold below  13.5°C");
    assert_eq!(rig.heard.count("Limit"), 7);
}

#[test]
fn a_pin_that_fails_is_told_and_works_again() {
    let mut rig = station();
    for name in ["KnobFailed", "RemoteFailed"] {
        for pin in 0..3 {
            let heard = rig.heard.count(name);
            let hand = rig.hand.as_ref().expect("it has all controls");
            match (name, pin) {
                ("KnobFailed", 0) => hand.a.fail_after(0),
                ("KnobFailed", 1) => hand.b.fail_after(0),
                ("KnobFailed", _) => hand.push.fail_after(0),
                _ => hand.receiver.fail_after(0),
            }
            rig.pass_seconds(3);
            assert_eq!(rig.heard.count(name), heard + 1, "{name} {pin}");
        }
    }
    hand(&mut rig, |it| it.turn(1));
    check_page(&rig, 1);
    hand(&mut rig, |it| it.push(90));
    assert_eq!(rig.shown()[0], ">cold below  10.0°C");
    hand(&mut rig, |it| it.press(0x0C, 90));
    check_page(&rig, 0);
}

/// What is done with the controls is done at every pace.
#[test]
fn a_late_executor_loses_no_turn_and_no_key() {
    for pace in Pace::ALL {
        let mut rig = Rig::with_controls(pace.sim());
        rig.pass_seconds(30);
        let heard = |rig: &Rig, name| rig.heard.count(name);
        assert!(heard(&rig, "Brightness") >= 1, "{pace:?}");
        for failed in
            ["KnobFailed", "RemoteFailed", "DimmerFailed", "Turn", "Remote", "Focus", "Alarm"]
        {
            assert_eq!(heard(&rig, failed), 0, "{failed} at {pace:?}");
        }
        for (name, count, does) in [
            ("Turn", 3, (|it| it.turn(3)) as fn(&Hand)),
            ("Remote", 1, |it| it.press(0x1C, 90)),
            ("Focus", 1, |it| it.push(90)),
        ] {
            hand(&mut rig, does);
            rig.pass_seconds(10);
            assert_eq!(heard(&rig, name), count, "{name} at {pace:?}");
        }
        assert_eq!(rig.display.violations(), 0, "{pace:?}");
    }
}

#[test]
fn the_backlight_follows_the_dial_and_not_its_noise() {
    let mut rig = station();
    let hand = rig.hand.as_ref().expect("it has all controls");
    let (dial, light) = (hand.dial.clone(), hand.light.clone());
    rig.pass_seconds(60);
    // 69 % of 255.
    assert_eq!((light.duty(), light.writes(), rig.heard.count("Brightness")), (175, 1, 1));
    for (value, duty) in [(0, 0), (1_023, 255), (512, 127)] {
        dial.set(value);
        rig.pass_seconds(1);
        assert!(light.duty().abs_diff(duty) <= 2, "{value}: {}", light.duty());
    }
    // A second for the whole scale: ten values.
    let before = light.writes();
    assert!(before <= 1 + 3 * 2, "{before}");
    dial.ramp_to(rig.clock.now() + Duration::from_secs(1), 0);
    rig.pass_seconds(2);
    let writes = light.writes() - before;
    assert!((8..=11).contains(&writes) && light.duty() == 0, "{writes}: {light:?}");
}

#[test]
fn a_dial_or_a_light_that_fails_is_told_and_works_again() {
    let mut rig = station();
    let hand = rig.hand.as_ref().expect("it has all controls");
    let (dial, light) = (hand.dial.clone(), hand.light.clone());
    dial.inject(0, Fault::Error);
    dial.inject(1, Fault::Value(1_024));
    rig.pass_seconds(5);
    assert_eq!((rig.heard.count("DimmerFailed"), rig.heard.count("Brightness")), (2, 2));
    light.fail_after(0);
    dial.set(100);
    rig.pass_seconds(3);
    assert_eq!(rig.heard.count("DimmerFailed"), 3);
    assert!(light.duty().abs_diff(23) <= 2, "{}", light.duty());
}

/// Knob and remote control cost no poll as long as nobody touches them. The dial is read.
#[test]
fn controls_that_are_still_are_not_polled() {
    let polls = |mut rig: Rig| {
        rig.pass_seconds(60);
        rig.sim.polls()
    };
    let (with, without) = (polls(Rig::with_controls(Sim::new())), polls(Rig::new()));
    // 20 readings a second, some of them together with a byte of the receiver.
    assert!(with - without <= 60 * 20 + 1, "{with} {without}");
}
