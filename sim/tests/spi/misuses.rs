//! Faults, and devices in another mode.

use embedded_hal::digital::PinState::Low;
use embedded_hal_async::spi::{Error, ErrorKind, MODE_0, MODE_1, MODE_2, MODE_3, SpiBus};
use tickwire_sim::StallKind;
use tickwire_sim::spi::Fault;

use crate::Rig;

#[test]
fn injected_faults_befall_their_byte() {
    let mut rig = Rig::new();
    let faults = rig.bus.faults();
    rig.cs.set(Low);
    faults.inject(1, Fault::Garble(0x0f));
    let mut bytes = [0x10, 0x20];
    rig.sim.run(rig.bus.transfer_in_place(&mut bytes)).unwrap();
    assert_eq!(bytes, [0x80, 0x81 ^ 0x0f]);
    rig.check_log("0:< 0:10 8:2f");

    faults.set(Some(Fault::Error(ErrorKind::ModeFault)));
    let error = rig.sim.run(rig.bus.write(&[1])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ModeFault);
    assert_eq!(error.to_string(), ErrorKind::ModeFault.to_string());
    faults.set(None);
    assert_eq!(rig.sim.run(rig.bus.write(&[1])), Ok(()));

    faults.inject(0, Fault::Hang);
    let stall = rig.sim.try_run(rig.bus.write(&[1])).unwrap_err();
    assert_eq!(stall.kind, StallKind::Deadlock);
    assert_eq!(stall.tasks[0].waits_for, ["an SPI transfer that hangs"]);
}

#[test]
fn a_fault_may_be_so_far_ahead_that_it_never_comes() {
    let Rig { sim, mut bus, .. } = Rig::new();
    sim.run(bus.write(&[1])).unwrap();
    bus.faults().inject(u64::MAX, Fault::Error(ErrorKind::Other));
    sim.run(bus.write(&[1])).unwrap();
}

#[test]
fn a_device_in_another_mode_misreads_and_is_misread() {
    for mode in [MODE_0, MODE_1, MODE_2, MODE_3] {
        let Rig { sim, mut bus, cs, device } = Rig::with(|bus| bus.with_mode(mode));
        device.borrow_mut().modes = &[MODE_1, MODE_3];
        cs.set(Low);
        let mut byte = [0xc0];
        sim.run(bus.transfer_in_place(&mut byte)).unwrap();
        let understood = mode == MODE_1 || mode == MODE_3;
        let (sent, came_back) = if understood { ("0:c0", 0x80) } else { ("0:60", 0x40) };
        assert_eq!(device.borrow().log[1], sent, "{mode:?}");
        assert_eq!(byte, [came_back], "{mode:?}");
        assert_eq!(bus.faults().misread(), u64::from(!understood));
    }
}
