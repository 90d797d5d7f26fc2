//! Commands to a receiver.

use core::fmt;

use super::{Baud, Differential, Interval, Rates, Restart, Systems, Threshold};
use crate::gps::Outgoing;
use crate::gps::outgoing::Unfinished;

/// The longest command, 314 with 19 fields, from `$` to LF.
pub const LONGEST: usize = 51;

/// A command to a receiver.
///
/// [`encode`](Self::encode) returns it as a sentence, and [`answer`](Self::answer) recognizes the
/// reply. `Display` writes the body alone.
///
/// ```
/// use tickwire_drivers::gps::mtk::{Command, Interval};
///
/// let command = Command::Interval(Interval::from_millis(100).unwrap());
/// assert_eq!(command.encode().as_bytes(), b"$PMTK220,100*2F\r\n");
/// assert_eq!(command.to_string(), "PMTK220,100");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Command {
    /// 000: nothing. The receiver acknowledges it.
    Test,
    /// 101 to 104: a restart.
    Restart(Restart),
    /// 161: sleep, until the receiver receives any byte. That byte is lost, and with it the command
    /// that it begins: send that command again.
    Standby,
    /// 220: the time from one output to the next.
    Interval(Interval),
    /// 251: the speed of the serial line. [The module](super#answers) says how it is verified.
    Baud(Baud),
    /// 300: the time from one fix to the next. It may be shorter than that of the output.
    FixInterval(Interval),
    /// 301: the source of differential corrections.
    Differential(Differential),
    /// 313: whether the satellites of an SBAS are searched.
    Sbas(bool),
    /// 314: the sentences that are sent.
    Rates(Rates),
    /// 314,-1: the sentences of the factory's settings.
    DefaultRates,
    /// 353: the systems that are searched. Receivers of one system do not have it.
    Search(Systems),
    /// 386: the speed below which the position is held still, on an MT3339 or later.
    Hold(Threshold),
    /// 397: the same, on an MT3318 or MT3329.
    HoldOld(Threshold),
    /// 414: asks for the [`Rates`].
    QueryRates,
    /// 605: asks for the [`Version`](super::Version).
    QueryVersion,
    /// `PGCMD,33`: whether the [`Antenna`](super::Antenna) is reported each second.
    AntennaReports(bool),
}

impl Command {
    /// Returns the command as a sentence, with checksum and CR LF.
    // Inlined into a future, it takes more flash, as does `Reply::of`.
    #[inline(never)]
    pub fn encode(self) -> Outgoing<LONGEST> {
        let mut body = Unfinished::new();
        let Some(number) = self.number() else {
            body.push(b"PGCMD,33");
            body.field(matches!(self, Self::AntennaReports(true)).into());
            return body.finish();
        };
        body.push(b"PMTK");
        if number == 0 {
            body.push(b"00");
        }
        body.push_number(number.into());
        match self {
            Self::Test | Self::Restart(_) | Self::QueryRates | Self::QueryVersion => {}
            Self::Standby => body.field(0),
            Self::Interval(interval) => body.field(interval.millis().into()),
            Self::Baud(baud) => body.field(baud.bits_per_second()),
            Self::FixInterval(interval) => {
                body.field(interval.millis().into());
                body.push(b",0,0,0,0");
            }
            Self::Differential(source) => body.field(source as u32),
            Self::Sbas(on) | Self::AntennaReports(on) => body.field(on.into()),
            Self::Rates(rates) => rates.digits().for_each(|digit| body.push(&[b',', digit])),
            Self::DefaultRates => body.push(b",-1"),
            Self::Search(systems) => {
                systems.flags().into_iter().for_each(|on| body.field(on.into()));
            }
            Self::Hold(speed) | Self::HoldOld(speed) => {
                let tenths = speed.tenths();
                body.field((tenths / 10).into());
                body.push(b".");
                body.push_number((tenths % 10).into());
            }
        }
        body.finish()
    }

    /// Returns the number after `PMTK`. Returns `None` for `PGCMD`.
    pub const fn number(self) -> Option<u16> {
        Some(match self {
            Self::Test => 0,
            Self::Restart(Restart::Hot) => 101,
            Self::Restart(Restart::Warm) => 102,
            Self::Restart(Restart::Cold) => 103,
            Self::Restart(Restart::FullCold) => 104,
            Self::Standby => 161,
            Self::Interval(_) => 220,
            Self::Baud(_) => 251,
            Self::FixInterval(_) => 300,
            Self::Differential(_) => 301,
            Self::Sbas(_) => 313,
            Self::Rates(_) | Self::DefaultRates => 314,
            Self::Search(_) => 353,
            Self::Hold(_) => 386,
            Self::HoldOld(_) => 397,
            Self::QueryRates => 414,
            Self::QueryVersion => 605,
            Self::AntennaReports(_) => return None,
        })
    }
}

/// The encoded command. `N` is at least [`LONGEST`], as the compiler checks.
impl<const N: usize> From<Command> for Outgoing<N> {
    fn from(command: Command) -> Self {
        command.encode().widened()
    }
}

impl<const N: usize> Unfinished<N> {
    fn field(&mut self, number: u32) {
        self.push(b",");
        self.push_number(number);
    }
}

/// Writes the body of the sentence.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.encode().fmt(f)
    }
}
