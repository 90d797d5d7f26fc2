//! A change of the receiver's speed.

use core::fmt;

use embedded_io_async::{ErrorType, Write};
use tickwire_sync::RawMutex;
use tickwire_traits::{Either, SetBaud, Timer, race};

use super::commands::{By, Line, Owed, Phase};
use super::{Commands, Hub, Request, SendError};
use crate::gps::mtk::{Baud, Command, SpeedChange, Step};

/// The reason why a receiver was not heard after a change of speed. `W` is the error of the writer,
/// and `B` that of its [`SetBaud`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SpeedError<W, B> {
    /// A command could not be sent, or the port did not send its bytes in time.
    Send(SendError<W>),
    /// The port did not accept the new speed, and the receiver was told nothing; or the port did
    /// not accept the old one, and is probably gone.
    Port(B),
    /// The receiver is heard at none of its speeds. The port has the old one.
    Unheard,
}

type Failure<W> = SpeedError<<W as ErrorType>::Error, <W as SetBaud>::Error>;

impl<R, P, T, const LINE: usize, D, W, C> Hub<R, P, T, LINE, D, Commands<R, W, C>>
where
    R: RawMutex,
    T: Timer,
    W: Write + SetBaud,
    C: Request + From<Command>,
{
    /// Changes the speed of a receiver with a chip of MediaTek, and that of the port. Returns the
    /// speed at which the receiver is heard: it may not have obeyed.
    ///
    /// Another task has to call [`run`](Self::run), and to call it again after each error: a UART
    /// may report garbled bytes as errors. Other commands wait for the end of the change.
    ///
    /// The receiver is told its new speed, the port follows, and a sentence proves that both have
    /// it. Otherwise the receiver is searched, at the old speed first and then at all others. That
    /// takes 14 s if it is not found, and longer only where the port takes long to send. A receiver
    /// that sends less than a sentence per second has to answer to `PMTK000`.
    ///
    /// ```
    /// use tickwire_drivers::gps::mtk::{Baud, SpeedChange};
    /// use tickwire_drivers::gps::{Commands, Gps, Hub};
    /// use tickwire_sim::{Sim, models::gps};
    /// use tickwire_sync::NoopRawMutex;
    /// use tickwire_traits::race;
    ///
    /// let sim = Sim::new();
    /// let line = gps::Receiver::new(sim.clock(), gps::demo_log(9), 9_600).then_silence();
    /// let (writer, receiver) = (line.input(), line.control());
    /// let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(line, sim.clock()), sim.clock())
    ///     .with_commands(Commands::mtk(writer));
    /// let mut change = SpeedChange::new(Baud::B9600, Baud::B115200);
    /// let faster = async {
    ///     assert_eq!(hub.change_speed(&mut change).await, Ok(Baud::B115200));
    /// };
    /// sim.run(race(faster, hub.run()));
    /// assert_eq!(receiver.baud(), 115_200);
    /// ```
    ///
    /// # Errors
    ///
    /// [`SpeedError`]. `change` has the speed of the port, from which the next call begins.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the writer's `write` and `set_baud` are: a repeated call with the same
    /// `change` goes on. A change that is not continued leaves the port at
    /// [`SpeedChange::port`], where the receiver may not be heard. Any other change finds it.
    pub async fn change_speed(&self, change: &mut SpeedChange) -> Result<Baud, Failure<W>> {
        let mut line = self.commands.line.lock().await;
        let mut sentences = self.commands.read.listener();
        loop {
            match change.step(self.clock.now(), self.commands.sentences()) {
                Step::Set(baud) => self.set_port(&mut line, baud, change).await?,
                Step::Send(command) => {
                    let command = C::from(command);
                    self.begin(&mut line, &command, By::Post).await;
                    self.write_out(&mut line, &command).await.map_err(SpeedError::Send)?;
                    // No await below. What answers is no matter: any sentence is a proof.
                    (line.phase, line.owed) = (Phase::Over, Owed::Nothing);
                    change.sent(self.clock.now());
                }
                Step::Wait(until) => {
                    // Both lead to another step.
                    let (Either::First(_) | Either::Second(())) =
                        race(sentences.next(), self.clock.sleep_until(until)).await;
                }
                Step::End(found) => {
                    change.restart();
                    return found.ok_or(SpeedError::Unheard);
                }
            }
        }
    }

    async fn set_port(
        &self,
        line: &mut Line<W>,
        baud: Baud,
        change: &mut SpeedChange,
    ) -> Result<(), Failure<W>> {
        let setting = line.writer.set_baud(baud.bits_per_second());
        match self.clock.timeout(self.commands.patience, setting).await {
            Ok(Ok(())) => change.set(),
            Ok(Err(error)) if change.refused() => {
                change.restart();
                return Err(SpeedError::Port(error));
            }
            // The next speed is tried.
            Ok(Err(_)) => {}
            Err(_) => return Err(SpeedError::Send(SendError::NotSent)),
        }
        Ok(())
    }
}

impl<W: fmt::Display, B: fmt::Debug> fmt::Display for SpeedError<W, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(error) => error.fmt(f),
            Self::Port(error) => write!(f, "the port did not change its speed: {error:?}"),
            Self::Unheard => f.write_str("the receiver is not heard at any speed"),
        }
    }
}

impl<W, B> core::error::Error for SpeedError<W, B>
where
    W: core::error::Error + 'static,
    B: fmt::Debug,
{
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Send(error) => error.source(),
            _ => None,
        }
    }
}
