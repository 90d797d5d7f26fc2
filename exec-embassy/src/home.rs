//! The executor that an arena belongs to.
//!
//! OWNER, on which the `unsafe` in this file rests: once an arena is given a spawner, that
//! spawner's executor is its owner forever. A [`Here`] exists only in the context of the
//! owner, since a [`Spawner`] does not leave the context of its executor. The spawner in a
//! [`There`] is the owner's.

use core::cell::Cell;
use core::fmt;

use embassy_executor::{SendSpawner, Spawner};
use tickwire_traits::SpawnError;

use crate::free::FreeList;
use crate::primitives::{Locked, section};
use crate::runner::RunnerRef;
use crate::slot::{Calls, CallsOf, Owned, Slot};

/// Slots, and the executor whose tasks run in them.
#[repr(C)]
pub(crate) struct Home<const BYTES: usize, const N: usize> {
    // First, so that both have one address.
    list: FreeList,
    owner: Locked<Cell<Owner>>,
    slots: [Slot<BYTES>; N],
}

#[derive(Clone, Copy)]
enum Owner {
    None,
    /// The executor with this `executor_id`.
    Known(usize),
    /// An executor known only by a [`SendSpawner`], which does not identify it.
    Bound,
}

/// Spawns in the context of the owner.
#[derive(Clone, Copy)]
pub(crate) struct Here<const BYTES: usize, const N: usize> {
    home: &'static Home<BYTES, N>,
    spawner: Spawner,
}

/// Spawns from any context.
#[derive(Clone, Copy)]
pub(crate) struct There<const BYTES: usize, const N: usize> {
    home: &'static Home<BYTES, N>,
    spawner: SendSpawner,
}

impl<const BYTES: usize, const N: usize> Home<BYTES, N> {
    pub(crate) const fn new() -> Self {
        let list = const { FreeList::new(N) };
        let owner = Locked::new(Cell::new(Owner::None));
        Self { list, owner, slots: [const { Slot::new() }; N] }
    }

    pub(crate) fn free(&self) -> usize {
        self.slots.iter().filter(|slot| slot.is_free()).count()
    }

    /// Makes the executor of `spawner` the owner if there is none.
    ///
    /// # Errors
    ///
    /// [`SpawnError::OtherExecutor`] if another executor is the owner.
    pub(crate) fn here(&'static self, spawner: Spawner) -> Result<Here<BYTES, N>, SpawnError> {
        let id = spawner.executor_id();
        let is_owner = self.owner.with(|owner| match owner.get() {
            Owner::None => {
                owner.set(Owner::Known(id));
                true
            }
            Owner::Known(known) => known == id,
            Owner::Bound => false,
        });
        if is_owner { Ok(Here { home: self, spawner }) } else { Err(SpawnError::OtherExecutor) }
    }

    /// Makes the executor of `spawner` the owner.
    ///
    /// # Errors
    ///
    /// [`SpawnError::OtherExecutor`] if there is an owner.
    pub(crate) fn bind(&'static self, spawner: SendSpawner) -> Result<There<BYTES, N>, SpawnError> {
        let before = self.owner.with(|owner| {
            let before = owner.get();
            if let Owner::None = before {
                owner.set(Owner::Bound);
            }
            before
        });
        match before {
            Owner::None => Ok(There { home: self, spawner }),
            Owner::Known(_) | Owner::Bound => Err(SpawnError::OtherExecutor),
        }
    }

    /// Claims a free slot for a future with these calls. Returns the slot's runner, if it was
    /// started before.
    #[inline]
    fn claim(&'static self, calls: Calls) -> Option<(&'static Slot<BYTES>, Option<RunnerRef>)> {
        section(|section| {
            let slot = self.list.take(section, &self.slots, |slot| slot.link(section))?;
            Some((slot, slot.claim(section, calls)))
        })
    }
}

impl<const BYTES: usize, const N: usize> Here<BYTES, N> {
    #[inline]
    pub(crate) fn spawn<F>(self, future: F) -> Result<Owned, SpawnError>
    where
        F: Future<Output = ()> + 'static,
    {
        let (slot, runner) = self.home.claim(CallsOf::of::<F>()).ok_or(SpawnError::NoFreeSlot)?;
        // SAFETY: this has claimed the slot, in the context of its arena's owner: OWNER.
        unsafe { slot.fill_here(future, runner, self.spawner.make_send()) };
        Ok(slot.owned(&self.home.list))
    }

    pub(crate) fn make_send(self) -> There<BYTES, N> {
        There { home: self.home, spawner: self.spawner.make_send() }
    }
}

impl<const BYTES: usize, const N: usize> There<BYTES, N> {
    #[inline]
    pub(crate) fn spawn<F>(self, future: F) -> Result<Owned, SpawnError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (slot, runner) = self.home.claim(CallsOf::of::<F>()).ok_or(SpawnError::NoFreeSlot)?;
        // SAFETY: this has claimed the slot, and the spawner is the owner's: OWNER.
        unsafe { slot.fill_there(future, runner, self.spawner) };
        Ok(slot.owned(&self.home.list))
    }
}

impl<const BYTES: usize, const N: usize> fmt::Debug for Home<BYTES, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arena = f.debug_struct("Arena");
        arena.field("bytes", &BYTES).field("slots", &N).field("free", &self.free()).finish()
    }
}

impl<const BYTES: usize, const N: usize> fmt::Debug for Here<BYTES, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.home.fmt(f)
    }
}

impl<const BYTES: usize, const N: usize> fmt::Debug for There<BYTES, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.home.fmt(f)
    }
}
