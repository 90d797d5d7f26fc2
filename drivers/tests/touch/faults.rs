//! Inputs that fail.

use tickwire_drivers::contact::ContactSource;
use tickwire_drivers::touch::Error;
use tickwire_sim::Sim;
use tickwire_sim::analog::{AnalogFault, Fault};
use tickwire_traits::{Clock, Instant};

use crate::rig::{Rig, told};

#[test]
fn a_failure_at_any_reading_is_returned_and_it_goes_on() {
    for (fault, error) in [
        (Fault::Error, Error::Input(AnalogFault)),
        (Fault::Value(70_000), Error::BeyondFullScale(70_000)),
    ] {
        for failing in 0..15 {
            let mut rig = Rig::on(Sim::new());
            rig.play(&[110, 210]);
            rig.source.inject(failing, fault);
            let Rig { sim, pad, .. } = &mut rig;
            let (mut seen, mut errors, end) = (Vec::new(), Vec::new(), Instant::from_millis(400));
            while sim.clock().now() < end {
                match sim.run(pad.change_until(end)) {
                    Ok(change) => seen.extend(change.map(told)),
                    Err(error) => errors.push(error),
                }
            }
            assert_eq!(errors, [error], "reading {failing}");
            let seen: Vec<_> = seen.into_iter().map(|(is_touched, _)| is_touched).collect();
            assert_eq!(seen, [true, false], "reading {failing}");
        }
    }
}

#[test]
fn an_input_that_stays_broken_is_read_once_a_period() {
    let mut rig = Rig::on(Sim::new());
    let Rig { sim, pad, source, .. } = &mut rig;
    source.set_fault(Some(Fault::Error));
    for period in 0..50 {
        assert_eq!(sim.run(pad.change_until(Instant::MAX)), Err(Error::Input(AnalogFault)));
        assert_eq!(sim.clock().now(), Instant::from_millis(period * 20));
    }
    source.set_fault(Some(Fault::Value(70_000)));
    let end = Instant::from_millis(2_000);
    assert_eq!(sim.run(pad.change_until(end)), Err(Error::BeyondFullScale(70_000)));
    assert_eq!(sim.run(pad.change_until(end)), Ok(None), "it is reported once");
    assert!(pad.beyond_full_scale() > 40);
}
