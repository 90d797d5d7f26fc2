//! Replies of a receiver.

use super::Rates;
use crate::gps::decode::Fields;

/// What a receiver says besides the sentences of NMEA 0183.
///
/// ```
/// use tickwire_drivers::gps::mtk::{Ack, Reply, Verdict};
///
/// let ack = Ack { command: 220, verdict: Verdict::Succeeded };
/// assert_eq!(Reply::of(b"$PMTK001,220,3*30"), Some(Reply::Ack(ack)));
/// assert_eq!(Reply::of(b"$GPGLL,,,,,,V*06"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Reply<'a> {
    /// 001: an acknowledgement.
    Ack(Ack),
    /// 010: a message of the system.
    System(System),
    /// 011: a text, such as `MTKGPS` after a start.
    Text(&'a str),
    /// 514: the sentences that are sent.
    Rates(Rates),
    /// 705: the version of the firmware.
    Version(Version<'a>),
    /// `PGTOP,11`: the antenna in use.
    Antenna(Antenna),
    /// `PGACK,33`: whether the antenna is reported from now on.
    AntennaReports(bool),
}

/// The acknowledgement of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Ack {
    /// The [number](super::Command::number) of the command.
    pub command: u16,
    /// What became of it.
    pub verdict: Verdict,
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Verdict {
    /// 0: the receiver cannot read it.
    Invalid,
    /// 1: the receiver does not have it.
    Unsupported,
    /// 2: the receiver has it, and could not do it.
    Failed,
    /// 3: it is done.
    Succeeded,
}

/// A message of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum System {
    /// 0, without a meaning.
    Unknown,
    /// 1: the receiver has started.
    Startup,
    /// 2: the receiver wants data of satellite orbits from the host.
    Aiding,
    /// 3: the receiver is in normal mode again.
    Normal,
}

/// The version of the firmware. Texts that a receiver does not send are empty.
///
/// ```
/// use tickwire_drivers::gps::mtk::Reply;
///
/// let reply = Reply::of(b"$PMTK705,AXN_1.3,2102,ABCD,*14").unwrap();
/// let Reply::Version(version) = reply else { unreachable!() };
/// assert_eq!((version.release, version.build), ("AXN_1.3", "2102"));
/// assert_eq!((version.product, version.sdk), ("ABCD", ""));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Version<'a> {
    /// The release of the firmware.
    pub release: &'a str,
    /// The build.
    pub build: &'a str,
    /// The product.
    pub product: &'a str,
    /// The version of the development kit.
    pub sdk: &'a str,
}

/// The antenna in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Antenna {
    /// 0: none.
    None,
    /// 1: the external one has a short circuit.
    Fault,
    /// 2: the internal one.
    Internal,
    /// 3: the external one.
    External,
}

impl<'a> Reply<'a> {
    /// Reads a sentence with a correct checksum, from `$` to the checksum.
    ///
    /// Returns `None` for all other sentences, and for a reply that cannot be read.
    #[inline(never)]
    pub fn of(sentence: &'a [u8]) -> Option<Self> {
        let (body, [b'*', _, _]) = sentence.strip_prefix(b"$")?.split_last_chunk()? else {
            return None;
        };
        Self::from_fields(Fields::of_body(body))
    }

    /// Reads the fields of a sentence, of which the first is its name.
    ///
    /// Returns `None` for all other sentences, and for a reply that cannot be read.
    pub fn from_fields(mut fields: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        match fields.next()? {
            b"PMTK001" => {
                let command = number(fields.next()?)?;
                // What follows repeats the settings, or says more.
                Some(Self::Ack(Ack { command, verdict: Verdict::read(fields.next()?)? }))
            }
            b"PMTK010" => System::read(fields.next()?).map(Self::System),
            b"PMTK011" => text(fields.next()?).map(Self::Text),
            b"PMTK514" => Rates::read(fields).map(Self::Rates),
            b"PMTK705" => {
                let release = text(fields.next()?)?;
                let mut next = || text(fields.next().unwrap_or_default());
                let (build, product, sdk) = (next()?, next()?, next()?);
                Some(Self::Version(Version { release, build, product, sdk }))
            }
            b"PGTOP" if fields.next()? == b"11" => Antenna::read(fields.next()?).map(Self::Antenna),
            b"PGACK" if fields.next()? == b"33" => match fields.next()? {
                b"0" => Some(Self::AntennaReports(false)),
                b"1" => Some(Self::AntennaReports(true)),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Verdict {
    fn read(field: &[u8]) -> Option<Self> {
        Some(match field {
            b"0" => Self::Invalid,
            b"1" => Self::Unsupported,
            b"2" => Self::Failed,
            b"3" => Self::Succeeded,
            _ => return None,
        })
    }
}

impl System {
    fn read(field: &[u8]) -> Option<Self> {
        Some(match number(field)? {
            0 => Self::Unknown,
            1 => Self::Startup,
            2 => Self::Aiding,
            3 => Self::Normal,
            _ => return None,
        })
    }
}

impl Antenna {
    fn read(field: &[u8]) -> Option<Self> {
        Some(match field {
            b"0" => Self::None,
            b"1" => Self::Fault,
            b"2" => Self::Internal,
            b"3" => Self::External,
            _ => return None,
        })
    }
}

/// Reads up to three digits, as receivers send them.
pub(super) fn number(field: &[u8]) -> Option<u16> {
    let is_number = matches!(field.len(), 1..=3) && field.iter().all(u8::is_ascii_digit);
    is_number.then(|| field.iter().fold(0, |value, digit| value * 10 + u16::from(digit - b'0')))
}

fn text(field: &[u8]) -> Option<&str> {
    core::str::from_utf8(field).ok()
}
