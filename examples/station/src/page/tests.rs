extern crate std;

use std::format;
use std::vec::Vec;

use tickwire_drivers::gps::Receiver;
use tickwire_drivers::htu21d::{CentiPercent, Measurement};

use super::*;
use crate::Extremes;

/// What a receiver has told at `at` seconds, each a body of a sentence.
fn told(bodies: &[(&str, u64)]) -> State {
    let mut receiver = Receiver::<102>::new();
    for (body, at) in bodies {
        let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
        for byte in format!("${body}*{sum:02X}\r\n").bytes() {
            let _ = receiver.push(byte, Instant::EPOCH + Duration::from_secs(*at));
        }
    }
    let counters = *receiver.counters();
    assert_eq!(counters.accepted as usize, bodies.len(), "{counters:?}");
    State { fix: *receiver.fix(), counters, ..State::default() }
}

fn measured(centi_celsius: i16, centi_percent: i16) -> State {
    let (temperature, humidity) = (CentiCelsius(centi_celsius), CentiPercent(centi_percent));
    let mut state = State { page: Page::Climate, ..State::default() };
    state.measured(Some(Measurement { temperature, humidity }));
    state
}

fn imperial(state: State) -> State {
    State { units: Units::Imperial, ..state }
}

/// The page that a state shows at 10 s.
#[track_caller]
fn check(state: &State, expected: [&str; ROWS]) {
    let page = render(state, Instant::from_millis(10_000), Has::NOTHING);
    let page: Vec<_> = page.iter().map(|line| line.as_str()).collect();
    assert_eq!(page, expected);
    assert!(page.iter().all(|line| line.chars().count() <= COLUMNS));
}

/// One line of that page.
#[track_caller]
fn check_line(state: &State, row: usize, expected: &str) {
    let page = render(state, Instant::from_millis(10_000), Has::NOTHING);
    assert_eq!(page[row].as_str(), expected);
}

const GGA: &str = "GPGGA,123519.00,4807.038,S,01131.000,W,1,08,0.9,-545.46,M,46.9,M,,";
const RMC: &str = "GPRMC,123519.5,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W";

#[test]
fn a_state_that_knows_nothing_says_so() {
    let page = |page| State { page, ..State::default() };
    check(&page(Page::Position), ["Searching", "0 in view", "", "no fix yet"]);
    check(&page(Page::Time), ["no date yet", "no time yet", "no speed yet", "no fix yet"]);
    check(&page(Page::Climate), ["No sensor", "0 failures", "", ""]);
    check(
        &page(Page::Counters),
        [
            "sentences          0",
            "checksum           0",
            "malformed          0",
            "no climate         0",
        ],
    );
}

#[test]
fn a_position_has_its_sides_its_height_and_its_quality() {
    let state = told(&[(GGA, 9), ("GPGSA,A,3,02,05,07,13,15,18,20,29,,,,,1.7,1.1,1.4", 9)]);
    let degrees = ["     48° 07.0380' S", "     11° 31.0000' W"].map(|line| format!("{line:>20}"));
    let expected = |height| [&*degrees[0], &*degrees[1], height, "3D  8 sats HDOP 1.10"];
    check(&state, expected("            -545.5 m"));
    check(&imperial(state), expected("            -1790 ft"));
    // RMC alone knows no height, and not how many satellites there are.
    check_line(&told(&[(RMC, 9)]), 2, "                 - m");
    check_line(&told(&[(RMC, 9)]), 3, "--  0 sats");
}

#[test]
fn heights_are_rounded_away_from_zero() {
    let check = |metres: &str, metric, feet| {
        let gga = format!("GPGGA,123519.00,4807.038,S,01131.000,W,1,08,0.9,{metres},M,46.9,M,,");
        let state = told(&[(&gga, 9)]);
        check_line(&state, 2, &format!("{metric:>20}"));
        check_line(&imperial(state), 2, &format!("{feet:>20}"));
    };
    check("0.04", "0.0 m", "0 ft");
    check("0.05", "0.1 m", "0 ft");
    check("-0.04", "0.0 m", "0 ft");
    check("-0.05", "-0.1 m", "0 ft");
    check("-0.16", "-0.2 m", "-1 ft");
    check("1127.4", "1127.4 m", "3699 ft");
    check("8848.86", "8848.9 m", "29032 ft");
}

#[test]
fn a_fix_that_is_lost_tells_since_when() {
    let lost = "GPRMC,123520.5,V,,,,,,,230394,,,N";
    check_line(&told(&[(RMC, 3), (lost, 4)]), 3, "no fix for 7 s");
    let searching = State { page: Page::Position, ..told(&[(lost, 4)]) };
    check_line(&searching, 0, "Searching");
    check_line(&searching, 3, "no fix yet");
}

#[test]
fn a_receiver_that_is_silent_has_no_fix() {
    let state = told(&[(GGA, 0)]);
    let quality = |seconds: u64| {
        render(&state, Instant::from_millis(seconds * 1_000), Has::NOTHING)[3].clone()
    };
    assert_eq!(quality(12).as_str(), "--  8 sats HDOP 0.90");
    assert_eq!(quality(13).as_str(), "no fix for 13 s");
    assert_eq!(quality(1_000_000_000).as_str(), "no fix for 100000000");
}

