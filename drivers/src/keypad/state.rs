//! The state of one key, in two bytes.

use crate::contact::Contact;
use crate::switch::Mode;

use super::settling::Settling;

/// A key: its contact as read, as seen in the scan before, and as reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// For how many ticks the contact still has to stay as it is.
    left: u8,
    bits: u8,
}

/// What a scan means for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Changed(Contact),
    /// It is the first scan in which the key is ambiguous.
    Ambiguous,
}

/// The contact is closed in the present scan.
const READ: u8 = 1;
/// The contact was closed in the scan before.
const SEEN: u8 = 1 << 1;
/// The contact is closed according to the changes reported.
const DOWN: u8 = 1 << 2;
/// The key is a corner of a rectangle in the present scan.
const CORNER: u8 = 1 << 3;
/// The key is ambiguous according to the reports.
const AMBIGUOUS: u8 = 1 << 4;

impl State {
    /// An open contact.
    pub(super) const NEW: Self = Self { left: 0, bits: 0 };

    pub(super) const fn is_read_closed(self) -> bool {
        self.bits & READ != 0
    }

    pub(super) const fn is_down(self) -> bool {
        self.bits & DOWN != 0
    }

    /// Returns whether the contact is closed or bounces, or did so within its settle time.
    pub(super) const fn is_active(self) -> bool {
        self.left > 0 || self.bits & (READ | SEEN | DOWN) != 0
    }

    /// Records what the present scan has read.
    pub(super) const fn read(&mut self, is_closed: bool) {
        self.set(READ, is_closed);
    }

    /// Records whether three other keys make the contact read closed.
    pub(super) const fn set_corner(&mut self, is_corner: bool) {
        self.set(CORNER, is_corner);
    }

    /// Ends a scan, `elapsed` ticks after the one before. In a `crowd`, a contact that reads
    /// closed may be a ghost of which a corner bounces.
    pub(super) fn step(&mut self, settling: Settling, elapsed: u8, crowd: bool) -> Option<Step> {
        self.left = self.left.saturating_sub(elapsed);
        let is_ambiguous = self.has(CORNER) && !self.is_down();
        let was_ambiguous = self.has(AMBIGUOUS);
        self.set(AMBIGUOUS, is_ambiguous);
        if is_ambiguous {
            // Once it is no longer ambiguous, it has to stay closed for the settle time.
            self.set(SEEN, true);
            self.left = settling.span(Contact::Closed);
            return (!was_ambiguous).then_some(Step::Ambiguous);
        }
        let is_closed = self.is_read_closed();
        let is_sure = settling.mode == Mode::Eager && !(crowd && is_closed);
        if is_closed != self.has(SEEN) {
            self.set(SEEN, is_closed);
            let reports_at_once = is_sure && self.left == 0 && is_closed != self.is_down();
            if !reports_at_once {
                // What is awaited: that a reported state settles, or that a new one does.
                let awaited = if is_sure { self.is_down() } else { is_closed };
                self.left = settling.span(contact(awaited));
            }
        }
        if self.left > 0 || is_closed == self.is_down() {
            return None;
        }
        self.set(DOWN, is_closed);
        if settling.mode == Mode::Eager {
            self.left = settling.span(contact(is_closed));
        }
        Some(Step::Changed(contact(is_closed)))
    }

    const fn has(self, bit: u8) -> bool {
        self.bits & bit != 0
    }

    const fn set(&mut self, bit: u8, is_set: bool) {
        self.bits = if is_set { self.bits | bit } else { self.bits & !bit };
    }
}

const fn contact(is_closed: bool) -> Contact {
    if is_closed { Contact::Closed } else { Contact::Open }
}
