//! The wanted and the shown picture, and the next byte to write.

use super::picture::{Cell, Picture};
use super::{A00, CursorStyle, Width, Write};

/// A pure model of the controller's state.
///
/// ```text
///            restart            sent ... sent                  (nothing)
///  anything ────────► unknown ────────────────► known, stale ───────────► idle
///                     rest, sync,               glyphs, cells,
///                     function, entry           on/off, cursor
/// ```
///
/// [`next`](Self::next) computes the next write from the difference alone, so a change in
/// the middle of a refresh cannot be lost. [`sent`](Self::sent) records a latched write and
/// returns how long the controller is busy with it.
#[derive(Debug)]
pub(super) struct Screen<const COLS: usize, const ROWS: usize, R = A00> {
    pub(super) wanted: Picture<COLS, ROWS, R>,
    shown: [[Cell; COLS]; ROWS],
    /// The address counter, as the instruction that sets it; 0 if unknown.
    at: u8,
    /// The wanted position of the cursor, in the same form; 0 to hide it.
    cursor: u8,
    /// The wanted look of the cursor, in the bits of the display on/off instruction.
    look: u8,
    /// The display on/off instruction sent; 0 if unknown.
    control_sent: u8,
    /// E and the lines were put at rest.
    rested: bool,
    /// The display was erased.
    erased: bool,
    /// The next step of the synchronization.
    sync: u8,
    /// The single row of a 16x1 is not two lines of eight.
    whole: bool,
}

const CLEAR: u8 = 0x01;
const HOME: u8 = 0x02;
/// To the right, without shifting the display.
const ENTRY_MODE: u8 = 0x06;
const DISPLAY_ON: u8 = 0x0c;
const UNDERLINE: u8 = 0x02;
const BLINK: u8 = 0x01;
const FUNCTION_SET: u8 = 0x20;
const EIGHT_BITS: u8 = 0x10;
const TWO_LINES: u8 = 0x08;
const CGRAM: u8 = 0x40;
const DDRAM: u8 = 0x80;

/// A code without a character, for a cell in an unknown state.
const UNKNOWN: Cell = Cell::new(0x08);

/// The last step of the synchronization is the one before.
const SYNCHRONIZED: u8 = 8;

/// Scales a time of the data sheet, given for an oscillator of 270 kHz, to the slowest
/// that it allows, 190 kHz. (DC characteristics; table 6, note.) Modules set the
/// frequency by one resistor for both 3 V and 5 V, so few are in the middle.
const fn slow(micros: u32) -> u32 {
    (micros * 27).div_ceil(19)
}

/// For clear and home. (Table 6.)
const LONG_US: u32 = slow(1_520);
/// For all other instructions. (Table 6.)
const SHORT_US: u32 = slow(37);
/// For a write of data: includes the address counter's update, 1.5 periods of the
/// oscillator. (Table 6, note; figure 10.)
const DATA_US: u32 = slow(37) + 8;
/// After the first function set of the initialization. (Figure 24.)
const FIRST_US: u32 = slow(4_100);
/// After the second one, and after those without a busy flag. (Figure 24.)
const SECOND_US: u32 = slow(100);

impl<const COLS: usize, const ROWS: usize, R> Screen<COLS, ROWS, R> {
    pub(super) const fn new(rom: R) -> Self {
        Self {
            wanted: Picture::new(rom),
            // It is erased before the first cell is written.
            shown: [[Cell::BLANK; COLS]; ROWS],
            at: 0,
            cursor: 0,
            look: 0,
            control_sent: 0,
            rested: false,
            erased: false,
            sync: 0,
            whole: false,
        }
    }

    pub(super) fn with_rom<Q>(self, rom: Q) -> Screen<COLS, ROWS, Q> {
        let Self { shown, at, cursor, look, control_sent, rested, erased, sync, whole, .. } = self;
        Screen {
            wanted: self.wanted.with_rom(rom),
            shown,
            at,
            cursor,
            look,
            control_sent,
            rested,
            erased,
            sync,
            whole,
        }
    }

    pub(super) fn make_whole(&mut self) {
        self.whole = true;
    }