#[test]
fn satellites_in_view_are_told_while_searching() {
    let state = told(&[("GPGSV,1,1,04,28,72,355,39,01,52,063,33,17,51,272,44,08,46,184,38", 1)]);
    check(&state, ["Searching", "4 in view", "", "no fix yet"]);
}

#[test]
fn time_and_speed_come_in_both_units() {
    let state = State { page: Page::Time, ..told(&[(RMC, 9)]) };
    let expected = |speed| ["1994-03-23", "12:35:19.500 UTC", speed, "--  0 sats"];
    check(&state, expected("41.48 km/h E"));
    check(&imperial(state), expected("25.78 mph E"));
    let standing = "GPRMC,123519.5,A,4807.038,N,01131.000,E,0.0,,230394,,";
    let state = State { page: Page::Time, ..told(&[(standing, 9)]) };
    check_line(&state, 2, "0.00 km/h");
}

#[test]
fn temperatures_are_rounded_away_from_zero() {
    let check = |centi_celsius, celsius: &str, fahrenheit: &str| {
        let state = measured(centi_celsius, 5_000);
        let line = |degrees| format!("{degrees}  50.00 %");
        check_line(&state, 0, &line(celsius));
        check_line(&imperial(state), 0, &line(fahrenheit));
    };
    check(2_381, "23.8°C", "74.9°F");
    check(0, "0.0°C", "32.0°F");
    check(4, "0.0°C", "32.1°F"); // 32.072
    check(5, "0.1°C", "32.1°F");
    check(-4, "0.0°C", "31.9°F");
    check(-5, "-0.1°C", "31.9°F");
    check(-25, "-0.3°C", "31.6°F"); // 31.55
    check(-1_776, "-17.8°C", "0.0°F"); // 0.032
    check(-1_781, "-17.8°C", "-0.1°F"); // -0.058
    check(-4_000, "-40.0°C", "-40.0°F");
    check(12_500, "125.0°C", "257.0°F");
}

#[test]
fn the_climate_has_a_dew_point_and_extremes() {
    let mut state = measured(-500, 8_000);
    state.measured(measured(2_381, 5_072).climate);
    check(&state, ["23.8°C  50.72 %", "dew point 13.0°C", "-5.0°C to 23.8°C", "50.72 to 80.00 %"]);
    check(
        &imperial(state.clone()),
        ["74.9°F  50.72 %", "dew point 55.4°F", "23.0°F to 74.9°F", "50.72 to 80.00 %"],
    );
    state.obey(tickwire_drivers::button::Event::Long, Has::NOTHING);
    check_line(&state, 2, "23.8°C to 23.8°C");
    state.measured(None);
    check(&state, ["No sensor", "1 failures", "", ""]);
    // There is none in dry air.
    check_line(&measured(2_000, 0), 1, "dew point -");
}

#[test]
fn what_is_longer_than_a_line_is_cut() {
    let mut state = measured(-4_000, 100);
    let low = CentiCelsius(i16::MIN);
    state.temperatures = Some(Extremes { low, high: low });
    check_line(&state, 2, "-327.7°C to -327.7°C");
    let mut state = State { page: Page::Counters, ..State::default() };
    state.counters.sentences = u32::MAX;
    state.sensor_failures = u32::MAX;
    check_line(&state, 0, "sentences 4294967295");
    check_line(&state, 3, "no climate4294967295");
    let far = told(&[("GPGGA,123519.00,4807.038,S,17959.9999,W,1,12,655.35,0.0,M,46.9,M,,", 9)]);
    check_line(&far, 1, "     179° 59.9999' W");
    check_line(&far, 3, "-- 12 sats HDOP655.3");
}

#[test]
fn each_click_turns_the_page_and_each_double_click_the_units() {
    use tickwire_drivers::button::Event::{Click, Clicks, Double, Press, Release, Repeat};
    let mut state = State::default();
    let mut seen: Vec<(Page, Units)> = Vec::new();
    for event in [Press, Release, Click, Click, Repeat, Click, Clicks(3), Click, Double, Double] {
        state.obey(event, Has::NOTHING);
        seen.push((state.page, state.units));
    }
    seen.dedup();
    let metric = [Page::Position, Page::Time, Page::Climate, Page::Counters, Page::Position]
        .map(|page| (page, Units::Metric));
    let expected =
        [&metric[..], &[(Page::Position, Units::Imperial), (Page::Position, Units::Metric)]];
    assert_eq!(seen, expected.concat());
}

#[test]
fn only_a_measured_climate_has_a_bar() {
    let check = |state: State, expected: Option<u16>| {
        assert_eq!(bar(&state), expected.map(|value| Bar { value, full: 10_000 }));
    };
    check(measured(2_381, 5_072), Some(5_072));
    check(measured(2_381, 0), Some(0));
    // The sensor's signal may be below 0 %.
    check(measured(2_381, -600), Some(0));
    check(State { page: Page::Climate, ..State::default() }, None);
    for page in Page::ALL.into_iter().filter(|page| *page != Page::Climate) {
        check(State { page, ..measured(2_381, 5_072) }, None);
    }
}
