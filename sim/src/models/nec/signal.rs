//! What a remote control sends, and its marks and spaces.

/// A key of a remote control.
///
/// ```
/// use tickwire_sim::models::nec::Key;
///
/// // Address, its complement, command, its complement. The lowest byte is sent first.
/// assert_eq!(Key::standard(0x40, 0x12).bits(), 0xED12_BF40);
/// // The lower half of an address comes first.
/// assert_eq!(Key::extended(0x1234, 0xA5).bits(), 0x5AA5_1234);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    address: [u8; 2],
    command: u8,
}

/// A signal of a remote control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signal {
    /// 32 bits, of which the lowest is sent first.
    Frame(u32),
    /// The key is still held.
    Repeat,
}

/// The unit of the protocol, in nanoseconds. A bit begins with a mark of one unit.
const UNIT: u64 = 562_500;

impl Key {
    /// Creates a key with an address of 8 bits, which is sent with its complement.
    pub const fn standard(address: u8, command: u8) -> Self {
        Self { address: [address, !address], command }
    }

    /// Creates a key with an address of 16 bits, which is sent without a check.
    pub const fn extended(address: u16, command: u8) -> Self {
        Self { address: address.to_le_bytes(), command }
    }

    /// Returns the 32 bits of the frame, of which the lowest is sent first.
    pub const fn bits(self) -> u32 {
        let [low, high] = self.address;
        u32::from_le_bytes([low, high, self.command, !self.command])
    }
}

impl Signal {
    /// Returns the marks and spaces in turn, in nanoseconds, from the first mark to the last.
    pub(super) fn spans(self) -> Vec<u64> {
        match self {
            Self::Frame(bits) => {
                let space = |bit| if bits >> bit & 1 == 1 { 3 * UNIT } else { UNIT };
                let bits = (0..u32::BITS).flat_map(|bit| [UNIT, space(bit)]);
                [16 * UNIT, 8 * UNIT].into_iter().chain(bits).chain([UNIT]).collect()
            }
            Self::Repeat => vec![16 * UNIT, 4 * UNIT, UNIT],
        }
    }
}
