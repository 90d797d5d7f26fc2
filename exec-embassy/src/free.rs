//! The free slots of an arena, in a list.
//!
//! The link of a slot in use is the slot's own index, so a slot can return to its list
//! without a search. The link of a free slot leads to the next free one: it is the distance
//! from the slot's successor, so links of zero are a list of all slots in order, and an
//! arena of all zeros takes no flash.

use core::cell::Cell;

use crate::primitives::{Locked, Section};

/// An index of a slot. In a [`Link`], it occupies bytes that the layout would leave unused.
#[cfg(target_pointer_width = "64")]
type Index = u32;
#[cfg(not(target_pointer_width = "64"))]
type Index = u16;

/// The list of the free slots of one arena.
pub(crate) struct FreeList {
    /// The index of the first free slot. The number of slots, or more, if there is none.
    first: Locked<Cell<Index>>,
}

/// What a slot contains to be in a [`FreeList`].
pub(crate) struct Link(Cell<Index>);

impl Link {
    /// Creates the link of a slot that is free and was never used.
    pub(crate) const fn new() -> Self {
        Self(Cell::new(0))
    }
}

impl FreeList {
    /// Creates the list of so many slots, which were never used.
    pub(crate) const fn new(slots: usize) -> Self {
        assert!(slots <= Index::MAX as usize, "an arena has 65,535 slots at most");
        Self { first: Locked::new(Cell::new(0)) }
    }

    /// Removes the first of `slots` that is free from the list. `link` returns a slot's link.
    #[inline]
    pub(crate) fn take<'a: 's, 's, S>(
        &self,
        section: Section<'s>,
        slots: &'a [S],
        link: impl FnOnce(&'s S) -> &'s Link,
    ) -> Option<&'a S> {
        let first = self.first.borrow(section);
        let index = first.get();
        let slot = slots.get(index as usize)?;
        let distance = link(slot).0.replace(index);
        first.set(index.wrapping_add(distance).wrapping_add(1));
        Some(slot)
    }

    /// Returns a slot, which [`take`](Self::take) has removed from this list.
    #[inline]
    pub(crate) fn put(&self, section: Section<'_>, link: &Link) {
        let first = self.first.borrow(section);
        let index = link.0.get();
        link.0.set(first.replace(index).wrapping_sub(index).wrapping_sub(1));
    }
}
