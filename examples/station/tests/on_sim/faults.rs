//! What fails, one part at a time, and what goes on meanwhile.

use rand_core::Rng;
use rand_pcg::Pcg32;
use tickwire_sim::i2c::Fault;
use tickwire_sim::models::gps;
use tickwire_traits::Duration;

use crate::rig::Rig;

const CLIMATE: [&str; 4] =
    ["23.8°C  50.73 %", "dew point 13.0°C   ⓪", "23.8°C to 23.8°C   █", "50.73 to 50.73 %"];

#[test]
fn a_sensor_that_is_unplugged_is_told_and_found_again() {
    let mut rig = Rig::new();
    rig.turn_to(2);
    rig.sensor.borrow_mut().unplug();
    rig.pass_seconds(3);
    let shown = rig.shown();
    assert_eq!(shown[0], "No sensor");
    assert!(shown[1].ends_with(" failures") && !shown[1].starts_with('0'), "{shown:?}");
    let now = tickwire_traits::Clock::now(&rig.clock);
    rig.sensor.borrow_mut().plug(now);
    rig.pass_seconds(3);
    rig.check(CLIMATE);
    assert!(rig.heard.count("SensorFailed") >= 1);
}

#[test]
fn a_reading_with_a_wrong_checksum_costs_that_reading() {
    let mut rig = Rig::new();
    rig.turn_to(2);
    rig.sensor.borrow_mut().corrupt(1);
    rig.pass_seconds(5);
    assert_eq!(rig.heard.count("SensorFailed"), 1);
    assert_eq!(rig.shown()[0], "23.8°C  50.73 %");
}

#[test]
fn a_garbled_line_moves_the_counters_and_the_fix_survives() {
    let mut rig = Rig::new();
    rig.pass_seconds(2);
    rig.gps.garble(Some(100));
    rig.turn_to(3);
    rig.pass_seconds(60);
    let shown = rig.shown();
    let count = |row: usize| shown[row][10..].trim().parse::<u32>().unwrap();
    assert!(count(0) > 200 && count(1) > 20, "{shown:?}");
    rig.gps.garble(None);
    rig.click();
    rig.pass_seconds(3);
    let shown = rig.shown();
    assert!(
        shown[0].starts_with("      51° 28.") && shown[3].starts_with("3D  9 sats"),
        "{shown:?}"
    );
    assert_eq!(rig.display.violations(), 0);
}

#[test]
fn an_unplugged_receiver_leaves_an_old_fix_that_says_so() {
    let mut rig = Rig::new();
    rig.pass_seconds(5);
    rig.gps.unplug();
    rig.pass_seconds(8);
    assert_eq!(rig.shown()[3], "3D  9 sats HDOP 0.90");
    rig.pass_seconds(60);
    assert!(rig.shown()[3].starts_with("no fix for 6"), "{:?}", rig.shown());
    assert!(rig.shown()[0].starts_with("      51° 28."), "{:?}", rig.shown());
    rig.gps.plug();
    rig.pass_seconds(2);
    assert_eq!(rig.shown()[3], "3D  9 sats HDOP 0.90");
}

#[test]
fn a_read_that_fails_is_told_and_tried_again() {
    let mut rig = Rig::new();
    rig.pass_seconds(3);
    rig.gps.fail_next_read();
    rig.pass_seconds(1);
    assert_eq!(rig.heard.count("GpsFailed"), 1);
    let before = rig.heard.count("Gps");
    rig.pass_seconds(10);
    assert!(rig.heard.count("Gps") >= before + 63, "at most a second is lost");
    assert_eq!(rig.heard.count("GpsFailed"), 1);
}

#[test]
fn a_line_that_hangs_up_ends_itself_alone() {
    let mut rig = Rig::with_gps(|clock| gps::Receiver::new(clock, gps::demo_log(5), 9_600));
    rig.pass_seconds(60);
    assert_eq!((rig.heard.count("GpsFailed"), rig.heard.count("Gps")), (1, 35));
    assert!(rig.shown()[3].starts_with("no fix for 5"), "{:?}", rig.shown());
    assert_eq!(rig.heard.count("Climate"), 30);
    rig.turn_to(2);
    rig.check(CLIMATE);
}

#[test]
fn a_display_whose_pin_fails_is_set_up_anew() {
    let mut rig = Rig::new();
    rig.pass_seconds(2);
    // Once for each of the steps of a refresh, and of setting up.
    for operations in 0..40 {
        rig.rs.fail_after(operations);
        rig.pass(Duration::from_millis(2_500));
    }
    let failures = rig.heard.count("DisplayFailed");
    assert!(failures >= 30, "{failures}");
    rig.pass_seconds(3);
    assert_eq!(rig.shown()[3], "3D  9 sats HDOP 0.90");
    assert_eq!(rig.display.violations(), 0, "{:?}", rig.display.log());
}

/// Each fault of the bus, alone and all together, at random bytes; and each of
/// them for long, after which all is well again.
#[test]
fn no_fault_of_the_bus_stops_the_rest() {
    const KINDS: [Fault; 5] =
        [Fault::Nack, Fault::Garble(0x10), Fault::Stuck, Fault::Hang, Fault::ArbitrationLoss];
    let mut random = Pcg32::new(11, 0x5bd1_e995_1b87_3593);
    for kinds in KINDS.iter().map(std::slice::from_ref).chain([&KINDS[..]]) {
        let mut rig = Rig::new();
        for _ in 0..40 {
            let kind = kinds[random.next_u32() as usize % kinds.len()];
            rig.bus.inject(u64::from(random.next_u32() % 24), kind);
            rig.pass_seconds(6);
        }
        let (good, bad) = (rig.heard.count("Climate"), rig.heard.count("SensorFailed"));
        println!("{kinds:?}: {good} good readings, {bad} bad ones");
        // Each costs one reading, or none: a refusal may mean that the sensor is busy.
        assert!(good + bad == 120 && (1..=40).contains(&bad), "{kinds:?}: {good}, {bad}");
        assert_eq!(rig.heard.count("Gps"), 240 * 7, "{kinds:?}");

        rig.bus.set(Some(kinds[0]));
        rig.pass_seconds(30);
        rig.bus.set(None);
        let (good, bad) = (rig.heard.count("Climate"), rig.heard.count("SensorFailed"));
        rig.pass_seconds(30);
        assert!(rig.heard.count("Climate") >= good + 14, "{kinds:?}: it works again");
        assert!(rig.heard.count("SensorFailed") <= bad + 1, "{kinds:?}");
        assert_eq!(rig.display.violations(), 0, "{kinds:?}");
        assert_eq!(rig.heard.count("DisplayFailed"), 0, "{kinds:?}");
        // What was garbled was not believed.
        rig.turn_to(2);
        rig.check(CLIMATE);
    }
}

/// In the midst of a byte of the display, a transfer, a sentence.
#[test]
fn a_station_that_is_dropped_at_any_poll_can_be_started_anew() {
    // Some 330 wake the display and draw the first page; after 800 the page of the
    // first fix is being drawn.
    for polls in 1..=800 {
        let mut rig = Rig::new();
        rig.stop_after(polls);
        rig.start(gps::Receiver::new(rig.clock.clone(), gps::demo_log(5), 9_600));
        rig.pass_seconds(1);
        assert_eq!(rig.shown()[3], "3D  9 sats HDOP 0.90", "dropped at poll {polls}");
        assert_eq!(rig.display.violations(), 0, "dropped at poll {polls}");
        assert!(rig.heard.count("Climate") >= 1, "dropped at poll {polls}");
    }
}
