//! The three bytes of a conversion.
//!
//! ```text
//! to the chip    0 0 0 0 0 0 0 1   S 2 1 0 x x x x   x x x x x x x x
//! from the chip  ? ? ? ? ? ? ? ?   ? ? ? ? ? 0 9 8   7 6 5 4 3 2 1 0
//! ```
//!
//! Leading zeros, the start bit, SGL/DIFF, D2 to D0, and then any bits; after a pause of one
//! clock a null bit and the result (DS21295D, sections 5.0 and 6.1, figure 6-1). The zeros are
//! as many as let the result end with the third byte. `?` is a line that the chip
//! does not drive.

use super::Input;

/// The bit before SGL/DIFF.
const START: u16 = 1 << 4;

/// The clocks between D0 and the result: the end of sampling, and the null bit.
const PAUSE: u32 = 2;

/// Returns the bytes that ask a converter of `BITS` bits for `input`.
pub(super) const fn request<const BITS: u32>(input: Input) -> [u8; 3] {
    let asked = (START | input.bits() as u16) as u32;
    let [_, first, second, third] = (asked << (BITS + PAUSE)).to_be_bytes();
    [first, second, third]
}

/// Returns the result in the bytes that were received, or `None` if the null bit is set.
pub(super) const fn result<const BITS: u32>([_, high, low]: [u8; 3]) -> Option<u16> {
    let word = u16::from_be_bytes([high, low]);
    let null = 1 << BITS;
    if word & null == 0 { Some(word & (null - 1)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::super::Input::{self, Ch0, Ch0MinusCh1, Ch5, Ch7, Ch7MinusCh6};
    use super::{request, result};

    #[track_caller]
    fn check<const BITS: u32>(input: Input, expected: [u8; 3]) {
        assert_eq!(request::<BITS>(input), expected);
    }

    #[test]
    fn requests_are_those_of_the_datasheets() {
        // DS21295D, figure 6-1 with table 5-2.
        check::<10>(Ch0MinusCh1, [0x01, 0x00, 0x00]);
        check::<10>(Ch7MinusCh6, [0x01, 0x70, 0x00]);
        check::<10>(Ch0, [0x01, 0x80, 0x00]);
        check::<10>(Ch5, [0x01, 0xd0, 0x00]);
        check::<10>(Ch7, [0x01, 0xf0, 0x00]);
        // DS21298, figure 6-1 with table 5-2.
        check::<12>(Ch0MinusCh1, [0x04, 0x00, 0x00]);
        check::<12>(Ch7MinusCh6, [0x05, 0xc0, 0x00]);
        check::<12>(Ch0, [0x06, 0x00, 0x00]);
        check::<12>(Ch5, [0x07, 0x40, 0x00]);
        check::<12>(Ch7, [0x07, 0xc0, 0x00]);
    }

    /// Every answer of a chip, with every content of the bits that nothing drives.
    #[test]
    fn a_result_is_the_bits_after_the_null_bit_and_no_others() {
        for received in 0..=u16::MAX {
            for first in [0x00, 0xff] {
                let [high, low] = received.to_be_bytes();
                let frame = [first, high, low];
                let ten = (received & 0x400 == 0).then_some(received & 0x3ff);
                assert_eq!(result::<10>(frame), ten, "{received:#x}");
                let twelve = (received & 0x1000 == 0).then_some(received & 0xfff);
                assert_eq!(result::<12>(frame), twelve, "{received:#x}");
            }
        }
    }
}
