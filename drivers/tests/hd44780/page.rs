//! A page that tasks change while the display shows it.

use std::fmt::Write;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use futures_util::future::{Either, join, select};
use tickwire_drivers::hd44780::{Lcd, Page};
use tickwire_sim::models::hd44780::Display;
use tickwire_sim::{Pace, Sim, drop_after};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Clock, Delay, Duration, Timer};

use crate::rig::{Backpack, Eight, Four, Rig, Wiring};

type ThePage = Page<NoopRawMutex, 16, 2>;

/// Sets a line, and another text `step` µs later, twice as much later, and so on, while it is
/// being written: the last one is shown. A neighbor's task is busy meanwhile.
#[track_caller]
fn check<W: Wiring>(pace: Pace, step: u64, times: u64) {
    for after in (0..times).map(|n| Duration::from_micros(step * n)) {
        let mut rig = Rig::<W, 16, 2>::at(pace);
        let (clock, page) = (rig.sim.clock(), ThePage::new());
        rig.sim.run(rig.lcd.show(&page)).unwrap();
        page.try_edit().unwrap().set_line(0, "first, and longer");
        let change = async {
            clock.sleep(after).await;
            page.edit().await.set_line(0, "SECOND");
            page.edit().await.set_line(1, "and a third");
        };
        let neighbor = async {
            for _ in 0..20 {
                clock.sleep(Duration::from_micros(90)).await;
            }
        };
        rig.sim.run(async {
            // Longer than a late display takes for all its cells.
            let limit = (Duration::from_millis(1) + pace.lateness()) * 200;
            let follow = clock.timeout(limit, rig.lcd.follow(&page));
            let (followed, _) = join(follow, join(change, neighbor)).await;
            assert!(followed.is_err(), "{pace:?}: it ended");
        });
        rig.check_shows(&["SECOND", "and a third"]);
    }
}

/// The original loses it: `lcd[0]` reads the second text, and the display keeps the first.
#[test]
fn b_lcd3_a_line_set_while_a_flush_runs_is_shown_next() {
    check::<Four>(Pace::Punctual, 61, 20);
    check::<Eight>(Pace::Punctual, 61, 20);
    check::<Backpack>(Pace::Punctual, 400, 20);
}

#[test]
fn a_line_set_while_a_flush_runs_is_shown_at_every_pace() {
    for pace in Pace::ALL {
        check::<Four>(pace, 305, 3);
    }
}

#[test]
fn a_dropped_flush_of_a_page_leaves_the_rest_to_the_next() {
    fn check<W: Wiring>() {
        for polls in 1.. {
            let mut rig = Rig::<W, 16, 2>::new();
            let page = ThePage::new();
            page.try_edit().unwrap().set_line(0, "before");
            rig.sim.run(rig.lcd.show(&page)).unwrap();
            {
                let mut picture = page.try_edit().unwrap();
                picture.bar(1, 0..16, 33, 80);
                picture.set_line(0, "in the meantime");
            }
            let ended = rig.sim.run(drop_after(polls, rig.lcd.show(&page))).is_some();
            page.try_edit().unwrap().set_line(0, "after");
            rig.sim.run(rig.lcd.show(&page)).unwrap();
            rig.check_shows(&["after", "██████⓪"]);
            assert_eq!(rig.display.cell(1, 6), [0x1c; 8]);
            if ended {
                return assert!(polls > 10, "there was little to drop");
            }
        }
    }
    check::<Four>();
    check::<Eight>();
    check::<Backpack>();
}

#[test]
fn nothing_is_shown_of_an_edit_that_is_not_over() {
    let mut rig = Rig::<Four, 16, 2>::new();
    let (clock, page) = (rig.sim.clock(), ThePage::new());
    let display = rig.display.clone();
    rig.sim.run(async {
        let follow = pin!(rig.lcd.follow(&page));
        let edit = async {
            clock.sleep(Duration::from_millis(80)).await;
            let mut picture = page.edit().await;
            assert!(page.try_edit().is_none());
            write!(picture.at(0, 0), "half").unwrap();
            clock.sleep(Duration::from_millis(80)).await;
            assert_eq!(display.row(0), " ".repeat(16));
            write!(picture.at(1, 0), "and half").unwrap();
            drop(picture);
            clock.sleep(Duration::from_millis(80)).await;
        };
        assert!(matches!(select(follow, pin!(edit)).await, Either::Right(_)));
    });
    rig.check_shows(&["half", "and half"]);
}

