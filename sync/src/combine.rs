//! Combinators for a fixed number of futures or events.

#[allow(unsafe_code)] // ELEMENT
mod element;
mod event_like;
mod gather;

pub(crate) use element::element;
pub use event_like::{
    EventLike, FromFn, FromFnMut, WaitAll, WaitAny, Winner2, Winner3, Winner4, Winner5, Winner6,
    from_fn, from_fn_mut,
};
pub use gather::{Gather, GatherChildren, TryGather, TryGatherChildren, gather, try_gather};
