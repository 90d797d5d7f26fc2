//! Keypads: keys in a matrix of rows and columns.
//!
//! A key connects its row and its column. Each column is an input with a pull-up. A scan drives
//! one row low after the other; a column is then low if one of its keys in that row is down.
//! While no key is down and none settles, all rows are low: the columns are awaited, and
//! nothing is polled.
//!
//! # Rows
//!
//! A row that is released must not be driven high: two keys that are down in one column would
//! connect it to the row that is low. Where each key has a diode, push-pull outputs will do.
//! Without diodes, a row is an open-drain output: embassy's HALs have `OutputOpenDrain`, and
//! `exec-std` has `Drive::OpenDrain`. A resistor of 1 kΩ or so in each row protects push-pull outputs too.
//!
//! # Gestures
//!
//! A [`Keypad`] is a [`ContactSource`], so [`Buttons`](crate::button::Buttons) reads double
//! clicks and long presses from it.

mod column;
mod key;
mod matrix;
mod pins;
mod scan;
mod settling;
mod state;

use embedded_hal::digital::OutputPin;
use futures_util::Stream;
use futures_util::stream::unfold;
use tickwire_traits::{Duration, Instant, TimerQueue};

use crate::contact::{Change, ContactSource};
use crate::switch::Debounce;

pub use column::{Column, Polled};
pub use key::{Key, Report};
pub use matrix::Matrix;
use scan::Scan;

/// A keypad on the pins of its rows and columns.
///
/// ```
/// use tickwire_drivers::button::{Buttons, Event};
/// use tickwire_drivers::keypad::{Key, Keypad};
/// use tickwire_sim::{Sim, models};
/// use tickwire_traits::Instant;
///
/// const LABELS: [[char; 3]; 4] =
///     [['1', '2', '3'], ['4', '5', '6'], ['7', '8', '9'], ['*', '0', '#']];
///
/// let sim = Sim::new();
/// let model = models::keypad::Keypad::<_, 4, 3>::new(sim.clock());
/// model.key(1, 2).toggle_at(&[100, 250].map(Instant::from_millis));
/// model.key(3, 1).toggle_at(&[200, 2_000].map(Instant::from_millis));
///
/// let keypad = Keypad::new(model.rows(), model.columns(), sim.clock());
/// let mut keys = Buttons::<_, 4>::of(keypad);
/// let expected = [
///     ('6', Event::Press),
///     ('0', Event::Press),
///     ('6', Event::Release),
///     ('0', Event::Long),
///     ('0', Event::Release),
/// ];
/// for (label, event) in expected {
///     let gesture = sim.run(keys.gesture()).unwrap();
///     assert_eq!((gesture.key.in_table(&LABELS), gesture.event), (Some(&label), event));
/// }
/// ```
///
/// Methods change the defaults:
///
/// ```
/// use tickwire_drivers::keypad::Keypad;
/// use tickwire_drivers::switch::Debounce;
/// # use tickwire_sim::{Sim, models};
/// use tickwire_traits::Duration;
/// # let sim = Sim::new();
/// # let model = models::keypad::Keypad::<_, 4, 4>::new(sim.clock());
/// # let (rows, columns, clock) = (model.rows(), model.columns(), sim.clock());
///
/// let keypad = Keypad::new(rows, columns, clock)
///     .with_debounce(Debounce::confirmed(Duration::from_millis(10)))
///     .with_pause(Duration::from_millis(2))
///     .with_row_delay(Duration::from_micros(50))
///     .with_diodes();
/// ```
///
/// # Times
///
/// The time of a change is that of the scan that decided it. A key that is down between two scans
/// only is not seen. A scan awaits its clock once for each row, so if the task is late, it is late
/// for each row.
#[derive(Debug)]
pub struct Keypad<R, C, T, const ROWS: usize, const COLUMNS: usize> {
    rows: [R; ROWS],
    columns: [C; COLUMNS],
    clock: T,
    matrix: Matrix<ROWS, COLUMNS>,
    scan: Scan,
}

impl<R, C, T, const ROWS: usize, const COLUMNS: usize> Keypad<R, C, T, ROWS, COLUMNS> {
    /// Creates a keypad without diodes, whose keys bounce for up to 50 ms: the default of
    /// [`Debounce`]. A key that is down at the first call reports a press.
    pub const fn new(rows: [R; ROWS], columns: [C; COLUMNS], clock: T) -> Self {
        Self { rows, columns, clock, matrix: Matrix::new(Debounce::DEFAULT), scan: Scan::new() }
    }

    /// Sets how long a key bounces, and when a change is reported.
    ///
    /// In [`Mode::Confirmed`](crate::switch::Mode::Confirmed), a key is stable if it was the same
    /// in each scan of that time, in two scans at least. Pulses that are repeated in step with the
    /// scans are taken for a key that is down.
    pub const fn with_debounce(mut self, debounce: Debounce) -> Self {
        self.matrix.set_debounce(debounce);
        self
    }

    /// Sets the time between two scans while a key is down or settles, and between two looks at
    /// columns that are [`Polled`]: 5 ms by default. Values are limited to 100 µs and an hour.
    pub const fn with_pause(mut self, pause: Duration) -> Self {
        self.scan.set_pause(pause);
        self
    }

