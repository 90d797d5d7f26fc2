//! A future of any type, in a place of fixed size.
//!
//! STORED, on which the `unsafe` in this file rests: a place is filled between the
//! end of [`Place::put`] and the start of [`Place::empty`]. While it is filled, its
//! bytes are a future of the type that its table is for, which does not move, and
//! only [`Place::poll`] and [`Place::empty`] touch it. While it is not, they are
//! nothing, and only [`Place::put`] touches them. Nobody ever has a reference to the
//! bytes but the one to the future inside, so to look at the mark beside them
//! disturbs no pinned borrow.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll};

/// Room for one future of at most `BYTES` bytes.
pub(crate) struct Place<const BYTES: usize, T: 'static> {
    filled: AtomicBool,
    stored: UnsafeCell<MaybeUninit<Stored<BYTES, T>>>,
}

/// What is left of a future's type, and what the owner of the place has for such.
pub(crate) struct Table<T> {
    /// It is given the address of such a future, which is pinned there and which nobody
    /// else uses. It leaves none.
    drop: unsafe fn(*mut u8),
    pub(crate) with: T,
}

/// `table` is read, and `bytes` pointed to, without a reference to the whole.
struct Stored<const BYTES: usize, T: 'static> {
    table: &'static Table<T>,
    bytes: Bytes<BYTES>,
}

#[repr(C, align(8))]
struct Bytes<const BYTES: usize>([MaybeUninit<u8>; BYTES]);

// SAFETY: of what is in the cell only one side has the use at any time, and the mark
// hands it over: STORED. That a future which is not `Send` stays where it was put is
// for those to see to who call the functions below.
unsafe impl<const BYTES: usize, T: Sync> Sync for Place<BYTES, T> {}

impl<const BYTES: usize, T> Place<BYTES, T> {
    /// All zeros, so that an arena takes no room in the program's image.
    pub(crate) const fn new() -> Self {
        Self { filled: AtomicBool::new(false), stored: UnsafeCell::new(MaybeUninit::uninit()) }
    }

    /// Fills it with `future`. One that does not fit does not compile.
    ///
    /// # Safety
    ///
    /// The table is of an `F`. The place is not filled, and nobody else fills it. Unless
    /// `F` is `Send`, the context that calls this is the one that will poll and empty it.
    #[inline]
    pub(crate) unsafe fn put<F>(&self, future: F, table: &'static Table<T>)
    where
        F: Future<Output = ()> + 'static,
    {
        const {
            assert!(
                size_of::<F>() <= BYTES,
                "this future is larger than its arena's BYTES: see Arena, Sizes"
            );
            assert!(
                align_of::<F>() <= align_of::<Bytes<0>>(),
                "this future is aligned to more than the 8 bytes of an arena"
            );
        }
        let stored = self.stored();
        // SAFETY: nobody else touches the bytes, and they are large enough and aligned
        // for an `F`, by what is asserted above: STORED.
        unsafe {
            (&raw mut (*stored).table).write(table);
            (&raw mut (*stored).bytes).cast::<F>().write(future);
        }
        self.filled.store(true, Ordering::Release);
    }

    /// Returns the table of the future, if there is one. That may change at any time,
    /// but only who empties the place can make it change back.
    #[inline]
    pub(crate) fn table(&self) -> Option<&'static Table<T>> {
        // SAFETY: it was written before the mark, and stays: STORED.
        self.filled.load(Ordering::Acquire).then(|| unsafe { (*self.stored()).table })
    }

    /// Polls the future.
    ///
    /// # Safety
    ///
    /// It is filled with an `F`, which this context has seen, and no other polls or
    /// empties it.
    #[inline]
    pub(crate) unsafe fn poll<F>(&self, cx: &mut Context<'_>) -> Poll<()>
    where
        F: Future<Output = ()> + 'static,
    {
        // SAFETY: it is an `F`, and this has the use of it: STORED.
        unsafe { Pin::new_unchecked(&mut *self.bytes().cast::<F>()) }.poll(cx)
    }

    /// Drops the future. If that panics, there is none any more all the same.
    ///
    /// # Safety
    ///
    /// It is filled, which this context has seen, and no other polls or empties it.
    #[inline]
    pub(crate) unsafe fn empty(&self) {
        // SAFETY: it is filled.
        let table = unsafe { (*self.stored()).table };
        self.filled.store(false, Ordering::Relaxed);
        // SAFETY: this is a future of the table's type; nobody else uses it, nor takes
        // it for one from here on: STORED.
        unsafe { (table.drop)(self.bytes()) }
    }

    fn stored(&self) -> *mut Stored<BYTES, T> {
        self.stored.get().cast()
    }

    fn bytes(&self) -> *mut u8 {
        // SAFETY: it is inside of the cell, and only the address is taken.
        unsafe { &raw mut (*self.stored()).bytes }.cast()
    }
}

impl<T> Table<T> {
    /// The table of an `F`.
    pub(crate) const fn of<F: Future<Output = ()> + 'static>(with: T) -> Self {
        unsafe fn drop<F>(future: *mut u8) {
            // SAFETY: it is an `F`, and this has the use of it: see `Table`.
            unsafe { future.cast::<F>().drop_in_place() }
        }

        Self { drop: drop::<F>, with }
    }
}
