//! The drawing of SCK and the data lines.

use std::cell::RefCell;
use std::rc::Rc;

use embedded_hal::digital::PinState::{self, High, Low};
use embedded_hal_async::spi::{MODE_0, MODE_1, MODE_2, MODE_3, Mode, Phase, Polarity, SpiBus};
use tickwire_sim::spi::Bus;
use tickwire_sim::{Sim, Trace};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::Recorder;

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
