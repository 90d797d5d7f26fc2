//! Signals from interrupts to tasks: readiness, and edges with timestamps.

mod edges;
mod flag;
mod input;
mod line;

pub use edges::IrqEdges;
pub use flag::{IrqClaim, IrqFlag};
pub use input::IrqInput;
pub use line::IrqLine;
