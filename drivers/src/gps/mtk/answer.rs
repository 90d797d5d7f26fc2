//! Which reply answers which command.

use super::{Command, Reply, System, Verdict};

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
        let is_done = match (self, reply) {
            (_, Reply::Ack(ack)) => {
                let is_final = ack.verdict != Verdict::Succeeded || !self.has_report();
                return (self.number() == Some(ack.command) && is_final).then_some(ack.verdict);
            }
            (Self::Restart(_), Reply::System(System::Startup))
            | (Self::QueryRates, Reply::Rates(_))
            | (Self::QueryVersion, Reply::Version(_))
            | (Self::AntennaReports(true), Reply::Antenna(_)) => true,
            (Self::AntennaReports(asked), Reply::AntennaReports(on)) => asked == *on,
            _ => false,
        };
        is_done.then_some(Verdict::Succeeded)
    }

    /// Returns whether receivers answer this command. All do except for [`Baud`](Self::Baud),
    /// which only some acknowledge, at the old speed or at the new one.
    pub const fn is_answered(self) -> bool {
        !matches!(self, Self::Baud(_))
    }

    /// Returns whether data follow an acknowledgement.
    const fn has_report(self) -> bool {
        matches!(self, Self::QueryRates | Self::QueryVersion)
    }
}
