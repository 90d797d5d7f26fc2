//! The model of the HTU21D, against its datasheet.

use std::cell::RefCell;
use std::rc::Rc;

use embedded_hal_async::i2c::I2c;
use tickwire_sim::i2c::{Ack, Bus, Device};
use tickwire_sim::models::htu21d::{Chip, Counts, Htu21d};
use tickwire_sim::{Sim, StallKind};
use tickwire_traits::{Clock, Duration, Instant, Timer};

/// Resolution bits, command, and the datasheet's maximum in ms.
const CONVERSIONS: [(u8, u8, u64); 8] = [
    (0x00, 0xf5, 16),
    (0x00, 0xf3, 50),
    (0x01, 0xf5, 3),
    (0x01, 0xf3, 13),
    (0x80, 0xf5, 5),
    (0x80, 0xf3, 25),
    (0x81, 0xf5, 8),
    (0x81, 0xf3, 7),
];

#[test]
fn it_refuses_its_address_until_the_conversion_has_ended() {
    for (resolution, command, millis) in CONVERSIONS {
        let mut sensor = Htu21d::new();
        assert_eq!(send(&mut sensor, 0, &[0xe6, 0x02 | resolution]), Ack::Ack);
        assert_eq!(send(&mut sensor, 0, &[command]), Ack::Ack);
        let ready = millis * 1_000;
        assert_eq!(sensor.start(Instant::from_micros(ready - 1), true), Ack::Nack);
        assert_eq!(sensor.start(Instant::from_micros(ready - 1), false), Ack::Nack);
        assert_eq!(sensor.start(Instant::from_micros(ready), true), Ack::Ack);
        assert_eq!(sensor.counts().premature, 2);
        assert_eq!(sensor.counts().violations, 0);
    }
}

#[test]
fn bits_that_are_not_measured_are_zero() {
    // By resolution: humidity and temperature.
    for (resolution, bits) in
        [(0x00, [12, 14]), (0x01, [8, 12]), (0x80, [10, 13]), (0x81, [11, 11])]
    {
        for (command, bits) in [0xf5, 0xf3].into_iter().zip(bits) {
            let mut seen = 0;
            for hundredths in 0..10_000 {
                let mut sensor = Htu21d::new();
                sensor.set_temperature(hundredths);
                sensor.set_humidity(hundredths);
                send(&mut sensor, 0, &[0xe6, 0x02 | resolution]);
                send(&mut sensor, 0, &[command]);
                let [high, low, _] = take(&mut sensor, 50);
                let signal = u16::from_be_bytes([high, low]);
                assert_eq!(signal & 0x02 != 0, command == 0xf5);
                seen |= signal & !0x03;
            }
            assert_eq!(seen.trailing_zeros(), 16 - bits, "{resolution:#x} {command:#x}");
        }
    }
}

#[test]
fn a_result_can_be_taken_once_and_a_command_discards_it() {
    let mut sensor = Htu21d::new();
    send(&mut sensor, 0, &[0xf3]);
    let _: [u8; 3] = take(&mut sensor, 50);
    assert_eq!(sensor.start(Instant::from_millis(51), true), Ack::Nack);
    send(&mut sensor, 60, &[0xf3]);
    send(&mut sensor, 120, &[0xe7]);
    assert_eq!(take(&mut sensor, 121), [0x02, 0xff, 0xff]);
    assert_eq!(sensor.start(Instant::from_millis(122), true), Ack::Nack);
    let counts = sensor.counts();
    assert_eq!((counts.commands, counts.reads, counts.violations), (3, 1, 2));
}

#[test]
fn one_reading_to_order_has_a_wrong_checksum() {
    let mut sensor = Htu21d::new();
    sensor.set_temperature(2_381);
    sensor.corrupt(1);
    let frames = [0, 100, 200].map(|at| {
        send(&mut sensor, at, &[0xf3]);
        take(&mut sensor, at + 50)
    });
    assert_eq!(frames, [[0x66, 0xf0, 0x8d], [0x66, 0xf0, 0x8c], [0x66, 0xf0, 0x8d]]);
}

#[test]
fn the_user_register_keeps_its_reserved_bits_and_a_reset_keeps_the_heater() {
    let mut sensor = Htu21d::new();
    assert_eq!(sensor.register(), 0x02);
    send(&mut sensor, 0, &[0xe6, 0xff]);
    assert_eq!(sensor.register(), 0x87);
    assert_eq!(sensor.counts().violations, 1);
    send(&mut sensor, 0, &[0xfe]);
    assert_eq!(sensor.start(Instant::from_micros(14_999), false), Ack::Nack);
    assert_eq!(sensor.start(Instant::from_millis(15), false), Ack::Ack);
    assert_eq!(sensor.register(), 0x06);
    // The battery's state is reported after a measurement.
    sensor.set_battery_low(true);
    assert_eq!(sensor.register(), 0x06);
    send(&mut sensor, 20, &[0xf5]);
    assert_eq!(sensor.register(), 0x46);
    // Power-on resets everything.
    sensor.unplug();
    assert_eq!(sensor.start(Instant::from_millis(90), false), Ack::Nack);
    sensor.plug(Instant::from_millis(100));
    assert_eq!(sensor.start(Instant::from_millis(114), false), Ack::Nack);
    assert_eq!(sensor.start(Instant::from_millis(115), false), Ack::Ack);
    assert_eq!(sensor.register(), 0x02);
}

