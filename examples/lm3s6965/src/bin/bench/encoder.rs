//! An edge of an encoder, by the machines of its driver.

use core::hint::black_box;

use embedded_hal::digital::PinState::{self, High, Low};
use tickwire_drivers::encoder::{Division, Position, Quadrature};
use tickwire_lm3s6965::meter::Mark;
use tickwire_traits::{Edge, Instant, Side};

use crate::row::{Measured, Tenths};

/// A cycle up, and a cycle down.
const EDGES: [(Side, PinState); 8] = [
    (Side::A, Low),
    (Side::B, Low),
    (Side::A, High),
    (Side::B, High),
    (Side::B, Low),
    (Side::A, Low),
    (Side::B, High),
    (Side::A, High),
];

const ROUNDS: u32 = 20;

/// Counts a step by the table.
pub(crate) fn decoded() -> Measured {
    let edges = edges();
    let mut quadrature = quadrature(&edges);
    let start = Mark::now();
    let mut sum = 0;
    for _ in 0..ROUNDS {
        for edge in &edges {
            sum += i32::from(quadrature.edge(*edge));
        }
    }
    let measured = Tenths::each(start.elapsed(), ROUNDS * edges.len() as u32);
    assert_eq!(black_box(sum), 0);
    Measured::alone(measured)
}

/// Counts a step with the position and its report, at a detent per cycle.
pub(crate) fn reported() -> Measured {
    let edges = edges();
    let mut quadrature = quadrature(&edges);
    let mut position = Position::new();
    position.set_division(Division::X1);
    let start = Mark::now();
    let mut turns = 0;
    for _ in 0..ROUNDS {
        for edge in &edges {
            position.advance(quadrature.edge(*edge));
            turns += u32::from(position.turn(edge.at).is_some());
        }
    }
    let measured = Tenths::each(start.elapsed(), ROUNDS * edges.len() as u32);
    assert_eq!(black_box(turns), 2 * ROUNDS);
    Measured::alone(measured)
}

fn edges() -> [Edge<Side>; 8] {
    black_box(EDGES.map(|(line, level)| Edge { line, at: Instant::EPOCH, level, missed: 0 }))
}

/// Returns a decoder that has seen both lines.
fn quadrature(edges: &[Edge<Side>]) -> Quadrature {
    let mut quadrature = Quadrature::new();
    quadrature.look(High, High);
    for edge in edges {
        quadrature.edge(*edge);
    }
    quadrature
}
