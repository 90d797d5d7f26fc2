//! The text and the custom characters that a display is to show.

use core::fmt;
use core::iter;
use core::ops::Range;

use super::rom::{A00, Rom, char_of, code_of};

/// The text and the custom characters that a display is to show.
///
/// Changes of it take no time, and need no display.
#[derive(Clone, Debug)]
pub struct Picture<const COLS: usize, const ROWS: usize, R = A00> {
    pub(super) cells: [[Cell; COLS]; ROWS],
    pub(super) glyphs: [[u8; 8]; 8],
    /// Rows of glyphs that a display has not been sent, one bit each.
    pub(super) stale: [u8; 8],
    /// Glyphs that were ever set, one bit each.
    pub(super) defined: u8,
    /// Glyphs that [`glyph`](Self::glyph) chose, one bit each. It may change them.
    chosen: u8,
    rom: R,
}

/// The code that a cell shows.
///
/// It is stored as its difference from a blank. So a new picture is all zeros, and is set rather
/// than copied from a constant in flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell(u8);

impl Cell {
    pub(super) const BLANK: Self = Self::new(b' ');

    pub(super) const fn new(code: u8) -> Self {
        Self(code ^ b' ')
    }

    pub(super) const fn code(self) -> u8 {
        self.0 ^ b' '
    }
}

impl<const COLS: usize, const ROWS: usize, R> Picture<COLS, ROWS, R> {
    pub(super) const fn new(rom: R) -> Self {
        Self {
            cells: [[Cell::BLANK; COLS]; ROWS],
            glyphs: [[0; 8]; 8],
            stale: [0; 8],
            defined: 0,
            chosen: 0,
            rom,
        }
    }

    pub(super) fn with_rom<Q>(self, rom: Q) -> Picture<COLS, ROWS, Q> {
        let Self { cells, glyphs, stale, defined, chosen, .. } = self;
        Picture { cells, glyphs, stale, defined, chosen, rom }
    }

    /// Takes over another picture. Its glyphs become stale only where they differ.
    pub(super) fn copy<Q>(&mut self, from: &Picture<COLS, ROWS, Q>) {
        self.cells = from.cells;
        for (index, rows) in from.glyphs.iter().enumerate() {
            if from.defined >> index & 1 == 1 {
                self.set_glyph(index, *rows);
            }
        }
        self.chosen = from.chosen;
    }

    /// Makes all cells blank.
    pub fn erase(&mut self) {
        self.cells = [[Cell::BLANK; COLS]; ROWS];
    }

    /// Sets the shape of the custom character `index`. See
    /// [`Lcd::set_glyph`](super::Lcd::set_glyph).
    pub fn set_glyph(&mut self, index: usize, rows: [u8; 8]) {
        let (Some(glyph), Some(stale)) = (self.glyphs.get_mut(index), self.stale.get_mut(index))
        else {
            return;
        };
        for (n, (old, new)) in glyph.iter_mut().zip(rows).enumerate() {
            if *old != new || self.defined >> index & 1 == 0 {
                *old = new;
                *stale |= 1 << n;
            }
        }
        self.defined |= 1 << index;
        self.chosen &= !(1 << index);
    }

    /// Returns the custom character with a shape, given as for [`set_glyph`](Self::set_glyph).
    ///
    /// That is one that has the shape already, or one that was never set, or one that an
    /// earlier call chose and no cell contains. It returns `None` if there is none of these.
    /// A shape set by `set_glyph` is never replaced.
    pub fn glyph(&mut self, rows: [u8; 8]) -> Option<char> {
        let is_free = |index: &usize| {
            let is_used = self.cells.as_flattened().contains(&Cell::new(*index as u8));
            self.defined >> index & 1 == 0 || self.chosen >> index & 1 == 1 && !is_used
        };
        let is_it = |index: &usize| {
            self.defined >> index & 1 == 1 && self.glyphs.get(*index) == Some(&rows)
        };
        let known = (0..8).find(is_it);
        if known.is_none() {
            let unset = (0..8).find(|index| self.defined >> index & 1 == 0);
            let index = unset.or_else(|| (0..8).find(is_free))?;
            self.set_glyph(index, rows);
            self.chosen |= 1 << index;
            return Some(char::from(index as u8));
        }
        known.map(|index| char::from(index as u8))
    }
}

impl<const COLS: usize, const ROWS: usize, R: Rom> Picture<COLS, ROWS, R> {
    /// Sets a row to `text`, cut or padded with spaces. See
    /// [`Lcd::set_line`](super::Lcd::set_line).
    pub fn set_line(&mut self, row: usize, text: &str) {
        self.put(row, 0, text.chars().chain(iter::repeat(' ')));
    }

    /// Sets the cells of a row from `column` on, up to the end of the text or of the row.
    pub fn print(&mut self, row: usize, column: usize, text: &str) {
        self.put(row, column, text.chars());
    }

    /// Returns the text of a row. See [`Lcd::line`](super::Lcd::line).
    pub fn line(&self, row: usize) -> impl Iterator<Item = char> {
        self.cells.get(row).into_iter().flatten().map(|cell| char_of(&self.rom, cell.code()))
    }

