//! The bits between a converter and its controller (section 5.0).

/// The state of a converter between two bits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dialogue {
    /// The chip is not selected, or got its power while it was selected.
    Deaf,
    /// The chip waits for the start bit.
    Idle,
    /// The number of clocks since the start bit, SGL/DIFF and D2 to D0, and the result.
    Begun { clocks: u32, asked: usize, result: u16 },
}

/// What a bit from the controller causes.
pub(super) enum Step {
    /// Nothing drives the data line.
    Undriven,
    /// The same, and the chip samples the input with these bits.
    Sample(usize),
    /// The chip drives the data line, with the last bit of the result or another.
    Driven { level: bool, last: bool },
}

impl Dialogue {
    /// Handles a rising edge of the clock, for a chip with results of so many bits.
    pub(super) fn clock(&mut self, data: bool, bits: u32) -> Step {
        let Self::Begun { clocks, asked, result } = self else {
            if data && matches!(self, Self::Idle) {
                *self = Self::Begun { clocks: 0, asked: 0, result: 0 };
            }
            return Step::Undriven;
        };
        *clocks = clocks.saturating_add(1);
        match *clocks {
            1..SAMPLED => {
                *asked = *asked << 1 | usize::from(data);
                Step::Undriven
            }
            SAMPLED => Step::Sample(*asked),
            _ => {
                // The null bit, the result from its highest bit, and again from its second
                // lowest (figures 5-1 and 5-2); then zeros.
                let at = *clocks - SAMPLED - 1;
                let bit = at.abs_diff(bits);
                Step::Driven { level: bit < bits && *result >> bit & 1 == 1, last: at == bits }
            }
        }
    }

    /// Sets the result of the sample.
    pub(super) fn set_result(&mut self, sampled: u16) {
        if let Self::Begun { result, .. } = self {
            *result = sampled;
        }
    }

    /// Returns whether the start bit has been received.
    pub(super) fn is_begun(&self) -> bool {
        matches!(self, Self::Begun { .. })
    }

    /// Returns whether the input has been sampled.
    pub(super) fn has_sampled(&self) -> bool {
        matches!(self, Self::Begun { clocks: SAMPLED.., .. })
    }

    /// Returns whether a result of so many bits has been read.
    pub(super) fn is_read(&self, bits: u32) -> bool {
        matches!(self, Self::Begun { clocks, .. } if *clocks > SAMPLED + bits)
    }
}

/// The clock, counted from the start bit, with which sampling ends.
const SAMPLED: u32 = 5;
