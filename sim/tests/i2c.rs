//! The I²C bus.

use embedded_hal_async::i2c::I2c;
use tickwire_sim::Sim;
use tickwire_sim::i2c::{Bus, Fault};

#[test]
fn a_bus_that_hangs_says_so() {
    let sim = Sim::new();
    let mut bus = Bus::new(sim.clock());
    bus.faults().inject(0, Fault::Hang);
    let stall = sim.try_run(bus.write(0x40, &[0xfe])).unwrap_err();
    assert_eq!(stall.tasks[0].waits_for, ["an I2C transfer that hangs"]);
}
