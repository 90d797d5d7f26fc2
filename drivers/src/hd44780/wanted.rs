//! The wanted picture of a display: its text, its custom characters and its bars.

use core::ops::Range;

use embedded_hal_async::delay::DelayNs;

use super::picture::Writer;
use super::{Bus, Lcd, Rom};

/// The wanted picture. [`flush`](Self::flush) shows it.
impl<B: Bus, D: DelayNs, const COLS: usize, const ROWS: usize, R: Rom> Lcd<B, D, COLS, ROWS, R> {
    /// Sets a row to `text`, cut or padded with spaces to `COLS` characters.
    ///
    /// A row that does not exist is ignored.
    pub fn set_line(&mut self, row: usize, text: &str) {
        self.screen.wanted.set_line(row, text);
    }

    /// Sets the cells of a row from `column` on, up to the end of the text or of the
    /// row.
    ///
    /// A position that does not exist is ignored.
    pub fn print(&mut self, row: usize, column: usize, text: &str) {
        self.screen.wanted.print(row, column, text);
    }

    /// Returns a writer of formatted text, from a position on. It changes the wanted picture.
    ///
    /// ```
    /// use core::fmt::Write;
    /// use tickwire_drivers::hd44780::{Lcd, Pcf8574};
    /// use tickwire_sim::{Sim, i2c};
    /// use tickwire_traits::Delay;
    ///
    /// let sim = Sim::new();
    /// let bus = Pcf8574::new(i2c::Bus::new(sim.clock()));
    /// let mut lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(sim.clock()));
    /// let mut text = lcd.at(0, 2);
    /// write!(text, "{:5.1} °C\n{:>5} %", 21.25, 47).unwrap();
    /// text.clear_rest();
    /// assert_eq!(text.lost(), 0);
    /// assert!(lcd.line(0).eq("   21.2 °C      ".chars()));
    /// assert!(lcd.line(1).eq("   47 %         ".chars()));
    /// ```
    pub fn at(&mut self, row: usize, column: usize) -> Writer<'_, COLS, ROWS, R> {
        self.screen.wanted.at(row, column)
    }

    /// Draws a bar of `value / full` to the right in the wanted picture, in steps of a dot:
    /// five per cell. The length is rounded down.
    ///
    /// Cells are blank, `█` of the ROM, or custom characters that [`glyph`](Self::glyph)
    /// chooses: four, or five if the ROM has no `█`. Returns whether there were enough; the
    /// bar is shorter otherwise.
    ///
    /// ```
    /// use tickwire_drivers::hd44780::{Lcd, Pcf8574};
    /// use tickwire_sim::{Sim, i2c, models::hd44780::Display};
    /// use tickwire_traits::Delay;
    ///
    /// let sim = Sim::new();
    /// let display = Display::new(sim.clock(), 16, 2);
    /// let mut bus = i2c::Bus::new(sim.clock());
    /// bus.attach(0x27, display.backpack());
    /// let mut lcd = Lcd::<_, _, 16, 2>::new(Pcf8574::new(bus), Delay(sim.clock()));
    /// assert!(lcd.bar(0, 2..12, 25, 100)); // 12 of 50 dots.
    /// assert!(lcd.column(0..2, 15, 3, 4)); // 12 of 16 dots.
    /// sim.run(lcd.flush()).unwrap();
    /// let dots = (0..80).filter(|x| display.pixel(*x, 0));
    /// assert!(dots.eq(10..22));
    /// let dots = (0..16).filter(|y| display.pixel(75, *y));
    /// assert!(dots.eq(4..16));
    /// ```
    pub fn bar(&mut self, row: usize, columns: Range<usize>, value: u16, full: u16) -> bool {
        self.screen.wanted.bar(row, columns, value, full)
    }

    /// Draws a bar of `value / full` from the last of some rows upwards in the wanted
    /// picture, in steps of a dot: eight per cell. Otherwise as [`bar`](Self::bar), with up
    /// to seven custom characters, or eight.
    pub fn column(&mut self, rows: Range<usize>, column: usize, value: u16, full: u16) -> bool {
        self.screen.wanted.column(rows, column, value, full)
    }

    /// Returns the custom character with a shape. See [`Picture::glyph`](super::Picture::glyph).
    pub fn glyph(&mut self, rows: [u8; 8]) -> Option<char> {
        self.screen.wanted.glyph(rows)
    }

    /// Returns the wanted text of a row: `COLS` characters, with `?` for those that the
    /// display does not have. A row that does not exist is empty.
    pub fn line(&self, row: usize) -> impl Iterator<Item = char> {
        self.screen.wanted.line(row)
    }

    /// Sets the shape of the custom character `index`, 0 to 7: eight rows from the top,
    /// with the left dot in bit 4; the last row is also the cursor's. Cells that show the
    /// character change with the next [`flush`](Self::flush).
    ///
    /// In text, the character is written as U+0000 to U+0007. Other indices are ignored.
    pub fn set_glyph(&mut self, index: usize, rows: [u8; 8]) {
        self.screen.wanted.set_glyph(index, rows);
    }
}
