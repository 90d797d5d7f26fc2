//! The pins of a keypad: what is driven, read and awaited.

use embedded_hal::digital::{OutputPin, PinState};
use futures_util::FutureExt;
use tickwire_sync::try_gather;
use tickwire_traits::{Instant, Timer, TimerQueue};

use crate::contact::Contact;

use super::Keypad;
use super::column::Column;
use super::key::Report;
use super::scan::Phase;

impl<R, C, T, const ROWS: usize, const COLUMNS: usize> Keypad<R, C, T, ROWS, COLUMNS>
where
    R: OutputPin,
    C: Column<Error = R::Error>,
    T: TimerQueue,
{
    /// Waits for the next report, until `until` at most.
    #[allow(clippy::manual_async_fn)] // An `async fn` stores its arguments twice.
    pub(super) fn report_until(
        &mut self,
        until: Instant,
    ) -> impl Future<Output = Result<Option<Report>, R::Error>> {
        async move {
            loop {
                if let Some(report) = self.matrix.report() {
                    return Ok(Some(report));
                }
                let Some(due) = self.scan.deadline() else {
                    self.drive()?;
                    continue;
                };
                self.clock.sleep_until(due.min(until)).await;
                if self.clock.now() < due {
                    return Ok(None);
                }
                if self.scan.phase() == Phase::Pause && self.matrix.is_at_rest() {
                    match self.clock.timeout_at(until, any(&mut self.columns)).await {
                        Ok(low) => low?,
                        Err(_) => return Ok(None),
                    }
                }
                // No await below: a reading is recorded in the poll that takes it.
                self.read()?;
            }
        }
    }

    /// Drives the rows of the present phase low. All others are released first.
    fn drive(&mut self) -> Result<(), R::Error> {
        let phase = self.scan.phase();
        for level in [PinState::High, PinState::Low] {
            for (row, index) in self.rows.iter_mut().zip(0..) {
                let is_low = phase == Phase::Pause || phase == Phase::Row(index);
                if is_low == (level == PinState::Low) {
                    row.set_state(level)?;
                }
            }
        }
        self.scan.driven(self.clock.now());
        Ok(())
    }

    /// Reads the columns, and ends the present phase.
    fn read(&mut self) -> Result<(), R::Error> {
        let Phase::Row(row) = self.scan.phase() else {
            return self.look();
        };
        for (index, column) in self.columns.iter_mut().enumerate() {
            let contact = if column.is_low()? { Contact::Closed } else { Contact::Open };
            self.matrix.read(row.into(), index, contact);
        }
        if self.scan.end_phase(ROWS) {
            self.matrix.end_scan(self.clock.now());
        }
        Ok(())
    }

    /// Ends a pause, if a key is down or settles. If there is none, another pause follows: the
    /// key that has ended the wait bounces.
    fn look(&mut self) -> Result<(), R::Error> {
        let mut is_due = !self.matrix.is_at_rest();
        for column in &mut self.columns {
            is_due = is_due || column.is_low()?;
        }
        if is_due {
            self.scan.end_phase(ROWS);
        } else {
            self.scan.driven(self.clock.now());
        }
        Ok(())
    }
}

/// Waits until any of the columns is low. The first one ends the wait, as if that were an error.
fn any<C: Column, const COLUMNS: usize>(
    columns: &mut [C; COLUMNS],
) -> impl Future<Output = Result<(), C::Error>> {
    let waits = columns.each_mut().map(|column| column.wait().map(Err::<(), _>));
    try_gather(waits).map(|low| low.map_or_else(|low| low, |_| Ok(())))
}
