//! Bytes and their times, also of transfers that are dropped or queued.

use std::cell::RefCell;
use std::rc::Rc;

use embedded_hal::digital::PinState::{High, Low};
use embedded_hal_async::spi::SpiBus;
use tickwire_sim::spi::Bus;
use tickwire_sim::{Sim, Wire, drop_after};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::{Recorder, Rig};

#[test]
fn each_operation_moves_the_bytes_that_it_says() {
    let Rig { sim, mut bus, cs, device } = Rig::new();
    cs.set(Low);
    let (mut read, mut long, mut short, mut both) = ([9; 2], [9; 3], [9; 1], [1, 2]);
    sim.run(async {
        bus.write(&[0x11, 0x22]).await.unwrap();
        bus.read(&mut read).await.unwrap();
        bus.transfer(&mut long, &[0x33]).await.unwrap();
        bus.transfer(&mut short, &[0x44, 0x55]).await.unwrap();
        bus.transfer_in_place(&mut both).await.unwrap();
        for nothing in [bus.write(&[]).await, bus.read(&mut []).await, bus.flush().await] {
            assert_eq!(nothing, Ok(()));
        }
    });
    let sent: Vec<_> =
        device.borrow().log.iter().map(|entry| entry[entry.len() - 2..].to_owned()).collect();
    assert_eq!(sent.join(" "), ":< 11 22 00 00 33 00 00 44 55 01 02");
    assert_eq!((read, long, short, both), ([0x82, 0x83], [0x84, 0x85, 0x86], [0x87], [0x89, 0x8a]));
    assert_eq!(sim.clock().now(), Instant::from_micros(11 * 8));
    assert_eq!(bus.faults().bytes(), 11);
}

#[test]
fn a_byte_takes_whole_microseconds_and_none_without_a_speed() {
    for (hertz, byte) in
        [(1, 8_000_000), (500_000, 16), (3_000_000, 3), (8_000_000, 1), (u32::MAX, 1)]
    {
        let Rig { sim, mut bus, .. } = Rig::with(|bus| bus.with_speed(hertz));
        sim.run(bus.write(&[0; 2])).unwrap();
        assert_eq!(sim.clock().now(), Instant::from_micros(2 * byte), "{hertz} Hz");
    }
    let Rig { sim, mut bus, .. } = Rig::with(|bus| bus);
    sim.run(bus.write(&[0; 2])).unwrap();
    assert_eq!(sim.clock().now(), Instant::EPOCH);
    let _ = Rig::with(|bus| bus.with_speed(0)); // Taken as 1 Hz.
}

#[test]
fn a_dropped_transfer_ends_after_the_byte_that_has_begun() {
    for (polls, log) in
        [(1, "0:< 0:01 4:!"), (2, "0:< 0:01 8:02 8:!"), (3, "0:< 0:01 8:02 16:03 16:!")]
    {
        let Rig { sim, mut bus, cs, device } = Rig::new();
        let clock = sim.clock();
        cs.set(Low);
        sim.run(async {
            assert_eq!(drop_after(polls, bus.write(&[1, 2, 3, 4])).await, None);
            if polls == 1 {
                clock.sleep(Duration::from_micros(4)).await;
            }
            cs.set(High);
        });
        assert_eq!(device.borrow().log.join(" "), log);
        assert_eq!(bus.faults().torn(), 1);
        // The next transfer begins when that byte is over.
        cs.set(Low);
        assert_eq!(bus.faults().torn(), 2);
        sim.run(bus.flush()).unwrap();
        assert_eq!(clock.now(), Instant::from_micros(polls as u64 * 8));
    }
}

