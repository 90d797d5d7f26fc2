use std::{format, string::String, vec::Vec};

use super::*;

/// Returns a screen that is synchronized and shows `lines`.
fn showing<const COLS: usize, const ROWS: usize>(lines: [&str; ROWS]) -> Screen<COLS, ROWS> {
    let mut screen = Screen::new(A00);
    want(&mut screen, lines);
    writes(&mut screen, Width::Four);
    screen
}

fn want<const COLS: usize, const ROWS: usize>(
    screen: &mut Screen<COLS, ROWS>,
    lines: [&str; ROWS],
) {
    for (row, line) in lines.into_iter().enumerate() {
        screen.wanted.put(row, 0, line.chars().chain(core::iter::repeat(' ')));
    }
}

/// Returns all writes until none is left: `!` is rest, `3_` a half, `@85` an address,
/// `#0c` another instruction; data appear as themselves, or as `$00`.
fn writes<const COLS: usize, const ROWS: usize>(
    screen: &mut Screen<COLS, ROWS>,
    width: Width,
) -> String {
    let mut log = Vec::new();
    while let Some(write) = screen.next(width) {
        assert!(log.len() < 500, "it does not end: {log:?}");
        screen.sent(write);
        log.push(write);
    }
    let mut text = String::new();
    for write in log {
        text += &match write {
            Write::Rest => "!".into(),
            Write::Half(bits) => format!("{:x}_", bits >> 4),
            Write::Instruction(code @ 0x40..) => format!("@{code:02x}"),
            Write::Instruction(code) => format!("#{code:02x}"),
            Write::Data(code @ b' '..=b'}') => char::from(code).into(),
            Write::Data(code) => format!("${code:02x}"),
        };
    }
    text
}

/// Checks the writes by which a 20x4 gets from the first lines to the second.
#[track_caller]
fn check(shown: [&str; 4], wanted: [&str; 4], expected: &str) {
    let mut screen = showing::<20, 4>(shown);
    want(&mut screen, wanted);
    assert_eq!(writes(&mut screen, Width::Four), expected);
    for (row, line) in wanted.iter().enumerate() {
        assert_eq!(screen.wanted.line(row).collect::<String>(), format!("{line:20}"));
    }
}

#[test]
fn only_what_differs_is_written() {
    check(["abc", "", "", ""], ["abc", "", "", ""], "");
    check(["abc", "", "", ""], ["abd", "", "", ""], "@82d");
    check(["12:30:59", "", "", ""], ["12:31:00", "", "", ""], "@841@8600");
    check(["abc", "", "", ""], ["", "", "", ""], "@80   ");
    check(["", "x", "", ""], ["", "y", "", "z"], "@d4z@c0y"); // From 0xc1 on.
}

#[test]
fn a_run_that_begins_at_the_address_counter_needs_no_address() {
    check(["a", "", "", ""], ["ab", "", "", ""], "b");
    check(["ab", "", "", ""], ["xbc", "", "", ""], "c@80x");
}

#[test]
fn a_gap_is_jumped() {
    check(["a-c", "", "", ""], ["x-y", "", "", ""], "@80x@82y");
}

#[test]
fn a_run_goes_on_where_the_controllers_line_does() {
    let (old, new) = ("                   a", "                   b");
    check([old, "", "c", ""], [new, "", "d", ""], "@93bd");
}

#[test]
fn all_rows_wrap_around_as_the_address_counter_does() {
    let (old, new) = ("                   a", "                   b");
    check(["x", "", "", old], ["y", "", "", new], "y@e7b");
    check(["", "x", old, ""], ["", "y", new, ""], "@a7by");
}

#[test]
fn synchronizing_follows_the_data_sheet() {
    let mut four = Screen::<16, 2>::new(A00);
    assert_eq!(writes(&mut four, Width::Four), "!3_3_3_2_2_8_#01#06#0c");
    let mut eight = Screen::<16, 2>::new(A00);
    assert_eq!(writes(&mut eight, Width::Eight), "!3_3_3_2_3_8_#01#06#0c");
    let mut one_line = Screen::<8, 1>::new(A00);
    assert_eq!(writes(&mut one_line, Width::Four), "!3_3_3_2_2_0_#01#06#0c");
    four.restart(false);
    let blank = " ".repeat(16);
    assert_eq!(
        writes(&mut four, Width::Four),
        format!("!3_3_3_2_2_8_#02#06{blank}@c0{blank}#0c"),
        "nothing is erased, all is written"
    );
}

