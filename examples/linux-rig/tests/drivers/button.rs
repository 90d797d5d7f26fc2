//! A button on a line that another process pulls, and that bounces.

use embedded_hal::digital::PinState;
use tickwire_drivers::button::{Button, Event};
use tickwire_drivers::switch::{Debounce, Wiring};
use tickwire_exec_std::gpio::{Input, InputSettings};
use tickwire_exec_std::run;
use tickwire_traits::{Duration, Edges, Timer};

use crate::CLOCK;
use crate::rig::with_chip;

/// Each change bounces twice: five edges.
const BOUNCE: usize = 4;

#[test]
fn gestures_of_a_bouncing_button_are_recognized() {
    with_chip(|chip| {
        chip.pull(4, true);
        let mut pin = Input::open(&chip.line(4), InputSettings::DEFAULT).unwrap();
        pin.arm().unwrap();
        // A click, a second one soon after, and a long press. The bounces come from a
        // generator with a seed.
        let mut seed = 0x0B0E_u32;
        let mut bounce = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            1 + (seed >> 16) % 7
        };
        let holds = [100, 100, 120, 100, 1_500, 1_500];
        let pauses: Vec<_> = holds
            .into_iter()
            .flat_map(|hold| [hold].into_iter().chain([(); BOUNCE].map(|()| bounce())))
            .collect();
        let mut hand = chip.hand(4, &pauses);
        let mut button = Button::new(pin, CLOCK)
            .with_wiring(Wiring::normally_open(PinState::High))
            .with_debounce(Debounce::confirmed(Duration::from_millis(40)));
        let mut seen = Vec::new();
        run(async |_| {
            while seen.iter().filter(|event| **event == Event::Release).count() < 3 {
                let patience = Duration::from_secs(20);
                let gesture = CLOCK.timeout(patience, button.gesture()).await.expect("a gesture");
                seen.push(gesture.unwrap().event);
            }
        });
        use Event::{Double, Long, Press, Release};
        assert_eq!(seen, [Press, Release, Press, Double, Release, Press, Long, Release]);
        assert_eq!(button.missed_edges(), 0);
        assert!(hand.wait().unwrap().success());
    });
}
