//! Commands and their answers.

use core::future::Future;

use embedded_io_async::Write;
use tickwire_sync::RawMutex;
use tickwire_traits::{Either, Timer, race};

use super::commands::{Asked, By, Line, Owed, Phase, SEPARATOR};
use super::{Commands, Hub, Request, SendError, Strays};
use crate::gps::Gps;
use crate::gps::looks::{LOOKS, extended};

impl<R, P, T, const LINE: usize, D, W, C> Hub<R, P, T, LINE, D, Commands<R, W, C>>
where
    R: RawMutex,
    C: Request,
{
    /// Returns how many answers no call waited for.
    pub fn strays(&self) -> Strays {
        self.commands.strays()
    }

    /// Returns the driver, the clock and the writer.
    pub fn release_all(self) -> (Gps<P, T, LINE, D>, T, W) {
        (self.gps.into_inner(), self.clock, self.commands.line.into_inner().writer)
    }
}

impl<R, P, T, const LINE: usize, D, W, C> Hub<R, P, T, LINE, D, Commands<R, W, C>>
where
    R: RawMutex,
    T: Timer,
    W: Write,
    C: Request,
{
    /// Waits for its turn, sends a command, and waits for the answer.
    ///
    /// Calls of many tasks are served in their order. Another task has to call [`run`](Self::run),
    /// which hears the answer; sentences flow to all waiters meanwhile.
    ///
    /// To change the speed, call [`change_speed`](Self::change_speed). The command for it is not
    /// answered, and would leave the receiver and the port at different speeds: this method returns
    /// [`SendError::NeverAnswered`] immediately.
    ///
    /// ```
    /// use tickwire_drivers::gps::mtk::{Command, Rates, Restart, Verdict};
    /// use tickwire_drivers::gps::{Commands, Gps, Hub, Outgoing};
    /// use tickwire_sim::{Sim, models::gps};
    /// use tickwire_sync::NoopRawMutex;
    /// use tickwire_traits::race;
    ///
    /// let sim = Sim::new();
    /// let line = gps::Receiver::new(sim.clock(), gps::demo_log(9), 9_600).then_silence();
    /// let writer = line.input();
    /// let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(line, sim.clock()), sim.clock())
    ///     .with_commands(Commands::mtk(writer).with_retries(2));
    /// let settings = async {
    ///     assert_eq!(hub.send(Command::Rates(Rates::USUAL)).await, Ok(Verdict::Succeeded));
    ///     hub.post(Command::Restart(Restart::Hot)).await.unwrap();
    /// };
    /// sim.run(race(settings, hub.run()));
    /// ```
    ///
    /// # Which answer belongs to which command
    ///
    /// Answers have no numbers. One that comes while this command is the last one is its answer if
    /// [`Request::answer`] takes it. Answers to earlier commands that have another name are
    /// counted, and so are second ones: see [`strays`](Self::strays). If the command before
    /// [is like](Request::is_like) this one and may still be answered, because its call was dropped
    /// or it was sent again, this one is sent after that answer, or after its time.
    ///
    /// So an answer is taken for that of a later command only if both are like each other, and it
    /// comes twice, after its time, or after a third command.
    ///
    /// # Errors
    ///
    /// [`SendError`]. The next call works.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the writer's `write` is. A repeated call with the same command goes on with
    /// the exchange, until twice the patience after it was sent: the command is not sent again,
    /// and an answer that came in between is returned. Another command ends the exchange. A
    /// receiver obeys no part of a command: `$` and CR LF end it before the next one.
    ///
    /// Two callers that drop their calls at each pending poll, and send different commands, make no
    /// progress: each ends the exchange of the other. A call that may last for the patience does.
    pub fn send(
        &self,
        command: impl Into<C>,
    ) -> impl Future<Output = Result<C::Answer, SendError<W::Error>>> {
        let command = command.into();
        // Before the first await: failures count from the call.
        let failures = self.known().failures;
        async move {
            if !command.is_answered() {
                return Err(SendError::NeverAnswered);
            }
            let mut line = self.commands.line.lock().await;
            let number = self.begin(&mut line, &command, By::Waiter).await;
            // Dropped before the lock: the next exchange is not taken for this one.
            let _leaves = Leaves(&self.commands);
            loop {
                self.write_out(&mut line, &command).await?;
                if let Some(answer) = self.answer(&mut line, number, failures).await? {
                    return Ok(answer);
                }
                if line.retries_left == 0 {
                    line.phase = Phase::Over;
                    return Err(SendError::NoAnswer);
                }
                line.retries_left -= 1;
                line.write_from_start();
                line.until = self.clock.now() + self.commands.patience;
            }
        }
    }

    /// Waits for its turn, and sends a command without waiting for an answer. Returns when it is
    /// sent.
    ///
    /// For commands that are not answered, and for restarts, whose answer takes long. An answer
    /// that comes is no stray.
    ///
    /// # Errors
    ///
    /// [`SendError::Write`], [`SendError::Closed`] or [`SendError::NotSent`]. The next call works.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the writer's `write` is: a repeated call with the same command goes on.
    /// Otherwise as for [`send`](Self::send).
    pub fn post(
        &self,
        command: impl Into<C>,
    ) -> impl Future<Output = Result<(), SendError<W::Error>>> {
        let command = command.into();
        async move {
            let mut line = self.commands.line.lock().await;
            self.begin(&mut line, &command, By::Post).await;
            self.write_out(&mut line, &command).await?;
            line.phase = Phase::Over;
            Ok(())
        }
    }

    /// Goes on with the last exchange if it is this one, or begins another. Returns its number.
    pub(super) async fn begin(&self, line: &mut Line<W>, command: &C, by: By) -> u32 {
        let commands = &self.commands;
        let mut heard = commands.answered.listener();
        let mut number = 1;
        if let Some(asked) = commands.asked() {
            let is_same = asked.command == *command && (asked.by == By::Post) == (by == By::Post);
            let expires = line.until + commands.patience;
            if is_same && line.phase != Phase::Over && self.clock.now() < expires {
                commands.pass_to(by);
                return asked.number;
            }
            number = asked.number.wrapping_add(1).max(1);
            if command.is_like(&asked.command) {
                while line.owes(commands.answer_to(asked.number).is_some())
                    && self.clock.now() < line.until
                {
                    let (Either::First(_) | Either::Second(())) =
                        race(heard.next(), self.clock.sleep_until(line.until)).await;
                }
            }
        }
        // No await below.
        if line.phase == Phase::Writing && line.sent > 0 {
            line.separator_left = SEPARATOR.len();
        }
        line.write_from_start();
        line.owed = Owed::Nothing;
        line.retries_left = commands.retries;
        line.until = self.clock.now() + commands.patience;
        commands.ask(Asked { number, command: *command, by });
        number
    }

    /// Writes what is left of the command, and flushes the writer.
    pub(super) async fn write_out(
        &self,
        line: &mut Line<W>,
        command: &C,
    ) -> Result<(), SendError<W::Error>> {
        let sentence = command.encode();
        let sentence = sentence.as_ref();
        loop {
            let rest = match line.separator_left {
                0 => sentence.get(line.sent..).unwrap_or_default(),
                left => SEPARATOR.get(SEPARATOR.len().saturating_sub(left)..).unwrap_or_default(),
            };
            if line.phase == Phase::Writing && rest.is_empty() {
                line.phase = Phase::Flushing;
                line.owed = line.owed.and_one();
            }
            let is_written = match line.phase {
                Phase::Over | Phase::Waiting => return Ok(()),
                Phase::Writing => false,
                Phase::Flushing => true,
            };
            // One future for both: each would have a time limit of its own in flash.
            let writer = &mut line.writer;
            let going = async {
                if is_written { writer.flush().await.map(|()| 1) } else { writer.write(rest).await }
            };
            let result = self.clock.timeout_at(line.until, going).await;
            // No await below: accepted bytes are noted in the poll that wrote them.
            let error = match result {
                Ok(Ok(0)) => SendError::Closed,
                Ok(Ok(len)) => {
                    line.until = self.clock.now() + self.commands.patience;
                    line.accepted(len);
                    continue;
                }
                Ok(Err(error)) => SendError::Write(error),
                Err(_) => SendError::NotSent,
            };
            line.give_up_writing();
            return Err(error);
        }
    }

    /// Waits for the answer to an exchange. Returns `None` if it did not come in time.
    async fn answer(
        &self,
        line: &mut Line<W>,
        number: u32,
        failures: u32,
    ) -> Result<Option<C::Answer>, SendError<W::Error>> {
        let mut heard = self.commands.answered.listener();
        loop {
            // First the answer: it may have come just before a failure, or before the deadline.
            if let Some(answer) = self.commands.answer_to(number) {
                line.phase = Phase::Over;
                return Ok(Some(answer));
            }
            if let Err(error) = self.known().failed_since(failures) {
                line.phase = Phase::Over;
                return Err(SendError::Receiver(error));
            }
            let now = self.clock.now();
            let (until, looks) = extended(line.until, line.looks, now);
            line.looks = looks;
            if until <= now {
                return Ok(None);
            }
            let (Either::First(_) | Either::Second(())) =
                race(heard.next(), self.clock.sleep_until(until)).await;
        }
    }
}

