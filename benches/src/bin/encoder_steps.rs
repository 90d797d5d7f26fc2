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
use tickwire_counting::{Row, Table, Tenths, counted};
use tickwire_drivers::encoder::{Division, Position, Quadrature, Range};
use tickwire_traits::{Edge, Instant, Side};

// The first bound is the goal; the others are what was measured and 4 %.
const TABLE: Table<'_> = Table {
    heading: "instructions per step",
    rows: &[
        row("decoded", 200, |number| work(number, decode)),
        row("reported at each quarter step", 514, |number| {
            work(number, |edges| count(edges, Division::X4));
        }),
        row("reported at each detent", 399, |number| {
            work(number, |edges| count(edges, Division::X1));
        }),
    ],
    work: [4_000, 12_000],
    units: 1,
    around: Tenths(0),
};

const fn row(name: &str, tenths: u64, work: fn(u32)) -> Row<'_> {
    Row { name, bound: Some(Tenths(tenths)), work }
}

fn main() -> Result<ExitCode, lexopt::Error> {
    TABLE.main()
}

fn work(number: u32, decode: fn(&[Edge<Side>]) -> i32) {
    let edges = edges(number);
    black_box(counted(|| decode(&edges)));
}

/// A knob that turns by seven quarter steps up, and down again.
fn edges(number: u32) -> Vec<Edge<Side>> {
    const UP: [(Side, PinState); 4] =
        [(Side::A, Low), (Side::B, Low), (Side::A, High), (Side::B, High)];
    let there = (0..7).map(|quarter| UP[quarter % 4]);
    let back = (0..7).rev().map(|quarter| UP[quarter % 4]).map(|(line, level)| (line, !level));
    let edge = |(line, level)| Edge { line, at: Instant::from_millis(1), level, missed: 0 };
    there.chain(back).map(edge).cycle().take(number as usize).collect()
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
