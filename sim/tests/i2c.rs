//! The bus: transfers, their times, their waveform, their faults.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use embedded_hal::digital::PinState::{self, High, Low};
use embedded_hal_async::i2c::{Error, ErrorKind, I2c, NoAcknowledgeSource, Operation};
use tickwire_sim::i2c::{Ack, Bus, Decoder, Device, Fault};
use tickwire_sim::{Sim, SimClock, Trace, drop_after};
use tickwire_traits::{Clock, Duration, Instant, Timer};

const ADDRESS: u8 = 0x50;

/// A device that records its calls, and answers with the bytes 0, 1, 2, …
#[derive(Default)]
struct Recorder {
    log: Vec<String>,
    next: u8,
}

impl Device for Recorder {
    fn start(&mut self, _: Instant, read: bool) -> Ack {
        self.log.push(if read { "r" } else { "w" }.into());
        Ack::Ack
    }

    fn write(&mut self, _: Instant, byte: u8) -> Ack {
        self.log.push(format!("{byte:02x}"));
        if byte == 0xee { Ack::Nack } else { Ack::Ack }
    }

    fn read(&mut self, _: Instant) -> u8 {
        self.next += 1;
        self.next - 1
    }

    fn stop(&mut self, _: Instant) {
        self.log.push("p".into());
    }
}

fn bus(sim: &Sim) -> (Bus<SimClock>, Rc<RefCell<Recorder>>) {
    let device = Rc::new(RefCell::new(Recorder::default()));
    let mut bus = Bus::new(sim.clock());
    bus.attach(ADDRESS, device.clone());
    (bus, device)
}

#[test]
fn every_address_of_7_bits_is_taken_and_no_other() {
    for address in 0..=u8::MAX {
        let sim = Sim::new();
        let device = Rc::new(RefCell::new(Recorder::default()));
        let mut bus = Bus::new(sim.clock()).with_speed(100_000);
        let attached = catch_unwind(AssertUnwindSafe(|| bus.attach(address, device.clone())));
        let written = sim.run(bus.write(address, &[7]));
        if address < 0x80 {
            assert!(attached.is_ok() && written.is_ok(), "{address:#04x}");
            assert_eq!(device.borrow().log, ["w", "07", "p"]);
            continue;
        }
        let why = *attached.unwrap_err().downcast::<String>().unwrap();
        let without = format!("it is {:#04x}", address / 2);
        assert!(why.contains("has 7 bits") && why.ends_with(&without), "{why}");
        let error = written.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Other);
        assert_eq!(error.to_string(), "the I2C address has more than 7 bits");
        assert_eq!((bus.faults().transfers(), sim.clock().now()), (0, Instant::EPOCH));
    }
}

#[test]
fn a_transaction_restarts_only_where_the_direction_changes() {
    let sim = Sim::new();
    let (mut bus, device) = bus(&sim);
    let (mut a, mut b) = ([0; 2], [0; 1]);
    let mut operations = [
        Operation::Write(&[1]),
        Operation::Write(&[2]),
        Operation::Read(&mut a),
        Operation::Read(&mut b),
    ];
    sim.run(bus.transaction(ADDRESS, &mut operations)).unwrap();
    assert_eq!(device.borrow().log, ["w", "01", "02", "r", "p"]);
    assert_eq!((a, b), ([0, 1], [2]));
}

#[test]
fn a_refusal_says_of_what_and_is_counted() {
    let sim = Sim::new();
    let (mut bus, device) = bus(&sim);
    let mut kind = |address, bytes: &[u8]| sim.run(bus.write(address, bytes)).unwrap_err().kind();
    let refused = ErrorKind::NoAcknowledge;
    assert_eq!(kind(0x51, &[1]), refused(NoAcknowledgeSource::Address));
    assert_eq!(kind(ADDRESS, &[1, 0xee, 2]), refused(NoAcknowledgeSource::Data));
    assert_eq!(device.borrow().log, ["w", "01", "ee", "p"]);
    assert_eq!((bus.faults().refused(), bus.faults().transfers()), (2, 2));
}

