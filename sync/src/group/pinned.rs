//! Pinned access to the tasks of a group, whose const parameter `pin-project-lite` does
//! not support.
//!
//! PINNED, on which the `unsafe` in this file rests: a group is pinned exactly when its
//! array of tasks is. It has no `Drop` of its own, and is `Unpin` only if the tasks are.
//! A pinned task never moves: it is dropped in place. A shared reference to a group leads
//! to no task.

use core::cell::UnsafeCell;
use core::future::Future;
use core::pin::Pin;

use futures_util::future::MaybeDone;

use super::task_group::{Book, TaskGroup};
use super::wake_slots::WakeHome;
use crate::combine::element;

/// The tasks of a group. Only [`TaskGroup::task`] accesses them.
///
/// They are in a cell, because a task may hold `&mut` to its own parts. A plain shared
/// reference to the group, as in `len`, would assert to the compiler that no such `&mut`
/// exists. Nothing is read or written through a shared reference.
pub(crate) struct Tasks<F: Future, const N: usize>(UnsafeCell<[MaybeDone<F>; N]>);

// SAFETY: a shared reference gives no access to the tasks: PINNED.
unsafe impl<F: Future, const N: usize> Sync for Tasks<F, N> {}

impl<F: Future, const N: usize> Tasks<F, N> {
    pub(crate) const fn none() -> Self {
        Self(UnsafeCell::new([const { MaybeDone::Gone }; N]))
    }
}

impl<F: Future, const N: usize, H: WakeHome> TaskGroup<F, N, H> {
    /// Returns the task at `place`, pinned like the group.
    pub(crate) fn task(self: Pin<&mut Self>, place: usize) -> Pin<&mut MaybeDone<F>> {
        self.task_and_book(place).0
    }

    /// Returns the group's book, which is never pinned.
    pub(crate) fn book(self: Pin<&mut Self>) -> &mut Book<N, H> {
        // SAFETY: only the book's contents are moved out of the group, and the book holds
        // no task: PINNED.
        unsafe { &mut self.get_unchecked_mut().book }
    }

    /// Returns the task at `place`, and the book.
    pub(crate) fn task_and_book(
        self: Pin<&mut Self>,
        place: usize,
    ) -> (Pin<&mut MaybeDone<F>>, &mut Book<N, H>) {
        // SAFETY: the tasks do not move while the group does not, and are dropped in
        // place. The book is as above: PINNED.
        let (tasks, book) = unsafe {
            let group = self.get_unchecked_mut();
            (Pin::new_unchecked(group.tasks.0.get_mut()), &mut group.book)
        };
        (element(tasks, place), book)
    }
}

/// Implemented for every type with a `Drop`. A `Drop` for the group would be a second
/// implementation, and not compile.
#[allow(dead_code, drop_bounds)]
trait HasDrop {}

#[allow(drop_bounds)]
impl<T: Drop> HasDrop for T {}

impl<F: Future, const N: usize, H: WakeHome> HasDrop for TaskGroup<F, N, H> {}
