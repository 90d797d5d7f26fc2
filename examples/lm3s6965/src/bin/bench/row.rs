//! What is said of a measurement, and how it is judged.

use tickwire_lm3s6965::report;

/// A measurement, in tenths of an instruction.
#[derive(Clone, Copy)]
pub(crate) struct Tenths(pub(crate) u32);

impl Tenths {
    /// Divides what was counted, for so many.
    pub(crate) const fn each(count: u32, times: u32) -> Self {
        Self((count * 10 + times / 2) / times)
    }
}

/// What was measured.
pub(crate) struct Measured {
    pub(crate) tickwire: Tenths,
    /// What embassy takes for the same, or the peer of the row.
    pub(crate) embassy: Option<Tenths>,
}

impl Measured {
    /// Where embassy has nothing of the kind.
    pub(crate) fn alone(tickwire: Tenths) -> Self {
        Self { tickwire, embassy: None }
    }
}

/// What is expected of a measurement.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Instructions: more fail.
    pub(crate) most: u32,
    pub(crate) beside: Option<Beside>,
}

/// What is expected beside embassy, or another peer, in percent of its instructions.
pub(crate) struct Beside {
    peer: &'static str,
    /// What we want.
    goal: u32,
    /// More fail.
    most: u32,
}

pub(crate) const fn goal(goal: u32, most: u32) -> Option<Beside> {
    goal_of("embassy", goal, most)
}

pub(crate) const fn goal_of(peer: &'static str, goal: u32, most: u32) -> Option<Beside> {
    Some(Beside { peer, goal, most })
}

impl Row {
    /// Prints what was measured, and returns whether it is within the bounds.
    pub(crate) fn judge(&self, measured: Measured) -> bool {
        let Self { name, most, beside } = self;
        let Tenths(ours) = measured.tickwire;
        let mut within = ours <= most * 10;
        say!("{{\"bench\":\"{name}\",\"tickwire\":{}.{},\"bound\":{most}", ours / 10, ours % 10);
        if let (Some(Beside { peer, goal, most }), Some(Tenths(theirs))) =
            (beside, measured.embassy)
        {
            let permille = (ours * 1_000).div_ceil(theirs);
            within &= permille <= most * 10;
            say!(",\"{peer}\":{}.{}", theirs / 10, theirs % 10);
            say!(",\"percent\":{}.{},\"goal\":{goal}", permille / 10, permille % 10);
            say!(",\"percent_bound\":{most},\"reached\":{}", permille <= goal * 10);
        }
        say!(",\"within\":{within}}}\n");
        within
    }
}

macro_rules! say {
    ($($what:tt)*) => { report::say(format_args!($($what)*)) };
}
use say;
