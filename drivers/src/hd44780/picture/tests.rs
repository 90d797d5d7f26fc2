use core::fmt::Write;
use std::string::String;

use super::*;
use crate::hd44780::A02;

type Small = Picture<8, 2>;

/// Checks the rows, the characters without a cell and the position after a text is written from
/// a position on.
#[track_caller]
fn check(wraps: bool, from: (usize, usize), text: &str, rows: [&str; 2], lost: usize) {
    let mut picture = Small::new(A00);
    picture.set_line(0, "........");
    picture.set_line(1, "........");
    let writer = picture.at(from.0, from.1);
    let mut writer = if wraps { writer.with_wrap() } else { writer };
    write!(writer, "{text}").unwrap();
    assert_eq!(writer.lost(), lost, "{text:?}");
    assert_eq!([0, 1].map(|row| picture.line(row).collect::<String>()), rows, "{text:?}");
}

#[test]
fn formatted_text_goes_on_from_its_position() {
    check(false, (0, 2), "abc", ["..abc...", "........"], 0);
    check(false, (1, 6), "abc", ["........", "......ab"], 1);
    check(false, (0, 6), "ab\ncd", ["......ab", "cd......"], 0);
    check(false, (0, 0), "\n\nab", ["........", "........"], 2);
    check(false, (2, 0), "ab", ["........", "........"], 2);
    check(false, (0, 9), "ab\ncd", ["........", "cd......"], 2);
    check(false, (usize::MAX, usize::MAX), "a\nb", ["........", "........"], 2);
}

#[test]
fn text_that_wraps_continues_in_the_next_row() {
    check(true, (0, 6), "abcd", ["......ab", "cd......"], 0);
    check(true, (0, 6), "ab\ncd", ["......ab", "cd......"], 0);
    check(true, (1, 6), "abcd", ["........", "......ab"], 2);
}

/// The original's formatting helper.
#[test]
fn a_cat_is_printed_at_column_two() {
    let mut picture = Picture::<16, 1>::new(A00);
    let mut text = picture.at(0, 2);
    write!(text, "cat").unwrap();
    text.clear_rest();
    assert_eq!(text.position(), (0, 5));
    assert!(picture.line(0).eq("  cat           ".chars()));
}

/// Checks the dots of a row of the bar, from the left.
#[track_caller]
fn check_bar(value: u16, full: u16, dots: usize) {
    let mut picture = Small::new(A00);
    assert!(picture.bar(1, 1..5, value, full), "{value} of {full}");
    let line = |cell: &Cell| match cell.code() {
        b' ' => 0,
        0xff => 0x1f,
        code => picture.glyphs[usize::from(code)][3],
    };
    let drawn =
        picture.cells[1][1..5].iter().fold(0_u32, |all, cell| all << 5 | u32::from(line(cell)));
    assert_eq!(drawn, 0xf_ffff & !(0xf_ffff >> dots), "{value} of {full}");
    assert_eq!(picture.cells[0], [Cell::BLANK; 8]);
}

#[test]
fn a_bar_has_a_dot_for_each_twentieth() {
    for value in 0..=20 {
        check_bar(value, 20, usize::from(value));
    }
    check_bar(999, 1_000, 19);
    check_bar(u16::MAX, u16::MAX, 20);
    check_bar(5, 4, 20);
    check_bar(5, 0, 0);
}

#[test]
fn a_column_rises_from_the_last_row() {
    let mut picture = Small::new(A00);
    assert!(picture.column(0..2, 7, 11, 16));
    assert_eq!([picture.cells[0][7], picture.cells[1][7]].map(Cell::code), [0, 0xff]);
    assert_eq!(picture.glyphs[0], [0, 0, 0, 0, 0, 0x1f, 0x1f, 0x1f]);
    assert!(picture.column(0..2, 7, 4, 16));
    assert_eq!([picture.cells[0][7], picture.cells[1][7]].map(Cell::code), [b' ', 1]);
}

#[test]
fn bars_outside_of_the_display_are_cut() {
    let mut picture = Small::new(A00);
    picture.bar(0, 6..100, 1, 1);
    picture.bar(2, 0..8, 1, 1);
    picture.column(1..usize::MAX, 0, 1, 1);
    picture.bar(1, usize::MAX - 1..usize::MAX, 1, 1);
    assert!(picture.line(0).eq("      ██".chars()));
}

