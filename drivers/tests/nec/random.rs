//! Random numbers, equal in every run.

/// SplitMix64, by Sebastiano Vigna's description.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Changes each span by up to `percent` per cent, independently.
    pub(crate) fn jittered(&mut self, spans: &[u64], percent: u64) -> Vec<u64> {
        let mut jitter =
            |span: &u64| span * (10_000 - 100 * percent + self.below(200 * percent + 1)) / 10_000;
        spans.iter().map(&mut jitter).collect()
    }
}
