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
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll};

/// Room for one future of at most `BYTES` bytes.
pub(crate) struct Place<const BYTES: usize> {
    filled: AtomicBool,
    stored: UnsafeCell<MaybeUninit<Stored<BYTES>>>,
}

/// `table` is read, and `bytes` pointed to, without a reference to the whole.
struct Stored<const BYTES: usize> {
    table: &'static Table,
    bytes: Bytes<BYTES>,
}

#[repr(C, align(8))]
struct Bytes<const BYTES: usize>([MaybeUninit<u8>; BYTES]);

/// What is left of a future's type. Both are given the address of such a future,
/// which is pinned there and which nobody else uses; after `drop` it is none.
struct Table {
    poll: unsafe fn(*mut u8, &mut Context<'_>) -> Poll<()>,
    drop: unsafe fn(*mut u8),
}

// SAFETY: of what is in the cell only one side has the use at any time, and the mark
// hands it over: STORED. That a future which is not `Send` stays where it was put is
// for those to see to who call the functions below.
unsafe impl<const BYTES: usize> Sync for Place<BYTES> {}

impl<const BYTES: usize> Place<BYTES> {
    /// All zeros, so that an arena takes no room in the program's image.
    pub(crate) const fn new() -> Self {
        Self { filled: AtomicBool::new(false), stored: UnsafeCell::new(MaybeUninit::uninit()) }
    }

    /// Fills it with `future`. One that does not fit does not compile.
    ///
    /// # Safety
    ///
    /// It is not filled, and nobody else fills it. Unless `F` is `Send`, the context
    /// that calls this is the one that will poll and empty it.
    #[inline]
    pub(crate) unsafe fn put<F: Future<Output = ()> + 'static>(&self, future: F) {
        const {
            assert!(size_of::<F>() <= BYTES, "this future is larger than its arena's BYTES");
            assert!(
                align_of::<F>() <= align_of::<Bytes<0>>(),
                "this future is aligned to more than the 8 bytes of an arena"
            );
        }
        let stored = self.stored.get().cast::<Stored<BYTES>>();
        // SAFETY: nobody else touches the bytes, and they are large enough and aligned
        // for an `F`, by what is asserted above: STORED.
        unsafe {
            (&raw mut (*stored).table).write(&Typed::<F>::TABLE);
            (&raw mut (*stored).bytes).cast::<F>().write(future);
        }
        self.filled.store(true, Ordering::Release);
    }

    /// Returns whether there is a future. It may change at any time, but only who
    /// polls it can make it change back.
    #[inline]
    pub(crate) fn is_filled(&self) -> bool {
        self.filled.load(Ordering::Acquire)
    }

    /// Polls the future.
    ///
    /// # Safety
    ///
    /// It is filled, which this context has seen, and no other polls or empties it.
    #[inline]
    pub(crate) unsafe fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: it is filled.
        let (table, future) = unsafe { self.parts() };
        // SAFETY: this is a future of the table's type, and nobody else uses it: STORED.
        unsafe { (table.poll)(future, cx) }
    }

    /// Drops the future. If that panics, there is none any more all the same.
    ///
    /// # Safety
    ///
    /// As for [`Self::poll`].
    #[inline]
    pub(crate) unsafe fn empty(&self) {
        // SAFETY: it is filled.
        let (table, future) = unsafe { self.parts() };
        self.filled.store(false, Ordering::Relaxed);
        // SAFETY: as in `poll`, and nobody takes it for one from here on: STORED.
        unsafe { (table.drop)(future) }
    }

    /// The table and the address of the future.
    ///
    /// # Safety
    ///
    /// It is filled.
    #[inline]
    unsafe fn parts(&self) -> (&'static Table, *mut u8) {
        let stored = self.stored.get().cast::<Stored<BYTES>>();
        // SAFETY: the table was written before the mark, and stays: STORED. Of the
        // bytes only the address is taken.
        unsafe { ((*stored).table, (&raw mut (*stored).bytes).cast()) }
    }
}

struct Typed<F>(PhantomData<F>);

impl<F: Future<Output = ()>> Typed<F> {
    const TABLE: Table = Table { poll: Self::poll, drop: Self::drop };

    unsafe fn poll(future: *mut u8, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: it is an `F`, pinned, and this has the use of it: see `Table`.
        unsafe { Pin::new_unchecked(&mut *future.cast::<F>()) }.poll(cx)
    }

    unsafe fn drop(future: *mut u8) {
        // SAFETY: as in `poll`.
        unsafe { future.cast::<F>().drop_in_place() }
    }
}
