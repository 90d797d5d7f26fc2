//! What a stream has to return, computed naively from all its bytes.

use std::vec::Vec;

/// A piece, or the length of one that is too long.
pub(super) type Item = Result<Vec<u8>, usize>;

/// Divides `bytes` after each byte that is one of `ends`.
pub(super) fn pieces(bytes: &[u8], ends: &[u8], most: usize) -> Vec<Item> {
    let mut pieces: Vec<_> = bytes.split(|byte| ends.contains(byte)).collect();
    // After the last end, only bytes make a piece.
    pieces.pop_if(|piece| piece.is_empty());
    pieces.iter().map(|it| if it.len() > most { Err(it.len()) } else { Ok(it.to_vec()) }).collect()
}

/// Divides `bytes` at CR, LF and CR LF.
pub(super) fn lines(bytes: &[u8], most: usize) -> Vec<Item> {
    let mut normal = Vec::new();
    for (index, byte) in bytes.iter().enumerate() {
        let is_second = *byte == b'\n' && index > 0 && bytes[index - 1] == b'\r';
        normal.extend((!is_second).then_some(if *byte == b'\r' { b'\n' } else { *byte }));
    }
    pieces(&normal, b"\n", most)
}

/// CRC-16/IBM-SDLC, bit by bit from its definition in RFC 1662: `x^16 + x^12 + x^5 + 1`, the
/// least significant bit first.
pub(super) fn checksum(bytes: &[u8]) -> u16 {
    let mut sum = 0xffff_u16;
    for byte in bytes {
        for bit in 0..8 {
            let is_odd = (sum ^ u16::from(byte >> bit)) & 1 == 1;
            sum = sum >> 1 ^ if is_odd { 0x8408 } else { 0 };
        }
    }
    !sum
}
