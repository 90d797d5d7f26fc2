//! The display, drawn dot by dot, or as text where that is too large.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph, Widget};
use tickwire_exec_std::StdClock;
use tickwire_sim::models::hd44780::Display;
use tickwire_station::{COLUMNS, ROWS};

/// The dots of a character, and the gap behind it.
const CELL_WIDTH: usize = 6;
const CELL_HEIGHT: usize = 9;
/// The glass around the characters.
const MARGIN: usize = 2;
/// The two sides of a frame.
const FRAME: u16 = 2;

const DARK: Color = Color::Rgb(28, 46, 18);
/// The glass with its light on, and without. In red, green and blue.
const LIT: (u8, u8, u8) = (214, 235, 82);
const OFF: (u8, u8, u8) = (52, 66, 40);

/// How a display is drawn, from the best look to the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Two dots a terminal cell, in a frame.
    Blocks,
    /// Eight dots a terminal cell, in a frame.
    Braille,
    /// As text, in a frame.
    Text,
    /// As text alone.
    Bare,
}

/// A display.
pub(crate) struct Panel<'a> {
    pub(crate) display: &'a Display<StdClock>,
    pub(crate) look: Look,
    /// In percent.
    pub(crate) brightness: u8,
}

impl Look {
    pub(crate) const ALL: [Self; 4] = [Self::Blocks, Self::Braille, Self::Text, Self::Bare];

    /// The width and height that it takes.
    pub(crate) const fn size(self) -> (u16, u16) {
        // The last gap is part of the margin.
        let width = (COLUMNS * CELL_WIDTH - 1 + 2 * MARGIN) as u16;
        let height = (ROWS * CELL_HEIGHT - 1 + 2 * MARGIN) as u16;
        match self {
            Self::Blocks => (width + FRAME, height.div_ceil(2) + FRAME),
            Self::Braille => (width.div_ceil(2) + FRAME, height.div_ceil(4) + FRAME),
            Self::Text => (COLUMNS as u16 + FRAME, ROWS as u16 + FRAME),
            Self::Bare => (COLUMNS as u16, ROWS as u16),
        }
    }
}

impl Panel<'_> {
    /// Whether the dot is lit; the gaps never are.
    fn dot(&self, x: usize, y: usize) -> bool {
        let (Some(x), Some(y)) = (x.checked_sub(MARGIN), y.checked_sub(MARGIN)) else {
            return false;
        };
        let (column, row) = (x / CELL_WIDTH, y / CELL_HEIGHT);
        let (dx, dy) = (x % CELL_WIDTH, y % CELL_HEIGHT);
        let inside = column < COLUMNS && row < ROWS && dx < 5 && dy < 8;
        inside && self.display.pixel(column * 5 + dx, row * 8 + dy)
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
        let brightness = if self.display.backlight() { self.brightness } else { 0 };
        let glass = Style::new().fg(DARK).bg(glass(brightness));
        let area = match self.look {
            Look::Bare => area,
            _ => {
                let frame = Block::bordered().title(format!(" HD44780, {COLUMNS} x {ROWS} "));
                let inside = frame.inner(area);
                frame.render(area, buffer);
                inside
            }
        };
        match self.look {
            Look::Blocks => self.draw_blocks(area, buffer, glass),
            Look::Braille => self.draw_braille(area, buffer, glass),
            Look::Text | Look::Bare => {
                let rows = self.display.rows().into_iter().map(Line::from);
                Paragraph::new(rows.collect::<Vec<_>>()).style(glass).render(area, buffer);
            }
        }
    }
}

/// The color of the glass at this brightness.
fn glass(percent: u8) -> Color {
    let percent = u32::from(percent.min(100));
    let mix = |off: u8, lit: u8| {
        // Between both.
        ((u32::from(off) * (100 - percent) + u32::from(lit) * percent) / 100) as u8
    };
    Color::Rgb(mix(OFF.0, LIT.0), mix(OFF.1, LIT.1), mix(OFF.2, LIT.2))
}

fn cells(area: Rect) -> impl Iterator<Item = (u16, u16)> {
    (0..area.height).flat_map(move |y| (0..area.width).map(move |x| (y, x)))
}
