//! The lines of a source of edges.

use tickwire_traits::Side;

/// One of the lines of [`IrqEdges`](super::IrqEdges).
///
/// ```
/// use embedded_hal::digital::PinState::{High, Low};
/// use tickwire_sim::Sim;
/// use tickwire_sync::{IrqLine, local::IrqEdges};
/// use tickwire_traits::Edges;
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Limit { Left, Right, Home }
///
/// impl IrqLine for Limit {
///     const COUNT: u8 = 3;
///
///     fn number(self) -> u8 {
///         self as u8
///     }
/// }
///
/// let sim = Sim::new();
/// let limits = IrqEdges::<_, 8, Limit>::new(High, sim.clock());
/// let mut input = limits.claim().unwrap();
/// input.arm().unwrap();
/// limits.record_line(Limit::Home, Low);
/// assert_eq!(sim.run(input.edge()).unwrap().line, Limit::Home);
/// assert_eq!(limits.level_of(Limit::Right), High);
/// ```
///
/// # For implementers
///
/// Give each line a distinct number. Lines with the same number share a level, and an
/// edge of one is lost if the other already has that level.
///
/// # For driver authors
///
/// Use [`Edges`](tickwire_traits::Edges) or [`TwoLines`](tickwire_traits::TwoLines) instead:
/// this trait is for the application that fills a queue.
pub trait IrqLine: Copy {
    /// The number of lines, 8 at most. The compiler rejects more.
    const COUNT: u8;

    /// Returns the number of the line, less than [`COUNT`](Self::COUNT).
    fn number(self) -> u8;
}

impl IrqLine for () {
    const COUNT: u8 = 1;

    #[inline(always)]
    fn number(self) -> u8 {
        0
    }
}

impl IrqLine for Side {
    const COUNT: u8 = 2;

    #[inline(always)]
    fn number(self) -> u8 {
        match self {
            Self::A => 0,
            Self::B => 1,
        }
    }
}

/// Returns the bit that holds the level of `line`.
#[inline(always)]
pub(super) fn bit<L: IrqLine>(line: L) -> u8 {
    1_u8.wrapping_shl(line.number().into())
}
