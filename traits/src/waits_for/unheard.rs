//! The implementation without `std`: no executor can ask.

#[inline(always)]
pub(super) fn answer<D>(_: impl FnOnce() -> D) {}