#[test]
fn each_fault_befalls_its_byte_and_the_next_transfer_works() {
    let refused = ErrorKind::NoAcknowledge;
    let table = [
        (0, Fault::Nack, refused(NoAcknowledgeSource::Address)),
        (1, Fault::Nack, refused(NoAcknowledgeSource::Data)),
        (2, Fault::ArbitrationLoss, ErrorKind::ArbitrationLoss),
        (1, Fault::Stuck, ErrorKind::Bus),
    ];
    for (byte, fault, expected) in table {
        let sim = Sim::new();
        let (mut bus, _) = bus(&sim);
        bus.faults().inject(byte, fault);
        assert_eq!(sim.run(bus.write(ADDRESS, &[1, 2])).unwrap_err().kind(), expected);
        sim.run(bus.write(ADDRESS, &[1, 2])).unwrap();
    }
}

#[test]
fn a_fault_may_be_so_far_ahead_that_it_never_comes() {
    let sim = Sim::new();
    let (mut bus, _) = bus(&sim);
    sim.run(bus.write(ADDRESS, &[1])).unwrap();
    bus.faults().inject(u64::MAX, Fault::Stuck);
    sim.run(bus.write(ADDRESS, &[1])).unwrap();
}

#[test]
fn a_garbled_byte_arrives_turned_over() {
    let sim = Sim::new();
    let (mut bus, device) = bus(&sim);
    bus.faults().inject(1, Fault::Garble(0x80));
    sim.run(bus.write(ADDRESS, &[1])).unwrap();
    assert_eq!(device.borrow().log, ["w", "81", "p"]);
    let mut byte = [0];
    bus.faults().inject(1, Fault::Garble(0x03));
    sim.run(bus.read(ADDRESS, &mut byte)).unwrap();
    assert_eq!(byte, [3]);
}

#[test]
fn a_bus_that_hangs_says_so_and_can_be_left() {
    let sim = Sim::new();
    let clock = sim.clock();
    let (mut bus, device) = bus(&sim);
    bus.faults().inject(1, Fault::Hang);
    let stall = sim.try_run(bus.write(ADDRESS, &[1])).unwrap_err();
    assert_eq!(stall.tasks[0].waits_for, ["an I2C transfer that hangs"]);
    bus.faults().inject(1, Fault::Hang);
    let left = clock.timeout(Duration::from_millis(5), bus.write(ADDRESS, &[1]));
    assert!(sim.run(left).is_err());
    assert_eq!(device.borrow().log, ["w", "p", "w", "p"]);
    sim.run(bus.write(ADDRESS, &[1])).unwrap();
}

#[test]
fn a_transfer_takes_its_bits_and_ends_where_it_is_dropped() {
    let sim = Sim::new();
    let (bus, device) = bus(&sim);
    let mut bus = bus.with_speed(100_000);
    sim.run(bus.write(ADDRESS, &[1, 2])).unwrap();
    assert_eq!(sim.clock().now(), Instant::from_micros((1 + 3 * 9 + 1) * 10));
    device.borrow_mut().log.clear();
    assert!(sim.run(drop_after(2, bus.write(ADDRESS, &[1, 2]))).is_none());
    assert_eq!(device.borrow().log, ["w", "01", "p"]);
}

/// Decodes like a logic analyzer: start, stop, and a bit at each rise of the
/// clock.
fn decode(trace: &Trace) -> String {
    let mut events: Vec<(Instant, bool, PinState)> = Vec::new();
    events.extend(trace.waveform("SCL").into_iter().map(|(at, level)| (at, true, level)));
    events.extend(trace.waveform("SDA").into_iter().map(|(at, level)| (at, false, level)));
    events.sort_by_key(|(at, is_clock, _)| (*at, !is_clock));
    let (mut scl, mut sda) = (High, High);
    let (mut bits, mut out) = (Vec::new(), String::new());
    for (_, is_clock, level) in events {
        if is_clock && scl == Low && level == High {
            bits.push(sda == High);
            if let [data @ .., ack] = &bits[..]
                && data.len() == 8
            {
                let byte = data.iter().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit));
                out += &format!("{byte:02x}{} ", if *ack { 'n' } else { 'a' });
                bits.clear();
            }
        } else if !is_clock && scl == High && sda != level {
            out += if level == Low { "S " } else { "P " };
            bits.clear();
        }
        *(if is_clock { &mut scl } else { &mut sda }) = level;
    }
    out
}

