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

use tickwire_benches::{counted, phase_ends, phases};

// The bounds are what was measured and 4 %; for 1,000 tasks it is the goal.

/// Little and much work, in units of what a row names. Both are multiples of the most
/// tasks of a row.
const LITTLE: u32 = 40_000;
const MUCH: u32 = 120_000;

struct Row {
    name: &'static str,
    bound: u64,
    work: fn(u32),
}

const ROWS: &[Row] = &[
    Row { name: "event among 10 tasks", bound: 1_114, work: work::events::<10> },
    Row { name: "event among 100 tasks", bound: 1_167, work: work::events::<100> },
    Row { name: "event among 1,000 tasks", bound: 1_200, work: work::events::<1_000> },
    Row { name: "event among 10,000 tasks", bound: 1_276, work: work::events::<10_000> },
    Row { name: "event of main alone", bound: 804, work: work::events_of_main },
    Row { name: "switch among 1,000 tasks", bound: 349, work: work::switches::<1_000> },
    Row { name: "spawn and join", bound: 1_943, work: work::spawns },
    Row { name: "queue: insert and fire, 1,000", bound: 641, work: work::queued::<1_000> },
    Row { name: "queue: insert and fire, 10,000", bound: 705, work: work::queued::<10_000> },
];

fn main() -> Result<ExitCode, lexopt::Error> {
    use lexopt::prelude::*;

    let mut args = lexopt::Parser::from_env();
    match args.next()? {
        Some(Long("counted")) => count(),
        Some(other) => return Err(other.unexpected()),
        None => return judge(),
    }
    Ok(ExitCode::SUCCESS)
}

/// Does everything to be counted.
fn count() {
    for row in ROWS {
        for times in [LITTLE, MUCH] {
            counted(|| (row.work)(times));
            phase_ends();
        }
    }
}

/// Prints the table; fails when a row takes more than its bound.
fn judge() -> Result<ExitCode, lexopt::Error> {
    let phases = phases(&["--counted"])?;
    if phases.len() != 2 * ROWS.len() {
        return Err(
            format!("valgrind reported {} of {} counts", phases.len(), 2 * ROWS.len()).into()
        );
    }
    println!("{:34}{:>10}{:>12}", "instructions", "bound", "sim");
    let mut exceeded = false;
    for (Row { name, bound, .. }, pair) in ROWS.iter().zip(phases.chunks_exact(2)) {
        let each = pair[1].saturating_sub(pair[0]) / u64::from(MUCH - LITTLE);
        println!("{name:34}{bound:>10}{each:>12}");
        if each > *bound {
            println!("OVER: {name}: {each} of {bound} instructions");
            exceeded = true;
        }
    }
    Ok(if exceeded { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
