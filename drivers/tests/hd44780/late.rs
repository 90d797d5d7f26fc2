//! A healthy display on a late executor.

use tickwire_drivers::hd44780::Error;
use tickwire_sim::Pace;
use tickwire_sim::i2c::Fault;
use tickwire_traits::{Clock, Duration, Instant};

use crate::rig::{Backpack, Eight, Four, Rig, Wiring};

#[track_caller]
fn check<W: Wiring>() {
    for pace in Pace::ALL {
        let mut rig = Rig::<W, 16, 2>::at(pace);
        for (row, line) in ["all is well", "in the end"].into_iter().enumerate() {
            rig.lcd.set_line(row, line);
            let flushed = rig.sim.run(rig.lcd.flush());
            assert!(flushed.is_ok(), "{pace:?}: {flushed:?}");
        }
        rig.check_shows(&["all is well", "in the end"]);
    }
}

#[test]
fn four_lines_show_what_is_wanted_at_every_pace() {
    check::<Four>();
}

#[test]
fn eight_lines_show_what_is_wanted_at_every_pace() {
    check::<Eight>();
}

#[test]
fn the_backpack_shows_what_is_wanted_at_every_pace() {
    check::<Backpack>();
}

#[test]
fn a_stuck_bus_is_reported_at_every_pace() {
    for pace in Pace::ALL {
        // 40 ms after power-on and 100 for the transfer, in waits of a millisecond, each of which
        // may end late; and the first poll.
        let most = (Duration::from_millis(1) + pace.lateness()) * 140 + pace.lateness();
        let mut rig = Rig::<Backpack, 16, 2>::at(pace);
        rig.faults().set(Some(Fault::Hang));
        let stuck = rig.sim.run(rig.lcd.flush());
        assert!(matches!(stuck, Err(Error::Timeout)), "{pace:?}: {stuck:?}");
        let took = rig.sim.clock().now() - Instant::EPOCH;
        assert!(took >= Duration::from_millis(140) && took <= most, "{pace:?}: {took:?}");
    }
}
