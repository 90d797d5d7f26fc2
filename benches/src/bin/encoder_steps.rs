//! What a step of an encoder costs.
//!
//! The program runs itself under valgrind to count instructions. A figure is the
//! difference between many steps and few, over the difference in steps. The edges are those of a
//! knob that turns up and down in turn.
//!
//! It fails when one takes more than its bound.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::process::ExitCode;

use embedded_hal::digital::PinState::{self, High, Low};
use tickwire_benches::{counted, phase_ends, phases};
use tickwire_drivers::encoder::{Division, Position, Quadrature, Range};
use tickwire_traits::{Edge, Instant, Side};

const FEW: usize = 4_000;
const MANY: usize = 12_000;

struct Row {
    name: &'static str,
    /// In tenths of an instruction, as are all figures.
    bound: u64,
    work: fn(&[Edge<Side>]) -> i32,
}

// The first bound is the goal; the others are what was measured and 4 %.
const ROWS: &[Row] = &[
    Row { name: "decoded", bound: 200, work: decode },
    Row {
        name: "reported at each quarter step",
        bound: 514,
        work: |edges| count(edges, Division::X4),
    },
    Row { name: "reported at each detent", bound: 399, work: |edges| count(edges, Division::X1) },
];

/// A knob that turns by seven quarter steps up, and down again.
fn edges(number: usize) -> Vec<Edge<Side>> {
    const UP: [(Side, PinState); 4] =
        [(Side::A, Low), (Side::B, Low), (Side::A, High), (Side::B, High)];
    let there = (0..7).map(|quarter| UP[quarter % 4]);
    let back = (0..7).rev().map(|quarter| UP[quarter % 4]).map(|(line, level)| (line, !level));
    let edge = |(line, level)| Edge { line, at: Instant::from_millis(1), level, missed: 0 };
    there.chain(back).map(edge).cycle().take(number).collect()
}

fn decode(edges: &[Edge<Side>]) -> i32 {
    let mut quadrature = Quadrature::new();
    quadrature.look(High, High);
    edges.iter().map(|edge| i32::from(quadrature.edge(*edge))).sum()
}

fn count(edges: &[Edge<Side>], division: Division) -> i32 {
    let mut quadrature = Quadrature::new();
    quadrature.look(High, High);
    let mut position = Position::new();
    position.set_division(division);
    position.set_range(Range::clamped(-100, 100).unwrap_or_default());
    let mut moved = 0;
    for edge in edges {
        position.advance(quadrature.edge(*edge));
        if let Some(turn) = position.turn(edge.at) {
            moved += turn.delta;
        }
    }
    moved
}

fn main() -> Result<ExitCode, lexopt::Error> {
    use lexopt::prelude::*;

    let mut args = lexopt::Parser::from_env();
    match args.next()? {
        Some(Long("counted")) => run(),
        Some(other) => return Err(other.unexpected()),
        None => return judge(),
    }
    Ok(ExitCode::SUCCESS)
}

/// Does everything to be counted.
fn run() {
    for row in ROWS {
        for number in [FEW, MANY] {
            let edges = edges(number);
            black_box(counted(|| (row.work)(&edges)));
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
    println!("{:34}{:>10}{:>12}", "instructions per step", "bound", "measured");
    let mut exceeded = false;
    for (Row { name, bound, .. }, pair) in ROWS.iter().zip(phases.chunks_exact(2)) {
        let each = 10 * pair[1].saturating_sub(pair[0]) / (MANY - FEW) as u64;
        println!("{name:34}{:>10}{:>12}", decimal(*bound), decimal(each));
        if each > *bound {
            println!("OVER: {name}: {} instructions", decimal(each));
            exceeded = true;
        }
    }
    Ok(if exceeded { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn decimal(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}
