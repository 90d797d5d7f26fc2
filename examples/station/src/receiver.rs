//! How the GPS receiver is set: what is asked of it, and what it answers.

use heapless::String;
use tickwire_drivers::gps::mtk::{Command, Interval, Rates, Reply, System, Verdict};

use crate::page::COLUMNS;

/// How often a receiver of MediaTek reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixRate {
    /// Each second.
    OneHertz,
    /// Five times a second. At 9600 bits per second, there is room for 192 bytes each time: two or
    /// three sentences.
    FiveHertz,
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is sent, or the answer is waited for.
    Pending,
    /// The receiver has answered.
    Answered(Verdict),
    /// No answer came in time.
    NoAnswer,
    /// The line did not accept the command.
    NotSent,
}

/// What is known of how the receiver is set.
///
/// A receiver that has been heard is asked what it is, and if it answers, what it sends: once, and
/// again after each start. It cannot be asked for its rate: that is known once it is set. An answer
/// that comes after its time is taken for that of the next command if that has the same number.
#[derive(Clone, Debug, Default)]
pub struct Receiver {
    /// The release of the firmware, cut to a row.
    pub firmware: Option<String<COLUMNS>>,
    /// The sentences that it sends.
    pub rates: Option<Rates>,
    /// The rate that it has acknowledged.
    pub rate: Option<FixRate>,
    /// The last command, and what became of it.
    pub last: Option<(Command, Outcome)>,
    /// The rate that is to be set next.
    pub(crate) wanted: Option<FixRate>,
    /// What it is to be asked next.
    pub(crate) question: Option<Command>,
    pub(crate) is_heard: bool,
}

impl FixRate {
    /// Returns the command that sets it.
    pub const fn command(self) -> Command {
        Command::Interval(match self {
            Self::OneHertz => SECOND,
            Self::FiveHertz => FIFTH,
        })
    }

    /// Returns the number of reports a second.
    pub const fn hertz(self) -> u8 {
        match self {
            Self::OneHertz => 1,
            Self::FiveHertz => 5,
        }
    }

    fn set_by(command: Command) -> Option<Self> {
        [Self::OneHertz, Self::FiveHertz].into_iter().find(|rate| rate.command() == command)
    }
}

const SECOND: Interval = millis(1_000);
const FIFTH: Interval = millis(200);

const fn millis(millis: u16) -> Interval {
    match Interval::from_millis(millis) {
        Some(interval) => interval,
        None => panic!("receivers have it"),
    }
}

impl Receiver {
    /// Notes that a sentence was heard. Returns whether it was the first one.
    pub(crate) fn heard(&mut self) -> bool {
        if self.is_heard {
            return false;
        }
        self.is_heard = true;
        self.question = Some(Command::QueryVersion);
        true
    }

    /// Turns the rate up or down.
    pub(crate) fn turn(&mut self, steps: i32) {
        let rate = if steps > 0 { FixRate::FiveHertz } else { FixRate::OneHertz };
        let is_being_set = self.last == Some((rate.command(), Outcome::Pending));
        self.wanted = if is_being_set { None } else { Some(rate) };
    }

    /// Returns the rate that was turned to, or else the one that the receiver has.
    pub(crate) fn shown(&self) -> Option<FixRate> {
        let being_set = match self.last {
            Some((command, Outcome::Pending)) => FixRate::set_by(command),
            _ => None,
        };
        self.wanted.or(being_set).or(self.rate)
    }

    /// Begins the next exchange, if there is something to be sent.
    pub(crate) fn begin(&mut self) -> Option<Command> {
        let set = || self.wanted.take().map(FixRate::command);
        let command = self.question.take().or_else(set)?;
        self.last = Some((command, Outcome::Pending));
        Some(command)
    }

    /// Hears a sentence that is no report. Returns whether it is the answer, or leads to a question.
    pub(crate) fn hear(&mut self, sentence: &[u8]) -> bool {
        let Some(reply) = Reply::of(sentence) else { return false };
        if reply == Reply::System(System::Startup) {
            // It has settings of its own again.
            (self.rates, self.rate) = (None, None);
            self.is_heard = true;
            self.question = Some(Command::QueryVersion);
            return true;
        }
        let Some((command, Outcome::Pending)) = self.last else { return false };
        let Some(verdict) = command.answer(&reply) else { return false };
        match reply {
            Reply::Version(version) => {
                let mut firmware = String::new();
                // What does not fit is cut off.
                version
                    .release
                    .chars()
                    .take_while(|char| firmware.push(*char).is_ok())
                    .for_each(drop);
                self.firmware = Some(firmware);
            }
            Reply::Rates(rates) => self.rates = Some(rates),
            _ => {}
        }
        self.end(Outcome::Answered(verdict));
        true
    }

    /// Ends the exchange, if it has not ended. Returns the last one.
    pub(crate) fn end(&mut self, outcome: Outcome) -> Option<(Command, Outcome)> {
        let (command, pending @ Outcome::Pending) = self.last.as_mut()? else { return self.last };
        *pending = outcome;
        if outcome == Outcome::Answered(Verdict::Succeeded) {
            self.rate = FixRate::set_by(*command).or(self.rate);
            self.question = match command {
                Command::QueryVersion => Some(Command::QueryRates),
                // The receiver was not there before, or has not answered.
                Command::Interval(_) if self.firmware.is_none() => Some(Command::QueryVersion),
                _ => None,
            };
        }
        self.last
    }
}

#[cfg(test)]
mod tests;
