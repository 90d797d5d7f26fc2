//! Decoding of two levels into quarter steps.

use embedded_hal::digital::PinState;
use tickwire_traits::{Edge, Side};

/// A decoder of quadrature. Pure: takes edges and levels, returns quarter steps.
///
/// ```text
///          a b      a b      a b      a b      a b
///   up ►   1 1  ──► 0 1  ──► 0 0  ──► 1 0  ──► 1 1   ◄ down
/// ```
///
/// Both levels decide, not the edges: a contact that bounces steps up and down again, and
/// ends where it is. Each contact has to settle before the other one moves: one that still
/// bounces then looks like a turn back. A transition that no turn makes is counted in
/// [`illegal`](Self::illegal), and does not step: both levels at once, or an edge to the
/// level that its line had.
///
/// At the start, and after [missed](Edge::missed) edges, the levels are not known. They
/// are learned from the next edge of each line, or from a [`look`](Self::look) once there
/// are no more edges; until then, steps are postponed. After missed edges, the sum of the
/// steps is off by at most these edges and two.
///
/// ```
/// use embedded_hal::digital::PinState::{High, Low};
/// use tickwire_drivers::encoder::Quadrature;
/// use tickwire_traits::{Edge, Instant, Side};
///
/// let edge = |line, level| Edge { line, at: Instant::EPOCH, level, missed: 0 };
/// let mut quadrature = Quadrature::new();
/// quadrature.look(High, High);
/// assert_eq!(quadrature.edge(edge(Side::A, Low)), 1);
/// assert_eq!(quadrature.edge(edge(Side::A, High)), -1); // It has bounced,
/// assert_eq!(quadrature.edge(edge(Side::A, Low)), 1); // and ends at one.
/// assert_eq!(quadrature.edge(edge(Side::B, Low)), 1);
/// assert_eq!(quadrature.illegal(), 0);
/// ```
#[derive(Clone, Debug)]
pub struct Quadrature {
    /// The levels now.
    levels: u8,
    /// The lines whose level is not known; and [`WAS_READ`].
    doubts: u8,
    /// While a level is not known: the levels up to which steps were returned.
    decoded: u8,
    /// Which bits of `decoded` are known: none at the start.
    begun: u8,
    illegal: u16,
    missed: u16,
}

const A: u8 = 1 << Side::A as u8;
const B: u8 = 1 << Side::B as u8;
const BOTH: u8 = A | B;

/// Shifts lines to those whose level was read since their last edge. An edge that happened just
/// before may still be queued.
const WAS_READ: u8 = 2;

/// Both levels have changed.
const ILLEGAL: i8 = 2;

/// The steps from the levels `row` to the levels `column`, each as the bits `ba`.
const STEPS: [[i8; 4]; 4] = [
    [0, 1, -1, ILLEGAL], // 00: up to A high, down to B high.
    [-1, 0, ILLEGAL, 1], // A high: down to 00, up to 11.
    [1, ILLEGAL, 0, -1], // B high: up to 00, down to 11.
    [ILLEGAL, -1, 1, 0], // 11: up to B high, down to A high.
];

/// After an edge: the step, shifted by two, and the levels. The index is the levels before it, the
/// line and its new level. A line that has this level makes no step.
const AFTER_EDGE: [i8; 16] = {
    let mut after = [0; 16];
    let mut index = 0;
    while index < 16 {
        let (levels, line, level) = (index & 0b11, index >> 2 & 1, index >> 3);
        let next = levels & !(1 << line) | level << line;
        after[index] = STEPS[levels][next] << 2 | next as i8;
        index += 1;
    }
    after
};

impl Quadrature {
    /// Creates a decoder that knows neither level.
    pub const fn new() -> Self {
        Self { levels: 0, doubts: BOTH, decoded: 0, begun: 0, illegal: 0, missed: 0 }
    }

    /// Returns the number of illegal transitions, up to 65 535.
    pub const fn illegal(&self) -> u16 {
        self.illegal
    }

    /// Returns the number of missed edges, up to 65 535.
    pub const fn missed(&self) -> u16 {
        self.missed
    }

    /// Returns whether to call [`look`](Self::look) if there is no further edge now.
    #[inline]
    pub const fn is_unsure(&self) -> bool {
        self.doubts & BOTH != 0
    }

    /// Records an edge. Returns the steps up to it, from -2 to 2; more than one if steps were
    /// postponed.
    #[inline]
    pub fn edge(&mut self, edge: Edge<Side>) -> i8 {
        let (line, level) = (edge.line as usize, usize::from(edge.level == PinState::High));
        let after = AFTER_EDGE[usize::from(self.levels & BOTH) | line << 2 | level << 3];
        let step = after >> 2;
        if step == 0 || edge.missed | u32::from(self.doubts) != 0 {
            return self.unusual_edge(edge);
        }
        self.levels = after as u8 & BOTH;
        step
    }

    /// Records an edge without a step, or of levels that are not certain.
    #[cold]
    fn unusual_edge(&mut self, edge: Edge<Side>) -> i8 {
        if edge.missed > 0 {
            let missed = u16::try_from(edge.missed).unwrap_or(u16::MAX);
            self.missed = self.missed.saturating_add(missed);
            self.forget();
        }
        let line = 1 << edge.line as u8;
        let levels = match edge.level {
            PinState::High => self.levels | line,
            PinState::Low => self.levels & !line,
        };
        let was_known = self.doubts & line == 0;
        let was_read = self.doubts & line << WAS_READ != 0;
        self.doubts &= !(line << WAS_READ);
        if was_known && levels == self.levels {
            self.illegal = self.illegal.saturating_add(u16::from(!was_read));
            return 0;
        }
        self.begin_doubt();
        self.levels = levels;
        self.doubts &= !line;
        if self.begun & line == 0 {
            // The first edge of a line tells the level that it had from the start.
            self.decoded |= !levels & line;
            self.begun |= line;
        }
        if self.is_unsure() {
            return 0;
        }
        self.step_to(levels ^ line) + self.step_to(levels)
    }

    /// Records the levels that were read, which are those after all edges. Returns the step
    /// to them, from -1 to 1.
    ///
    /// A level that is known from an edge is kept. If the line has changed since, the edge is
    /// still queued.
    pub fn look(&mut self, a: PinState, b: PinState) -> i8 {
        self.begin_doubt();
        let bit = |line, level| if level == PinState::High { line } else { 0 };
        let unknown = self.doubts & BOTH;
        self.levels = (self.levels & !unknown) | ((bit(A, a) | bit(B, b)) & unknown);
        self.doubts = (self.doubts & !BOTH) | unknown << WAS_READ;
        self.decoded |= self.levels & !self.begun;
        self.begun = BOTH;
        self.step_to(self.levels)
    }

    /// Forgets the levels, because edges were missed.
    pub const fn forget(&mut self) {
        self.begin_doubt();
        self.doubts |= BOTH;
    }

    /// Keeps the levels as those that are decoded, if they are.
    const fn begin_doubt(&mut self) {
        if !self.is_unsure() {
            self.decoded = self.levels;
        }
    }

    fn step_to(&mut self, levels: u8) -> i8 {
        // The masks only prove to the compiler that there is such an entry.
        let step = STEPS[usize::from(self.decoded & BOTH)][usize::from(levels & BOTH)];
        self.decoded = levels;
        if step == ILLEGAL {
            self.illegal = self.illegal.saturating_add(1);
            return 0;
        }
        step
    }
}

impl Default for Quadrature {
    fn default() -> Self {
        Self::new()
    }
}
