//! Signals from interrupts to tasks: readiness, and edges with timestamps.

mod edges;
mod flag;

pub use edges::{IrqEdges, IrqInput, IrqLine};
pub use flag::{IrqClaim, IrqFlag};
