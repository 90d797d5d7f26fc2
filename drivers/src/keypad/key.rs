//! Keys by row and column, and what a scan reports about them.

use tickwire_traits::Instant;

use crate::contact::Change;

/// A key of a keypad, by its row and column from 0, in the order of the pins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Key {
    /// The row.
    pub row: u8,
    /// The column.
    pub column: u8,
}

impl Key {
    /// Returns the entry of this key in a table of the keypad's geometry, or `None` if the table
    /// is smaller.
    ///
    /// ```
    /// use tickwire_drivers::keypad::Key;
    ///
    /// const PHONE: [[char; 3]; 4] =
    ///     [['1', '2', '3'], ['4', '5', '6'], ['7', '8', '9'], ['*', '0', '#']];
    /// assert_eq!(Key { row: 3, column: 1 }.in_table(&PHONE), Some(&'0'));
    /// assert_eq!(Key { row: 4, column: 0 }.in_table(&PHONE), None);
    /// ```
    pub fn in_table<T, const ROWS: usize, const COLUMNS: usize>(
        self,
        table: &[[T; COLUMNS]; ROWS],
    ) -> Option<&T> {
        table.get(usize::from(self.row))?.get(usize::from(self.column))
    }
}

/// What a scan has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Report {
    /// A key went down or came up.
    Change(Change<Key>),
    /// A key began to be ambiguous: it reads closed, but may be a ghost. If it is still closed
    /// when the ambiguity ends, its press is reported then.
    Ambiguous {
        /// The key.
        key: Key,
        /// The time of the scan.
        at: Instant,
    },
}