#[test]
fn a_controller_may_keep_bytes_of_a_dropped_transfer_until_it_writes() {
    for keeps in [false, true] {
        let Rig { sim, mut bus, cs, .. } = Rig::with(|bus| {
            let bus = bus.with_speed(1_000_000);
            if keeps { bus.keeping_unread() } else { bus }
        });
        let mut read = |writes: bool| {
            let mut bytes = [0; 2];
            sim.run(async {
                if writes {
                    bus.write(&[1]).await.unwrap();
                }
                bus.read(&mut bytes).await.unwrap();
                drop_after(1, bus.read(&mut [0; 2])).await;
            });
            bytes
        };
        cs.set(Low);
        assert_eq!(read(false), [0x80, 0x81]);
        // The dropped transfer received 0x82, and the next one 0x85.
        assert_eq!(read(false), if keeps { [0x82, 0x83] } else { [0x83, 0x84] });
        // Two bytes are kept by now, and the write receives 0x86.
        assert_eq!(read(true), [0x87, 0x88]);
    }
}

#[test]
fn a_write_returns_while_the_queue_holds_the_rest() {
    let Rig { sim, mut bus, cs, device } = Rig::with(|bus| bus.with_speed(1_000_000).with_fifo(2));
    cs.set(Low);
    sim.run(bus.write(&[1, 2, 3, 4])).unwrap();
    assert_eq!(sim.clock().now(), Instant::from_micros(16));
    assert_eq!(device.borrow().log.join(" "), "0:< 0:01 8:02 16:03");
    // The remaining bytes continue; a read comes after them.
    let mut byte = [0];
    sim.run(bus.read(&mut byte)).unwrap();
    assert_eq!(device.borrow().log.join(" "), "0:< 0:01 8:02 16:03 24:04 32:00");
    assert_eq!(byte, [0x84]);
}

#[test]
fn what_the_queue_holds_is_sent_whoever_is_selected() {
    let Rig { sim, mut bus, cs, device } = Rig::with(|bus| bus.with_speed(1_000_000).with_fifo(8));
    let clock = sim.clock();
    cs.set(Low);
    sim.run(async {
        bus.write(&[1, 2, 3, 4]).await.unwrap();
        clock.sleep(Duration::from_micros(8)).await;
        cs.set(High); // Between two bytes.
        clock.sleep(Duration::from_micros(10)).await;
        cs.set(Low); // In the middle of one.
        bus.flush().await.unwrap();
    });
    assert_eq!(device.borrow().log.join(" "), "0:< 0:01 8:> 18:< 24:04");
    assert_eq!((bus.faults().unselected(), bus.faults().torn()), (2, 1));
    assert_eq!(clock.now(), Instant::from_micros(32));
}

#[test]
fn a_late_executor_does_not_change_the_times_on_the_wires() {
    let sim = Sim::new().waking_every(Duration::from_millis(1));
    let mut bus = Bus::new(sim.clock()).with_speed(1_000_000);
    let cs = Wire::new(sim.clock(), High);
    let device = Rc::new(RefCell::new(Recorder::default()));
    bus.attach(&cs, device.clone());
    cs.set(Low);
    sim.run(async {
        bus.write(&[1, 2, 3]).await.unwrap();
        cs.set(High);
    });
    assert_eq!(device.borrow().log.join(" "), "0:< 0:01 8:02 16:03 1000:>");
}

#[test]
fn traffic_is_told_at_each_deselection() {
    let Rig { sim, mut bus, cs, .. } = Rig::new();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = seen.clone();
    bus.on_transaction(move |traffic| {
        log.borrow_mut().push((traffic.chip, traffic.at, traffic.to_string()));
    });
    let clock = sim.clock();
    sim.run(async {
        cs.set(Low);
        bus.write(&[1, 2]).await.unwrap();
        cs.set(High);
        cs.set(Low);
        drop_after(2, bus.write(&[3, 4, 5])).await;
        cs.set(High);
        clock.sleep(Duration::from_millis(1)).await;
        cs.set(Low);
        cs.set(High);
    });
    let at = Instant::from_micros;
    let expected = [(0, at(0), "01:80 02:81"), (0, at(16), "03:82 04:83!"), (0, at(1_024), "")];
    assert_eq!(*seen.borrow(), expected.map(|(chip, at, text)| (chip, at, text.to_owned())));
}