/// The lock passes to a task that waits for it, so the display cannot read the page then. That
/// task is dropped before it runs, and changes nothing.
#[test]
fn a_change_is_shown_even_if_the_next_task_gives_up() {
    let mut rig = Rig::<Four, 16, 2>::new();
    let (clock, page) = (rig.sim.clock(), ThePage::new());
    rig.sim.run(async {
        rig.lcd.show(&page).await.unwrap();
        let mut picture = page.edit().await;
        picture.set_line(0, "changed");
        let mut waiting = Box::pin(page.edit());
        let mut follow = pin!(rig.lcd.follow(&page));
        poll_fn(|cx| {
            assert!(waiting.as_mut().poll(cx).is_pending());
            assert!(follow.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
        drop(picture);
        poll_fn(|cx| {
            assert!(follow.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
        drop(waiting);
        select(follow, clock.sleep(Duration::from_millis(100))).await;
    });
    rig.check_shows(&["changed"]);
}

/// Two tasks keep the page in turn, each across an `await`.
#[test]
fn tasks_that_keep_the_page_in_turn_do_not_keep_it_from_the_display() {
    let mut rig = Rig::<Four, 16, 2>::new();
    let (clock, page) = (rig.sim.clock(), ThePage::new());
    let edit = async || {
        for n in 0.. {
            let mut picture = page.edit().await;
            write!(picture.at(0, 0), "{n:04}").unwrap();
            clock.sleep(Duration::from_millis(10)).await;
        }
    };
    let display = rig.display.clone();
    rig.sim.run(async {
        let follow = rig.lcd.follow(&page);
        let all = join(follow, join(edit(), edit()));
        assert!(clock.timeout(Duration::from_secs(2), all).await.is_err());
    });
    assert!(display.row(0).as_str() > "0080", "{}", display.row(0));
}

/// Of eight custom characters, seven are the caller's.
#[test]
fn a_bar_that_changes_needs_no_more_custom_characters() {
    let page = ThePage::new();
    let mut picture = page.try_edit().unwrap();
    (0..7).for_each(|index| picture.set_glyph(index, [index as u8; 8]));
    for dots in [3, 7, 3, 14] {
        assert!(picture.bar(1, 0..16, dots, 80), "{dots} dots");
    }
}

/// Many changes within a flush cost the bytes of the last one.
#[test]
fn changes_are_coalesced() {
    let mut rig = Rig::<Four, 16, 2>::new();
    let (clock, page) = (rig.sim.clock(), ThePage::new());
    rig.sim.run(rig.lcd.show(&page)).unwrap();
    for n in 0..=99 {
        write!(page.try_edit().unwrap().at(0, 0), "{n:02}").unwrap();
    }
    let start = clock.now();
    rig.sim.run(rig.lcd.show(&page)).unwrap();
    rig.check_shows(&["99"]);
    // Two characters, where the address counter is already.
    assert!(clock.now() - start <= Duration::from_micros(2 * 65), "{:?}", clock.now() - start);
}

#[test]
fn a_page_lost_by_an_error_is_shown_by_the_next_call() {
    let sim = Sim::new();
    let display = Display::new(sim.clock(), 16, 2).with_oscillator(190_000);
    let (bus, handles) = Backpack::connect(&sim.clock(), &display);
    let mut lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(sim.clock()));
    let page = ThePage::new();
    page.try_edit().unwrap().set_line(0, "kept");
    let faults = handles.faults.unwrap();
    faults.set(Some(tickwire_sim::i2c::Fault::Hang));
    assert!(sim.run(lcd.show(&page)).is_err());
    faults.set(None);
    sim.run(lcd.show(&page)).unwrap();
    assert_eq!(display.row(0), "kept            ");
}
