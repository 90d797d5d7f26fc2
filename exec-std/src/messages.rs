//! What the messages about devices have in common.

pub(crate) mod group;
pub(crate) mod one_line;
