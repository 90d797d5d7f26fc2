//! Consistent overhead byte stuffing: bytes without a zero, and back.
//!
//! A block is its length plus one, and up to 254 bytes that are not zero. A zero followed each
//! block of fewer than 254, except the last.

/// The longest run of bytes in a block.
const RUN: usize = 254;

/// The encoded bytes of a frame and its checksum.
#[derive(Debug)]
pub(super) struct Encoder<'a> {
    /// The bytes that were not taken.
    frame: &'a [u8],
    checksum: [u8; 2],
    /// The number of bytes taken of the checksum.
    summed: u8,
    /// The number of bytes left in the block.
    left: u8,
    /// The step after the block.
    next: Next,
}

#[derive(Debug)]
enum Next {
    Block,
    /// A zero, which is not sent, and a block.
    Zero,
    End,
}

impl<'a> Encoder<'a> {
    pub(super) fn new(frame: &'a [u8], checksum: [u8; 2]) -> Self {
        Self { frame, checksum, summed: 0, left: 0, next: Next::Block }
    }

    fn rest(&self) -> impl Iterator<Item = u8> {
        let checksum = self.checksum.iter().skip(usize::from(self.summed));
        self.frame.iter().chain(checksum).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let Some((byte, rest)) = self.frame.split_first() else {
            let byte = self.checksum.get(usize::from(self.summed));
            self.summed += 1;
            return byte.copied();
        };
        self.frame = rest;
        Some(*byte)
    }
}

impl Iterator for Encoder<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if self.left > 0 {
            self.left -= 1;
            return self.take();
        }
        match self.next {
            Next::End => return None,
            Next::Zero => _ = self.take(),
            Next::Block => {}
        }
        let run = self.rest().take(RUN).take_while(|byte| *byte != 0).count();
        let behind = self.rest().nth(run);
        self.next = match behind {
            None => Next::End,
            Some(_) if run == RUN => Next::Block,
            Some(_) => Next::Zero,
        };
        self.left = run as u8;
        Some(self.left + 1)
    }
}

/// Decodes bytes in place, and returns the length. None if they are not valid.
pub(super) fn decode_in_place(bytes: &mut [u8]) -> Option<usize> {
    let (mut from, mut to) = (0, 0);
    while let Some(block) = bytes.get(from) {
        let run = usize::from(block.checked_sub(1)?);
        from += 1;
        // The bytes overlap. A slice moves its own only with checks that may panic.
        for _ in 0..run {
            let byte = *bytes.get(from)?;
            *bytes.get_mut(to)? = byte;
            (from, to) = (from + 1, to + 1);
        }
        if run < RUN && from < bytes.len() {
            *bytes.get_mut(to)? = 0;
            to += 1;
        }
    }
    Some(to)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn encoded(frame: &[u8]) -> Vec<u8> {
        let (frame, checksum) = frame.split_last_chunk().unwrap();
        Encoder::new(frame, *checksum).collect()
    }

    #[test]
    fn blocks_end_at_zeros_and_at_254_bytes() {
        #[track_caller]
        fn check(frame: &[u8], expected: &[u8]) {
            let mut bytes = encoded(frame);
            assert_eq!(bytes, expected);
            let len = decode_in_place(&mut bytes).unwrap();
            assert_eq!(&bytes[..len], frame);
        }
        // The examples of the paper's second section, and the edges of the longest block.
        check(&[0, 0], &[1, 1, 1]);
        check(&[0x11, 0], &[2, 0x11, 1]);
        check(&[0x11, 0x22, 0, 0x33], &[3, 0x11, 0x22, 2, 0x33]);
        check(&[0x11, 0, 0, 0], &[2, 0x11, 1, 1, 1]);
        check(&[7; 254], &[&[255][..], &[7; 254]].concat());
        check(&[7; 255], &[&[255][..], &[7; 254], &[2, 7]].concat());
        let ends_in_zero = [&[7; 254][..], &[0]].concat();
        check(&ends_in_zero, &[&[255][..], &[7; 254], &[1, 1]].concat());
    }

    #[test]
    fn bytes_that_are_no_blocks_are_refused() {
        for mut bytes in [&[0][..], &[3, 1], &[2], &[1, 0], &[255, 1]].map(Vec::from) {
            assert_eq!(decode_in_place(&mut bytes), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_what_the_crate_of_that_name_encodes(
            frame in prop::collection::vec(prop_oneof![Just(0), any::<u8>()], 2..600),
        ) {
            let mut bytes = encoded(&frame);
            prop_assert!(!bytes.contains(&0));
            let mut theirs = [0; 700];
            let len = cobs::encode(&frame, &mut theirs);
            prop_assert_eq!(&bytes[..], &theirs[..len]);
            let len = decode_in_place(&mut bytes).unwrap();
            prop_assert_eq!(&bytes[..len], &frame[..]);
        }

        #[test]
        fn any_bytes_but_zero_are_decoded_as_by_the_crate_of_that_name(
            mut bytes in prop::collection::vec(1_u8.., 1..600),
        ) {
            let mut theirs = bytes.clone();
            let expected = cobs::decode_in_place(&mut theirs).ok();
            let len = decode_in_place(&mut bytes);
            prop_assert_eq!(len, expected);
            if let Some(len) = len {
                prop_assert_eq!(&bytes[..len], &theirs[..len]);
            }
        }
    }
}