/// Notes that no task waits for the answer any more.
struct Leaves<'a, R: RawMutex, W, C: Request>(&'a Commands<R, W, C>);

impl<R: RawMutex, W, C: Request> Drop for Leaves<'_, R, W, C> {
    fn drop(&mut self) {
        self.0.pass_to(By::Nobody);
    }
}

impl<W> Line<W> {
    fn write_from_start(&mut self) {
        (self.phase, self.sent, self.looks) = (Phase::Writing, 0, LOOKS);
    }

    /// Notes that the writer has accepted bytes, or has flushed them.
    fn accepted(&mut self, len: usize) {
        if self.phase == Phase::Flushing {
            self.phase = Phase::Waiting;
        } else if self.separator_left > 0 {
            self.separator_left = self.separator_left.saturating_sub(len);
        } else {
            self.sent = self.sent.saturating_add(len);
        }
    }

    /// Ends an exchange whose command was not sent, or not whole.
    fn give_up_writing(&mut self) {
        if self.phase == Phase::Writing && self.sent > 0 {
            self.separator_left = SEPARATOR.len();
        }
        self.phase = Phase::Over;
    }

    /// Returns whether an answer may still come, if the first one has come or not.
    fn owes(&self, is_answered: bool) -> bool {
        match self.owed {
            Owed::Nothing => false,
            Owed::One => !is_answered,
            Owed::Several => true,
        }
    }
}

impl Owed {
    /// Returns what is owed once the command was sent again.
    const fn and_one(self) -> Self {
        match self {
            Self::Nothing => Self::One,
            Self::One | Self::Several => Self::Several,
        }
    }
}
