//! A change of a receiver's speed, step by step.

use core::iter;

use tickwire_traits::{Duration, Instant};

use super::{Baud, Command};
use crate::gps::looks::{LOOKS, extended};

/// How long the line is ignored after a change of the port's speed: what was received before is
/// read, and the receiver changes its own speed.
const SETTLE: Duration = Duration::from_millis(100);

/// The time from one test to the next.
const LISTEN: Duration = Duration::from_millis(500);

/// Together with the pauses between them, longer than the second from one burst of sentences to
/// the next.
const TESTS: u8 = 3;

/// The order in which a receiver is searched: that of their use.
const SEARCHED: [Baud; 7] = [
    Baud::B9600,
    Baud::B115200,
    Baud::B38400,
    Baud::B57600,
    Baud::B19200,
    Baud::B4800,
    Baud::B14400,
];

/// A state machine that changes the speed of a receiver and of its port, and finds the receiver
/// if it does not obey.
///
/// It does not wait and has no clock. The caller performs each [`Step`].
///
/// ```text
/// port: new, old ─► 251 ─► attempt: port, 100 ms, test, 500 ms, test … ─► heard
///                             ▲                                   │
///                             └── new, old, then all others ◄─────┘ silence
/// ```
///
/// The port tries the new speed before the command is sent: a receiver at a speed that the port
/// does not have could not be reached any more. An attempt takes 1.6 s if nothing is heard, and
/// there are eight.
///
/// ```
/// use tickwire_drivers::gps::mtk::{Baud, Command, SpeedChange, Step};
/// use tickwire_traits::{Duration, Instant};
///
/// let mut change = SpeedChange::new(Baud::B9600, Baud::B115200);
/// let (mut now, mut heard, mut steps) = (Instant::EPOCH, 0, vec![]);
/// let found = loop {
///     let step = change.step(now, heard);
///     steps.push(step);
///     match step {
///         Step::Set(_) => change.set(),
///         Step::Send(Command::Test) => {
///             change.sent(now);
///             heard += 1; // The receiver answers.
///         }
///         Step::Send(_) => change.sent(now),
///         Step::Wait(until) => now = until,
///         Step::End(found) => break found,
///     }
/// };
/// assert_eq!(found, Some(Baud::B115200));
/// assert_eq!(steps[..3], [
///     Step::Set(Baud::B115200),
///     Step::Set(Baud::B9600),
///     Step::Send(Command::Baud(Baud::B115200)),
/// ]);
/// assert_eq!(now, Instant::from_millis(103));
/// ```
#[derive(Clone, Debug)]
pub struct SpeedChange {
    from: Baud,
    to: Baud,
    /// The speed that the port has.
    port: Baud,
    stage: Stage,
}

/// What a [`SpeedChange`] needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Step {
    /// The port's speed, by `SetBaud`. Then [`SpeedChange::set`] or [`SpeedChange::refused`].
    Set(Baud),
    /// A command that is written. Then [`SpeedChange::sent`].
    Send(Command),
    /// A wait until this time, or until a sentence is heard.
    Wait(Instant),
    /// Nothing: the receiver is heard at this speed, or at none. The port has this speed, or the
    /// old one.
    End(Option<Baud>),
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// The port tries the new speed.
    TryNew,
    TryOld,
    Command,
    /// The port gets the speed of this attempt.
    Begin(u8),
    /// The line is ignored.
    Settle {
        attempt: u8,
        until: Option<Instant>,
        looks: u8,
    },
    /// A test is sent. `heard` is the number of sentences at the end of the settling.
    Test {
        attempt: u8,
        heard: u32,
        left: u8,
    },
    Listen {
        attempt: u8,
        heard: u32,
        left: u8,
        until: Instant,
        looks: u8,
    },
    /// The port gets the old speed.
    GiveUp,
    End(Option<Baud>),
}

impl SpeedChange {
    /// Creates a change of a receiver and a port that both have the speed `from`.
    pub const fn new(from: Baud, to: Baud) -> Self {
        Self { from, to, port: from, stage: Stage::TryNew }
    }

