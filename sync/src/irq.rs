//! What interrupts leave for tasks: readiness, and edges with their time.

mod edges;
mod flag;

pub use edges::{IrqEdges, IrqInput, IrqLine};
pub use flag::{IrqClaim, IrqFlag};
