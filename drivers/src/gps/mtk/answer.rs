//! Which reply answers which command.

use super::reply::number;
use super::{Baud, Command, Reply, Restart, System, Verdict};
use crate::gps::{Raw, Request};

/// The replies that answer a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gps) enum Answers {
    /// 001 with the number, and what else that command is answered by.
    Numbered(u16),
    /// Those to `PGCMD,33` with this value.
    Antenna(bool),
}

impl Command {
    /// Returns the verdict on this command that a reply contains, if the reply answers it.
    ///
    /// [The module](super#answers) has the table. A report, a start and an antenna count as
    /// [`Verdict::Succeeded`].
    ///
    /// ```
    /// use tickwire_drivers::gps::mtk::{Command, Reply, Verdict};
    ///
    /// let answer = |sentence| Command::QueryVersion.answer(&Reply::of(sentence)?);
    /// assert_eq!(answer(b"$PMTK705,AXN_1.3,2102,ABCD,*14"), Some(Verdict::Succeeded));
    /// assert_eq!(answer(b"$PMTK001,605,1*34"), Some(Verdict::Unsupported));
    /// assert_eq!(answer(b"$PMTK001,605,3*36"), None); // The report follows.
    /// assert_eq!(answer(b"$PMTK001,220,3*30"), None); // It belongs to another command.
    /// ```
    pub fn answer(self, reply: &Reply<'_>) -> Option<Verdict> {
        self.answers().verdict(reply)
    }

    /// Returns whether receivers answer this command. All do except for [`Baud`](Self::Baud),
    /// which only some acknowledge, at the old speed or at the new one.
    pub const fn is_answered(self) -> bool {
        !matches!(self, Self::Baud(_))
    }

    fn answers(self) -> Answers {
        match self.number() {
            Some(number) => Answers::Numbered(number),
            None => Answers::Antenna(matches!(self, Self::AntennaReports(true))),
        }
    }
}

/// The answer of a hub to [`Hub::send`](crate::gps::Hub::send) is the verdict.
impl Request for Command {
    type Answer = Verdict;

    fn encode(&self) -> impl AsRef<[u8]> {
        Self::encode(*self)
    }

    fn answer(&self, sentence: Raw<'_>) -> Option<Verdict> {
        self.answers().verdict_of(sentence)
    }

    fn is_answered(&self) -> bool {
        Self::is_answered(*self)
    }

    fn is_like(&self, other: &Self) -> bool {
        self.answers().overlap(other.answers())
    }

    fn is_answer(sentence: Raw<'_>) -> bool {
        Answers::are(sentence)
    }
}

impl Answers {
    /// Those to [`Command::Baud`], of which none is certain.
    pub(in crate::gps) const TO_BAUD: Self = Self::Numbered(251);

    /// Returns the answers to a command, if the body is one.
    pub(in crate::gps) fn to_body(body: &[u8]) -> Option<Self> {
        match body.strip_prefix(b"PGCMD,33,") {
            Some(b"0") => return Some(Self::Antenna(false)),
            Some(b"1") => return Some(Self::Antenna(true)),
            _ => {}
        }
        let (digits, rest) = body.strip_prefix(b"PMTK")?.split_at_checked(3)?;
        if matches!(rest, [] | [b',', ..]) { number(digits).map(Self::Numbered) } else { None }
    }

    /// Returns whether a sentence answers some command. A start and an antenna may also be
    /// reported unasked.
    pub(in crate::gps) fn are(sentence: Raw<'_>) -> bool {
        matches!(sentence.address(), b"PMTK001" | b"PMTK514" | b"PMTK705" | b"PGACK")
    }

    pub(in crate::gps) fn verdict_of(self, sentence: Raw<'_>) -> Option<Verdict> {
        self.verdict(&Reply::of(sentence.bytes())?)
    }

    /// Returns whether a reply may be among both.
    pub(in crate::gps) fn overlap(self, other: Self) -> bool {
        self == other || self.is_restart() && other.is_restart()
    }

    fn verdict(self, reply: &Reply<'_>) -> Option<Verdict> {
        let is_done = match (self, reply) {
            (_, Reply::Ack(ack)) => {
                let is_final = ack.verdict != Verdict::Succeeded || !self.has_report();
                return (self == Self::Numbered(ack.command) && is_final).then_some(ack.verdict);
            }
            (_, Reply::System(System::Startup)) => self.is_restart(),
            (Self::Numbered(number), Reply::Rates(_)) => number == QUERY_RATES,
            (Self::Numbered(number), Reply::Version(_)) => number == QUERY_VERSION,
            (Self::Antenna(asked), Reply::Antenna(_)) => asked,
            (Self::Antenna(asked), Reply::AntennaReports(on)) => asked == *on,
            _ => false,
        };
        is_done.then_some(Verdict::Succeeded)
    }

    /// Returns whether data follow an acknowledgement.
    const fn has_report(self) -> bool {
        matches!(self, Self::Numbered(QUERY_RATES | QUERY_VERSION))
    }

    const fn is_restart(self) -> bool {
        matches!(self, Self::Numbered(101..=104))
    }
}

const QUERY_RATES: u16 = 414;
const QUERY_VERSION: u16 = 605;

const _: () = assert!(matches!(Command::Baud(Baud::B9600).number(), Some(251)));
const _: () = assert!(matches!(Command::QueryRates.number(), Some(QUERY_RATES)));
const _: () = assert!(matches!(Command::QueryVersion.number(), Some(QUERY_VERSION)));
const _: () = assert!(matches!(Command::Restart(Restart::Hot).number(), Some(101)));
const _: () = assert!(matches!(Command::Restart(Restart::FullCold).number(), Some(104)));
