//! Settle times that a key counts in one byte.

use tickwire_traits::Instant;

use crate::contact::Contact;
use crate::span::Span;
use crate::switch::{Debounce, Mode};

/// The settle times of all keys, in ticks of a power of two of microseconds: the shortest with
/// which both fit in a byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settling {
    close: u8,
    open: u8,
    /// A tick takes two to the power of this, in microseconds.
    shift: u8,
    pub(super) mode: Mode,
}

impl Settling {
    pub(super) const fn new(Debounce { mode, close, open }: Debounce) -> Self {
        let (close, open) = (Span::new(close).as_micros(), Span::new(open).as_micros());
        let longest = if close > open { close } else { open };
        let mut shift = 0;
        while longest >> shift >= u8::MAX as u32 - 1 {
            shift += 1;
        }
        Self { close: ticks(close, shift), open: ticks(open, shift), shift, mode }
    }

    /// Returns for how many ticks a contact has to stay in this state.
    pub(super) const fn span(self, contact: Contact) -> u8 {
        match contact {
            Contact::Closed => self.close,
            Contact::Open => self.open,
        }
    }

    /// Returns the ticks from one scan to the next, up to 255.
    pub(super) fn elapsed(self, from: Instant, to: Instant) -> u8 {
        let tick = |at: Instant| at.as_micros() >> self.shift;
        u8::try_from(tick(to).saturating_sub(tick(from))).unwrap_or(u8::MAX)
    }
}

/// Converts a span, rounded up. One tick more, because the first one may be nearly over.
const fn ticks(micros: u32, shift: u8) -> u8 {
    match micros.checked_sub(1) {
        None => 0,
        Some(rest) => ((rest >> shift) + 2) as u8,
    }
}

#[cfg(test)]
mod tests {
    use tickwire_traits::Duration;

    use super::*;

    /// Each span is over no earlier than asked for, and late by two ticks at most.
    #[test]
    fn a_settle_time_is_never_cut_short() {
        for span in [1, 2, 100, 253, 254, 255, 256, 20_000, 50_000, 65_535, 3_600_000_000] {
            let settling = Settling::new(Debounce::eager(Duration::from_micros(span)));
            let tick = 1 << settling.shift;
            assert!(tick == 1 || span / tick >= 126, "{span}: a tick of {tick}");
            for start in [0, 1, tick / 2, tick - 1, 7 * tick + 3] {
                let over = |after| {
                    let (from, to) =
                        (Instant::from_micros(start), Instant::from_micros(start + after));
                    settling.elapsed(from, to) >= settling.span(Contact::Closed)
                };
                assert!(!over(span - 1) && over(span + 2 * tick), "{span} from {start}");
            }
        }
        let none = Settling::new(Debounce::eager(Duration::ZERO));
        assert_eq!(none.span(Contact::Open), 0);
    }
}
