//! Bytes and times of a refresh, which virtual time counts exactly.

use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;

use embedded_hal_async::delay::DelayNs;
use tickwire_drivers::hd44780::{Bus, Lcd, Width, Write};
use tickwire_sim::Sim;
use tickwire_traits::{Clock, Delay};

use crate::rig::{Backpack, Eight, Four, Rig, Wiring};

/// A bus that counts the bytes of text and of instructions.
#[derive(Clone, Default)]
struct Counts(Rc<Cell<(u32, u32)>>);

impl Bus for Counts {
    type Error = Infallible;
    const WIDTH: Width = Width::Eight;
    const RESUMES: bool = true;

    async fn send(&mut self, write: Write, _: &mut impl DelayNs) -> Result<(), Infallible> {
        let (text, other) = self.0.get();
        self.0.set(match write {
            Write::Data(_) => (text + 1, other),
            _ => (text, other + 1),
        });
        Ok(())
    }
}

/// Returns the bytes of text and of addresses by which a 20x4 that shows `before` comes to
/// show `after`.
fn count(before: &str, after: &str) -> (u32, u32) {
    let (sim, counts) = (Sim::new(), Counts::default());
    let mut lcd = Lcd::<_, _, 20, 4>::new(counts.clone(), Delay(sim.clock()));
    (0..4).for_each(|row| lcd.set_line(row, before));
    sim.run(lcd.flush()).unwrap();
    counts.0.set((0, 0));
    (0..4).for_each(|row| lcd.set_line(row, after));
    sim.run(lcd.flush()).unwrap();
    counts.0.get()
}

const OLD: &str = "ABCDEFGHIJKLMNOPQRST";
const NEW: &str = "abcdefghijklmnopqrst";

#[test]
fn a_full_refresh_of_a_20x4_takes_at_most_84_bytes() {
    // Rows 1 and 3 are one run, and rows 2 and 4 are the other one.
    let (text, addresses) = count(OLD, NEW);
    assert_eq!(text, 80);
    assert!(addresses <= 4, "{addresses}");
    // Every other cell.
    let (text, addresses) = count(OLD, "aBcDeFgHiJkLmNoPqRsT");
    assert!(text + addresses <= 84, "{text} + {addresses}");
}

#[test]
fn nothing_changed_takes_no_byte() {
    assert_eq!(count(OLD, OLD), (0, 0));
    assert_eq!(count("", ""), (0, 0));
}

/// Returns the time of a full refresh of a 20x4, in µs, and the bytes on I²C.
fn refresh<W: Wiring>() -> u64 {
    let mut rig = Rig::<W, 20, 4>::new();
    (0..4).for_each(|row| rig.lcd.set_line(row, OLD));
    rig.sim.run(rig.lcd.flush()).unwrap();
    (0..4).for_each(|row| rig.lcd.set_line(row, NEW));
    let start = rig.sim.clock().now();
    rig.sim.run(rig.lcd.flush()).unwrap();
    rig.check_shows(&[NEW; 4]);
    (rig.sim.clock().now() - start).as_micros()
}

#[test]
fn a_full_refresh_takes_the_data_sheets_time_and_a_tenth_at_most() {
    // At the slowest oscillator: 61 µs per character and 53 per address.
    let least = 80 * 61 + 4 * 53;
    for took in [refresh::<Four>(), refresh::<Eight>()] {
        assert!(took * 10 <= least * 11, "{took} µs, where {least} is the least");
    }
    // A byte is a transfer of six on I²C, the address included: 54 bits, a start and a stop.
    let transfer = 560;
    let took = refresh::<Backpack>();
    assert!(took * 10 <= 84 * (transfer + 61) * 11, "{took} µs");
}

/// A bar that moves costs a cell or two per step once its shapes are there.
#[test]
fn a_bar_whose_shapes_are_there_sends_only_cells() {
    let (sim, counts) = (Sim::new(), Counts::default());
    let mut lcd = Lcd::<_, _, 20, 4>::new(counts.clone(), Delay(sim.clock()));
    let mut sweep = |expected: Option<u32>| {
        for value in 0..=100 {
            lcd.bar(3, 0..20, value, 100);
            counts.0.set((0, 0));
            sim.run(lcd.flush()).unwrap();
            if let Some(most) = expected {
                let (text, addresses) = counts.0.get();
                // From the full bar back to the empty one, all cells change.
                let most = if value == 0 { 21 } else { most };
                assert!(text + addresses <= most, "{value}: {text} + {addresses}");
            }
        }
    };
    sweep(None);
    sweep(Some(3));
}