/// Checks that a bar needs only the glyphs of cells that exist, one dot or row from each.
#[track_caller]
fn check_cut(glyphs: u8, draw: impl Fn(&mut Small, u16) -> bool) {
    let mut picture = Small::new(A00);
    assert!((0..=100).all(|value| draw(&mut picture, value)));
    assert_eq!(picture.defined, glyphs);
    // Without a free glyph, a cell that does not exist lacks none.
    for index in 0..8 {
        picture.set_glyph(index, [0xa + index as u8; 8]);
    }
    let exact = (0..=100).filter(|value| draw(&mut picture, *value)).count();
    assert_eq!(exact == 101, glyphs == 0);
}

#[test]
fn cells_outside_of_the_display_take_no_glyph() {
    check_cut(0, |picture, value| picture.bar(0, 8..16, value, 100));
    check_cut(0, |picture, value| picture.bar(2, 0..8, value, 100));
    check_cut(0, |picture, value| picture.column(2..4, 0, value, 100));
    check_cut(0, |picture, value| picture.column(0..2, 8, value, 100));
    // Of two cells, each at the edge, the second is cut.
    check_cut(0b1111, |picture, value| picture.bar(0, 7..9, value, 100));
}

#[test]
fn shapes_that_are_known_are_not_sent_again() {
    let mut picture = Picture::<8, 2, _>::new(A02);
    for value in (0..=40).chain(0..=40) {
        assert!(picture.bar(0, 0..8, value, 40));
    }
    assert_eq!(picture.defined, 0b1_1111, "five shapes, since there is no block");
    picture.stale = [0; 8];
    for value in (0..=40).rev() {
        assert!(picture.bar(0, 0..8, value, 40));
    }
    assert_eq!(picture.stale, [0; 8]);
}

#[test]
fn shapes_of_the_caller_are_kept_and_unused_ones_replaced() {
    let mut picture = Small::new(A00);
    for index in 0..6 {
        picture.set_glyph(index, [index as u8 + 2; 8]);
    }
    assert_eq!(picture.glyph([3; 8]), Some('\u{1}'), "it is there");
    for value in 1..=4 {
        assert!(picture.bar(0, 0..1, value, 5));
    }
    assert_eq!(picture.glyphs[5], [7; 8]);
    picture.bar(0, 0..1, 1, 5);
    picture.bar(0, 1..2, 2, 5);
    assert!(!picture.bar(0, 2..3, 3, 5), "the two that are free are used");
    assert_eq!(picture.cells[0][2], Cell::BLANK);
}

#[test]
fn a_copy_makes_stale_only_what_differs() {
    let (mut page, mut shown) = (Small::new(A00), Small::new(A00));
    page.set_glyph(1, [1; 8]);
    page.set_line(0, "a\u{1}");
    shown.copy(&page);
    assert_eq!(shown.stale[1], 0xff);
    shown.stale = [0; 8];
    page.set_glyph(1, [1, 1, 1, 1, 1, 1, 1, 2]);
    shown.copy(&page);
    assert_eq!(shown.stale, [0, 0x80, 0, 0, 0, 0, 0, 0]);
    assert!(shown.line(0).eq("a\u{1}      ".chars()));
}

/// A glyph that the page chose is replaced once no cell contains it, and one of a caller never.
#[test]
fn a_copy_takes_over_which_glyphs_were_chosen() {
    let (mut page, mut shown) = (Small::new(A00), Small::new(A00));
    assert!(page.bar(0, 0..1, 1, 5));
    shown.copy(&page);
    for index in 1..8 {
        shown.set_glyph(index, [index as u8; 8]);
    }
    assert!(!shown.bar(1, 0..1, 2, 5), "the cell of the page contains the only one");
    shown.erase();
    assert!(shown.bar(1, 0..1, 2, 5), "the glyph of the page is free");
    page.set_glyph(0, [1; 8]);
    shown.copy(&page);
    shown.erase();
    assert!(!shown.bar(1, 0..1, 3, 5), "the page keeps it");
    assert_eq!(shown.glyphs[0], [1; 8]);
}
