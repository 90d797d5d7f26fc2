extern crate std;

use std::vec::Vec;

use Focus::Value;
use tickwire_drivers::button::Event::Click;

use super::*;

/// What a hand does.
#[derive(Clone, Copy, Debug)]
enum Hand {
    Turns(i32),
    Pushes,
    Holds,
    /// A key of the remote control.
    Keys(Key),
    /// The button, which is not part of the knob.
    Clicks,
    /// Nothing, for so many seconds.
    Waits(u64),
}

use Hand::{Clicks, Holds, Keys, Pushes, Turns, Waits};

/// What the hand has led to.
fn after(hands: &[Hand]) -> (State, Instant) {
    let (mut state, mut now) = (State::default(), Instant::from_millis(100_000));
    for hand in hands {
        match *hand {
            Turns(steps) => state.turn(steps, now),
            Pushes => state.push(now),
            Holds => state.leave(),
            Keys(key) => state.press(key, now),
            Clicks => state.obey(Click, true),
            Waits(seconds) => now += Duration::from_secs(seconds),
        }
    }
    (state, now)
}

#[track_caller]
fn check(hands: &[Hand], page: Page, focus: Focus) {
    let (state, now) = after(hands);
    assert_eq!((state.page, state.menu.focus(now)), (page, focus), "{hands:?}");
}

#[test]
fn a_turn_moves_through_the_pages_and_around() {
    check(&[], Page::Position, Focus::Page);
    check(&[Turns(1)], Page::Time, Focus::Page);
    check(&[Turns(4)], Page::Limits, Focus::Page);
    check(&[Turns(5)], Page::Position, Focus::Page);
    check(&[Turns(-1)], Page::Limits, Focus::Page);
    check(&[Turns(-7)], Page::Counters, Focus::Page);
    check(&[Turns(i32::MAX)], Page::Climate, Focus::Page);
    check(&[Turns(2), Turns(i32::MIN)], Page::Limits, Focus::Page);
}

#[test]
fn a_push_opens_the_limits_then_a_value_and_leaves_the_value() {
    let limit = Focus::Limit;
    check(&[Pushes], Page::Limits, limit(Limit::Cold));
    check(&[Turns(2), Pushes], Page::Limits, limit(Limit::Cold));
    check(&[Pushes, Turns(1)], Page::Limits, limit(Limit::Hot));
    check(&[Pushes, Turns(9)], Page::Limits, limit(Limit::Damp));
    check(&[Pushes, Turns(9), Turns(-1)], Page::Limits, limit(Limit::Dry));
    check(&[Pushes, Turns(i32::MIN)], Page::Limits, limit(Limit::Cold));
    check(&[Pushes, Turns(2), Pushes], Page::Limits, Value(Limit::Dry));
    check(&[Pushes, Turns(2), Pushes, Turns(5)], Page::Limits, Value(Limit::Dry));
    check(&[Pushes, Turns(2), Pushes, Turns(5), Pushes], Page::Limits, limit(Limit::Dry));
}

#[test]
fn only_the_value_that_is_open_changes() {
    #[track_caller]
    fn check(hands: &[Hand], expected: [i16; 4]) {
        let (state, _) = after(hands);
        assert_eq!(Limit::ALL.map(|limit| state.limits.get(limit)), expected, "{hands:?}");
    }
    check(&[Turns(3), Pushes, Turns(1)], [1_000, 3_000, 3_000, 7_000]);
    check(&[Pushes, Turns(1), Pushes, Turns(-3)], [1_000, 2_850, 3_000, 7_000]);
    check(&[Pushes, Pushes, Turns(2), Pushes, Turns(3)], [1_100, 3_000, 3_000, 7_000]);
    check(&[Pushes, Pushes, Turns(2), Holds, Turns(3)], [1_100, 3_000, 3_000, 7_000]);
}

#[test]
fn a_long_push_a_digit_or_a_click_leaves_the_menu() {
    for inside in [&[Pushes][..], &[Pushes, Turns(3)], &[Pushes, Pushes]] {
        let leaves = |by| [inside, &[by]].concat();
        check(&leaves(Holds), Page::Limits, Focus::Page);
        check(&leaves(Keys(Key::Digit(2))), Page::Time, Focus::Page);
        check(&leaves(Clicks), Page::Position, Focus::Page);
    }
    check(&[Holds], Page::Position, Focus::Page);
}

#[test]
fn a_menu_that_is_not_used_is_left() {
    let value = [Pushes, Turns(1), Pushes];
    let after = |rest: &[Hand]| [&value[..], rest].concat();
    check(&after(&[Waits(29)]), Page::Limits, Value(Limit::Hot));
    check(&after(&[Waits(30)]), Page::Limits, Focus::Page);
    check(&after(&[Waits(30), Turns(1)]), Page::Position, Focus::Page);
    check(&after(&[Waits(29), Turns(1), Waits(29)]), Page::Limits, Value(Limit::Hot));
    check(&after(&[Waits(30), Pushes]), Page::Limits, Focus::Limit(Limit::Cold));
}

#[test]
fn digits_choose_pages_and_the_other_keys_are_the_knob() {
    let pages = (0..=9).map(|digit| after(&[Turns(1), Keys(Key::Digit(digit))]).0.page);
    let all = Page::ALL;
    let expected = [&[Page::Time], &all[..], &[Page::Time; 4]].concat();
    assert_eq!(pages.collect::<Vec<_>>(), expected);
    let (minus, plus, enter) = (Keys(Key::Minus), Keys(Key::Plus), Keys(Key::Enter));
    check(&[plus, plus, minus], Page::Time, Focus::Page);
    check(&[enter, plus, plus, minus, enter, plus], Page::Limits, Value(Limit::Hot));
}

#[test]
fn buttons_alone_go_around_as_well() {
    let mut seen = (0..6).map(|clicks| after(&[Clicks].repeat(clicks)).0.page);
    assert!(Page::ALL.into_iter().chain([Page::Position]).eq(&mut seen));
}
