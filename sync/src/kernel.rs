//! The kernel of every primitive: one lock, wait queues, and the claims that decide which
//! waiters may continue.

pub(crate) mod broadcast;
pub(crate) mod claim;
#[allow(unsafe_code)] // MONITORED
pub(crate) mod monitor;
pub(crate) mod permits;
#[allow(unsafe_code)] // EXCLUSION
pub(crate) mod raw;
#[allow(unsafe_code)] // FILLED
pub(crate) mod ring;
pub(crate) mod turn;
#[allow(unsafe_code)] // LINKED
pub(crate) mod wait_queue;
