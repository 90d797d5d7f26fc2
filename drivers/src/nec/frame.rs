//! What a remote control sends.

use tickwire_traits::Duration;

/// A key: the address of a device and a command to it.
///
/// ```
/// use tickwire_drivers::nec::Frame;
///
/// let power = Frame::new(0x40, 0x12);
/// assert_eq!((power.address(), power.command()), (0x40, 0x12));
/// // On the line, these are the same four bytes.
/// assert_eq!(Frame::new(0xBF40, 0x12), power);
/// ```
///
/// # Addresses
///
/// A standard address is 8 bits, followed by its complement. An extended address has 16 bits
/// instead. One whose upper byte is the complement of the lower is the standard address in
/// its lower byte, and [`new`](Self::new) returns it as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Frame {
    address: u16,
    command: u8,
}

/// A signal that the key of the last frame is still held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Repeat {
    /// The key. `None` if its frame was not received: there was none, it ended in an error, or
    /// it is [too long](super::Decoder#repeats) ago.
    pub frame: Option<Frame>,
    /// How long the key has been held: from the beginning of its frame to that of this repeat,
    /// up to 71 minutes. Zero if the key is not known.
    pub held: Duration,
}

/// The reason why a signal was rejected.
///
/// The codes are those of micropython-async's `NEC_IR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Error {
    /// The first mark or the space after it is too short, or nothing follows (−2). Noise, or
    /// another protocol.
    BadStart,
    /// A frame ended early (−3).
    BadBlock,
    /// A repeat has too few or too many edges (−4). One with too many was reported as a repeat
    /// before.
    BadRepeat,
    /// A frame has too many edges (−5). It was reported as a frame before.
    Overrun,
    /// The command is not followed by its complement, or the parity of Apple's is wrong (−6).
    BadData {
        /// The received address.
        address: u16,
    },
    /// The address is not one of the [accepted](Addressing) kind (−7).
    BadAddress {
        /// The received 16 bits.
        address: u16,
    },
}

/// The addresses that are accepted, or another meaning of the 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Addressing {
    /// 8 bits and their complement.
    #[default]
    Standard,
    /// 16 bits, or 8 bits and their complement.
    Extended,
    /// 8 bits twice: Samsung's variant, whose start mark takes 4.5 ms. Received only.
    Samsung,
    /// 8 bits, the id with which a remote control of Apple's is paired. It is sent in place of the
    /// command's complement, and Apple's number in place of an address. The command has 7 bits;
    /// another bit makes the number of ones odd. Received only.
    Apple,
}

impl Addressing {
    /// Returns the time that a signal may take. The longest frames take 68 ms, with an extended
    /// address 77 ms, Samsung's 73 ms and Apple's 78 ms.
    pub(super) const fn longest(self) -> Duration {
        match self {
            Self::Standard => Duration::from_millis(73),
            Self::Extended | Self::Samsung | Self::Apple => Duration::from_millis(80),
        }
    }

    /// Returns the time that a start mark exceeds, in microseconds.
    pub(super) const fn start_mark(self) -> u32 {
        match self {
            Self::Standard | Self::Extended | Self::Apple => 4_000,
            Self::Samsung => 2_000,
        }
    }
}

/// Apple's number, in place of an address.
const APPLE: u16 = 0x87EE;

impl Frame {
    /// Creates a frame. See [Addresses](Self#addresses).
    pub const fn new(address: u16, command: u8) -> Self {
        let [low, high] = address.to_le_bytes();
        let address = if high == !low { low as u16 } else { address };
        Self { address, command }
    }

    /// Returns the address.
    pub const fn address(self) -> u16 {
        self.address
    }

    /// Returns the command.
    pub const fn command(self) -> u8 {
        self.command
    }

    /// Returns the 32 bits, of which the lowest is sent first. An address of up to 255 is sent
    /// as a standard one.
    ///
    /// ```
    /// use tickwire_drivers::nec::Frame;
    ///
    /// assert_eq!(Frame::new(0x40, 0x01).to_bits(), 0xFE01_BF40);
    /// assert_eq!(Frame::new(0x1234, 0xA5).to_bits(), 0x5AA5_1234);
    /// ```
    pub const fn to_bits(self) -> u32 {
        let [low, high] = self.address.to_le_bytes();
        let high = if high == 0 { !low } else { high };
        u32::from_le_bytes([low, high, self.command, !self.command])
    }

    /// Returns the frame of 32 received bits.
    ///
    /// ```
    /// use tickwire_drivers::nec::{Addressing, Frame};
    ///
    /// let frame = Frame::new(0x07, 0x02);
    /// assert_eq!(Frame::from_bits(0xFD02_F807, Addressing::Standard), Ok(frame));
    /// assert_eq!(Frame::from_bits(0xFD02_0707, Addressing::Samsung), Ok(frame));
    /// assert_eq!(Frame::from_bits(0x0705_87EE, Addressing::Apple), Ok(frame));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::BadAddress`], or [`Error::BadData`] if the address is accepted.
    pub const fn from_bits(bits: u32, addressing: Addressing) -> Result<Self, Error> {
        let [low, high, command, check] = bits.to_le_bytes();
        let sent = u16::from_le_bytes([low, high]);
        let (is_accepted, is_checked, frame) = match addressing {
            Addressing::Standard => (high == !low, command == !check, Self::new(sent, command)),
            Addressing::Extended => (true, command == !check, Self::new(sent, command)),
            Addressing::Samsung => {
                (high == low, command == !check, Self { address: low as u16, command })
            }
            Addressing::Apple => {
                let frame = Self { address: check as u16, command: command >> 1 };
                (sent == APPLE, bits.count_ones() % 2 == 1, frame)
            }
        };
        if !is_accepted {
            return Err(Error::BadAddress { address: sent });
        }
        if !is_checked {
            return Err(Error::BadData { address: frame.address });
        }
        Ok(frame)
    }
}

impl Error {
    /// Returns the name of the error: `bad_start`, `bad_block`, `bad_repeat`, `overrun`,
    /// `bad_data` or `bad_address`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BadStart => "bad_start",
            Self::BadBlock => "bad_block",
            Self::BadRepeat => "bad_repeat",
            Self::Overrun => "overrun",
            Self::BadData { .. } => "bad_data",
            Self::BadAddress { .. } => "bad_address",
        }
    }
}
