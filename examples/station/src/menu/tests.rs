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

/// What the hand has led to, on a station without pulses.
fn after(hands: &[Hand]) -> (State, Instant) {
    after_with(Has::LIMITS, hands)
}

fn after_with(has: Has, hands: &[Hand]) -> (State, Instant) {
    let (mut state, mut now) = (State::default(), Instant::from_millis(100_000));
    for hand in hands {
        match *hand {
            Turns(steps) => state.turn(steps, now, has),
            Pushes => state.push(now, has),
            Holds => state.leave(),
            Keys(key) => state.press(key, now, has),
            Clicks => state.obey(Click, has),
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
    // There is no page 0, and there are no pulses.
    let first = [Page::Time, Page::Position, Page::Time, Page::Climate, Page::Counters];
    let others = [Page::Limits, Page::Time, Page::Time, Page::Time, Page::Time];
    assert_eq!(pages.collect::<Vec<_>>(), [first, others].concat());
    let (minus, plus, enter) = (Keys(Key::Minus), Keys(Key::Plus), Keys(Key::Enter));
    check(&[plus, plus, minus], Page::Time, Focus::Page);
    check(&[enter, plus, plus, minus, enter, plus], Page::Limits, Value(Limit::Hot));
}

#[test]
fn a_push_on_the_page_of_settings_leads_to_the_rate() {
    let has = Has::LIMITS.or(Has::SETTINGS);
    let to_settings = Turns(-1);
    let check = |hands: &[Hand], page, focus| {
        let (state, now) = after_with(has, &[&[to_settings], hands].concat());
        assert_eq!((state.page, state.menu.focus(now)), (page, focus), "{hands:?}");
    };
    check(&[], Page::Settings, Focus::Page);
    check(&[Pushes], Page::Settings, Focus::Rate);
    check(&[Pushes, Turns(3), Turns(-1)], Page::Settings, Focus::Rate);
    check(&[Pushes, Turns(1), Pushes], Page::Settings, Focus::Page);
    check(&[Pushes, Pushes, Turns(1)], Page::Position, Focus::Page);
    check(&[Pushes, Holds], Page::Settings, Focus::Page);
    check(&[Pushes, Clicks], Page::Position, Focus::Page);
    check(&[Pushes, Waits(30), Turns(-1)], Page::Limits, Focus::Page);
    // On other pages, it leads to the limits.
    check(&[Turns(1), Pushes], Page::Limits, Focus::Limit(Limit::Cold));
}

#[test]
fn only_pages_that_there_are_come_up() {
    let all = Page::ALL;
    let [position, time, climate, counters, limits, pulses, settings] = all;
    for (has, expected) in [
        (Has::NOTHING, &[position, time, climate, counters][..]),
        (Has::PULSES, &[position, time, climate, counters, pulses]),
        (Has::LIMITS, &[position, time, climate, counters, limits]),
        (Has::SETTINGS, &[position, time, climate, counters, settings]),
        (Has::LIMITS.or(Has::PULSES).or(Has::SETTINGS), &all),
    ] {
        let by = |hand: Hand| {
            let shown = |times| after_with(has, &[hand].repeat(times)).0.page;
            (0..=expected.len()).map(shown).collect::<Vec<_>>()
        };
        let around = [expected, &[position]].concat();
        assert_eq!(by(Clicks), around, "{has:?}");
        assert_eq!(by(Turns(1)), around, "{has:?}");
        assert_eq!(by(Turns(-1)), around.into_iter().rev().collect::<Vec<_>>(), "{has:?}");
        let digits = (1..).take(all.len()).map(|digit| after_with(has, &[Keys(Key::Digit(digit))]));
        let chosen: Vec<_> = digits.map(|(state, _)| state.page).collect();
        let there = all.map(|page| if expected.contains(&page) { page } else { position });
        assert_eq!(chosen, there, "{has:?}");
    }
}
