//! The keys of a matrix.

use tickwire_traits::Instant;

use crate::contact::{Change, Contact};
use crate::switch::Debounce;

use super::key::{Key, Report};
use super::settling::Settling;
use super::state::{State, Step};

/// The contacts of a matrix, debounced, with ghosts recognized. Pure: takes the readings of
/// scans and their times, returns reports.
///
/// # Ghosts
///
/// Without diodes, current flows through closed contacts either way. Three closed keys at the
/// corners of a rectangle connect the row and the column of the fourth, which then reads closed
/// too:
///
/// ```text
///            column 0   column 1
///   row 0  ────┼───●──────┼───●────   (0, 1) reads closed through the other three
///   row 1  ────┼───●──────┼───●────
/// ```
///
/// Of four such corners, those that were down before stay down, even if one comes up. The others
/// are ambiguous: each is reported once as [`Report::Ambiguous`], and counted. When the rectangle
/// is gone, a corner that stays closed for the settle time is reported as pressed.
///
/// A row is read a little after the one before, and a contact may bounce in between, so that
/// only three corners are seen. So while two other keys are closed or settle, a press is
/// reported only once it is confirmed, in [`Mode::Eager`](crate::switch::Mode::Eager) too.
///
/// ```
/// use tickwire_drivers::contact::Contact::Closed;
/// use tickwire_drivers::keypad::{Key, Matrix, Report};
/// use tickwire_drivers::switch::Debounce;
/// use tickwire_traits::{Duration, Instant};
///
/// let mut matrix = Matrix::<2, 2>::new(Debounce::eager(Duration::from_millis(20)));
/// matrix.read(0, 1, Closed);
/// matrix.end_scan(Instant::from_millis(5));
/// let Some(Report::Change(change)) = matrix.report() else { panic!("it is down") };
/// assert_eq!((change.key, change.contact), (Key { row: 0, column: 1 }, Closed));
/// assert_eq!(matrix.report(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Matrix<const ROWS: usize, const COLUMNS: usize> {
    states: [[State; COLUMNS]; ROWS],
    settling: Settling,
    has_diodes: bool,
    /// Three or more keys are closed or settle.
    is_crowd: bool,
    /// The ticks from the scan before to the last one.
    elapsed: u8,
    /// The number of keys of the last scan that have been reported on.
    reported: u16,
    ambiguous: u16,
    /// The end of the last scan.
    at: Instant,
}

impl<const ROWS: usize, const COLUMNS: usize> Matrix<ROWS, COLUMNS> {
    /// Creates a matrix without diodes, with all keys up.
    pub const fn new(debounce: Debounce) -> Self {
        const { assert!(0 < ROWS && ROWS < 256, "a keypad has 1 to 255 rows") };
        const { assert!(0 < COLUMNS && COLUMNS < 256, "a keypad has 1 to 255 columns") };
        Self {
            states: [[State::NEW; COLUMNS]; ROWS],
            settling: Settling::new(debounce),
            has_diodes: false,
            is_crowd: false,
            elapsed: 0,
            reported: (ROWS * COLUMNS) as u16,
            ambiguous: 0,
            at: Instant::EPOCH,
        }
    }

    pub(super) const fn set_debounce(&mut self, debounce: Debounce) {
        self.settling = Settling::new(debounce);
    }

    /// Declares a diode at each key: no key is ambiguous.
    pub const fn with_diodes(mut self) -> Self {
        self.has_diodes = true;
        self
    }

    /// Returns whether the key is down, according to the changes reported.
    pub fn is_down(&self, key: Key) -> bool {
        key.in_table(&self.states).is_some_and(|state| state.is_down())
    }

    /// Returns the keys that are down, row by row.
    pub fn down(&self) -> impl Iterator<Item = Key> {
        let states = self.states.as_flattened().iter().enumerate();
        states.filter(|(_, state)| state.is_down()).map(|(index, _)| key_at::<COLUMNS>(index))
    }

    /// Returns whether no key is closed, and none settles: scans can stop until a column is low
    /// with all rows driven.
    pub fn is_at_rest(&self) -> bool {
        !self.states.as_flattened().iter().any(|state| state.is_active())
    }

    /// Returns how often a key became ambiguous, up to 65 535.
    pub const fn ambiguous(&self) -> u16 {
        self.ambiguous
    }

    /// Records a contact in the present scan. A key of which nothing is recorded is as in the
    /// scan before; one that does not exist is ignored.
    pub fn read(&mut self, row: usize, column: usize, contact: Contact) {
        if let Some(state) = self.states.get_mut(row).and_then(|row| row.get_mut(column)) {
            state.read(contact == Contact::Closed);
        }
    }

    /// Ends the present scan. Its [reports](Self::report) have to be taken before the next one.
    pub fn end_scan(&mut self, now: Instant) {
        self.elapsed = self.settling.elapsed(self.at, now);
        self.at = now;
        self.reported = 0;
        if self.has_diodes {
            return;
        }
        let states = self.states.as_flattened();
        self.is_crowd = states.iter().filter(|state| state.is_active()).count() > 2;
        for row in 0..ROWS {
            for column in 0..COLUMNS {
                let is_corner = self.is_crowd && self.is_corner(row, column);
                if let Some(state) = self.states.get_mut(row).and_then(|row| row.get_mut(column)) {
                    state.set_corner(is_corner);
                }
            }
        }
    }

    /// Returns the next report of the last scan, row by row. All have the time of its end.
    pub fn report(&mut self) -> Option<Report> {
        loop {
            let index = usize::from(self.reported);
            let state = self.states.as_flattened_mut().get_mut(index)?;
            self.reported = self.reported.saturating_add(1);
            let Some(step) = state.step(self.settling, self.elapsed, self.is_crowd) else {
                continue;
            };
            let (key, at) = (key_at::<COLUMNS>(index), self.at);
            return Some(match step {
                Step::Changed(contact) => Report::Change(Change { key, contact, at }),
                Step::Ambiguous => {
                    self.ambiguous = self.ambiguous.saturating_add(1);
                    Report::Ambiguous { key, at }
                }
            });
        }
    }

    /// Returns whether the key and three others that read closed are a rectangle.
    fn is_corner(&self, row: usize, column: usize) -> bool {
        let is_closed = |row: usize, column: usize| {
            let state = self.states.get(row).and_then(|row| row.get(column));
            state.is_some_and(|state| state.is_read_closed())
        };
        let is_opposite = |other_row, other_column| {
            other_column != column
                && is_closed(row, other_column)
                && is_closed(other_row, other_column)
        };
        is_closed(row, column)
            && (0..ROWS).any(|other| {
                other != row
                    && is_closed(other, column)
                    && (0..COLUMNS).any(|other_column| is_opposite(other, other_column))
            })
    }
}

/// Returns the key with this index, of those counted row by row.
const fn key_at<const COLUMNS: usize>(index: usize) -> Key {
    Key { row: (index / COLUMNS) as u8, column: (index % COLUMNS) as u8 }
}
