//! The bytes that a device has sent.

use crate::stream::buffered::move_to_start;

/// Up to `N` bytes: those that a call has returned, and those after them.
pub(super) struct Heard<const N: usize> {
    /// Those of `..returned` were returned, those of `returned..end` were not.
    returned: u16,
    end: u16,
    bytes: [u8; N],
}

impl<const N: usize> Heard<N> {
    pub(super) const fn new() -> Self {
        const { assert!(N > 0, "an answer has a byte") };
        const { assert!(N <= u16::MAX as usize, "its length is a `u16`") };
        Self { returned: 0, end: 0, bytes: [0; N] }
    }

    /// Returns the bytes that were not returned.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.returned.into()..self.end.into()).unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        (self.end - self.returned).into()
    }

    pub(super) fn is_full(&self) -> bool {
        usize::from(self.end) == N
    }

    /// Returns the place for bytes to come.
    pub(super) fn room(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.end.into()..).unwrap_or_default()
    }

    /// Notes that bytes are in their place.
    pub(super) fn add(&mut self, len: usize) {
        self.end = to_u16((usize::from(self.end).saturating_add(len)).min(N));
    }

    /// Drops bytes that were not returned, the first ones. None must have been returned.
    pub(super) fn drop_first(&mut self, len: usize) {
        debug_assert_eq!(self.returned, 0, "the bytes are those of a caller");
        let len = len.min(self.end.into());
        move_to_start(&mut self.bytes, len..self.end.into());
        self.end -= to_u16(len);
    }

    /// Marks bytes as returned, the first ones.
    pub(super) fn return_to(&mut self, len: usize) {
        self.returned = to_u16(len).min(self.end);
    }

    pub(super) fn returned(&self) -> &[u8] {
        self.bytes.get(..self.returned.into()).unwrap_or_default()
    }

    /// Drops the bytes that were returned.
    pub(super) fn drop_returned(&mut self) {
        let returned = core::mem::take(&mut self.returned);
        self.drop_first(returned.into());
    }
}

fn to_u16(len: usize) -> u16 {
    u16::try_from(len).unwrap_or(u16::MAX)
}
