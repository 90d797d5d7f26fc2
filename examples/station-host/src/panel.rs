//! The display, drawn dot by dot.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::widgets::Widget;
use tickwire_exec_std::StdClock;
use tickwire_sim::hd44780::Display;

/// The dots of a character, and the gap behind it.
const CELL_WIDTH: usize = 6;
const CELL_HEIGHT: usize = 9;
/// The glass around the characters.
const MARGIN: usize = 2;

const LIT: Color = Color::Rgb(214, 235, 82);
const DARK: Color = Color::Rgb(28, 46, 18);
const OFF: Color = Color::Rgb(52, 66, 40);

/// A display's dots: two a terminal cell where there is room for that, else
/// eight, in braille.
pub(crate) struct Panel<'a>(pub(crate) &'a Display<StdClock>);

impl Panel<'_> {
    /// The cells that a display takes in full size.
    pub(crate) fn size(display: &Display<StdClock>) -> (u16, u16) {
        let (width, height) = dots(display);
        (width as u16, height.div_ceil(2) as u16)
    }

    /// Whether the dot is lit; the gaps never are.
    fn dot(&self, x: usize, y: usize) -> bool {
        let (columns, rows) = self.0.geometry();
        let (Some(x), Some(y)) = (x.checked_sub(MARGIN), y.checked_sub(MARGIN)) else {
            return false;
        };
        let (column, row) = (x / CELL_WIDTH, y / CELL_HEIGHT);
        let (dx, dy) = (x % CELL_WIDTH, y % CELL_HEIGHT);
        let inside = column < columns && row < rows && dx < 5 && dy < 8;
        inside && self.0.pixel(column * 5 + dx, row * 8 + dy)
    }

    fn draw_blocks(&self, area: Rect, buffer: &mut Buffer, style: Style) {
        for (y, x) in cells(area) {
            let (left, top) = (usize::from(x), usize::from(y) * 2);
            let symbol = match (self.dot(left, top), self.dot(left, top + 1)) {
                (true, true) => "█",
                (true, false) => "▀",
                (false, true) => "▄",
                (false, false) => " ",
            };
            buffer[(area.x + x, area.y + y)].set_symbol(symbol).set_style(style);
        }
    }

    fn draw_braille(&self, area: Rect, buffer: &mut Buffer, style: Style) {
        // Unicode numbers the dots of the braille patterns by column, but for the
        // fourth row, which came later.
        const DOTS: [(usize, usize, u32); 8] = [
            (0, 0, 0x01),
            (0, 1, 0x02),
            (0, 2, 0x04),
            (1, 0, 0x08),
            (1, 1, 0x10),
            (1, 2, 0x20),
            (0, 3, 0x40),
            (1, 3, 0x80),
        ];
        for (y, x) in cells(area) {
            let (left, top) = (usize::from(x) * 2, usize::from(y) * 4);
            let lit = DOTS.iter().filter(|(dx, dy, _)| self.dot(left + dx, top + dy));
            let pattern = lit.fold(0x2800, |pattern, (.., bit)| pattern | bit);
            let symbol = char::from_u32(pattern).unwrap_or(' ');
            buffer[(area.x + x, area.y + y)].set_char(symbol).set_style(style);
        }
    }
}

impl Widget for Panel<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let style = Style::new().fg(DARK).bg(if self.0.backlight() { LIT } else { OFF });
        let (width, height) = Self::size(self.0);
        if area.width >= width && area.height >= height {
            self.draw_blocks(area, buffer, style);
        } else {
            self.draw_braille(area, buffer, style);
        }
    }
}

fn dots(display: &Display<StdClock>) -> (usize, usize) {
    let (columns, rows) = display.geometry();
    // The last gap is part of the margin.
    (columns * CELL_WIDTH - 1 + 2 * MARGIN, rows * CELL_HEIGHT - 1 + 2 * MARGIN)
}

fn cells(area: Rect) -> impl Iterator<Item = (u16, u16)> {
    (0..area.height).flat_map(move |y| (0..area.width).map(move |x| (y, x)))
}
