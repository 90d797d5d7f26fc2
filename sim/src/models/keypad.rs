//! A keypad: keys in a matrix of rows and columns.

use std::array;
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use embedded_hal::digital::PinState;
use tickwire_traits::{Clock, Duration, Instant};

use crate::{Input, Output, Wire};

/// A model of a keypad, whose columns are pulled up and whose rows are open-drain outputs.
///
/// A closed key connects its row and its column. A column is low if it is connected, through any
/// number of closed keys, to a row that is low: so three keys at the corners of a rectangle make
/// a ghost of the fourth. With [diodes](Self::with_diodes), current flows from a column to a row
/// only, and there are no ghosts.
///
/// A key is a [`Wire`] that is high while the contact is closed. It can be played, and bounce.
///
/// ```
/// use embedded_hal::digital::{InputPin, OutputPin};
/// use tickwire_sim::{Sim, models::keypad::Keypad};
/// use tickwire_traits::{Duration, Timer};
///
/// let sim = Sim::new();
/// let keypad = Keypad::<_, 2, 2>::new(sim.clock());
/// let (mut rows, mut columns) = (keypad.rows(), keypad.columns());
/// rows[0].set_low().unwrap();
/// for (row, column) in [(0, 0), (1, 0), (1, 1)] {
///     assert!(columns[1].is_high().unwrap());
///     keypad.key(row, column).play("-", Duration::ZERO).unwrap();
/// }
/// assert!(columns[1].is_low().unwrap(), "a ghost of the key in row 0 and column 1");
/// ```
///
/// With a [`SimClock`](crate::SimClock), planned toggles of a key act when they are due. With
/// other clocks, [set](Wire::set) the key. Pins act as long as their keypad exists.
pub struct Keypad<T, const ROWS: usize, const COLUMNS: usize> {
    circuit: Rc<Circuit<T, ROWS, COLUMNS>>,
}

struct Circuit<T, const ROWS: usize, const COLUMNS: usize> {
    clock: T,
    rows: [Wire<T>; ROWS],
    columns: [Wire<T>; COLUMNS],
    keys: [[Wire<T>; COLUMNS]; ROWS],
    /// Wires whose edges mark the ends of rises.
    alarms: [Wire<T>; COLUMNS],
    /// When a column that is still low was released.
    released: [Cell<Option<Instant>>; COLUMNS],
    has_diodes: Cell<bool>,
    rise: Cell<Duration>,
}

impl<T: Clock + Clone + 'static, const ROWS: usize, const COLUMNS: usize> Keypad<T, ROWS, COLUMNS> {
    /// Creates a keypad with all keys open and all rows released.
    pub fn new(clock: T) -> Self {
        let rows =
            array::from_fn(|row| Wire::named(&format!("row {row}"), clock.clone(), PinState::High));
        let columns = array::from_fn(|column| {
            Wire::named(&format!("column {column}"), clock.clone(), PinState::High)
        });
        Self::on(clock, rows, columns)
    }

    /// Creates a keypad on wires that exist. All should be high.
    pub fn on(clock: T, rows: [Wire<T>; ROWS], columns: [Wire<T>; COLUMNS]) -> Self {
        let low = || Wire::new(clock.clone(), PinState::Low);
        let circuit = Rc::new(Circuit {
            rows,
            columns,
            keys: array::from_fn(|_| array::from_fn(|_| low())),
            alarms: array::from_fn(|_| low()),
            released: array::from_fn(|_| Cell::new(None)),
            has_diodes: Cell::new(false),
            rise: Cell::new(Duration::ZERO),
            clock: clock.clone(),
        });
        let keys = circuit.keys.as_flattened();
        for wire in circuit.rows.iter().chain(keys).chain(&circuit.alarms) {
            let circuit = Rc::downgrade(&circuit);
            wire.on_edge(move |_| {
                if let Some(circuit) = circuit.upgrade() {
                    circuit.conduct();
                }
            });
        }
        Self { circuit }
    }

    /// Puts a diode at each key.
    pub fn with_diodes(self) -> Self {
        self.circuit.has_diodes.set(true);
        self
    }

    /// Sets how long the pull-up of a column takes to make it high. Zero by default.
    pub fn with_rise(self, rise: Duration) -> Self {
        self.circuit.rise.set(rise);
        self
    }

    /// Returns the contact of a key: a wire that is high while the key is closed.
    ///
    /// # Panics
    ///
    /// If there is no such key.
    pub fn key(&self, row: usize, column: usize) -> &Wire<T> {
        &self.circuit.keys[row][column]
    }

    /// Returns the wire of a row, which is high while released.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    pub fn row(&self, row: usize) -> &Wire<T> {
        &self.circuit.rows[row]
    }

    /// Returns the wire of a column.
    ///
    /// # Panics
    ///
    /// If there is no such column.
    pub fn column(&self, column: usize) -> &Wire<T> {
        &self.circuit.columns[column]
    }

    /// Creates outputs for the rows.
    pub fn rows(&self) -> [Output<T>; ROWS] {
        self.circuit.rows.each_ref().map(Wire::output)
    }

    /// Creates inputs for the columns.
    pub fn columns(&self) -> [Input<T>; COLUMNS] {
        self.circuit.columns.each_ref().map(Wire::input)
    }
}

impl<T: Clock, const ROWS: usize, const COLUMNS: usize> Circuit<T, ROWS, COLUMNS> {
    /// Makes the columns follow the rows and the keys.
    fn conduct(&self) {
        let mut low_rows = self.rows.each_ref().map(|row| row.level() == PinState::Low);
        let mut low_columns = [false; COLUMNS];
        let mut spreads = true;
        while spreads {
            spreads = false;
            for (keys, low_row) in self.keys.iter().zip(&mut low_rows) {
                for (key, low_column) in keys.iter().zip(&mut low_columns) {
                    if *low_row == *low_column || key.level() == PinState::Low {
                        continue;
                    }
                    // From a row to its column, or back where no diode prevents it.
                    if *low_row || !self.has_diodes.get() {
                        (*low_row, *low_column) = (true, true);
                        spreads = true;
                    }
                }
            }
        }
        for (column, is_low) in low_columns.into_iter().enumerate() {
            self.pull(column, is_low);
        }
    }

    fn pull(&self, column: usize, is_low: bool) {
        let (wire, released) = (&self.columns[column], &self.released[column]);
        if is_low {
            released.set(None);
            wire.set(PinState::Low);
        } else if wire.level() == PinState::Low {
            let now = self.clock.now();
            let is_new = released.get().is_none();
            let since = released.get().unwrap_or(now);
            released.set(Some(since));
            let high = since + self.rise.get();
            if now >= high {
                released.set(None);
                wire.set(PinState::High);
            } else if is_new {
                self.alarms[column].toggle_at(&[high]);
            }
        }
    }
}

impl<T, const ROWS: usize, const COLUMNS: usize> fmt::Debug for Keypad<T, ROWS, COLUMNS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Circuit { rows, columns, keys, .. } = &*self.circuit;
        f.debug_struct("Keypad")
            .field("rows", rows)
            .field("columns", columns)
            .field("keys", keys)
            .finish_non_exhaustive()
    }
}
