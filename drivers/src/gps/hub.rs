//! One receiver for any number of tasks.

mod commands;
mod known;
mod request;
mod send;
mod send_error;
mod speed;
mod waits;

use core::convert::Infallible;
use core::fmt;
use core::future::Future;

use embedded_io_async::{Error as _, ErrorKind, Read};
use tickwire_sync::{Message, Mutex, RawMutex};
use tickwire_traits::Clock;

use super::{Decoder, Error, Event, Field, Fields, Fix, FixedPoint, Gps, LINE_LENGTH, Update};
use commands::Hears;
pub use commands::{Commands, Strays};
use known::Known;
pub use request::Request;
pub use send_error::SendError;
pub use speed::SpeedError;

/// A GPS receiver that one task reads and any number of tasks wait for.
///
/// One task calls [`run`](Self::run). No waiter takes a report from another: each waits for a
/// report since a moment of its own. A waiter is woken by reports of its own value, and not by
/// other sentences.
///
/// `R` is the raw mutex, as for each primitive of `tickwire-sync`: `NoopRawMutex` for the tasks of
/// one executor, `CriticalSectionRawMutex` in a `static`. Waiters are not stored here, so their
/// number has no bound.
///
/// `Hub::<R, _, _>::new` takes a [`Gps`] with the default decoder and length of a line. For any
/// other, write all five parameters: `Hub::<R, _, _, _, _>::new`.
///
/// ```
/// use tickwire_drivers::gps::{Gps, Hub};
/// use tickwire_sim::{Sim, models::gps};
/// use tickwire_sync::{NoopRawMutex, gather};
/// use tickwire_traits::{Duration, race};
///
/// let sim = Sim::new();
/// let line = gps::Receiver::new(sim.clock(), gps::demo_log(3), 9_600).then_silence();
/// let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(line, sim.clock()), sim.clock());
/// let waiters = async {
///     let (one, another) = gather((hub.next(), hub.next())).await;
///     assert_eq!(one.unwrap(), another.unwrap());
///     let at = hub.lost(Duration::from_secs(5)).await.unwrap();
///     assert_eq!(at, hub.fix().position().map(|position| position.at));
/// };
/// sim.run(race(hub.run(), waiters));
/// ```
///
/// Tasks share the fix. The satellites of a [`Satellites`](super::Satellites), other values of a
/// decoder and the driver's counters are shown by [`run_with`](Self::run_with), and returned with
/// the driver by [`release`](Self::release).
///
/// With [`Commands`], tasks send commands to the receiver as well. A hub without them, whose `S`
/// is `()`, has no writer.
pub struct Hub<R, P, T, const LINE: usize = LINE_LENGTH, D = FixedPoint, S = ()> {
    gps: Mutex<R, Gps<P, T, LINE, D>>,
    clock: T,
    /// Written by the task that has the lock of `gps`.
    known: Message<R, Known>,
    position: Message<R, ()>,
    date: Message<R, ()>,
    altitude: Message<R, ()>,
    course: Message<R, ()>,
    failure: Message<R, ()>,
    commands: S,
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
            commands: (),
        }
    }

    /// Adds the line to the receiver, for [`send`](Self::send).
    pub fn with_commands<W, C: Request>(
        self,
        commands: Commands<R, W, C>,
    ) -> Hub<R, P, T, LINE, D, Commands<R, W, C>> {
        let Self { gps, clock, known, position, date, altitude, course, failure, commands: () } =
            self;
        Hub { gps, clock, known, position, date, altitude, course, failure, commands }
    }

    /// Returns the driver and the clock.
    pub fn release(self) -> (Gps<P, T, LINE, D>, T) {
        (self.gps.into_inner(), self.clock)
    }
}

impl<R: RawMutex, P, T, const LINE: usize, D, S> Hub<R, P, T, LINE, D, S> {
    /// Returns what is known, however old.
    pub fn fix(&self) -> Fix {
        self.known().fix
    }

    // Inlined into futures, this and the next three functions take more flash.
    #[inline(never)]
    fn known(&self) -> Known {
        self.known.get().unwrap_or(Known::NOTHING)
    }

    /// Publishes the values of a sentence.
    #[inline(never)]
    fn report(&self, update: &Update, fix: &Fix) {
        let mut known = self.known();
        known.update(update, fix);
        self.publish(&known, update.set);
    }