    /// Sets the time from driving a row to reading the columns: 20 µs by default, in which a
    /// pull-up of 50 kΩ charges a column of 200 pF. Values over an hour are reduced to an hour.
    ///
    /// Each row is awaited by the clock, so a clock that wakes once in a millisecond makes a scan
    /// of four rows take four.
    pub const fn with_row_delay(mut self, delay: Duration) -> Self {
        self.scan.set_row_delay(delay);
        self
    }

    /// Declares a diode at each key, so that no key is [ambiguous](Matrix#ghosts). Any number of
    /// keys may then be down.
    pub fn with_diodes(mut self) -> Self {
        self.matrix = self.matrix.with_diodes();
        self
    }

    /// Returns whether the key is down, according to the changes reported.
    pub fn is_down(&self, key: Key) -> bool {
        self.matrix.is_down(key)
    }

    /// Returns the keys that are down, row by row, according to the changes reported.
    pub fn down(&self) -> impl Iterator<Item = Key> {
        self.matrix.down()
    }

    /// Returns how often a key became [ambiguous](Matrix#ghosts), up to 65 535.
    pub const fn ambiguous(&self) -> u16 {
        self.matrix.ambiguous()
    }

    /// Returns the rows, the columns and the clock. The rows stay as they are driven.
    pub fn release(self) -> ([R; ROWS], [C; COLUMNS], T) {
        (self.rows, self.columns, self.clock)
    }
}

impl<R, C, T, const ROWS: usize, const COLUMNS: usize> Keypad<R, C, T, ROWS, COLUMNS>
where
    R: OutputPin,
    C: Column<Error = R::Error>,
    T: TimerQueue,
{
    /// Waits for the next change of a key.
    ///
    /// # Errors
    ///
    /// Errors of the pins. The keypad may be used again, and continues the scan.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a change is recorded in the poll that returns it. The rows stay as they are
    /// driven, and the next call continues the scan.
    pub async fn change(&mut self) -> Result<Change<Key>, R::Error> {
        loop {
            if let Some(Report::Change(change)) = self.report_until(Instant::MAX).await? {
                return Ok(change);
            }
        }
    }

    /// Waits for the next change of a key, or for a key that becomes
    /// [ambiguous](Matrix#ghosts): a chance to beep.
    ///
    /// ```
    /// use tickwire_drivers::keypad::{Key, Keypad, Report};
    /// use tickwire_sim::{Sim, models};
    /// use tickwire_traits::Instant;
    ///
    /// let sim = Sim::new();
    /// let model = models::keypad::Keypad::<_, 2, 2>::new(sim.clock());
    /// model.key(0, 0).toggle_at(&[100, 400].map(Instant::from_millis));
    /// model.key(1, 0).toggle_at(&[Instant::from_millis(200)]);
    /// model.key(1, 1).toggle_at(&[Instant::from_millis(300)]);
    ///
    /// let mut keypad = Keypad::new(model.rows(), model.columns(), sim.clock());
    /// let mut reports = Vec::new();
    /// for _ in 0..6 {
    ///     reports.push(match sim.run(keypad.report()).unwrap() {
    ///         Report::Change(change) => (change.key.row, change.key.column, "changed"),
    ///         Report::Ambiguous { key, .. } => (key.row, key.column, "ambiguous"),
    ///     });
    /// }
    /// let expected = [
    ///     (0, 0, "changed"),
    ///     (1, 0, "changed"),
    ///     (0, 1, "ambiguous"),
    ///     (1, 1, "ambiguous"),
    ///     (0, 0, "changed"),
    ///     (1, 1, "changed"), // It has stayed closed since then.
    /// ];
    /// assert_eq!(reports, expected);
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`change`](Self::change).
    ///
    /// # Cancel safety
    ///
    /// As for [`change`](Self::change).
    pub async fn report(&mut self) -> Result<Report, R::Error> {
        loop {
            if let Some(report) = self.report_until(Instant::MAX).await? {
                return Ok(report);
            }
        }
    }

    /// Returns a stream of the changes. The stream never ends.
    ///
    /// # Cancel safety
    ///
    /// As for [`change`](Self::change): dropping the stream loses nothing.
    pub fn changes(&mut self) -> impl Stream<Item = Result<Change<Key>, R::Error>> {
        unfold(self, async |keypad| Some((keypad.change().await, keypad)))
    }
}

impl<R, C, T, const ROWS: usize, const COLUMNS: usize> ContactSource
    for Keypad<R, C, T, ROWS, COLUMNS>
where
    R: OutputPin,
    C: Column<Error = R::Error>,
    T: TimerQueue,
{
    type Key = Key;
    type Error = R::Error;

    fn now(&self) -> Instant {
        self.clock.now()
    }

    async fn change_until(&mut self, until: Instant) -> Result<Option<Change<Key>>, R::Error> {
        loop {
            match self.report_until(until).await? {
                Some(Report::Change(change)) => return Ok(Some(change)),
                Some(Report::Ambiguous { .. }) => {}
                None => return Ok(None),
            }
        }
    }
}
