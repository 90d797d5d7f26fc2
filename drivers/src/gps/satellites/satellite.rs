//! One satellite on one signal.

use core::fmt;

use crate::gps::Constellation;
use crate::gps::decode::Seen;

/// A satellite that a receiver reports, on one of its signals. It takes 8 bytes.
///
/// [`Satellites`](super::Satellites) has an example.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Satellite {
    /// 0 if unknown.
    number: u16,
    /// `NO_AZIMUTH` if unknown.
    azimuth: u16,
    /// `NO_ELEVATION` if unknown.
    elevation: i8,
    /// `NO_SNR` if unknown.
    snr: u8,
    pub(super) key: Key,
    pub(super) is_used: bool,
}

const _: () = assert!(size_of::<Satellite>() == 8);

const NO_AZIMUTH: u16 = u16::MAX;
const NO_ELEVATION: i8 = i8::MAX;
const NO_SNR: u8 = u8::MAX;

/// A system, a signal, and whether the set is still being collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(u8);

impl Key {
    /// The key of no set.
    pub(super) const NONE: Self = Self(0x7f);

    const PENDING: u8 = 0x80;

    pub(super) const fn new(system: Constellation, signal: u8) -> Self {
        Self((system as u8) << 4 | signal & 0xf)
    }

    /// Returns the key of the set that is being collected.
    pub(super) const fn pending(self) -> Self {
        Self(self.0 | Self::PENDING)
    }

    /// Returns the system. Returns `None` for the key of no set.
    pub(super) fn system(self) -> Option<Constellation> {
        Constellation::ALL.get(usize::from(self.0 >> 4 & 0x7)).copied()
    }

    pub(super) const fn signal(self) -> u8 {
        self.0 & 0xf
    }
}

const _: () = assert!(Constellation::ALL.len() <= 7, "a `Key` has three bits for the system");

impl Satellite {
    pub(super) const NONE: Self = Self {
        number: 0,
        azimuth: NO_AZIMUTH,
        elevation: NO_ELEVATION,
        snr: NO_SNR,
        key: Key::NONE,
        is_used: false,
    };

    pub(super) fn new(key: Key, seen: &Seen) -> Self {
        Self {
            number: seen.number.unwrap_or(0),
            azimuth: seen.azimuth.unwrap_or(NO_AZIMUTH),
            elevation: seen.elevation.unwrap_or(NO_ELEVATION),
            snr: seen.snr.unwrap_or(NO_SNR),
            key,
            is_used: false,
        }
    }

    /// Returns the system that the talker of the sentence names.
    pub fn system(&self) -> Constellation {
        // No other key is returned to a caller.
        self.key.system().unwrap_or(Constellation::Gps)
    }

    /// Returns the signal, 1 to 15, by the tables of NMEA 0183, 4.11: 1 of GPS is L1 C/A. Returns 0
    /// if the receiver names no signal, or reports all of them at once.
    pub const fn signal(&self) -> u8 {
        self.key.signal()
    }

    /// Returns the number as the receiver sends it. Returns `None` if it omits the number, as some
    /// do for a GLONASS satellite of which only the signal is known.
    ///
    /// NMEA 0183 numbers GPS from 1, SBAS from 33 and GLONASS from 65; receivers differ in others.
    pub const fn number(&self) -> Option<u16> {
        if self.number == 0 { None } else { Some(self.number) }
    }

    /// Returns the elevation above the horizon, -90 to 90 degrees.
    pub const fn elevation(&self) -> Option<i8> {
        if self.elevation == NO_ELEVATION { None } else { Some(self.elevation) }
    }

    /// Returns the azimuth from true north, 0 to 359 degrees.
    pub const fn azimuth(&self) -> Option<u16> {
        if self.azimuth == NO_AZIMUTH { None } else { Some(self.azimuth) }
    }

    /// Returns the ratio of carrier to noise in dBHz. Returns `None` if the satellite is not tracked;
    /// some receivers send 0 for that.
    pub const fn snr(&self) -> Option<u8> {
        if self.snr == NO_SNR { None } else { Some(self.snr) }
    }

    /// Returns whether the receiver uses the satellite for its fix (GSA).
    ///
    /// GSA names no signals. If a satellite is used, it is used in the set of each of its signals.
    pub const fn is_used(&self) -> bool {
        self.is_used
    }
}

impl fmt::Debug for Satellite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Satellite")
            .field("system", &self.system())
            .field("signal", &self.signal())
            .field("number", &self.number())
            .field("elevation", &self.elevation())
            .field("azimuth", &self.azimuth())
            .field("snr", &self.snr())
            .field("is_used", &self.is_used)
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Satellite {
    /// Writes what `Debug` writes.
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(
            f,
            "Satellite {{ system: {}, signal: {}, number: {}, elevation: {}, azimuth: {}, snr: {}, \
             is_used: {} }}",
            self.system(),
            self.signal(),
            self.number(),
            self.elevation(),
            self.azimuth(),
            self.snr(),
            self.is_used,
        );
    }
}
