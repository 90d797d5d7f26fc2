//! Everything is healthy, and the executor is late.

use tickwire_sim::Pace;

use crate::rig::Rig;

#[test]
fn nothing_that_is_healthy_is_reported_as_failed_at_any_pace() {
    for pace in Pace::ALL {
        let mut rig = Rig::at(pace);
        rig.pass_seconds(60);
        for failed in ["ButtonFailed", "SensorFailed", "GpsFailed", "GpsQuiet", "DisplayFailed"] {
            assert_eq!(rig.heard.count(failed), 0, "{failed} at {pace:?}");
        }
        for heard in ["Climate", "Gps"] {
            assert!(rig.heard.count(heard) >= 5, "{heard} at {pace:?}");
        }
        assert_eq!(rig.display.violations(), 0, "{pace:?}: {:?}", rig.display.log());
    }
}

#[test]
fn a_receiver_that_is_quiet_is_reported_at_every_pace() {
    for pace in Pace::ALL {
        let mut rig = Rig::at(pace);
        rig.gps.unplug();
        rig.pass_seconds(20);
        assert!(rig.heard.count("GpsQuiet") >= 5, "{pace:?}");
        assert_eq!(rig.heard.count("Gps"), 0, "{pace:?}");
    }
}
