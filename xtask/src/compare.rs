//! Comparisons with what others offer, which the pages show.

pub(crate) mod firmware;
mod page;
