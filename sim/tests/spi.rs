//! The SPI bus: bytes, their times, their waveform, misuses, faults.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use embedded_hal::digital::PinState::{self, High, Low};
use embedded_hal_async::spi::{
    Error, ErrorKind, MODE_0, MODE_1, MODE_2, MODE_3, Mode, Phase, Polarity, SpiBus,
};
use tickwire_sim::spi::{Bus, Device, Fault};
use tickwire_sim::{Sim, SimClock, StallKind, Trace, Wire, drop_after};
use tickwire_traits::{Clock, Duration, Instant, Timer};

/// A device that records its calls, and answers with the bytes 0x80, 0x81, …
struct Recorder {
    log: Vec<String>,
    next: u8,
    modes: &'static [Mode],
}

impl Default for Recorder {
    fn default() -> Self {
        Self { log: Vec::new(), next: 0x80, modes: &[MODE_0, MODE_3] }
    }
}

impl Device for Recorder {
    fn select(&mut self, now: Instant) {
        self.log.push(format!("{}:<", now.as_micros()));
    }

    fn exchange(&mut self, now: Instant, byte: u8) -> u8 {
        self.log.push(format!("{}:{byte:02x}", now.as_micros()));
        self.next += 1;
        self.next - 1
    }

    fn deselect(&mut self, now: Instant, whole: bool) {
        self.log.push(format!("{}:{}", now.as_micros(), if whole { '>' } else { '!' }));
    }

    fn understands(&self, mode: Mode) -> bool {
        self.modes.contains(&mode)
    }
}

struct Rig {
    sim: Sim,
    bus: Bus<SimClock>,
    cs: Wire<SimClock>,
    device: Rc<RefCell<Recorder>>,
}

impl Rig {
    /// A byte takes 8 µs.
    fn new() -> Self {
        Self::with(|bus| bus.with_speed(1_000_000))
    }

    fn with(build: impl FnOnce(Bus<SimClock>) -> Bus<SimClock>) -> Self {
        let sim = Sim::new();
        let mut bus = build(Bus::new(sim.clock()));
        let cs = Wire::new(sim.clock(), High);
        let device = Rc::new(RefCell::new(Recorder::default()));
        bus.attach(&cs, device.clone());
        Self { sim, bus, cs, device }
    }

    #[track_caller]
    fn check_log(&self, expected: &str) {
        assert_eq!(self.device.borrow().log.join(" "), expected);
    }
}

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

/// Decodes the drawing of `byte` with the edges of SCK at which `mode` samples.
fn decoded(trace: &Trace, data: &str, mode: Mode, idle: PinState) -> u8 {
    let rising =
        (mode.polarity == Polarity::IdleLow) == (mode.phase == Phase::CaptureOnFirstTransition);
    let changes = trace.waveform(data);
    let level = |at: Instant| {
        let before = changes.iter().rev().find(|(change, _)| *change <= at);
        before.map_or(idle, |(_, level)| *level)
    };
    // The first is the initial level, not a transition.
    let clock = trace.waveform("SCK").into_iter().skip(1);
    let samples = clock.filter(|(_, level)| (*level == High) == rising);
    let bits: Vec<_> = samples.map(|(at, _)| level(at) == High).collect();
    assert_eq!(bits.len(), 8, "{mode:?}");
    bits.into_iter().fold(0, |byte, bit| byte << 1 | u8::from(bit))
}

#[test]
fn the_waveform_decodes_in_every_mode() {
    for mode in [MODE_0, MODE_1, MODE_2, MODE_3] {
        let trace = Trace::new();
        let sim = Sim::new();
        let mut bus = Bus::new(sim.clock()).with_mode(mode).with_speed(500_000).traced(&trace);
        let cs = trace.wire("CS", sim.clock(), High);
        let device = Recorder {
            modes: &[MODE_0, MODE_1, MODE_2, MODE_3],
            next: 0xa5,
            ..Recorder::default()
        };
        bus.attach(&cs, Rc::new(RefCell::new(device)));
        cs.set(Low);
        sim.run(bus.write(&[0x93])).unwrap();
        cs.set(High);
        assert_eq!(decoded(&trace, "MOSI", mode, Low), 0x93, "{mode:?}");
        assert_eq!(decoded(&trace, "MISO", mode, High), 0xa5, "{mode:?}");
        let at = Instant::from_micros;
        assert_eq!(trace.waveform("CS"), [(at(0), High), (at(0), Low), (at(16), High)]);
    }
}

#[test]
fn the_clock_is_drawn_at_the_resting_level_of_the_mode() {
    let trace = Trace::new();
    let sim = Sim::new();
    let mut bus = Bus::new(sim.clock()).traced(&trace);
    sim.run(sim.clock().sleep(Duration::from_millis(1)));
    bus.set_mode(MODE_1);
    assert_eq!(trace.waveform("SCK"), [(Instant::EPOCH, Low)]);
    bus.set_mode(MODE_2);
    bus.set_mode(MODE_3);
    let expected = [(Instant::EPOCH, Low), (Instant::from_millis(1), High)];
    assert_eq!(trace.waveform("SCK"), expected);
}

#[test]
fn a_traced_bus_without_a_speed_gets_one() {
    let sim = Sim::new();
    let mut bus = Bus::new(sim.clock()).traced(&Trace::new());
    sim.run(bus.write(&[1])).unwrap();
    assert_eq!(sim.clock().now(), Instant::from_micros(80));
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
