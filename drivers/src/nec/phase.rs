//! The state of a decoder.

use embedded_hal::digital::PinState;

use super::Error;

/// What the line is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// The space of a bit. The value is that of the level that ends it, so that one comparison
    /// finds the edges of bits.
    BitSpace = PinState::Low as u8,
    /// The mark of a bit, as above.
    BitMark = PinState::High as u8,
    /// The mark after the last bit.
    FrameMark,
    StartMark,
    StartSpace,
    /// The last mark of a repeat.
    RepeatMark,
    /// After a frame.
    Frame,
    /// After a repeat.
    Repeat,
    /// After an error, and at first.
    Broken,
}

impl Phase {
    pub(super) const fn is_within_signal(self) -> bool {
        (self as u8) < Self::Frame as u8
    }

    /// Returns the error of a signal that ends here.
    pub(super) const fn incomplete(self) -> Error {
        match self {
            Self::BitMark | Self::BitSpace | Self::FrameMark => Error::BadBlock,
            Self::RepeatMark => Error::BadRepeat,
            _ => Error::BadStart,
        }
    }
}
