//! Drivers that wait for a line, on late executors: their reports and times equal those on a
//! punctual executor. (Drivers that transfer have their own tests of this
//! name.)

use std::fmt::Debug;

use embedded_hal::digital::PinState;
use tickwire_drivers::button::{Button, Reporting, Timing};
use tickwire_drivers::switch::{Debounce, Mode, Switch};
use tickwire_sim::{Bounce, Sim, SimClock, Wire, at_every_pace};
use tickwire_traits::{Duration, EdgeInput, Edges, Instant, PolledEdges, Timer};

/// The toggles of the contact, in milliseconds: clicks, double and triple clicks, long
/// presses, pulses that are too short, and pairs of edges that are due together with the end
/// of a wait.
const TOGGLES: &[u64] = &[
    100, 180, 300, 390, // Double.
    1_000, 1_090, // Single.
    2_000, 3_500, // Long.
    5_000, 5_050, 5_400, 5_450, 5_800, 5_850, // The limits of a triple, to the millisecond.
    7_000, 8_000, // The limit of a long press.
    9_000, 9_001, // A pulse.
    10_000, 10_049, 10_050, 10_100, // Debounced to the millisecond.
];

/// Later than any toggle, by more than any executor is late.
const END: Instant = Instant::from_millis(20_000);

/// Checks that `scenario` has the same outcome at every pace, and that it is not empty.
#[track_caller]
fn check<T: PartialEq + Debug>(scenario: impl Fn(&Sim) -> Vec<T>) {
    assert!(!at_every_pace(scenario).is_empty());
}

/// A contact to ground that bounces at each toggle.
fn contact(sim: &Sim) -> Wire<SimClock> {
    let wire = Wire::new(sim.clock(), PinState::High);
    let mut bounce = Bounce::new(7).with_span(Duration::from_millis(1));
    for at in TOGGLES {
        wire.toggle_at(&bounce.toggles(Instant::from_millis(*at)));
    }
    wire
}

/// Returns an input that has been armed before any edge.
fn armed(sim: &Sim) -> impl EdgeInput {
    let mut pin = contact(sim).input();
    pin.arm().unwrap();
    pin
}

#[test]
fn a_switch_reports_the_same_changes() {
    for mode in [Mode::Eager, Mode::Confirmed] {
        for (close, open) in [(50, 50), (2, 20), (20, 2), (0, 0)]
            .map(|(close, open)| (Duration::from_millis(close), Duration::from_millis(open)))
        {
            check(|sim| {
                let debounce = Debounce { mode, close, open };
                let mut switch = Switch::new(armed(sim), sim.clock()).with_debounce(debounce);
                let mut changes = Vec::new();
                sim.run(async {
                    let clock = sim.clock();
                    while let Ok(change) = clock.timeout_at(END, switch.change()).await {
                        changes.push(change.unwrap());
                    }
                });
                assert_eq!(switch.missed_edges(), 0);
                changes
            });
        }
    }
}

#[test]
fn a_button_reports_the_same_gestures() {
    for reporting in [Reporting::Immediate, Reporting::Exclusive] {
        for most_clicks in [1, 2, 3] {
            check(|sim| {
                // Without repeats: those that a late task misses are not made up for.
                let timing = Timing { reporting, most_clicks, ..Timing::default() };
                let mut button = Button::new(armed(sim), sim.clock()).with_timing(timing);
                let mut gestures = Vec::new();
                sim.run(async {
                    let clock = sim.clock();
                    while let Ok(gesture) = clock.timeout_at(END, button.gesture()).await {
                        gestures.push(gesture.unwrap());
                    }
                });
                gestures
            });
        }
    }
}

#[test]
fn a_switch_on_a_pin_without_stamps_ends_as_the_contact_does() {
    check(|sim| {
        let pin = PolledEdges::new(contact(sim).input(), sim.clock());
        let mut switch = Switch::new(pin, sim.clock());
        sim.run(async {
            let clock = sim.clock();
            while clock.timeout_at(END, switch.change()).await.is_ok() {}
        });
        vec![switch.contact()]
    });
}

#[cfg(feature = "gps")]
#[test]
fn a_gps_receiver_is_read_whole() {
    use tickwire_drivers::gps::{Gps, Satellites};
    use tickwire_sim::models::gps;

    check(|sim| {
        let line = gps::Receiver::new(sim.clock(), gps::sky_log(10), 9_600);
        let decoder = Satellites::<32>::new();
        let mut receiver = Gps::new(line, sim.clock()).with_decoder(decoder);
        let sentences = sim.run(async {
            let mut sentences = Vec::new();
            while let Ok(update) = receiver.update().await {
                sentences.push(update.sentence);
            }
            sentences
        });
        assert_eq!(receiver.counters().bytes_skipped, 0);
        let position = receiver.fix().position().map(|position| position.value);
        let satellites = receiver.decoder();
        assert_eq!((satellites.counters().sets, satellites.counters().torn), (40, 0));
        vec![(
            sentences,
            position,
            satellites.sets().map(|set| set.satellites().count()).sum::<usize>(),
        )]
    });
}
