//! One receiver for any number of tasks.

mod known;

use core::convert::Infallible;
use core::fmt;
use core::future::Future;

use embedded_io_async::{Error as _, ErrorKind, Read};
use tickwire_sync::{Listener, Message, Mutex, RawMutex};
use tickwire_traits::{Clock, Duration, Either, Instant, Timer, race};

use super::{
    Aged, Course, Date, Decoder, Error, Field, Fix, FixedPoint, Gps, LINE_LENGTH, Position,
};
use known::Known;

/// How often [`Hub::lost`] lets a late task read the line before it reports a loss.
const LOOKS: u8 = 3;

/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(1);

/// A GPS receiver that one task reads and any number of tasks wait for.
///
/// One task calls [`run`](Self::run). No waiter takes a report from another: each waits for a
/// report since a moment of its own. A waiter is woken by reports of its own value, and not by
/// other sentences.
///
/// `R` is the raw mutex, as for each primitive of `tickwire-sync`. Waiters are not stored here, so
/// their number has no bound.
///
/// ```
/// use futures_util::future::join;
/// use tickwire_drivers::gps::{Gps, Hub};
/// use tickwire_sim::{Sim, models::gps};
/// use tickwire_sync::NoopRawMutex;
/// use tickwire_traits::{Duration, race};
///
/// let sim = Sim::new();
/// let line = gps::Receiver::new(sim.clock(), gps::demo_log(3), 9_600).then_silence();
/// let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(line, sim.clock()), sim.clock());
/// let waiters = async {
///     let (one, another) = join(hub.next(), hub.next()).await;
///     assert_eq!(one.unwrap(), another.unwrap());
///     let at = hub.lost(Duration::from_secs(5)).await.unwrap();
///     assert_eq!(at, hub.fix().position().map(|position| position.at));
/// };
/// sim.run(race(hub.run(), waiters));
/// ```
pub struct Hub<R, P, T, const LINE: usize = LINE_LENGTH, D = FixedPoint> {
    gps: Mutex<R, Gps<P, T, LINE, D>>,
    clock: T,
    /// Written by the task that has the lock of `gps`.
    known: Message<R, Known>,
    position: Message<R, ()>,
    date: Message<R, ()>,
    altitude: Message<R, ()>,
    course: Message<R, ()>,
    failure: Message<R, ()>,
}

impl<R: RawMutex, P, T, const LINE: usize, D> Hub<R, P, T, LINE, D> {
    /// Creates a hub that knows nothing. The clock is that of `gps`.
    pub const fn new(gps: Gps<P, T, LINE, D>, clock: T) -> Self {
        Self {
            gps: Mutex::new(gps),
            clock,
            known: Message::new(),
            position: Message::new(),
            date: Message::new(),
            altitude: Message::new(),
            course: Message::new(),
            failure: Message::new(),
        }
    }

    /// Returns what is known, however old.
    pub fn fix(&self) -> Fix {
        self.known().fix
    }

    /// Waits for the next report of a position, counted from this call. Returns the fix with it.
    ///
    /// # Errors
    ///
    /// The error with which [`run`](Self::run) ended after this call. Call `run` and the wait again.
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

    /// Returns the driver and the clock.
    pub fn release(self) -> (Gps<P, T, LINE, D>, T) {
        (self.gps.into_inner(), self.clock)
    }

    fn known(&self) -> Known {
        self.known.get().unwrap_or(Known::NOTHING)
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

impl<R: RawMutex, P, T: Timer, const LINE: usize, D> Hub<R, P, T, LINE, D> {
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
                let mut until = since + silence;
                if until <= now {
                    if looks == 0 {
                        return Ok(last);
                    }
                    looks -= 1;
                    until = now + LOOK;
                }
                // Both lead to another look.
                let (Either::First(()) | Either::Second(())) =
                    race(failure.next(), self.clock.sleep_until(until)).await;
            }
        }
    }
}

impl<R: RawMutex, P: Read, T: Clock, const LINE: usize, D: Decoder> Hub<R, P, T, LINE, D> {
    /// Reads the receiver until its stream fails or ends, and wakes the tasks that wait.
    ///
    /// One task calls it. A second call waits until the first has ended or was dropped, and then
    /// goes on.
    ///
    /// # Errors
    ///
    /// Those of [`Gps::update`]. Each task that waits gets the error. It may be called again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the reader's `read` is: the next call goes on in the middle of a sentence.
    /// Tasks that wait go on waiting.
    pub async fn run(&self) -> Result<Infallible, Error<P::Error>> {
        let mut gps = self.gps.lock().await;
        loop {
            let updated = gps.update().await;
            // No await below: what the driver has taken is published.
            let mut known = self.known();
            match updated {
                Ok(update) => {
                    known.update(&update, gps.fix());
                    self.known.set(known);
                    for (field, message) in self.values() {
                        if update.set.contains(field) {
                            message.set(());
                        }
                    }
                }
                Err(error) => {
                    known.fail(match &error {
                        Error::Read(error) => Error::Read(error.kind()),
                        Error::EndOfStream => Error::EndOfStream,
                    });
                    self.known.set(known);
                    self.values().into_iter().for_each(|(_, message)| message.set(()));
                    self.failure.set(());
                    return Err(error);
                }
            }
        }
    }

    fn values(&self) -> [(Field, &Message<R, ()>); 4] {
        [
            (Field::Position, &self.position),
            (Field::Date, &self.date),
            (Field::Altitude, &self.altitude),
            (Field::Course, &self.course),
        ]
    }
}

fn fresh<V>(value: Option<Aged<V>>, since: Instant) -> Option<Aged<V>> {
    value.filter(|value| value.at >= since)
}

impl<R: RawMutex, P, T, const LINE: usize, D> fmt::Debug for Hub<R, P, T, LINE, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("fix", &self.fix()).finish_non_exhaustive()
    }
}
