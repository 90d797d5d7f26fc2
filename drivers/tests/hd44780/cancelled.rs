//! Futures dropped at every await point, and the next call.
//!
//! `impatiently` drops an operation at each pending poll, so a wait by a plain `DelayNs`,
//! which keeps no state, would never end. It is tested with a delay that keeps its state.
//! With the plain delay, `drop_after` drops at each await, once and twice in a
//! row.

use embedded_hal_async::delay::DelayNs;
use tickwire_drivers::hd44780::{Bus, CursorStyle, Lcd, Pcf8574};
use tickwire_sim::models::hd44780::Display;
use tickwire_sim::{Sim, SimClock, drop_after, i2c, impatiently};
use tickwire_traits::{Clock, Delay, Duration, Instant, Timer};

use crate::rig::{Backpack, Eight, Four, Handles, Rig, Wiring};

/// Drops `operation` at every await, one by one, and a second call of it after `again` more
/// polls. Then the text changes, and a `flush` shows the wanted text. Nothing comes too
/// early.
#[track_caller]
fn check<W: Wiring>(again: usize, shown_before: bool, operation: impl AsyncFn(&mut TheLcd<W>)) {
    for polls in 1.. {
        let mut rig = Rig::<W, 16, 2>::new();
        if shown_before {
            rig.lcd.set_line(0, "0123456789abcdef");
            rig.lcd.set_line(1, "and a second row");
            rig.sim.run(rig.lcd.flush()).unwrap();
        }
        rig.lcd.set_glyph(2, [0x1f, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1f, 0]);
        rig.lcd.set_line(0, "some \u{2} text");
        rig.lcd.set_cursor(Some((0, 7)), CursorStyle::Underline);
        let ended = rig.sim.run(drop_after(polls, operation(&mut rig.lcd))).is_some();
        rig.sim.run(drop_after(again, operation(&mut rig.lcd)));
        rig.lcd.set_line(0, "other text \u{2}");
        rig.sim.run(rig.lcd.flush()).unwrap();
        let second: String = rig.lcd.line(1).collect();
        rig.check_shows(&["other text ②", &second]);
        assert_eq!(rig.display.cell(0, 11)[..2], [0x1f, 0x11]);
        assert_eq!(rig.display.cursor(), Some((0, 7)));
        if ended {
            return assert!(polls > 10, "there was little to drop");
        }
    }
}

type TheLcd<W> = Lcd<<W as Wiring>::Bus, Delay<SimClock>, 16, 2>;

/// All operations, on a blank display and on one with a text.
#[track_caller]
fn check_all<W: Wiring>() {
    for again in [0, 1, 2, 5, 40] {
        check::<W>(again, true, async |lcd| lcd.flush().await.unwrap());
    }
    for again in [0, 2] {
        check::<W>(again, false, async |lcd| lcd.flush().await.unwrap());
        check::<W>(again, true, async |lcd| lcd.init().await.unwrap());
        check::<W>(again, true, async |lcd| lcd.redraw().await.unwrap());
        check::<W>(again, true, async |lcd| lcd.clear().await.unwrap());
    }
}

#[test]
fn by_four_lines_nothing_is_lost() {
    check_all::<Four>();
}

#[test]
fn by_eight_lines_nothing_is_lost() {
    check_all::<Eight>();
}

#[test]
fn by_the_backpack_nothing_is_lost() {
    check_all::<Backpack>();
}

/// The byte that was cut belongs to the shape before, and is written to its end.
#[test]
fn a_shape_that_changes_while_it_is_written_is_shown_as_the_last_one() {
    fn check<W: Wiring>() {
        for polls in 1.. {
            let mut rig = Rig::<W, 16, 2>::new();
            rig.lcd.set_line(0, "\u{2}");
            rig.sim.run(rig.lcd.flush()).unwrap();
            rig.lcd.set_glyph(2, [0x15; 8]);
            let ended = rig.sim.run(drop_after(polls, rig.lcd.flush())).is_some();
            rig.lcd.set_glyph(2, [0x0a; 8]);
            rig.sim.run(rig.lcd.flush()).unwrap();
            assert_eq!(rig.display.cell(0, 0), [0x0a; 8], "after {polls} polls");
            if ended {
                return assert!(polls > 10, "there was little to drop");
            }
        }
    }
    check::<Four>();
    check::<Eight>();
    check::<Backpack>();
}

