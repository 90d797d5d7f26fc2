//! Random bytes, equal in every run.

/// SplitMix64, by Sebastiano Vigna's description.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % bound as u64) as usize
    }

    pub(crate) fn noise(&mut self, bound: usize) -> Vec<u8> {
        let len = self.below(bound);
        (0..len).map(|_| self.below(256) as u8).collect()
    }

    /// Changes, adds, removes and repeats a few bytes, mostly such as occur in
    /// sentences.
    pub(crate) fn mutated(&mut self, original: &[u8]) -> Vec<u8> {
        const LIKELY: &[u8] = b"0123456789,.-*$AVNSEWGPLR \r";
        let mut bytes = original.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let byte = match self.below(10) {
                0 => self.below(256) as u8,
                _ => LIKELY[self.below(LIKELY.len())],
            };
            match self.below(4) {
                0 if at < bytes.len() => bytes[at] = byte,
                1 if at < bytes.len() => drop(bytes.remove(at)),
                2 => bytes.insert(at, byte),
                _ => {
                    let tail = bytes[at..].to_vec();
                    bytes.extend(tail);
                    bytes.truncate(120);
                }
            }
        }
        bytes
    }
}
