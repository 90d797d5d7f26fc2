//! A healthy converter on a late executor.

use tickwire_drivers::mcp3008::Input;
use tickwire_sim::Pace;
use tickwire_sim::spi::Fault;
use tickwire_traits::{Duration, Timer};

use crate::rig::{Rig, expected};

#[test]
fn a_healthy_converter_is_read_at_every_pace_and_speed() {
    for pace in Pace::ALL {
        // The slowest that the chips may have, and the fastest with less than 5 V.
        for hertz in [10_000, 100_000, 1_000_000] {
            let rig = Rig::on(pace, Some(hertz));
            let (mut ten, mut twelve) = (rig.adc::<10>(), rig.adc::<12>());
            for input in Input::ALL {
                let context = format!("{input:?} at {pace:?}, {hertz} Hz");
                let read = rig.sim.run(ten.read(input));
                assert_eq!(read, Ok(expected(input)), "{context}");
                let read = rig.sim.run(twelve.read(input));
                assert_eq!(read, Ok(expected(input)), "{context}");
            }
            rig.check_uses(&format!("{pace:?}, {hertz} Hz"));
        }
    }
}

#[test]
fn a_bus_that_hangs_holds_only_its_caller_at_every_pace() {
    for pace in Pace::ALL {
        let rig = Rig::at(pace);
        let (mut adc, mut other) = (rig.adc::<10>(), rig.adc::<12>());
        rig.faults.set(Some(Fault::Hang));
        let limit = Duration::from_millis(1);
        let read = rig.sim.run(rig.clock.timeout(limit, adc.read(Input::Ch0)));
        assert!(read.is_err(), "{pace:?}");
        rig.faults.set(None);
        assert_eq!(rig.sim.run(other.read(Input::Ch0)), Ok(expected(Input::Ch0)), "{pace:?}");
        assert_eq!(rig.sim.run(adc.read(Input::Ch0)), Ok(expected(Input::Ch0)), "{pace:?}");
    }
}