    /// Returns a writer of formatted text from a position on. See
    /// [`Lcd::at`](super::Lcd::at).
    pub fn at(&mut self, row: usize, column: usize) -> Writer<'_, COLS, ROWS, R> {
        Writer { picture: self, row, column, wraps: false, lost: 0 }
    }

    /// Draws a bar to the right. See [`Lcd::bar`](super::Lcd::bar).
    pub fn bar(&mut self, row: usize, columns: Range<usize>, value: u16, full: u16) -> bool {
        let width = columns.len().min(COLS);
        let mut dots = dots(value, full, width, 5);
        // The old bar must not occupy the glyphs that the new one needs.
        self.put(row, columns.start, iter::repeat_n(' ', width));
        let mut is_exact = true;
        for column in columns.take(width) {
            let filled = dots.min(5);
            dots -= filled;
            let line = 0x1f & !(0x1f >> filled);
            is_exact &= self.fill(row, column, [line; 8]);
        }
        is_exact
    }

    /// Draws a bar upwards. See [`Lcd::column`](super::Lcd::column).
    pub fn column(&mut self, rows: Range<usize>, column: usize, value: u16, full: u16) -> bool {
        let height = rows.len().min(ROWS);
        let rows = rows.start..rows.start.saturating_add(height);
        let mut dots = dots(value, full, height, 8);
        for row in rows.clone() {
            self.put(row, column, iter::once(' '));
        }
        let mut is_exact = true;
        for row in rows.rev() {
            let filled = dots.min(8);
            dots -= filled;
            let line = |n| if n + filled >= 8 { 0x1f } else { 0 };
            is_exact &= self.fill(row, column, core::array::from_fn(line));
        }
        is_exact
    }

    /// Sets a cell to a shape, by a character of the ROM if that has it. Without a glyph for
    /// it, the cell is blank. A cell outside of the display needs none.
    fn fill(&mut self, row: usize, column: usize, shape: [u8; 8]) -> bool {
        if row >= ROWS || column >= COLS {
            return true;
        }
        let char = if shape == [0; 8] {
            Some(' ')
        } else if shape == [0x1f; 8] && self.rom.code('█').is_some() {
            Some('█')
        } else {
            self.glyph(shape)
        };
        self.put(row, column, iter::once(char.unwrap_or(' ')));
        char.is_some()
    }

    pub(super) fn put(&mut self, row: usize, column: usize, text: impl Iterator<Item = char>) {
        let Some(cells) = self.cells.get_mut(row).and_then(|row| row.get_mut(column..)) else {
            return;
        };
        for (cell, char) in cells.iter_mut().zip(text) {
            *cell = Cell::new(code_of(&self.rom, char));
        }
    }
}

/// Returns the length of a bar in dots, rounded down. At most 40 cells have 320 dots.
fn dots(value: u16, full: u16, cells: usize, per_cell: usize) -> usize {
    let all = (cells * per_cell) as u32;
    let share = u32::from(value.min(full)) * all;
    share.checked_div(u32::from(full)).unwrap_or(0) as usize
}

/// A writer of formatted text, made by [`Lcd::at`](super::Lcd::at) or [`Picture::at`].
///
/// `\n` continues at the start of the next row. Text beyond the end of a row is
/// omitted, or continues in the next row [if told so](Self::with_wrap). Characters without
/// a cell are [counted](Self::lost). Writing never returns an error of its own.
#[derive(Debug)]
pub struct Writer<'a, const COLS: usize, const ROWS: usize, R = A00> {
    picture: &'a mut Picture<COLS, ROWS, R>,
    row: usize,
    column: usize,
    wraps: bool,
    lost: usize,
}

impl<const COLS: usize, const ROWS: usize, R: Rom> Writer<'_, COLS, ROWS, R> {
    /// Sets that text continues in the next row. A `\n` after exactly a full row leaves no
    /// empty row.
    pub fn with_wrap(mut self) -> Self {
        self.wraps = true;
        self
    }

    /// Makes the cells from here to the end of the row blank.
    pub fn clear_rest(&mut self) {
        self.picture.put(self.row, self.column, iter::repeat(' '));
    }

    /// Returns the number of characters that had no cell. A `\n` is none of them.
    pub fn lost(&self) -> usize {
        self.lost
    }

    /// Returns the row and the column of the next character. The column is `COLS` after a
    /// full row.
    pub fn position(&self) -> (usize, usize) {
        (self.row, self.column)
    }
}

impl<const COLS: usize, const ROWS: usize, R: Rom> fmt::Write for Writer<'_, COLS, ROWS, R> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            if char == '\n' || self.wraps && self.column >= COLS {
                (self.row, self.column) = (self.row.saturating_add(1), 0);
                if char == '\n' {
                    continue;
                }
            }
            if self.row < ROWS && self.column < COLS {
                self.picture.put(self.row, self.column, iter::once(char));
                self.column += 1;
            } else {
                self.lost = self.lost.saturating_add(1);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
