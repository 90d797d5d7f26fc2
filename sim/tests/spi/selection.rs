//! Devices that are selected, by the controller or by each other.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use embedded_hal::digital::PinState::{High, Low};
use embedded_hal_async::spi::SpiBus;
use tickwire_sim::spi::{Bus, Device};
use tickwire_sim::{Sim, SimClock, Wire};
use tickwire_traits::Instant;

use crate::{Recorder, Rig};

#[test]
fn a_device_is_selected_by_its_wire_also_by_a_planned_edge() {
    let Rig { sim, mut bus, cs, device } = Rig::new();
    cs.toggle_at(&[Instant::from_micros(8), Instant::from_micros(24)]);
    let mut bytes = [0; 4];
    sim.run(bus.read(&mut bytes)).unwrap();
    assert_eq!(bytes, [0xff, 0x80, 0x81, 0xff]);
    assert_eq!(device.borrow().log.join(" "), "8:< 8:00 16:00 24:>");
    assert_eq!((bus.faults().unselected(), bus.faults().torn()), (2, 0));
}

#[test]
fn a_device_that_is_attached_while_its_select_is_low_is_selected() {
    let sim = Sim::new();
    let mut bus = Bus::new(sim.clock());
    let cs = Wire::new(sim.clock(), Low);
    bus.attach(&cs, Rc::new(RefCell::new(Recorder::default())));
    let mut byte = [0];
    sim.run(bus.read(&mut byte)).unwrap();
    assert_eq!(byte, [0x80]);
}

#[test]
fn two_that_are_selected_at_once_pull_the_line_low_together_and_are_counted() {
    let mut rig = Rig::new();
    let other = Wire::new(rig.sim.clock(), High);
    let second = Rc::new(RefCell::new(Recorder { next: 0x42, ..Recorder::default() }));
    rig.bus.attach(&other, second);
    rig.cs.set(Low);
    rig.cs.set(High);
    other.set(Low);
    assert_eq!(rig.bus.faults().conflicts(), 0);
    rig.cs.set(Low);
    let mut byte = [0xff];
    rig.sim.run(rig.bus.read(&mut byte)).unwrap();
    assert_eq!(byte, [0x80 & 0x42]);
    assert_eq!(rig.bus.faults().conflicts(), 1);
}

#[test]
fn a_device_may_hold_its_own_chip_select_and_move_another_wire() {
    struct Busy(Wire<SimClock>, Wire<SimClock>);
    impl Device for Busy {
        fn exchange(&mut self, _: Instant, _: u8) -> u8 {
            self.1.set(!self.1.level());
            u8::from(self.0.level() == Low)
        }
    }
    let sim = Sim::new();
    let (cs, ready) = (Wire::new(sim.clock(), High), Wire::new(sim.clock(), High));
    let mut bus = Bus::new(sim.clock());
    bus.attach(&cs, Rc::new(RefCell::new(Busy(cs.clone(), ready.clone()))));
    cs.set(Low);
    let mut byte = [0];
    sim.run(bus.read(&mut byte)).unwrap();
    assert_eq!((byte, ready.level()), ([1], Low));
}

#[test]
fn a_device_may_select_another_as_a_demultiplexer_does() {
    struct Demultiplexer(Wire<SimClock>);
    impl Device for Demultiplexer {
        fn select(&mut self, _: Instant) {
            self.0.set(Low);
        }
        fn exchange(&mut self, _: Instant, _: u8) -> u8 {
            0xff
        }
        fn deselect(&mut self, _: Instant, _: bool) {
            self.0.set(High);
        }
    }
    let Rig { sim, mut bus, cs, device } = Rig::new();
    let enable = Wire::new(sim.clock(), High);
    bus.attach(&enable, Rc::new(RefCell::new(Demultiplexer(cs))));
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = seen.clone();
    bus.on_transaction(move |traffic| log.borrow_mut().push(traffic.chip));
    enable.set(Low);
    sim.run(bus.write(&[7])).unwrap();
    enable.set(High);
    assert_eq!(device.borrow().log.join(" "), "0:< 0:07 8:>");
    assert_eq!(*seen.borrow(), [0, 1]);
}

#[test]
fn a_listener_may_move_another_chip_select_and_hears_of_it() {
    let Rig { mut bus, cs, device, .. } = Rig::new();
    let other = Wire::new(Sim::new().clock(), High);
    bus.attach(&other, device);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = seen.clone();
    bus.on_transaction(move |traffic| {
        log.borrow_mut().push(traffic.chip);
        if traffic.chip == 0 {
            other.set(Low);
            other.set(High);
        }
    });
    cs.set(Low);
    cs.set(High);
    assert_eq!(*seen.borrow(), [0, 1]);
}

#[test]
fn a_device_that_panics_hears_no_byte_while_its_panic_unwinds() {
    struct Broken;
    impl Device for Broken {
        fn exchange(&mut self, _: Instant, byte: u8) -> u8 {
            // A second panic would end the process.
            assert_eq!(byte, 0, "a byte that the device does not expect");
            byte
        }
    }
    /// Deselects its device when it is dropped, as a transaction does.
    struct Selected(Wire<SimClock>);
    impl Drop for Selected {
        fn drop(&mut self) {
            self.0.set(High);
        }
    }
    let sim = Sim::new();
    let mut bus = Bus::new(sim.clock()).with_speed(1_000_000).with_fifo(4);
    let cs = Wire::new(sim.clock(), High);
    bus.attach(&cs, Rc::new(RefCell::new(Broken)));
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        cs.set(Low);
        let _selected = Selected(cs.clone());
        sim.run(async {
            bus.write(&[0, 1, 2, 3]).await.unwrap();
            bus.flush().await.unwrap();
        });
    }));
    assert!(panicked.is_err());
    assert_eq!(cs.level(), High);
    // The bus works on.
    cs.set(Low);
    sim.run(bus.write(&[0])).unwrap();
}
