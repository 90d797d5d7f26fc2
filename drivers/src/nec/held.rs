//! The key that repeats belong to.

use tickwire_traits::{Duration, Instant};

use super::{Frame, Repeat};

/// The last key, and since when it is held.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// When the last frame or repeat began.
    began: Instant,
    /// From the beginning of the frame to that of its last repeat, in microseconds.
    micros: u32,
    // A `Frame` in two fields: its padding would make 8 bytes more.
    address: u16,
    command: u8,
    /// Whether a repeat belongs to the key.
    is_held: bool,
}

/// Two periods of 108 ms, and half of one for jitter.
const LONGEST_GAP: Duration = Duration::from_millis(270);

impl Held {
    /// Not of zeros alone: a `memset` of all of a decoder would take 136 bytes of flash.
    pub(super) const NONE: Self =
        Self { began: Instant::EPOCH, micros: u32::MAX, address: 0, command: 0, is_held: false };

    pub(super) const fn press(&mut self, frame: Frame, began: Instant) {
        let (address, command) = (frame.address(), frame.command());
        *self = Self { began, micros: 0, address, command, is_held: true };
    }

    pub(super) const fn release(&mut self) {
        self.is_held = false;
    }

    /// Takes a repeat, which belongs to the key unless the last signal is too long ago.
    pub(super) fn repeat(&mut self, began: Instant) -> Repeat {
        let gap = began - self.began;
        self.is_held &= gap <= LONGEST_GAP;
        self.began = began;
        if !self.is_held {
            return Repeat { frame: None, held: Duration::ZERO };
        }
        self.micros = self.micros.saturating_add(gap.as_micros() as u32);
        let held = Duration::from_micros(self.micros.into());
        Repeat { frame: Some(Frame::new(self.address, self.command)), held }
    }
}
