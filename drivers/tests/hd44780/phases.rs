//! A start from any state of the controller.

use embedded_hal::digital::PinState;
use tickwire_drivers::hd44780::Lcd;
use tickwire_sim::drop_after;
use tickwire_sim::models::hd44780::Phase;
use tickwire_traits::Delay;

use crate::rig::{Backpack, Eight, Four, Rig, Wiring};

fn every_phase() -> impl Iterator<Item = Phase> {
    [Phase::Whole, Phase::High].into_iter().chain((0..16).map(|high| Phase::Low(high << 4)))
}

/// A display that an earlier program left in any phase of a byte, or with E high, shows the
/// text.
#[track_caller]
fn check<W: Wiring>() {
    for phase in every_phase() {
        for e in [PinState::Low, PinState::High] {
            let mut rig = Rig::<W, 16, 2>::new();
            rig.display.set_phase(phase);
            if let Some((_, wire)) = rig.handles.wires.iter().find(|(name, _)| *name == "E") {
                wire.set(e);
            }
            rig.lcd.set_line(0, "in step");
            rig.lcd.set_line(1, "again");
            rig.sim.run(rig.lcd.init()).unwrap();
            rig.check_shows(&["in step", "again"]);
        }
    }
}

#[test]
fn four_lines_get_in_step() {
    check::<Four>();
}

#[test]
fn eight_lines_get_in_step() {
    check::<Eight>();
}

#[test]
fn the_backpack_gets_in_step() {
    check::<Backpack>();
}

/// The microcontroller is reset at any await of a refresh, and a new driver takes over the
/// pins in their present state.
#[track_caller]
fn check_reset<W: Wiring>() {
    for polls in 1.. {
        let mut rig = Rig::<W, 16, 2>::new();
        rig.lcd.set_glyph(0, [0x15; 8]);
        rig.lcd.set_line(0, "the old program \0");
        let ended = rig.sim.run(drop_after(polls, rig.lcd.flush())).is_some();
        let (bus, _) = rig.lcd.release();
        let mut fresh = Lcd::<_, _, 16, 2>::new(W::reset(bus), Delay(rig.sim.clock()));
        fresh.set_line(1, "the new one");
        rig.sim.run(fresh.init()).unwrap();
        rig.lcd = fresh;
        rig.check_shows(&["", "the new one"]);
        if ended {
            return assert!(polls > 50);
        }
    }
}

#[test]
fn a_reset_in_a_refresh_by_four_lines_is_survived() {
    check_reset::<Four>();
}

#[test]
fn a_reset_in_a_refresh_by_eight_lines_is_survived() {
    check_reset::<Eight>();
}

#[test]
fn a_reset_in_a_refresh_by_the_backpack_is_survived() {
    check_reset::<Backpack>();
}
