//! What edges and bytes come from: a pipe and a pair of sockets, which the kernel makes
//! readable as it makes a line of a GPIO chip readable.

use std::io::{PipeWriter, Write as _};

use tickwire_backends::Operation;

/// Lets an edge come: a byte, by a system call that the executor has no part in.
pub(crate) fn raise(mut far: &PipeWriter) {
    far.write_all(&[1]).expect("there is room for a byte");
}

/// Whether this operation needs descriptors.
pub(crate) fn are_for(operation: Operation) -> bool {
    matches!(operation, Operation::Edge | Operation::Chunk)
}
