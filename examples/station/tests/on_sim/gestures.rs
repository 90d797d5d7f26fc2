//! What the button does.

use crate::rig::Rig;

const DOUBLE: &[u64] = &[0, 90, 200, 290];
const LONG: &[u64] = &[0, 1_200];

#[test]
fn clicks_go_through_the_pages_and_come_back() {
    let mut rig = Rig::new();
    rig.pass_seconds(1);
    for first in ["      51° 28", "2026-06-21", "23.8°C", "sentences", "      51° 28"] {
        assert!(rig.shown()[0].starts_with(first), "{first}: {:?}", rig.shown());
        rig.click();
    }
    assert_eq!((rig.heard.count("View"), rig.display.violations()), (5, 0));
}

#[test]
fn a_double_click_changes_units_and_not_the_page() {
    let mut rig = Rig::new();
    rig.press(DOUBLE);
    assert!(rig.shown()[2].ends_with(" ft"), "{:?}", rig.shown());
    rig.click();
    assert_eq!(rig.shown()[2].split(' ').nth(1), Some("mph"));
    rig.click();
    let shown = rig.shown();
    assert_eq!(
        shown,
        ["74.9°F  50.73 %", "dew point 55.4°F   ⓪", "74.9°F to 74.9°F   █", "50.73 to 50.73 %"],
    );
    rig.press(DOUBLE);
    assert_eq!(rig.shown()[0], "23.8°C  50.73 %");
    assert_eq!((rig.heard.count("View"), rig.display.violations()), (4, 0));
}

#[test]
fn a_long_press_forgets_the_extremes() {
    let mut rig = Rig::new();
    rig.turn_to(2);
    rig.sensor.borrow_mut().set_temperature(-1_000);
    rig.pass_seconds(3);
    rig.sensor.borrow_mut().set_temperature(2_000);
    rig.pass_seconds(3);
    assert_eq!(rig.shown()[2], "-10.0°C to 23.8°C  █");
    rig.press(LONG);
    assert_eq!(rig.shown()[2], "20.0°C to 20.0°C   █");
    assert_eq!(rig.shown()[0], "20.0°C  50.73 %");
    assert_eq!((rig.heard.count("View"), rig.display.violations()), (2, 0));
}

#[test]
fn a_button_whose_pin_fails_works_again() {
    let mut rig = Rig::new();
    rig.pass_seconds(1);
    rig.button.fail_after(0);
    rig.pass_seconds(3);
    assert_eq!(rig.heard.count("ButtonFailed"), 1);
    rig.click();
    assert_eq!(rig.heard.count("View"), 1);
    assert_eq!(rig.shown()[0], "2026-06-21");
}
