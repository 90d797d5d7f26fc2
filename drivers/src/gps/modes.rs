//! The use of each system for a position.

use super::{Constellation, Quality, Status};

/// The method by which each system takes part in a position: the mode indicator of GNS.
///
/// A receiver sends a letter for each system that it supports, in the order of
/// [`Constellation::ALL`] (NMEA 0183, version 4.11, GNS).
///
/// ```
/// use tickwire_drivers::gps::{Constellation, Extended, Quality, Receiver};
/// use tickwire_traits::Instant;
///
/// let mut receiver = Receiver::<102>::new().with_decoder(Extended::new());
/// let sentence = b"$GNGNS,014035.00,4332.69262,S,17235.48549,E,RRN,13,0.9,25.63,11.24,,*3E\r";
/// receiver.push_all(sentence, Instant::EPOCH);
/// let modes = receiver.decoder().modes().unwrap().value;
/// assert_eq!(modes.of(Constellation::Gps), Some(Quality::RtkFixed));
/// assert_eq!(modes.of(Constellation::Galileo), Some(Quality::NoFix));
/// assert_eq!(modes.of(Constellation::BeiDou), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Modes([Option<Quality>; Constellation::ALL.len()]);

impl Modes {
    pub(super) const UNKNOWN: Self = Self([None; Constellation::ALL.len()]);

    /// Reads the letters of a sentence. Returns `None` if none of them is known.
    #[inline]
    pub(super) fn read(letters: &[u8]) -> Option<Self> {
        let mut modes = Self::UNKNOWN;
        for (mode, letter) in modes.0.iter_mut().zip(letters) {
            *mode = quality(*letter);
        }
        (modes != Self::UNKNOWN).then_some(modes)
    }

    /// Returns the mode of a system. Returns `None` if the receiver sends none, or one that is not
    /// known.
    pub fn of(&self, system: Constellation) -> Option<Quality> {
        self.0.get(system as usize).copied().flatten()
    }

    /// Returns the status that these modes imply, by the table of [`Status`]: that of the best.
    #[inline]
    pub(super) fn status(&self) -> Option<Status> {
        let mut best = Some(Status::Lost);
        for mode in self.0.into_iter().flatten() {
            match mode.status() {
                Some(Status::Valid) => return Some(Status::Valid),
                Some(Status::Lost) => {}
                None => best = None,
            }
        }
        best
    }
}

#[inline]
fn quality(letter: u8) -> Option<Quality> {
    Some(match letter {
        b'N' => Quality::NoFix,
        b'A' => Quality::Autonomous,
        b'D' => Quality::Differential,
        b'P' => Quality::Precise,
        b'R' => Quality::RtkFixed,
        b'F' => Quality::RtkFloat,
        b'E' => Quality::Estimated,
        b'M' => Quality::Manual,
        b'S' => Quality::Simulated,
        _ => return None,
    })
}
