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

use tickwire_counting::{Row, Table, Tenths, counted};
use tickwire_traits::Edge;

const TABLE: Table<'_> = Table {
    heading: "instructions per edge",
    rows: &[
        // What was measured and 4 %.
        Row {
            name: "Decoder::edge",
            bound: Some(Tenths(237)),
            work: |frames| count(frames, work::decoder),
        },
        Row {
            name: "infrared, Receiver::event_instant",
            bound: None,
            work: |frames| count(frames, work::infrared),
        },
    ],
    // Frames.
    work: [500, 1_500],
    units: work::EDGES,
    // The loop over the edges adds, compares and branches.
    around: Tenths(30),
};

fn main() -> Result<ExitCode, lexopt::Error> {
    TABLE.main()
}

fn count(frames: u32, decode: fn(&[Edge]) -> u32) {
    let edges = work::edges(frames);
    assert_eq!(counted(|| decode(&edges)), frames, "each frame is decoded");
}