    /// Returns the next write, or `None` when the shown picture is the wanted one.
    pub(super) fn next(&self, width: Width) -> Option<Write> {
        if !self.rested {
            return Some(Write::Rest);
        }
        if self.sync < SYNCHRONIZED {
            return Some(self.next_of_sync(width));
        }
        if !self.erased {
            return Some(Write::Instruction(CLEAR));
        }
        if let Some((address, row)) = self.next_of_glyphs() {
            return Some(self.put(address, row));
        }
        if let Some((address, code)) = self.next_of_cells() {
            return Some(self.put(address, code));
        }
        let control = DISPLAY_ON | self.look;
        if control != self.control_sent {
            return Some(Write::Instruction(control));
        }
        let strays = self.cursor != 0 && self.cursor != self.at;
        strays.then_some(Write::Instruction(self.cursor))
    }

    /// Records that a write has been latched. Returns for how many µs the controller is
    /// busy.
    pub(super) fn sent(&mut self, write: Write) -> u32 {
        match write {
            Write::Rest => {
                self.rested = true;
                // Lowering E may have latched a byte.
                if self.sync < SYNCHRONIZED { LONG_US } else { 0 }
            }
            Write::Half(_) => {
                self.sync = self.sync.saturating_add(1);
                if self.sync == 1 { FIRST_US } else { SECOND_US }
            }
            Write::Instruction(code) => {
                if self.sync < SYNCHRONIZED {
                    self.sync += 1;
                }
                self.executed(code);
                if code <= HOME { LONG_US } else { SHORT_US }
            }
            Write::Data(code) => {
                self.written(code);
                DATA_US
            }
        }
    }

    /// Discards the state of the controller, so that it is synchronized and written again.
    /// The wanted picture stays.
    pub(super) fn restart(&mut self, erase: bool) {
        self.shown = [[UNKNOWN; COLS]; ROWS];
        for (index, stale) in self.wanted.stale.iter_mut().enumerate() {
            *stale = if self.wanted.defined >> index & 1 == 1 { 0xff } else { 0 };
        }
        (self.at, self.control_sent, self.sync) = (0, 0, 0);
        self.rested = false;
        self.erased &= !erase;
    }

    /// Requests only blanks, by the clear instruction.
    pub(super) fn erase(&mut self) {
        self.wanted.erase();
        self.erased = false;
    }

    /// Requests one rest of the lines, which also sets outputs such as the backlight.
    pub(super) fn rest(&mut self) {
        self.rested = false;
    }

    pub(super) fn set_cursor(&mut self, place: Option<(usize, usize)>, style: CursorStyle) {
        (self.cursor, self.look) = (0, 0);
        let Some((row, column)) = place else { return };
        if row >= ROWS || column >= COLS {
            return;
        }
        let (line, column) = if self.halves() { (column / 8, column % 8) } else { (row, column) };
        self.cursor = self.start_of(line) + column as u8;
        self.look = match style {
            CursorStyle::Underline => UNDERLINE,
            CursorStyle::Blink => BLINK,
            CursorStyle::Both => UNDERLINE | BLINK,
        };
    }

    /// Returns the data sheet's next step out of an unknown state (figures 23 and 24). The
    /// first four steps work from any phase of a byte. Of three threes, at least two make an
    /// eight-bit function set if the controller takes halves; the first may complete a byte
    /// already begun, of which home takes longest.
    fn next_of_sync(&self, width: Width) -> Write {
        let lines = if ROWS > 1 || self.halves() { TWO_LINES } else { 0 };
        let function = match width {
            Width::Four => FUNCTION_SET,
            Width::Eight => FUNCTION_SET | EIGHT_BITS,
        };
        match self.sync {
            0..=2 => Write::Half(FUNCTION_SET | EIGHT_BITS),
            // Four bits for now, even with eight lines: the number of lines can only be set after
            // the length of the interface has changed.
            3 => Write::Half(FUNCTION_SET),
            4 => Write::Half(function),
            5 => Write::Half(lines << 4),
            6 => Write::Instruction(if self.erased { HOME } else { CLEAR }),
            _ => Write::Instruction(ENTRY_MODE),
        }
    }

