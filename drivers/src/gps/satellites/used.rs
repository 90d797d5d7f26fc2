//! The satellites that are used for the fix.

use crate::gps::Constellation;
use crate::gps::decode::Numbers;
use crate::gps::in_view::{PLACES, places};

/// The satellites that GSA sentences name.
///
/// A sentence has room for twelve satellites of one system, so a receiver sends several in a row.
/// Those sentences are read as one list, which is whole when another sentence comes.
///
/// Since NMEA 0183, version 4.10, a sentence names its system. In older ones, the numbers tell: 65
/// is of GLONASS. There, a system of which no satellite is used is not in the list.
#[derive(Clone, Debug)]
pub(super) struct Used {
    bits: [u32; PLACES / 32],
    /// A bit for each system that the current list has named.
    named: u8,
    /// A bit for each system that was last named by its numbers.
    by_number: u8,
    is_in_list: bool,
    /// Whether a sentence of the current list names no system.
    is_by_number: bool,
}

impl Used {
    pub(super) const NOTHING: Self = Self {
        bits: [0; PLACES / 32],
        named: 0,
        by_number: 0,
        is_in_list: false,
        is_by_number: false,
    };

    /// Takes the numbers of a GSA sentence, and their system if the sentence names it.
    pub(super) fn take(&mut self, system: Option<Constellation>, numbers: &Numbers) {
        if !self.is_in_list {
            (self.named, self.is_in_list, self.is_by_number) = (0, true, false);
        }
        // Receivers of GPS alone may name no system and no satellite.
        self.name(system.unwrap_or(Constellation::Gps), system.is_none());
        for number in numbers.iter().filter(|number| **number != 0) {
            let of = system.unwrap_or_else(|| by_number(*number));
            self.name(of, system.is_none());
            self.set(of, *number);
            // A talker of GPS reports the satellites of other systems by these numbers, too.
            if system.is_none() && *number < 256 {
                self.set(Constellation::Gps, *number);
            }
        }
    }

    /// Ends the list. Returns whether there was one.
    pub(super) fn end(&mut self) -> bool {
        if self.is_in_list && self.is_by_number {
            let gone = self.by_number & !self.named;
            for system in Constellation::ALL {
                if gone & bit(system) != 0 {
                    self.clear(system);
                }
            }
            self.by_number &= self.named;
        }
        core::mem::take(&mut self.is_in_list)
    }

    pub(super) fn contains(&self, system: Constellation, number: u16) -> bool {
        let (word, bit) = place(system, number);
        self.bits.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Forgets the satellites of a system, if the current list has not named it yet.
    fn name(&mut self, system: Constellation, is_by_number: bool) {
        self.is_by_number |= is_by_number;
        if self.named & bit(system) != 0 {
            return;
        }
        self.named |= bit(system);
        self.by_number &= !bit(system);
        if is_by_number {
            self.by_number |= bit(system);
        }
        self.clear(system);
    }

    fn clear(&mut self, system: Constellation) {
        let (first, places) = places(system);
        if let Some(bits) = self.bits.get_mut(first / 32..(first + places) / 32) {
            bits.fill(0);
        }
    }

    fn set(&mut self, system: Constellation, number: u16) {
        let (word, bit) = place(system, number);
        if let Some(word) = self.bits.get_mut(word) {
            *word |= bit;
        }
    }
}

/// Returns the word of a satellite, and its bit there.
fn place(system: Constellation, number: u16) -> (usize, u32) {
    let (first, places) = places(system);
    let place = first + usize::from(number) % places;
    (place / 32, 1 << (place % 32))
}

const fn bit(system: Constellation) -> u8 {
    1 << system as u8
}

/// Returns the system of a number in a list of several systems (NMEA 0183, 4.0, and for the systems
/// that it does not have, the manuals of u-blox and Quectel).
const fn by_number(number: u16) -> Constellation {
    match number {
        65..=99 => Constellation::Glonass,
        183..=200 => Constellation::Qzss,
        201..=263 | 401..=463 => Constellation::BeiDou,
        301..=336 => Constellation::Galileo,
        _ => Constellation::Gps,
    }
}
