//! The set of one signal of one system.

use core::fmt;

use tickwire_traits::{Duration, Instant};

use super::satellite::{Key, Satellite};
use crate::gps::Constellation;
use crate::gps::decode::Page;

/// A set that was not renewed for this long is given up if its room is needed. Receivers send sets
/// every few seconds.
const STALE: Duration = Duration::from_secs(60);

/// The satellites of one system on one signal, from one set of GSV sentences.
///
/// [`Satellites`](super::Satellites) has an example.
#[derive(Clone, Copy)]
pub struct SatelliteSet<'a> {
    pub(super) head: &'a Head,
    pub(super) entries: &'a [Satellite],
}

/// What is known of a set besides its satellites.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// The time of the set that is published; [`Instant::MAX`] if there is none.
    pub(super) at: Instant,
    pub(super) key: Key,
    in_view: u8,
    omitted: u8,
    /// The number of pages of the set that comes, and the last page that came.
    of: u8,
    page: u8,
    coming_in_view: u8,
    coming_omitted: u8,
    /// Whether a page of the set that comes is missing.
    is_torn: bool,
}

/// What becomes of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Its satellites are kept. `tears` is whether the set before it was not whole.
    Kept { tears: bool },
    /// Its set is torn. `tears` is whether that was not known yet.
    Torn { tears: bool },
}

impl<'a> SatelliteSet<'a> {
    /// Returns the system.
    pub fn system(&self) -> Constellation {
        // A set without a system is not returned to a caller.
        self.head.key.system().unwrap_or(Constellation::Gps)
    }

    /// Returns the [signal](Satellite::signal).
    pub const fn signal(&self) -> u8 {
        self.head.key.signal()
    }

    /// Returns the number of satellites in view that the receiver announced.
    pub const fn in_view(&self) -> u8 {
        self.head.in_view
    }

    /// Returns the number of satellites for which there was no room.
    pub const fn omitted(&self) -> u8 {
        self.head.omitted
    }

    /// Returns the time when the last sentence of the set was read.
    pub const fn at(&self) -> Instant {
        self.head.at
    }

    /// Returns the time that has passed since the last sentence of the set.
    ///
    /// A set stays when the receiver stops sending it, and gets older.
    pub fn age(&self, now: Instant) -> Duration {
        now - self.head.at
    }

    /// Returns the satellites, in the order of the sentences.
    pub fn satellites(&self) -> impl Iterator<Item = &'a Satellite> + Clone + use<'a> {
        let key = self.head.key;
        self.entries.iter().filter(move |satellite| satellite.key == key)
    }
}

impl fmt::Debug for SatelliteSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SatelliteSet").field("head", self.head).finish_non_exhaustive()
    }
}

impl Head {
    pub(super) const NONE: Self = Self {
        at: Instant::MAX,
        key: Key::NONE,
        in_view: 0,
        omitted: 0,
        of: 0,
        page: 0,
        coming_in_view: 0,
        coming_omitted: 0,
        is_torn: false,
    };

    pub(super) fn is_published(&self) -> bool {
        self.at != Instant::MAX
    }

    /// Returns whether pages are kept, and the last one has not come.
    pub(super) const fn is_collecting(&self) -> bool {
        self.page < self.of && !self.is_torn
    }

    /// Returns whether the set may give its room to another signal.
    pub(super) fn is_stale(&self, now: Instant) -> bool {
        self.key != Key::NONE
            && !self.is_collecting()
            && (!self.is_published() || now - self.at >= STALE)
    }

    /// Takes the next page of this signal.
    pub(super) fn take(&mut self, page: &Page) -> Taken {
        let was_collecting = self.is_collecting();
        let continues = was_collecting
            && page.number == self.page.saturating_add(1)
            && (page.of, page.in_view) == (self.of, self.coming_in_view);
        let taken = if page.number == 1 {
            self.is_torn = false;
            (self.coming_in_view, self.coming_omitted) = (page.in_view, 0);
            Taken::Kept { tears: was_collecting }
        } else if continues {
            Taken::Kept { tears: false }
        } else {
            // Another page of a set that is known to be torn, or the first that came of a set.
            let is_known = self.is_torn && page.of == self.of && page.number > self.page;
            self.is_torn = page.number < page.of;
            Taken::Torn { tears: !is_known }
        };
        (self.of, self.page) = (page.of, page.number);
        taken
    }

    /// Gives up the pages that were kept, and those that may follow.
    pub(super) fn tear(&mut self) {
        self.is_torn = true;
    }

    /// Counts a satellite for which there is no room.
    pub(super) fn omit(&mut self) {
        self.coming_omitted = self.coming_omitted.saturating_add(1);
    }

    /// Publishes the set. Returns the number of satellites for which there was no room.
    pub(super) fn publish(&mut self, now: Instant) -> u8 {
        (self.at, self.in_view, self.omitted) = (now, self.coming_in_view, self.coming_omitted);
        self.omitted
    }
}
