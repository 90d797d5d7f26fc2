//! What an event of `sim` costs, and an entry of the queue that it waits in.
//!
//! The program runs itself under valgrind to count instructions. A figure is the
//! difference between much work and little, over the difference in work, so start and
//! set-up cancel out.
//!
//! It fails when one of ours takes more than its bound.
#![forbid(unsafe_code)]

mod work;

use std::process::ExitCode;

use tickwire_counting::{Row, Table, Tenths, counted};

/// Both amounts are multiples of the most tasks of a row. The bounds are what was measured and 4 %.
const TABLE: Table<'_> = Table {
    heading: "instructions",
    rows: &[
        row("event among 10 tasks", 1_022, |times| counted(|| work::events::<10>(times))),
        row("event among 100 tasks", 1_098, |times| counted(|| work::events::<100>(times))),
        row("event among 1,000 tasks", 1_144, |times| counted(|| work::events::<1_000>(times))),
        row("event among 10,000 tasks", 1_169, |times| counted(|| work::events::<10_000>(times))),
        row("event of main alone", 793, |times| counted(|| work::events_of_main(times))),
        row("queue: insert and fire, 1,000", 641, |times| {
            counted(|| work::queued::<1_000>(times));
        }),
        row("queue: insert and fire, 10,000", 705, |times| {
            counted(|| work::queued::<10_000>(times));
        }),
    ],
    work: [40_000, 120_000],
    units: 1,
    around: Tenths(0),
};

const fn row(name: &str, bound: u64, work: fn(u32)) -> Row<'_> {
    Row { name, bound: Some(Tenths(10 * bound)), work }
}

fn main() -> Result<ExitCode, lexopt::Error> {
    TABLE.main()
}
