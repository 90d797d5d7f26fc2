//! What the original's display does, and where it fails.

use embedded_hal::digital::PinState;
use tickwire_drivers::hd44780::{FourBit, Lcd};
use tickwire_sim::models::hd44780::{Controller, Pins};
use tickwire_sim::{Sim, Trace, Wire};
use tickwire_traits::{Clock, Delay, Duration, Instant};

use crate::rig::{Backpack, Eight, Four, Rig, Wiring};

/// The original's 12 nibbles at its times, from a display that has long been on: the bytes
/// `33 32 28 0C 06 01`.
#[test]
fn the_originals_initialization_is_understood_by_the_model() {
    let trace = [
        (100, 3),
        (5_200, 3),
        (10_300, 3),
        (10_450, 2),
        (10_600, 2),
        (10_750, 8),
        (10_900, 0),
        (11_050, 0xc),
        (11_200, 0),
        (11_350, 6),
        (11_500, 0),
        (11_650, 1),
    ];
    let mut controller = Controller::new(Instant::EPOCH);
    let on = Instant::from_millis(100);
    for (at, nibble) in trace {
        let pins = Pins { rs: false, rw: false, data: nibble << 4 };
        controller.latch(on + Duration::from_micros(at), pins);
    }
    assert_eq!(controller.violations(), 0);
    assert!(controller.is_on());
    // B-LCD1: the original goes on 50 µs after the clear, which takes 1.52 ms.
    let pins = Pins { rs: false, rw: false, data: 0x80 };
    controller.latch(on + Duration::from_micros(11_800), pins);
    assert_eq!(controller.violations(), 1);
}

/// Returns the nibbles at the falls of E, with their times.
fn nibbles(write: impl AsyncFnOnce(&mut Lcd4)) -> Vec<(Instant, bool, u8)> {
    let (sim, trace) = (Sim::new(), Trace::new());
    let names = ["RS", "E", "D4", "D5", "D6", "D7"];
    let wires = names.map(|name| trace.wire(name, sim.clock(), PinState::Low));
    let [rs, e, d4, d5, d6, d7] = wires.each_ref().map(Wire::output);
    let mut lcd = Lcd::new(FourBit::new(rs, e, d4, d5, d6, d7), Delay(sim.clock()));
    sim.run(write(&mut lcd));
    let level = |name: &str, at: Instant| {
        let changes = trace.waveform(name);
        let before = changes.iter().take_while(|(change, _)| *change <= at).last();
        before.is_some_and(|(_, level)| *level == PinState::High)
    };
    let falls = trace.waveform("E").split_off(1);
    let falls = falls.into_iter().filter(|(_, level)| *level == PinState::Low);
    let nibble = |at| names[2..].iter().rev().fold(0, |all, d| all << 1 | u8::from(level(d, at)));
    falls.map(|(at, _)| (at, level("RS", at), nibble(at))).collect()
}

type Out = tickwire_sim::Output<tickwire_sim::SimClock>;
type Lcd4 = Lcd<FourBit<Out, Out, Out, Out, Out, Out>, Delay<tickwire_sim::SimClock>, 16, 2>;

/// The same instructions as the original's, in the data sheet's order and at its times.
#[test]
fn b_lcd1_power_on_and_clear_are_waited_for() {
    let all = nibbles(async |lcd| {
        lcd.set_line(1, "x");
        lcd.flush().await.unwrap();
    });
    let values: Vec<u8> = all.iter().map(|(_, _, nibble)| *nibble).collect();
    // 3 3 3 2, 28, 01, 06, C0, `x`, 0C.
    assert_eq!(values, [3, 3, 3, 2, 2, 8, 0, 1, 0, 6, 0xc, 0, 7, 8, 0, 0xc]);
    let since = |n: usize, before: usize| all[n].0 - all[before].0;
    assert!(all[0].0 - Instant::EPOCH >= Duration::from_millis(40));
    assert!(since(1, 0) > Duration::from_micros(4_100));
    assert!(since(2, 1) > Duration::from_micros(100));
    assert!(since(8, 7) > Duration::from_micros(1_520), "after the clear");
}

#[test]
fn two_rows_begin_at_their_addresses() {
    let all = nibbles(async |lcd| {
        lcd.flush().await.unwrap();
        // The address counter is elsewhere.
        lcd.print(0, 8, "-");
        lcd.flush().await.unwrap();
        lcd.set_line(0, "0123456789abcdef");
        lcd.set_line(1, "ghijklmnopqrstuv");
        lcd.flush().await.unwrap();
    });
    let bytes: Vec<u8> = all[4..].chunks(2).map(|byte| byte[0].2 << 4 | byte[1].2).collect();
    let addresses: Vec<u8> = all[4..]
        .chunks(2)
        .zip(&bytes)
        .filter_map(|(byte, code)| (!byte[0].1 && *code >= 0x80).then_some(*code))
        .collect();
    assert!(addresses.contains(&0xc0) && addresses.contains(&0x80), "{addresses:02x?}");
    let least = Duration::from_micros(37);
    assert!(all.windows(2).skip(3).step_by(2).all(|pair| pair[1].0 - pair[0].0 > least));
}

/// The original constructs it, and then its task fails. Rows begin at 0x80, 0xC0, 0x94 and
/// 0xD4.
#[test]
fn b_lcd2_four_rows_are_shown() {
    fn check<W: Wiring>() {
        let rows = ["0123456789abcdefghij", "second", "third", "fourth of all the 20"];
        let mut rig = Rig::<W, 20, 4>::new();
        rows.iter().enumerate().for_each(|(row, text)| rig.lcd.set_line(row, text));
        rig.sim.run(rig.lcd.flush()).unwrap();
        rig.check_shows(&rows);
    }
    check::<Four>();
    check::<Eight>();
    check::<Backpack>();
}

/// `lcd[row] = text` pads and cuts, is ignored if unchanged, and reads back.
#[test]
fn a_line_is_padded_cut_and_read_back() {
    let mut rig = Rig::<Four, 16, 2>::new();
    rig.lcd.set_line(0, "longer than sixteen");
    rig.lcd.set_line(1, "short");
    assert!(rig.lcd.line(0).eq("longer than sixt".chars()));
    assert!(rig.lcd.line(1).eq("short           ".chars()));
    rig.sim.run(rig.lcd.flush()).unwrap();
    let start = rig.sim.clock().now();
    rig.lcd.set_line(1, "short");
    rig.sim.run(rig.lcd.flush()).unwrap();
    assert_eq!(rig.sim.clock().now(), start);
}
