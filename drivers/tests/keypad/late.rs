//! Late executors.

use Contact::{Closed, Open};
use tickwire_drivers::button::{Buttons, Event};
use tickwire_drivers::contact::Contact;
use tickwire_sim::{Pace, Sim, at_every_pace};
use tickwire_traits::{Duration, Instant, Timer};

use crate::rig::{CONFIRMED, EAGER, Toggles, changes, keypad, told};

/// Each state lasts for longer than two scans at the slowest pace: with it, a row takes a second.
const TOGGLES: &[Toggles] = &[(0, 1, &[20_000, 60_000]), (2, 3, &[40_000, 80_000])];

/// Few scans: a test that takes long finds no more.
const PAUSE: Duration = Duration::from_millis(200);

#[test]
fn a_late_task_sees_the_same_changes() {
    for debounce in [EAGER, CONFIRMED] {
        let seen = at_every_pace(|sim| {
            let (_model, it) = keypad(sim, debounce, TOGGLES);
            let mut it = it.with_pause(PAUSE);
            let end = Instant::from_millis(100_000);
            changes(sim, &mut it, end).into_iter().map(told).collect::<Vec<_>>()
        });
        assert_eq!(seen, [(0, 1, Closed), (2, 3, Closed), (0, 1, Open), (2, 3, Open)]);
    }
}

#[test]
fn gestures_of_a_late_task_are_in_order() {
    for pace in Pace::ALL {
        let sim = pace.sim();
        let (_model, it) = keypad(&sim, EAGER, TOGGLES);
        let mut buttons = Buttons::<_, 2>::of(it.with_pause(PAUSE));
        let end = Instant::from_millis(100_000);
        let mut last = Instant::EPOCH;
        let mut seen = Vec::new();
        sim.run(async {
            while let Ok(gesture) = sim.clock().timeout_at(end, buttons.gesture()).await {
                let gesture = gesture.unwrap();
                assert!(last <= gesture.at, "{pace:?}");
                last = gesture.at;
                seen.push((gesture.key.row, gesture.event));
            }
        });
        let expected = [
            (0, Event::Press),
            (0, Event::Long),
            (2, Event::Press),
            (2, Event::Long),
            (0, Event::Release),
            (2, Event::Release),
        ];
        assert_eq!(seen, expected, "{pace:?}");
    }
}

/// A key that goes down after its row was read, before the columns are awaited.
#[test]
fn a_key_that_goes_down_between_a_scan_and_the_wait_is_seen() {
    // The release settles: the last scan ends, and a pause begins.
    for micros in (0..6_000).step_by(31) {
        let sim = Sim::new();
        let (model, mut it) = keypad(&sim, EAGER, &[(0, 1, &[100, 200])]);
        let press = Instant::from_millis(220) + Duration::from_micros(micros);
        model.key(1, 2).toggle_at(&[press]);
        let seen = changes(&sim, &mut it, Instant::from_millis(240));
        let last = seen.last().copied().unwrap();
        assert_eq!((seen.len(), told(last)), (3, (1, 2, Closed)), "{micros}");
        assert!(last.at < press + Duration::from_micros(5_200), "{micros}: {:?}", last.at);
    }
}
