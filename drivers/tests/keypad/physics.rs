//! Contacts that bounce, and what a scan reads of them: apart from the model of `sim`.

use tickwire_drivers::contact::Contact;
use tickwire_drivers::keypad::{Key, Matrix, Report};
use tickwire_traits::{Duration, Instant};

pub(crate) const ROWS: usize = 4;
pub(crate) const COLUMNS: usize = 4;

pub(crate) type Pad = Matrix<ROWS, COLUMNS>;

/// A source of random numbers: equal seeds give equal numbers.
#[derive(Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// The times at which the contact of each key toggles, in order.
#[derive(Clone, Default)]
pub(crate) struct Contacts([[Vec<Instant>; COLUMNS]; ROWS]);

impl Contacts {
    /// Moves a contact at `at`, with up to 8 bounces within `span`.
    pub(crate) fn toggle(&mut self, random: &mut Random, key: Key, at: Instant, span: Duration) {
        let pairs = random.below(5);
        let mut after: Vec<_> =
            (0..2 * pairs).map(|_| random.below(span.as_micros().max(1))).collect();
        after.push(0);
        after.sort_unstable();
        let toggles = &mut self.0[usize::from(key.row)][usize::from(key.column)];
        toggles.extend(after.into_iter().map(|micros| at + Duration::from_micros(micros)));
    }

    /// Returns whether a contact is closed.
    fn is_closed(&self, row: usize, column: usize, now: Instant) -> bool {
        self.0[row][column].partition_point(|at| *at <= now) % 2 == 1
    }

    /// Returns which columns are low while a row is driven: those that a path of closed keys
    /// connects to it.
    pub(crate) fn columns(&self, driven: usize, now: Instant) -> [bool; COLUMNS] {
        let mut low_rows = [false; ROWS];
        let mut low_columns = [false; COLUMNS];
        low_rows[driven] = true;
        // A path is no longer than the keys are many.
        for _ in 0..ROWS.max(COLUMNS) {
            for (row, low_row) in low_rows.iter_mut().enumerate() {
                for (column, low_column) in low_columns.iter_mut().enumerate() {
                    let either = *low_row || *low_column;
                    if either && self.is_closed(row, column, now) {
                        (*low_row, *low_column) = (true, true);
                    }
                }
            }
        }
        low_columns
    }

    /// Scans once, with the time of each row in between. Returns the end.
    pub(crate) fn scan(&self, pad: &mut Pad, from: Instant, row_time: Duration) -> Instant {
        let mut now = from;
        for row in 0..ROWS {
            now += row_time;
            for (column, is_low) in self.columns(row, now).into_iter().enumerate() {
                let contact = if is_low { Contact::Closed } else { Contact::Open };
                pad.read(row, column, contact);
            }
        }
        pad.end_scan(now);
        now
    }
}

/// Returns the changes of a scan, and drops what is ambiguous.
pub(crate) fn changed(pad: &mut Pad) -> Vec<(Key, Contact, Instant)> {
    let mut changes = Vec::new();
    while let Some(report) = pad.report() {
        if let Report::Change(change) = report {
            changes.push((change.key, change.contact, change.at));
        }
    }
    changes
}
