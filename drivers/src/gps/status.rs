//! The status of a fix, the method behind it, and the systems of satellites.

use core::fmt;

/// The verdict of a receiver on its own position.
///
/// RMC and GLL carry it. GGA carries a [`Quality`], which implies a status in most cases:
///
/// | position | status of RMC, GLL | mode of RMC, GLL | quality of GGA | `Status` |
/// | --- | --- | --- | --- | --- |
/// | none | V | N | 0 | `Lost` |
/// | from satellites | A | A, D, P, R, F | 1 to 5 | `Valid` |
/// | estimated, manual or simulated | V | E, M, S | 6 to 8 | `Lost` |
/// | the same, and the receiver accepts it | A | E, M, S | 6 to 8 | `Valid` |
///
/// NMEA 0183 asks for V in the third case (version 3.0, RMC and GLL: every mode except
/// autonomous and differential; later versions add precise and both kinds of RTK). Many receivers
/// send A, such as those of u-blox while dead reckoning is within their limits. The qualities 6
/// to 8 stand for both cases, so a GGA with one of them leaves the status as it is, and sets the
/// position. The sentences of one cycle thus agree.
///
/// With a receiver that sends neither RMC nor GLL, such a position leaves the last status to age.
/// [`Fix::quality`](super::Fix::quality) is current there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Status {
    /// The receiver has no fix, or does not vouch for its position.
    Lost,
    /// The receiver vouches for its position.
    Valid,
}

/// The method that a receiver used for a fix: field 6 of GGA (NMEA 0183).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Quality {
    /// 0: there is no fix.
    NoFix,
    /// 1: satellites alone.
    Autonomous,
    /// 2: satellites and differential corrections.
    Differential,
    /// 3: the precise positioning service.
    Precise,
    /// 4: real-time kinematic with fixed integers.
    RtkFixed,
    /// 5: real-time kinematic with floating integers.
    RtkFloat,
    /// 6: an estimate, by dead reckoning.
    Estimated,
    /// 7: a position that was entered manually.
    Manual,
    /// 8: a simulator.
    Simulated,
}

/// The number of dimensions of a fix: field 2 of GSA (NMEA 0183).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Dimension {
    /// There is no fix.
    NoFix,
    /// Latitude and longitude.
    Two,
    /// Latitude, longitude and altitude.
    Three,
}

/// A satellite navigation system.
///
/// ```
/// use tickwire_drivers::gps::{Constellation, Receiver};
/// use tickwire_traits::Instant;
///
/// let mut receiver = Receiver::<102>::new();
/// for byte in *b"$GLGSV,1,1,02,65,62,349,26,66,20,296,25*62\r\n" {
///     let _ = receiver.push(byte, Instant::EPOCH);
/// }
/// let fix = receiver.fix();
/// for system in Constellation::ALL {
///     if let Some(count) = fix.satellites_in_view_of(system) {
///         assert_eq!(format!("{} of {system}", count.value), "2 of GLONASS");
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Constellation {
    /// GPS, United States: `GP`.
    Gps,
    /// GLONASS, Russia: `GL`.
    Glonass,
    /// Galileo, European Union: `GA`.
    Galileo,
    /// BeiDou, China: `GB`, `BD`, and `PQ` of Quectel's modems.
    BeiDou,
    /// QZSS, Japan: `GQ`, `QZ`.
    Qzss,
    /// NavIC, India: `GI`.
    NavIc,
}

impl Quality {
    /// Returns the status that a GGA with this quality implies. The table of [`Status`] has the
    /// reasons.
    pub(super) const fn status(self) -> Option<Status> {
        match self {
            Self::NoFix => Some(Status::Lost),
            Self::Estimated | Self::Manual | Self::Simulated => None,
            _ => Some(Status::Valid),
        }
    }
}

impl Constellation {
    /// All systems.
    pub const ALL: [Self; 6] =
        [Self::Gps, Self::Glonass, Self::Galileo, Self::BeiDou, Self::Qzss, Self::NavIc];

    /// Returns the system whose satellites the talker of a GSV sentence reports.
    pub(super) const fn of_talker(talker: &[u8; 2]) -> Option<Self> {
        Some(match talker {
            b"GP" => Self::Gps,
            b"GL" => Self::Glonass,
            b"GA" => Self::Galileo,
            b"GB" | b"BD" | b"PQ" => Self::BeiDou,
            b"GQ" | b"QZ" => Self::Qzss,
            b"GI" => Self::NavIc,
            _ => return None,
        })
    }
}

impl fmt::Display for Constellation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gps => "GPS",
            Self::Glonass => "GLONASS",
            Self::Galileo => "Galileo",
            Self::BeiDou => "BeiDou",
            Self::Qzss => "QZSS",
            Self::NavIc => "NavIC",
        })
    }
}