    /// Returns the new speed.
    pub const fn to(&self) -> Baud {
        self.to
    }

    /// Returns the speed that the port has.
    pub const fn port(&self) -> Baud {
        self.port
    }

    /// Returns the next step. `heard` is the number of sentences with a correct checksum that were
    /// read so far; it may wrap.
    pub fn step(&mut self, now: Instant, heard: u32) -> Step {
        loop {
            match self.stage {
                Stage::TryNew => return Step::Set(self.to),
                Stage::TryOld | Stage::GiveUp => return Step::Set(self.from),
                Stage::Command => return Step::Send(Command::Baud(self.to)),
                Stage::Begin(attempt) => match self.speed(attempt) {
                    Some(speed) => return Step::Set(speed),
                    None => self.stage = Stage::GiveUp,
                },
                Stage::Settle { attempt, until, looks } => {
                    let until = until.unwrap_or(now + SETTLE);
                    let (until, looks) = extended(until, looks, now);
                    self.stage = Stage::Settle { attempt, until: Some(until), looks };
                    if until > now {
                        return Step::Wait(until);
                    }
                    self.stage = Stage::Test { attempt, heard, left: TESTS };
                }
                Stage::Test { heard: before, .. } | Stage::Listen { heard: before, .. }
                    if before != heard =>
                {
                    self.stage = Stage::End(Some(self.port));
                }
                Stage::Test { .. } => return Step::Send(Command::Test),
                Stage::Listen { attempt, heard, left, until, looks } => {
                    let (until, looks) = extended(until, looks, now);
                    self.stage = Stage::Listen { attempt, heard, left, until, looks };
                    if until > now {
                        return Step::Wait(until);
                    }
                    self.stage = match left.checked_sub(1) {
                        Some(left @ 1..) => Stage::Test { attempt, heard, left },
                        _ => Stage::Begin(attempt + 1),
                    };
                }
                Stage::End(found) => return Step::End(found),
            }
        }
    }

    /// Reports that the port has the speed of [`Step::Set`].
    pub fn set(&mut self) {
        let (port, stage) = match self.stage {
            Stage::TryNew => (self.to, Stage::TryOld),
            Stage::TryOld => (self.from, Stage::Command),
            Stage::Begin(attempt) => match self.speed(attempt) {
                Some(speed) => (speed, Stage::Settle { attempt, until: None, looks: LOOKS }),
                None => return,
            },
            Stage::GiveUp => (self.from, Stage::End(None)),
            _ => return,
        };
        (self.port, self.stage) = (port, stage);
    }

    /// Reports that the port did not change its speed at [`Step::Set`].
    ///
    /// Returns whether that ends the change: the port does not have the new speed, and nothing has
    /// happened, or it does not get the old one any more. Otherwise the next speed is tried.
    pub fn refused(&mut self) -> bool {
        self.stage = match self.stage {
            Stage::TryNew | Stage::TryOld | Stage::GiveUp => Stage::End(None),
            Stage::Begin(attempt) => Stage::Begin(attempt + 1),
            other => other,
        };
        matches!(self.stage, Stage::End(_))
    }

    /// Begins again, from the speed that the port has.
    pub fn restart(&mut self) {
        *self = Self::new(self.port, self.to);
    }

    /// Reports that the command of [`Step::Send`] was written.
    pub fn sent(&mut self, now: Instant) {
        self.stage = match self.stage {
            Stage::Command => Stage::Begin(0),
            Stage::Test { attempt, heard, left } => {
                Stage::Listen { attempt, heard, left, until: now + LISTEN, looks: LOOKS }
            }
            other => other,
        };
    }

    /// Returns the speed of an attempt: the new one, the old one, and all others. The new one is
    /// among them: the receiver may have changed late.
    fn speed(&self, attempt: u8) -> Option<Baud> {
        let old = (self.from != self.to).then_some(self.from);
        let others = SEARCHED.into_iter().filter(|speed| *speed != self.from);
        iter::once(self.to).chain(old).chain(others).nth(attempt.into())
    }
}