#[test]
fn what_it_does_not_know_it_refuses_and_counts() {
    let mut sensor = Htu21d::new();
    let known = [0xe3, 0xe5, 0xe6, 0xe7, 0xf3, 0xf5, 0xfa, 0xfc, 0xfe];
    for command in (0..=0xff).filter(|command| !known.contains(command)) {
        assert_eq!(send(&mut sensor, 0, &[command]), Ack::Nack, "{command:#x}");
    }
    assert_eq!(send(&mut sensor, 0, &[0xe7, 0x02]), Ack::Nack);
    let counts = sensor.counts();
    assert_eq!(counts.violations, 247 + 1);
    assert_eq!(counts.commands, 1);
    assert_eq!(Htu21d::new().counts(), Counts::default());
}

#[test]
fn the_serial_number_of_an_sht21_is_answered_as_recorded() {
    let mut sensor = Htu21d::of(Chip::Sht21);
    assert_eq!(send(&mut sensor, 0, &[0xfa, 0x0f]), Ack::Ack);
    // Recorded from a chip.
    assert_eq!(take(&mut sensor, 0), [0x01, 0x31, 0x22, 0xe4, 0xd2, 0x66, 0x08, 0xb9]);
    assert_eq!(send(&mut sensor, 0, &[0xfa, 0x10]), Ack::Nack);
    assert_eq!(sensor.counts().violations, 1);
}

#[test]
fn a_si7021_has_a_heater_current_and_loses_it_by_a_reset() {
    let mut sensor = Htu21d::of(Chip::Si7021);
    assert_eq!(sensor.register(), 0x3a);
    assert_eq!(send(&mut sensor, 0, &[0x51, 0x0c]), Ack::Ack);
    assert_eq!(send(&mut sensor, 0, &[0xe6, 0x3e]), Ack::Ack);
    assert_eq!(send(&mut sensor, 0, &[0x11]), Ack::Ack);
    assert_eq!(take(&mut sensor, 0), [0x0c]);
    assert_eq!(send(&mut sensor, 0, &[0x84, 0xb8]), Ack::Ack);
    assert_eq!(take(&mut sensor, 0), [0x20]);
    assert_eq!(sensor.counts().violations, 0);
    send(&mut sensor, 0, &[0xfe]);
    assert_eq!((sensor.register(), sensor.heater_current()), (0x3a, 0));
    // Power-on takes longer than that of the others.
    sensor.unplug();
    sensor.plug(Instant::from_millis(100));
    assert_eq!(sensor.start(Instant::from_millis(179), false), Ack::Nack);
    assert_eq!(sensor.start(Instant::from_millis(180), false), Ack::Ack);
    // The others do not know these commands.
    for command in [0x51, 0x11, 0x84] {
        assert_eq!(send(&mut Htu21d::of(Chip::Sht21), 0, &[command]), Ack::Nack);
    }
}

#[test]
fn a_hold_command_holds_the_clock_until_the_result_is_there() {
    let sim = Sim::new();
    let clock = sim.clock();
    let sensor = Rc::new(RefCell::new(Htu21d::new()));
    let mut bus = Bus::new(clock.clone()).with_speed(100_000);
    bus.attach(Htu21d::ADDRESS, sensor.clone());
    let mut frame = [0; 3];
    sim.run(bus.write_read(Htu21d::ADDRESS, &[0xe3], &mut frame)).unwrap();
    // The command has arrived after 10 bits; then 50 ms, 3 bytes and a stop.
    assert_eq!(clock.now(), Instant::from_micros(100 + 50_000 + 270 + 10));
    assert_eq!(sensor.borrow().counts().premature, 0);

    // A sensor that never releases the line hangs the bus, and time does not run away.
    sensor.borrow_mut().set_dead(true);
    let stall = sim.try_run(bus.write_read(Htu21d::ADDRESS, &[0xe3], &mut frame)).unwrap_err();
    assert_eq!(stall.kind, StallKind::Deadlock);
    sensor.borrow_mut().set_dead(false);
    sim.run(clock.sleep(Duration::from_millis(60)));
    sim.run(bus.write_read(Htu21d::ADDRESS, &[0xe5], &mut frame)).unwrap();
}

fn send(sensor: &mut Htu21d, at_ms: u64, bytes: &[u8]) -> Ack {
    let now = Instant::from_millis(at_ms);
    assert_eq!(sensor.start(now, false), Ack::Ack);
    let mut acks = bytes.iter().map(|byte| sensor.write(now, *byte));
    let ack = acks.find(|ack| *ack == Ack::Nack).unwrap_or(Ack::Ack);
    sensor.stop(now);
    ack
}

#[track_caller]
fn take<const N: usize>(sensor: &mut Htu21d, at_ms: u64) -> [u8; N] {
    let now = Instant::from_millis(at_ms);
    assert_eq!(sensor.start(now, true), Ack::Ack);
    let frame = [(); N].map(|()| sensor.read(now));
    sensor.stop(now);
    frame
}
