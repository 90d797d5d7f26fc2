//! What an edge of a remote control costs, compared with the crate `infrared`.
//!
//! The program runs itself under valgrind to count instructions. A figure is the
//! difference between many frames and few, over the difference in edges, without the
//! loop over the edges. All edges are drawn before that.
//!
//! It fails when ours takes more than its bound.
#![forbid(unsafe_code)]

mod work;

use std::process::ExitCode;

use tickwire_benches::{counted, phase_ends, phases};
use tickwire_traits::Edge;

/// Few and many frames.
const FEW: u32 = 500;
const MANY: u32 = 1_500;

/// What the loop takes for an edge, in tenths: it adds, compares and branches.
const LOOP: u64 = 30;

struct Row {
    name: &'static str,
    /// Tenths of an instruction: what was measured and 4 %. `None` for what is not ours.
    bound: Option<u64>,
    work: fn(&[Edge]) -> u32,
}

const ROWS: &[Row] = &[
    Row { name: "Decoder::edge", bound: Some(237), work: work::decoder },
    Row { name: "infrared, Receiver::event_instant", bound: None, work: work::infrared },
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
        for frames in [FEW, MANY] {
            let edges = work::edges(frames);
            assert_eq!(counted(|| (row.work)(&edges)), frames, "{}", row.name);
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
    println!("{:38}{:>10}{:>14}", "instructions per edge", "bound", "measured");
    let mut exceeded = false;
    for (Row { name, bound, .. }, pair) in ROWS.iter().zip(phases.chunks_exact(2)) {
        let edges = u64::from(MANY - FEW) * work::EDGES;
        let each = (10 * pair[1].saturating_sub(pair[0]) / edges).saturating_sub(LOOP);
        println!("{name:38}{:>10}{:>14}", bound.map_or("-".into(), tenths), tenths(each));
        if bound.is_some_and(|bound| each > bound) {
            println!("OVER: {name}: {} instructions", tenths(each));
            exceeded = true;
        }
    }
    Ok(if exceeded { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn tenths(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}
