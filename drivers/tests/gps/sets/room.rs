//! What does not fit is counted.

use tickwire_traits::Duration;

use super::{Reader, page};

#[test]
fn satellites_without_room_are_omitted_and_counted() {
    let mut reader = Reader::<6>::new();
    reader.read(&page("GP", 1, 2, &[1, 2, 3, 4], ""));
    reader.read(&page("GP", 2, 2, &[5, 6, 7, 8], ""));
    assert_eq!(reader.shown(), "GPS/0: 1 2 3 4 5 6");
    assert_eq!(reader.counted(), (1, 0, 2));
    let set = reader.satellites().sets().next().unwrap();
    assert_eq!((set.in_view(), set.omitted()), (8, 2));
    // The next set is collected behind it.
    reader.read(&page("GP", 1, 1, &[9], ""));
    assert_eq!(reader.shown(), "GPS/0: ");
    reader.read(&page("GP", 1, 1, &[9], ""));
    assert_eq!(reader.shown(), "GPS/0: 9");
    assert_eq!(reader.counted(), (3, 0, 3));
    let set = reader.satellites().sets().next().unwrap();
    assert_eq!((set.in_view(), set.omitted()), (4, 0));
}

#[test]
fn a_torn_set_leaves_its_room() {
    let mut reader = Reader::<4>::new();
    for _ in 0..100 {
        reader.read(&page("GP", 1, 2, &[1, 2, 3, 4], ""));
    }
    reader.read("GPRMC,,V,,,,,,,,,,N");
    reader.read(&page("GL", 1, 1, &[65, 66, 67, 68], ""));
    assert_eq!(
        (reader.shown().as_str(), reader.counted()),
        ("GLONASS/0: 65 66 67 68", (1, 100, 0))
    );
}

#[test]
fn a_set_that_was_not_renewed_for_a_minute_gives_room() {
    let mut reader = Reader::<6>::new();
    reader.read(&page("GP", 1, 1, &[1, 2, 3, 4], ""));
    let read_at = reader.now;
    let glonass = page("GL", 1, 1, &[65, 66, 67, 68], "");
    reader.now = read_at + Duration::from_millis(59_990);
    reader.read(&glonass);
    assert_eq!(reader.shown(), "GPS/0: 1 2 3 4; GLONASS/0: 65 66");
    reader.now = read_at + Duration::from_millis(60_000);
    reader.read(&glonass);
    assert_eq!(reader.shown(), "GLONASS/0: 65 66 67 68");
    // If the room is not needed, it stays.
    let mut reader = Reader::<8>::new();
    reader.read(&page("GP", 1, 1, &[1, 2, 3, 4], ""));
    reader.now = read_at + Duration::from_millis(3_600_000);
    reader.read(&glonass);
    assert_eq!(reader.shown(), "GPS/0: 1 2 3 4; GLONASS/0: 65 66 67 68");
}

#[test]
fn sixteen_sets_have_a_place() {
    let mut reader = Reader::<64>::new();
    let signals = (1..=15).map(|signal| format!("{signal:X}"));
    for signal in signals {
        reader.read(&page("GP", 1, 1, &[1, 2], &signal));
    }
    reader.read(&page("GL", 1, 1, &[65], ""));
    assert_eq!(reader.counted(), (16, 0, 0));
    for _ in 0..2 {
        reader.read(&page("GA", 1, 1, &[1, 2, 3], ""));
    }
    assert_eq!(reader.counted(), (16, 0, 6));
    assert!(!reader.shown().contains("Galileo"));
    // Until one of them is stale. The others are renewed.
    reader.now += Duration::from_secs(50);
    for signal in (1..=14).map(|signal| format!("{signal:X}")) {
        reader.read(&page("GP", 1, 1, &[1, 2], &signal));
    }
    reader.now += Duration::from_secs(15);
    reader.read(&page("GA", 1, 1, &[1, 2, 3], ""));
    assert_eq!(reader.satellites().sets().count(), 15);
    assert!(reader.shown().ends_with("GPS/14: 1 2; Galileo/0: 1 2 3"));
}

#[test]
fn without_entries_sets_are_still_announced() {
    let mut reader = Reader::<0>::new();
    reader.read(&page("GP", 1, 1, &[1, 2, 3], ""));
    let set = reader.satellites().sets().next().unwrap();
    assert_eq!((set.in_view(), set.omitted(), set.satellites().count()), (4, 3, 0));
}
