//! The glass: the address of each position.

use tickwire_traits::Instant;

use super::{Controller, rom};

/// The glass, with its controllers.
#[derive(Debug)]
pub(super) struct Panel {
    columns: usize,
    rows: usize,
    /// The single row consists of two halves, which are two lines to the controller.
    halves: bool,
    controllers: Vec<Controller>,
    pub(super) backlight: bool,
}

impl Panel {
    pub(super) fn new(now: Instant, columns: usize, rows: usize) -> Self {
        let sold = (8..=40).contains(&columns) && matches!(rows, 1 | 2 | 4);
        assert!(sold, "there are no displays of {columns}x{rows}");
        let controllers = (columns * rows).div_ceil(80);
        Self {
            columns,
            rows,
            halves: (columns, rows) == (16, 1),
            controllers: vec![Controller::new(now); controllers],
            backlight: true,
        }
    }

    pub(super) fn make_whole(&mut self) {
        self.halves = false;
    }

    pub(super) fn geometry(&self) -> (usize, usize) {
        (self.columns, self.rows)
    }

    pub(super) fn controllers(&self) -> &[Controller] {
        &self.controllers
    }

    pub(super) fn controllers_mut(&mut self) -> &mut [Controller] {
        &mut self.controllers
    }

    pub(super) fn row(&self, row: usize) -> String {
        let code = |column| match self.locate(row, column) {
            Some((controller, Some(address))) => controller.ddram(address),
            _ => b' ',
        };
        (0..self.columns).map(|column| rom::char_of(code(column))).collect()
    }

    pub(super) fn cell(&self, now: Instant, row: usize, column: usize) -> [u8; 8] {
        let Some((controller, Some(address))) = self.locate(row, column) else { return [0; 8] };
        if !controller.is_on() {
            return [0; 8];
        }
        if controller.blink() == Some(address) && controller.is_dark_phase(now) {
            return [0x1f; 8];
        }
        let mut dots = match controller.ddram(address) {
            code @ ..0x10 => controller.cgram(code),
            code => rom::dots_of(code),
        };
        if controller.cursor() == Some(address) {
            dots[7] = 0x1f; // "The cursor is displayed using 5 dots in the 8th line."
        }
        dots
    }

    /// Returns the first position whose address is the one that `of` returns.
    pub(super) fn find(&self, of: fn(&Controller) -> Option<u8>) -> Option<(usize, usize)> {
        let mut places =
            (0..self.rows).flat_map(|row| (0..self.columns).map(move |column| (row, column)));
        places.find(|(row, column)| match self.locate(*row, *column) {
            Some((controller, address)) => address.is_some() && of(controller) == address,
            None => false,
        })
    }

    /// Returns the controller of a position, and the present address of the position.
    fn locate(&self, row: usize, column: usize) -> Option<(&Controller, Option<u8>)> {
        if row >= self.rows || column >= self.columns {
            return None;
        }
        let rows_each = self.rows / self.controllers.len();
        let controller = &self.controllers[row / rows_each];
        let row = row % rows_each;
        let (line, position) = if self.halves {
            (column / 8, column % 8)
        } else {
            // The third row continues the first, and the fourth the second.
            (row % 2, row / 2 * self.columns + column)
        };
        Some((controller, controller.visible(line as u8, position as u8)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::hd44780::Pins;

    /// Checks where an `X` written to `address` appears, after `function`.
    #[track_caller]
    fn check(
        (columns, rows): (usize, usize),
        function: u8,
        address: u8,
        expected: Option<(usize, usize)>,
    ) {
        let mut panel = Panel::new(Instant::EPOCH, columns, rows);
        let bytes = [(false, function), (false, 0x0e), (false, 0x80 | address), (true, b'X')];
        let times = (1..).map(|n| Instant::from_millis(100 * n));
        for ((rs, data), at) in bytes.into_iter().zip(times) {
            panel.controllers[0].latch(at, Pins { rs, rw: false, data });
        }
        let find = |row| panel.row(row).find('X').map(|column| (row, column));
        assert_eq!((0..rows).find_map(find), expected);
    }

    const ONE_LINE: u8 = 0x30;
    const TWO_LINES: u8 = 0x38;

    #[test]
    fn rows_are_where_the_glass_has_them() {
        check((8, 1), ONE_LINE, 7, Some((0, 7)));
        check((8, 1), ONE_LINE, 8, None);
        check((16, 2), TWO_LINES, 0x4f, Some((1, 15)));
        check((20, 4), TWO_LINES, 0x14, Some((2, 0)));
        check((20, 4), TWO_LINES, 0x53, Some((1, 19)));
        check((20, 4), TWO_LINES, 0x54, Some((3, 0)));
        check((16, 4), TWO_LINES, 0x50, Some((3, 0)));
        check((40, 2), TWO_LINES, 0x67, Some((1, 39)));
        check((40, 4), TWO_LINES, 0x67, Some((1, 39)));
    }

    #[test]
    fn sixteen_in_one_row_are_two_halves() {
        check((16, 1), TWO_LINES, 0x40, Some((0, 8)));
        check((16, 1), TWO_LINES, 0x08, None);
        check((16, 1), ONE_LINE, 0x08, None);
    }

    #[test]
    fn one_line_mode_leaves_the_second_line_dark() {
        check((16, 2), ONE_LINE, 0x0f, Some((0, 15)));
        check((16, 2), ONE_LINE, 0x40, None);
    }

    #[test]
    fn the_second_line_is_also_where_no_address_is() {
        check((16, 2), TWO_LINES, 0x28, Some((1, 0)));
        check((16, 2), TWO_LINES, 0x38, Some((1, 0)));
    }
}
