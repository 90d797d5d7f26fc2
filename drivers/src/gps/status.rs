//! What kind of fix, and by whose satellites.

use core::fmt;

/// Whether the receiver has a fix, as RMC, GLL and GGA say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It has none. The position is the last one known.
    Lost,
    /// It has one.
    Valid,
}

/// How the fix was made, as GGA says (NMEA 0183, field 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quality {
    /// There is none.
    NoFix,
    /// From satellites alone.
    Autonomous,
    /// With differential corrections.
    Differential,
    /// By the precise positioning service.
    Precise,
    /// Real-time kinematic, with fixed integers.
    RtkFixed,
    /// Real-time kinematic, with floating integers.
    RtkFloat,
    /// Dead reckoning.
    Estimated,
    /// Entered by hand.
    Manual,
    /// From a simulator.
    Simulated,
}

/// How much of a fix there is, as GSA says (NMEA 0183, field 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// None.
    NoFix,
    /// Latitude and longitude.
    Two,
    /// Altitude as well.
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

impl Constellation {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Gps, Self::Glonass, Self::Galileo, Self::BeiDou, Self::Qzss, Self::NavIc];

    /// Returns whose satellites the talker of a GSV sentence tells about.
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
