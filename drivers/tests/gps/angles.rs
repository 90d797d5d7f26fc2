//! Angles as text at each carry: no text has 60 minutes or 60 seconds, and each is the nearest.

use tickwire_drivers::gps::{Latitude, Longitude, Position};

/// A degree in 1e-7 degrees.
const DEGREE: i64 = 10_000_000;

/// Returns the numbers of a text.
fn numbers<const N: usize>(text: &str) -> [i64; N] {
    let mut digits = text.split(|char: char| !char.is_ascii_digit()).filter(|it| !it.is_empty());
    let numbers = [(); N].map(|()| digits.next().and_then(|it| it.parse().ok()).expect(text));
    assert_eq!(digits.next(), None, "{text}");
    numbers
}

/// Checks that `units`, of which a degree has `parts`, is nearest to an angle, and of two that are
/// as near the greater one.
#[track_caller]
fn check_nearest(e7: i32, units: i64, parts: i64, text: &str) {
    let off = 2 * (units * DEGREE - i64::from(e7).abs() * parts);
    assert!(-DEGREE < off && off <= DEGREE, "{e7} is not {text}");
}

#[track_caller]
fn check(e7: i32, minutes: &str, seconds: &str, letter: char) {
    let [degrees, minute, decimals] = numbers(minutes);
    assert!(minute < 60, "{minutes}");
    check_nearest(e7, (degrees * 60 + minute) * 10_000 + decimals, 600_000, minutes);
    let [degrees, minute, second] = numbers(seconds);
    assert!(minute < 60 && second < 60, "{seconds}");
    check_nearest(e7, (degrees * 60 + minute) * 60 + second, 3_600, seconds);
    assert!(minutes.ends_with(letter) && seconds.ends_with(letter), "{minutes} {seconds}");
}

/// The values around each whole minute, and around each that is half of a last digit below one.
fn minutes(degrees: i64) -> impl Iterator<Item = i32> {
    // Half a second is 1,388.9 units, and half of 0.0001' is 8.3.
    let near = |at: i64| [0, -1_389, -8].into_iter().flat_map(move |by| at + by - 2..=at + by + 2);
    let all = (0..=60 * degrees).flat_map(move |minute| near(minute * DEGREE / 60));
    all.filter(move |e7| (0..=degrees * DEGREE).contains(e7)).map(|e7| e7 as i32)
}

#[test]
fn no_angle_has_60_minutes_or_60_seconds() {
    for e7 in minutes(90) {
        // Either sign has the same digits.
        let e7 = if e7 % 2 == 0 { e7 } else { -e7 };
        let it = Latitude::from_e7(e7).unwrap();
        let letter = if e7 < 0 { 'S' } else { 'N' };
        check(e7, &it.minutes().to_string(), &it.seconds().to_string(), letter);
    }
    for e7 in minutes(180) {
        let e7 = if e7 % 2 == 0 { -e7 } else { e7 };
        let it = Longitude::from_e7(e7).unwrap();
        let letter = if e7 < 0 { 'W' } else { 'E' };
        check(e7, &it.minutes().to_string(), &it.seconds().to_string(), letter);
    }
}

/// Around each whole degree, and around each half of a last digit below one.
#[test]
fn a_coordinate_of_kml_carries_to_the_degree() {
    for (places, parts) in (0..8).map(|places| (places, 10_i64.pow(places))) {
        let near = |at: i64, by: i64| at - by - 3..=at - by + 3;
        for e7 in (0..=180).flat_map(|degree| {
            let at = degree * DEGREE;
            near(at, 0).chain(near(at, DEGREE / parts / 2))
        }) {
            let Some(longitude) = Longitude::from_e7(e7 as i32) else { continue };
            let latitude = Latitude::from_e7(-(e7 as i32) / 2).unwrap();
            let text = format!("{:.*}", places as usize, Position { latitude, longitude }.kml());
            let (first, second) = text.split_once(',').unwrap();
            check_coordinate(longitude.e7(), first, places, parts);
            check_coordinate(latitude.e7(), second, places, parts);
        }
    }
}

#[track_caller]
fn check_coordinate(e7: i32, text: &str, places: u32, parts: i64) {
    let units = if places == 0 {
        let [degrees] = numbers(text);
        degrees
    } else {
        let [degrees, decimals] = numbers(text);
        let digits = text.split_once('.').map(|(_, digits)| digits.len());
        assert_eq!(digits, Some(places as usize), "{text}");
        degrees * parts + decimals
    };
    check_nearest(e7, units, parts, text);
    assert_eq!(text.starts_with('-'), e7 < 0 && units > 0, "{e7} {text}");
}