    /// Publishes an error.
    #[inline(never)]
    fn fail(&self, error: Error<ErrorKind>) {
        let mut known = self.known();
        known.fail(error);
        self.publish(&known, Fields::ALL);
        self.failure.set(());
    }

    /// Sets what is known, and wakes the tasks that wait for one of these fields.
    #[inline(never)]
    fn publish(&self, known: &Known, set: Fields) {
        self.known.set(*known);
        let values = [
            (Field::Position, &self.position),
            (Field::Date, &self.date),
            (Field::Altitude, &self.altitude),
            (Field::Course, &self.course),
        ];
        for (field, message) in values {
            if set.contains(field) {
                message.set(());
            }
        }
    }
}

impl<R, P, T, const LINE: usize, D, S> Hub<R, P, T, LINE, D, S>
where
    R: RawMutex,
    P: Read,
    T: Clock,
    D: Decoder,
    S: Hears,
{
    /// Reads the receiver until its stream fails or ends, and wakes the tasks that wait.
    ///
    /// One task calls it, and calls it again after an error: a UART may report garbled bytes as
    /// errors. That task should pause before each repetition, because a stream that has ended, or
    /// whose device is unplugged, fails again immediately. While no task calls `run`, a wait for a
    /// report does not end. A second call waits until the first has ended or was dropped, and then
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
    pub fn run(&self) -> impl Future<Output = Result<Infallible, Error<P::Error>>> {
        self.run_with(|_, _| {})
    }

    /// Reads the receiver as [`run`](Self::run) does, and shows the driver to `seen` after each
    /// sentence that is decoded.
    ///
    /// The driver cannot be read from elsewhere: its lock is held while this waits for the next
    /// sentence. So `seen` takes out what else tasks need: satellites, accuracy or other values of
    /// the decoder, or the counters. It is called before tasks are woken for the same sentence, and
    /// should be short.
    ///
    /// ```
    /// use std::cell::Cell;
    /// use tickwire_drivers::gps::{Gps, Hub, Satellites, Sentence};
    /// use tickwire_sim::{Sim, models::gps};
    /// use tickwire_sync::NoopRawMutex;
    /// use tickwire_traits::race;
    ///
    /// let sim = Sim::new();
    /// let line = gps::Receiver::new(sim.clock(), gps::demo_log(3), 9_600).then_silence();
    /// let gps = Gps::new(line, sim.clock()).with_decoder(Satellites::<32>::new());
    /// let hub = Hub::<NoopRawMutex, _, _, _, _>::new(gps, sim.clock());
    /// // For tasks that wait for it: a `Message` of `tickwire-sync`.
    /// let strongest = Cell::new(None);
    /// let run = hub.run_with(|gps, update| {
    ///     if update.sentence == Sentence::Gsv {
    ///         let all = gps.decoder().sets().flat_map(|set| set.satellites());
    ///         strongest.set(all.filter_map(|it| it.snr()).max());
    ///     }
    /// });
    /// sim.run(race(run, async {
    ///     hub.next().await.unwrap();
    ///     hub.next().await.unwrap();
    ///     hub.next().await.unwrap();
    /// }));
    /// assert_eq!(strongest.get(), Some(45));
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, as [`run`](Self::run) is: each sentence is shown once.
    pub async fn run_with(
        &self,
        mut seen: impl FnMut(&Gps<P, T, LINE, D>, &Update),
    ) -> Result<Infallible, Error<P::Error>> {
        let mut gps = self.gps.lock().await;
        loop {
            let event = gps.next().await;
            // No await below: what the driver has taken is published.
            match event {
                Ok(Event::Update(update)) => {
                    self.commands.note();
                    seen(&gps, &update);
                    self.report(&update, gps.fix());
                }
                Ok(Event::Other(raw)) => self.commands.hear(raw),
                Err(error) => {
                    self.fail(match &error {
                        Error::Read(error) => Error::Read(error.kind()),
                        Error::EndOfStream => Error::EndOfStream,
                    });
                    self.commands.fail();
                    return Err(error);
                }
            }
        }
    }
}

impl<R: RawMutex, P, T, const LINE: usize, D, S> fmt::Debug for Hub<R, P, T, LINE, D, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("fix", &self.fix()).finish_non_exhaustive()
    }
}
