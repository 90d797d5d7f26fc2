//! How the programs that compare count instructions, sort samples and judge.
#![forbid(unsafe_code)]

mod counting;
mod instructions;
mod sample;
mod table;

use std::fmt::Display;

pub use counting::{counted, phase_ends, phases, phases_of_all_threads};
pub use instructions::{Run, instructions, slope};
pub use sample::Sample;
pub use table::{Row, Table, Tenths};

/// Prints a goal, what came of it, and whether that is good.
///
/// It only prints: a wall-clock time on a shared machine fails nobody's build.
pub fn judge(goal: &str, measured: f64, at_most: f64, unit: impl Display) {
    let verdict = if measured <= at_most { "ok" } else { "OVER" };
    println!("{verdict}: {goal}: {measured:.1} {unit}, goal at most {at_most} {unit}");
}