/// Decodes by the decoder of the crate.
fn messages_of(trace: &Trace) -> Vec<String> {
    let (scl, sda) = (trace.waveform("SCL"), trace.waveform("SDA"));
    let mut times: Vec<Instant> = scl.iter().chain(&sda).map(|(at, _)| *at).collect();
    times.sort_unstable();
    times.dedup();
    let level = |waveform: &[(Instant, PinState)], at| {
        waveform.iter().rev().find(|(changed, _)| *changed <= at).map_or(High, |(_, level)| *level)
    };
    let mut decoder = Decoder::new();
    let messages = times.iter().filter_map(|at| {
        decoder.change(*at, level(&scl, *at), level(&sda, *at)).map(|message| message.to_string())
    });
    messages.collect()
}

#[test]
fn the_drawn_waveform_decodes_to_what_was_sent() {
    for hertz in [10_000, 100_000, 333_000, 400_000] {
        let sim = Sim::new();
        let trace = Trace::new();
        let (bus, device) = bus(&sim);
        let mut bus = bus.with_speed(hertz).traced(&trace);
        let mut answer = [0; 2];
        sim.run(bus.write_read(ADDRESS, &[0x5a], &mut answer)).unwrap();
        sim.run(bus.write(0x51, &[1])).unwrap_err();
        // Dropped in the address, and in the byte after it.
        assert!(sim.run(drop_after(1, bus.write(ADDRESS, &[0x33]))).is_none());
        assert!(sim.run(drop_after(1, bus.write(ADDRESS, &[0x44]))).is_none(), "no start yet");
        sim.run(sim.clock().sleep(Duration::from_millis(10)));
        assert!(sim.run(drop_after(2, bus.write(ADDRESS, &[0x55]))).is_none());
        sim.run(bus.write(ADDRESS, &[0x77])).unwrap();
        let sent = "S a0a 5aa S a1a 00a 01n P S a2n P S a0a P S a0a 55a P S a0a 77a P ";
        assert_eq!(decode(&trace), sent, "{hertz}");
        let messages = ["a0 5a", "a1 00 01n", "a2n", "a0", "a0 55", "a0 77"];
        assert_eq!(messages_of(&trace), messages, "{hertz}");
        assert_eq!(device.borrow().log[4..].join(" "), "w p w 55 p w 77 p", "{hertz}");
        check_order(&trace);
    }
}

/// Checks that times never go back, and that every pulse has a width.
#[track_caller]
fn check_order(trace: &Trace) {
    for name in ["SCL", "SDA"] {
        let mut waveform = trace.waveform(name);
        waveform.dedup_by_key(|(_, level)| *level);
        assert!(waveform.is_sorted_by_key(|(at, _)| *at), "{name}: {waveform:?}");
        assert!(waveform.windows(2).all(|two| two[0].0 < two[1].0), "{name}: {waveform:?}");
    }
}

#[test]
fn a_transfer_that_hung_is_followed_by_a_stop_where_it_was_left() {
    let sim = Sim::new();
    let trace = Trace::new();
    let (bus, _) = bus(&sim);
    let mut bus = bus.traced(&trace);
    bus.faults().inject(1, Fault::Hang);
    let clock = sim.clock();
    let left = clock.timeout(Duration::from_millis(5), bus.write(ADDRESS, &[1]));
    assert!(sim.run(left).is_err());
    sim.run(bus.write(ADDRESS, &[2])).unwrap();
    assert_eq!(decode(&trace), "S a0a P S a0a 02a P ");
    check_order(&trace);
    // The stop takes a bit, and the other transfer 20.
    assert_eq!(clock.now(), Instant::from_micros(5_000 + 10 + 200));
}

#[test]
fn a_transfer_is_dropped_also_while_its_device_is_borrowed() {
    let sim = Sim::new();
    let (bus, device) = bus(&sim);
    let mut bus = bus.with_speed(100_000);
    let mut write = Box::pin(bus.write(ADDRESS, &[1]));
    assert!(sim.run(drop_after(1, &mut write)).is_none());
    let held = device.borrow_mut();
    drop(write);
    assert_eq!(held.log, ["w"], "it did not hear of the stop");
    drop(held);
    sim.run(bus.write(ADDRESS, &[2])).unwrap();
    assert_eq!(device.borrow().log, ["w", "w", "02", "p"]);
}
