extern crate std;

use std::vec::Vec;

use tickwire_drivers::nec::Error;

use super::*;

/// What the kit's remote control asks for with a signal.
#[track_caller]
fn check(signal: Received, expected: Option<Key>) {
    assert_eq!(Keymap::default().asks(signal), expected, "{signal:?}");
}

#[test]
fn each_key_asks_for_one_thing() {
    let keys = (0..=0xFF).filter_map(|command| {
        let key = Keymap::default().key(Frame::new(0, command))?;
        Some((command, key))
    });
    let mut keys: Vec<_> = keys.collect();
    keys.sort_by_key(|(_, key)| match key {
        Key::Digit(digit) => *digit,
        _ => 10,
    });
    let (digits, others) = keys.split_at(10);
    let expected = Keymap::KIT.digits.into_iter().zip((0..10).map(Key::Digit));
    assert!(expected.eq(digits.iter().copied()), "{digits:?}");
    assert_eq!(others, [(0x07, Key::Minus), (0x15, Key::Plus), (0x43, Key::Enter)]);
}

#[test]
fn another_remote_control_asks_for_nothing() {
    check(Received::Frame(Frame::new(0, 0x0C)), Some(Key::Digit(1)));
    check(Received::Frame(Frame::new(1, 0x0C)), None);
    check(Received::Frame(Frame::new(0x1234, 0x0C)), None);
    check(Received::Frame(Frame::new(0, 0x45)), None);
    check(Received::Error(Error::BadStart), None);
    let extended = Keymap { address: 0x1234, ..Keymap::default() };
    assert_eq!(extended.key(Frame::new(0x1234, 0x0C)), Some(Key::Digit(1)));
    assert_eq!(extended.key(Frame::new(0x34, 0x0C)), None);
}

#[test]
fn a_key_that_is_held_turns_the_knob_on_and_nothing_else() {
    let repeat = |command, millis| {
        let frame = Some(Frame::new(0, command));
        Received::Repeat(Repeat { frame, held: Duration::from_millis(millis) })
    };
    check(repeat(0x15, 108), None);
    check(repeat(0x15, 324), None);
    check(repeat(0x15, 432), Some(Key::Plus));
    check(repeat(0x07, 540), Some(Key::Minus));
    check(repeat(0x43, 540), None);
    check(repeat(0x0C, 540), None);
    check(Received::Repeat(Repeat { frame: None, held: Duration::from_secs(1) }), None);
}
