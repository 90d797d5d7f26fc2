//! What tasks wait for.

use core::future::Future;

use embedded_io_async::ErrorKind;
use tickwire_sync::{Listener, Message, RawMutex};
use tickwire_traits::{Duration, Either, Instant, Timer, race};

use super::Hub;
use super::known::Known;
use crate::gps::looks::{LOOKS, extended};
use crate::gps::{Aged, Course, Date, Error, Fix, Position};

impl<R: RawMutex, P, T, const LINE: usize, D, S> Hub<R, P, T, LINE, D, S> {
    /// Waits for the next report of a position, counted from this call. Returns the fix with it.
    ///
    /// Each sentence with a position is a report. A receiver that sends RMC and GGA reports the
    /// position of each second twice.
    ///
    /// # Errors
    ///
    /// The error with which [`run`](Self::run) ended after this call. Call `run` and the wait again.
    ///
    /// An end before this call is no error: the wait goes on with the next `run`, and a loop that
    /// repeats failed waits does not spin meanwhile. If no task calls `run` again, the wait does not
    /// end; `race` both in one task instead.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state. A repeated call counts from itself; to miss no
    /// position, use [`position`](Self::position).
    pub fn next(&self) -> impl Future<Output = Result<Fix, Error<ErrorKind>>> {
        let before = self.known().positions;
        self.wait(&self.position, move |known| (known.positions != before).then_some(known.fix))
    }

    /// Waits for a position that was read at `since` or later. Resolves immediately if the last one
    /// was.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state.
    pub fn position(
        &self,
        since: Instant,
    ) -> impl Future<Output = Result<Aged<Position>, Error<ErrorKind>>> {
        self.wait(&self.position, move |known| fresh(known.fix.position(), since))
    }

    /// Waits for a date that was read at `since` or later. Resolves immediately if the last one was.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state.
    pub fn date(
        &self,
        since: Instant,
    ) -> impl Future<Output = Result<Aged<Date>, Error<ErrorKind>>> {
        self.wait(&self.date, move |known| fresh(known.fix.date(), since))
    }

    /// Waits for an altitude in millimeters that was read at `since` or later. Resolves immediately
    /// if the last one was.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state.
    pub fn altitude_mm(
        &self,
        since: Instant,
    ) -> impl Future<Output = Result<Aged<i32>, Error<ErrorKind>>> {
        self.wait(&self.altitude, move |known| fresh(known.fix.altitude_mm(), since))
    }

    /// Waits for a course that was read at `since` or later. Resolves immediately if the last one
    /// was. A receiver that does not move reports no course.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state.
    pub fn course(
        &self,
        since: Instant,
    ) -> impl Future<Output = Result<Aged<Course>, Error<ErrorKind>>> {
        self.wait(&self.course, move |known| fresh(known.fix.course(), since))
    }

    /// Waits until `ready` returns a value, which may change with each setting of `message`.
    fn wait<U>(
        &self,
        message: &Message<R, ()>,
        ready: impl Fn(&Known) -> Option<U>,
    ) -> impl Future<Output = Result<U, Error<ErrorKind>>> {
        // Before the first await: reports and failures count from the call.
        let mut listener: Listener<'_, R, ()> = message.listener();
        let failures = self.known().failures;
        async move {
            loop {
                // A function looks: the future would store the fix here.
                if let Some(ended) = self.look(failures, &ready) {
                    return ended;
                }
                listener.next().await;
            }
        }
    }

    fn look<U>(
        &self,
        failures: u32,
        ready: impl Fn(&Known) -> Option<U>,
    ) -> Option<Result<U, Error<ErrorKind>>> {
        let known = self.known();
        // First the value: it may have come just before the failure.
        if let Some(value) = ready(&known) {
            return Some(Ok(value));
        }
        known.failed_since(failures).err().map(Err)
    }

    fn last_position(&self, failures: u32) -> Result<Option<Instant>, Error<ErrorKind>> {
        let known = self.known();
        known.failed_since(failures)?;
        Ok(known.fix.position().map(|position| position.at))
    }
}

impl<R: RawMutex, P, T: Timer, const LINE: usize, D, S> Hub<R, P, T, LINE, D, S> {
    /// Waits until no position has been reported for `silence`. Returns the time of the last one;
    /// `None` if there was none at all.
    ///
    /// The silence begins with the last position, or with this call if that is later or there was
    /// none. It ends a few milliseconds late: a task that was late itself first lets `run` read what
    /// came meanwhile. A receiver that reports that it has no fix is silent as well.
    ///
    /// The task is woken once per `silence`, and not by each position.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state. A repeated call begins a new silence.
    pub fn lost(
        &self,
        silence: Duration,
    ) -> impl Future<Output = Result<Option<Instant>, Error<ErrorKind>>> {
        // Before the first await: failures and the silence count from the call.
        let mut failure = self.failure.listener();
        let failures = self.known().failures;
        let mut since = self.clock.now();
        let mut looks = LOOKS;
        async move {
            loop {
                let last = self.last_position(failures)?;
                if let Some(last) = last.filter(|last| *last > since) {
                    (since, looks) = (last, LOOKS);
                }
                let now = self.clock.now();
                let until;
                (until, looks) = extended(since + silence, looks, now);
                if until <= now {
                    return Ok(last);
                }
                // Both lead to another look.
                let (Either::First(()) | Either::Second(())) =
                    race(failure.next(), self.clock.sleep_until(until)).await;
            }
        }
    }
}

fn fresh<V>(value: Option<Aged<V>>, since: Instant) -> Option<Aged<V>> {
    value.filter(|value| value.at >= since)
}