/// Only a cut byte needs a synchronization, not the backlight's.
#[test]
fn the_backlight_can_be_dropped_for_nothing() {
    for polls in 1.. {
        let mut rig = Rig::<Backpack, 16, 2>::new();
        rig.lcd.set_line(0, "lit");
        rig.sim.run(rig.lcd.flush()).unwrap();
        rig.lcd.set_backlight(false);
        let start = rig.sim.clock().now();
        let ended = rig.sim.run(drop_after(polls, rig.lcd.flush())).is_some();
        rig.sim.run(rig.lcd.flush()).unwrap();
        assert!(!rig.display.backlight());
        rig.check_shows(&["lit"]);
        assert!(rig.sim.clock().now() - start < Duration::from_millis(1));
        if ended {
            return assert!(polls > 2);
        }
    }
}

/// A refresh resumes: one that is dropped after each 2 ms takes as long as an undisturbed
/// one, except for the repeated waits.
#[test]
fn dropping_again_and_again_still_gets_on() {
    let mut rig = Rig::<Four, 16, 2>::new();
    rig.lcd.set_line(0, "slow but sure");
    let clock = rig.sim.clock();
    let mut attempts = 0;
    rig.sim.run(async {
        while clock.timeout(Duration::from_millis(2), rig.lcd.flush()).await.is_err() {
            attempts += 1;
            assert!(attempts < 60);
        }
    });
    assert!(attempts > 20);
    rig.check_shows(&["slow but sure"]);
}

/// A delay that resumes a dropped wait.
struct Remembers {
    clock: SimClock,
    until: Option<Instant>,
}

impl DelayNs for Remembers {
    async fn delay_ns(&mut self, ns: u32) {
        let span = Duration::from_nanos_ceil(u64::from(ns));
        let until = *self.until.get_or_insert(self.clock.now() + span);
        self.clock.sleep_until(until).await;
        self.until = None;
    }
}

#[track_caller]
fn check_impatiently<B: Bus<Error: std::fmt::Debug>>(
    sim: &Sim,
    display: &Display<SimClock>,
    bus: B,
) {
    let delay = Remembers { clock: sim.clock(), until: None };
    let mut lcd = Lcd::<_, _, 16, 2>::new(bus, delay);
    lcd.set_line(0, "never in peace");
    sim.run(impatiently(async || lcd.flush().await)).unwrap();
    assert_eq!(display.rows()[0], "never in peace  ");
    // These start over at each call, and leave the rest to `flush`.
    lcd.set_line(1, "gone");
    sim.run(drop_after(1, lcd.clear()));
    lcd.set_line(0, "erased");
    sim.run(impatiently(async || lcd.flush().await)).unwrap();
    assert_eq!(display.rows(), ["erased          ", "                "]);
    assert_eq!(display.log(), []);
}

#[test]
fn an_impatient_caller_gets_everything_by_pins() {
    fn check<W: Wiring>() {
        let sim = Sim::new();
        let display = Display::new(sim.clock(), 16, 2).with_oscillator(190_000);
        let (bus, _handles): (_, Handles) = W::connect(&sim.clock(), &display);
        check_impatiently(&sim, &display, bus);
    }
    check::<Four>();
    check::<Eight>();
}

/// On a bus whose transfers are never pending. On another, an impatient caller would cut
/// each transfer, and each cut repeats the whole display.
#[test]
fn an_impatient_caller_gets_everything_by_a_bus_that_does_not_wait() {
    let sim = Sim::new();
    let display = Display::new(sim.clock(), 16, 2).with_oscillator(190_000);
    let mut bus = i2c::Bus::new(sim.clock());
    bus.attach(0x27, display.backpack());
    check_impatiently(&sim, &display, Pcf8574::new(bus));
}
