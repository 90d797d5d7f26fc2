//! What the display shows, page by page.

use tickwire_sim::models::gps;
use tickwire_traits::Duration;

use crate::rig::Rig;

#[test]
fn the_first_page_is_the_position() {
    let mut rig = Rig::new();
    // Half a second in: one burst of sentences, most of it.
    rig.pass(Duration::from_millis(700));
    rig.check([
        "      51° 28.6072' N",
        "       0° 00.0000' E",
        "              46.0 m",
        "3D  9 sats HDOP 0.90",
    ]);
    rig.pass_seconds(30);
    assert_eq!(rig.shown()[0], "      51° 28.5928' N");
    // Half way round the walk is where west begins.
    rig.pass_seconds(15);
    assert!(rig.shown()[1].ends_with("W"), "{:?}", rig.shown());
}

#[test]
fn the_second_page_is_the_time() {
    let mut rig = Rig::new();
    rig.turn_to(1); // Takes two seconds.
    rig.pass(Duration::from_millis(700));
    rig.check(["2026-06-21", "12:00:02.000 UTC", "5.06 km/h ESE", "3D  9 sats HDOP 0.90"]);
    rig.pass_seconds(10);
    assert_eq!(rig.shown()[1], "12:00:12.000 UTC");
}

#[test]
fn the_third_page_is_the_climate() {
    let mut rig = Rig::new();
    rig.turn_to(2);
    // The bar of humidity has 12 of 24 dots.
    rig.check([
        "23.8°C  50.73 %",
        "dew point 13.0°C   ⓪",
        "23.8°C to 23.8°C   █",
        "50.73 to 50.73 %",
    ]);
    assert_eq!(dots_of_bar(&rig), (12..24).collect::<Vec<_>>());
    rig.sensor.borrow_mut().set_temperature(-512);
    rig.sensor.borrow_mut().set_humidity(9_000);
    rig.pass_seconds(3);
    let shown = rig.shown();
    assert_eq!(shown[2..], ["-5.1°C to 23.8°C   █", "50.73 to 90.01 %"]);
    // Another shape: the first one was on the glass until then.
    assert_eq!(shown[0], "-5.1°C  90.01 %    ①");
    assert_eq!(dots_of_bar(&rig), (3..24).collect::<Vec<_>>());
    // No other page has it.
    rig.click();
    assert_eq!(rig.display.row(2), "malformed          0");
}

/// The rows of dots at the right end of the display that are dark.
fn dots_of_bar(rig: &Rig) -> Vec<usize> {
    (0..32).filter(|y| rig.display.pixel(99, *y)).collect()
}

#[test]
fn the_fourth_page_counts() {
    let mut rig = Rig::new();
    rig.turn_to(3);
    rig.pass(Duration::from_millis(700));
    // Seven sentences a second, and the seventh second has begun.
    rig.check([
        "sentences         49",
        "checksum           0",
        "malformed          0",
        "no climate         0",
    ]);
    rig.click();
    assert!(
        rig.shown()[0].ends_with("N"),
        "the first page comes after the last: {:?}",
        rig.shown()
    );
}

/// It is polled for what happens, and not for the time that passes.
#[test]
fn an_hour_passes_with_few_polls() {
    // A UART as in a 16550 collects 14 bytes before it wakes anyone.
    let uart = |clock| gps::Receiver::new(clock, gps::demo_log(60), 9_600).with_trigger(14);
    let mut rig = Rig::with_gps(|clock| uart(clock).repeat());
    rig.pass_seconds(3_600);
    let polls = rig.sim.polls();
    assert!(rig.heard.times_never_go_back());
    assert_eq!((rig.heard.count("Gps"), rig.heard.count("Climate")), (3_600 * 7, 1_800));
    assert_eq!(rig.display.violations(), 0);
    // 473 bytes a second are 34 wake-ups, and one to give others their turn; the
    // rest draw, measure and wait. It is 86.1 a second; two more if refreshes have
    // no pause between them, four if one is made though nothing has changed.
    assert!(polls < 3_600 * 87, "{polls} polls");
}

#[test]
fn bytes_that_come_one_by_one_cost_a_poll_each() {
    let mut rig = Rig::new();
    rig.pass_seconds(60);
    let polls = rig.sim.polls();
    assert!(polls < 60 * 550, "{polls} polls");
}