#[test]
fn erasing_takes_one_instruction() {
    let mut screen = showing::<16, 2>(["some", "text"]);
    screen.erase();
    screen.wanted.put(1, 1, "x".chars());
    assert_eq!(writes(&mut screen, Width::Four), "#01@c1x");
}

#[test]
fn custom_characters_are_written_where_they_differ() {
    let mut screen = showing::<16, 2>(["ab", ""]);
    screen.wanted.set_glyph(1, [0; 8]);
    assert_eq!(writes(&mut screen, Width::Four), format!("@48{}", "$00".repeat(8)));
    screen.wanted.set_glyph(1, [0, 0, 0, 4, 0, 0, 0, 2]);
    screen.wanted.put(0, 0, "\u{1}".chars());
    assert_eq!(writes(&mut screen, Width::Four), "@4b$04@4f$02@80$01");
    screen.wanted.set_glyph(1, [0, 0, 0, 4, 0, 0, 0, 2]);
    screen.wanted.set_glyph(8, [1; 8]);
    assert_eq!(writes(&mut screen, Width::Four), "");
    screen.restart(true);
    let expected = "!3_3_3_2_2_8_#01#06@48$00$00$00$04$00$00$00$02@80$01b#0c";
    assert_eq!(writes(&mut screen, Width::Four), expected);
}

#[test]
fn a_change_between_two_writes_is_not_lost() {
    let mut screen = showing::<16, 2>(["first", ""]);
    want(&mut screen, ["other", ""]);
    for _ in 0..3 {
        let write = screen.next(Width::Four).unwrap();
        screen.sent(write);
    }
    want(&mut screen, ["again", ""]); // `ot` has been written.
    assert_eq!(writes(&mut screen, Width::Four), "ain@80ag");
}

#[test]
fn the_cursor_comes_last_and_stays() {
    let mut screen = showing::<16, 2>(["ab", ""]);
    screen.set_cursor(Some((1, 3)), CursorStyle::Underline);
    assert_eq!(writes(&mut screen, Width::Four), "#0e@c3");
    screen.wanted.put(0, 0, "x".chars());
    assert_eq!(writes(&mut screen, Width::Four), "@80x@c3");
    screen.set_cursor(Some((1, 3)), CursorStyle::Both);
    assert_eq!(writes(&mut screen, Width::Four), "#0f");
    screen.set_cursor(None, CursorStyle::Both);
    assert_eq!(writes(&mut screen, Width::Four), "#0c");
    screen.set_cursor(Some((2, 0)), CursorStyle::Blink);
    assert_eq!(writes(&mut screen, Width::Four), "");
}

#[test]
fn a_row_in_two_halves_is_two_lines() {
    let mut screen = showing::<16, 1>([""]);
    screen.wanted.put(0, 6, "abcd".chars());
    screen.set_cursor(Some((0, 9)), CursorStyle::Underline);
    assert_eq!(writes(&mut screen, Width::Four), "@86ab@c0cd#0e@c1");
}

#[test]
fn places_that_are_not_there_are_ignored() {
    let mut screen = showing::<16, 2>(["", ""]);
    screen.wanted.put(2, 0, "x".chars());
    screen.wanted.put(0, 16, "x".chars());
    screen.wanted.put(1, 17, "x".chars());
    screen.wanted.put(usize::MAX, usize::MAX, "x".chars());
    screen.wanted.put(1, 14, "abcdef".chars());
    assert_eq!(writes(&mut screen, Width::Four), "@ceab");
    assert_eq!(screen.wanted.line(2).count(), 0);
}

#[test]
fn waits_are_for_the_slowest_oscillator() {
    let mut screen = Screen::<16, 2>::new(A00);
    screen.wanted.put(0, 0, "x".chars());
    let mut waits = Vec::new();
    while let Some(write) = screen.next(Width::Four) {
        waits.push(screen.sent(write));
    }
    assert_eq!(waits, [2_160, 5_827, 143, 143, 143, 143, 143, 2_160, 53, 61, 53]);
}
