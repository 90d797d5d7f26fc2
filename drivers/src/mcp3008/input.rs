//! What a conversion measures.

/// An input of the converter: one channel against ground, or the difference of a pair.
///
/// An MCP3004 or MCP3204 has the channels 0 to 3. It ignores the rest of a number, so that it
/// measures channel 0 for [`Ch4`](Self::Ch4) (DS21295D, table 5-1).
///
/// A difference below zero reads as 0: to measure in both directions, read the pair in both
/// orders. The lower voltage of a pair may be within 100 mV of ground only (DS21295D,
/// section 4.1).
///
/// ```
/// use tickwire_drivers::mcp3008::Input;
///
/// assert_eq!(Input::single(5), Some(Input::Ch5));
/// assert_eq!(Input::single(8), None);
/// assert_eq!(Input::difference(3, 2), Some(Input::Ch3MinusCh2));
/// assert_eq!(Input::difference(3, 4), None); // They are no pair.
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Input {
    // The values are SGL/DIFF, D2, D1, D0 (DS21295D, table 5-2).
    /// Channel 0 minus channel 1.
    Ch0MinusCh1 = 0b0000,
    /// Channel 1 minus channel 0.
    Ch1MinusCh0 = 0b0001,
    /// Channel 2 minus channel 3.
    Ch2MinusCh3 = 0b0010,
    /// Channel 3 minus channel 2.
    Ch3MinusCh2 = 0b0011,
    /// Channel 4 minus channel 5.
    Ch4MinusCh5 = 0b0100,
    /// Channel 5 minus channel 4.
    Ch5MinusCh4 = 0b0101,
    /// Channel 6 minus channel 7.
    Ch6MinusCh7 = 0b0110,
    /// Channel 7 minus channel 6.
    Ch7MinusCh6 = 0b0111,
    /// Channel 0.
    Ch0 = 0b1000,
    /// Channel 1.
    Ch1 = 0b1001,
    /// Channel 2.
    Ch2 = 0b1010,
    /// Channel 3.
    Ch3 = 0b1011,
    /// Channel 4.
    Ch4 = 0b1100,
    /// Channel 5.
    Ch5 = 0b1101,
    /// Channel 6.
    Ch6 = 0b1110,
    /// Channel 7.
    Ch7 = 0b1111,
}

impl Input {
    /// All inputs: the pairs, and then the channels.
    pub const ALL: [Self; 16] = [
        Self::Ch0MinusCh1,
        Self::Ch1MinusCh0,
        Self::Ch2MinusCh3,
        Self::Ch3MinusCh2,
        Self::Ch4MinusCh5,
        Self::Ch5MinusCh4,
        Self::Ch6MinusCh7,
        Self::Ch7MinusCh6,
        Self::Ch0,
        Self::Ch1,
        Self::Ch2,
        Self::Ch3,
        Self::Ch4,
        Self::Ch5,
        Self::Ch6,
        Self::Ch7,
    ];

    /// Returns the input that measures `channel` against ground, or `None` above 7.
    pub fn single(channel: u8) -> Option<Self> {
        let [_, channels] = Self::halves();
        channels.get(usize::from(channel)).copied()
    }

    /// Returns the input that measures channel `plus` minus channel `minus`, or `None` if the
    /// two are no pair. The pairs are 0 and 1, 2 and 3, 4 and 5, 6 and 7.
    pub fn difference(plus: u8, minus: u8) -> Option<Self> {
        let [pairs, _] = Self::halves();
        if plus ^ minus == 1 { pairs.get(usize::from(plus)).copied() } else { None }
    }

    /// Returns the pairs and the channels.
    fn halves() -> [&'static [Self]; 2] {
        let (pairs, channels) = Self::ALL.split_at(Self::ALL.len() / 2);
        [pairs, channels]
    }

    /// Returns the bits SGL/DIFF, D2, D1 and D0.
    pub(super) const fn bits(self) -> u8 {
        self as u8
    }
}