    fn next_of_glyphs(&self) -> Option<(u8, u8)> {
        let mut address = CGRAM;
        for (glyph, stale) in self.wanted.glyphs.iter().zip(self.wanted.stale) {
            if stale != 0 {
                let row = stale.trailing_zeros() as u8;
                return glyph.get(usize::from(row)).map(|dots| (address + row, *dots));
            }
            address += 8;
        }
        None
    }

    /// Returns the first cell to write from the address counter on.
    ///
    /// A run of cells is addressed once, even if it continues in another row. A gap is
    /// never written through: setting the address takes one byte, as does a gap of one
    /// cell.
    fn next_of_cells(&self) -> Option<(u8, u8)> {
        let from = if self.at >= DDRAM { self.at } else { DDRAM };
        let mut best = None;
        let mut shortest = u8::MAX;
        let rows = self.wanted.cells.as_flattened().chunks(self.line_length());
        let shown = self.shown.as_flattened().chunks(self.line_length());
        for (line, (wanted, shown)) in rows.zip(shown).enumerate() {
            let mut address = self.start_of(line);
            for (wanted, shown) in wanted.iter().zip(shown) {
                let distance = address.wrapping_sub(from) & !DDRAM;
                if wanted != shown && distance < shortest {
                    shortest = distance;
                    best = Some((address, wanted.code()));
                }
                address = address.wrapping_add(1);
            }
        }
        best
    }

    /// Returns the write of data to an address: first of the address, if needed.
    fn put(&self, address: u8, data: u8) -> Write {
        if self.at == address { Write::Data(data) } else { Write::Instruction(address) }
    }

    fn executed(&mut self, code: u8) {
        match code {
            CLEAR => {
                self.shown = [[Cell::BLANK; COLS]; ROWS];
                self.at = DDRAM;
                self.erased = true;
            }
            HOME => self.at = DDRAM,
            0x08..=0x0f => self.control_sent = code,
            CGRAM.. => self.at = code,
            _ => {}
        }
    }

    fn written(&mut self, code: u8) {
        let at = self.at;
        if at >= DDRAM {
            let length = self.line_length();
            let starts = [0, 1, 2, 3].map(|line| self.start_of(line));
            let lines = self.shown.as_flattened_mut().chunks_mut(length);
            for (line, start) in lines.zip(starts) {
                if let Some(cell) = line.get_mut(usize::from(at.wrapping_sub(start))) {
                    *cell = Cell::new(code);
                }
            }
        } else if at >= CGRAM {
            let (glyph, row) = (usize::from(at & 0x3f) / 8, usize::from(at & 7));
            let wanted = self.wanted.glyphs.get(glyph).and_then(|rows| rows.get(row));
            // A row that changed since the write began is still stale.
            if wanted == Some(&code)
                && let Some(stale) = self.wanted.stale.get_mut(glyph)
            {
                *stale &= !(1 << row);
            }
        }
        self.at = self.after(at);
    }

    /// Returns the address counter that follows `at`. (Figures 2 to 4.)
    fn after(&self, at: u8) -> u8 {
        let two_lines = ROWS > 1 || self.halves();
        match at {
            0 => 0,
            0x7f => CGRAM,
            0xa7 if two_lines => DDRAM | 0x40,
            0xe7 if two_lines => DDRAM,
            0xcf if !two_lines => DDRAM,
            _ => at.wrapping_add(1),
        }
    }

    /// Returns whether the single row is two lines of eight. Without a 16x1, the compiler sees
    /// that it is not.
    fn halves(&self) -> bool {
        COLS == 16 && ROWS == 1 && !self.whole
    }

    /// Returns how many cells are consecutive in the controller's memory.
    fn line_length(&self) -> usize {
        if self.halves() { 8 } else { COLS }
    }

    /// Returns the instruction that sets the address where a line starts. The third line
    /// continues the first, and the fourth the second.
    fn start_of(&self, line: usize) -> u8 {
        let second = if line & 1 == 1 { 0x40 } else { 0 };
        let behind = if line >= 2 { COLS as u8 } else { 0 };
        DDRAM | (second + behind)
    }
}

#[cfg(test)]
mod tests;
