//! The tasks of a pinned group, for which `pin-project-lite` has no way because of the
//! group's const parameter.
//!
//! PINNED, on which the `unsafe` in this file rests: a group is pinned exactly when its
//! array of tasks is. It has no `Drop` of its own, and is `Unpin` only if the tasks are.
//! Nothing moves a task that was pinned: it is dropped in its place. A shared reference
//! to a group leads to no task.

use core::cell::UnsafeCell;
use core::future::Future;
use core::pin::Pin;

use futures_util::future::MaybeDone;

use super::task_group::{Book, TaskGroup};
use super::wake_slots::WakeHome;
use crate::combine::element;

/// The tasks of a group, which only [`TaskGroup::task`] looks at.
///
/// In a cell, because a task may hold `&mut` to its own parts: a plain shared
/// reference to the group, such as `len` has, would tell the compiler that nobody
/// does. Nothing is ever read or written through one.
pub(crate) struct Tasks<F: Future, const N: usize>(UnsafeCell<[MaybeDone<F>; N]>);

// SAFETY: with a shared reference nobody can do anything to the tasks: PINNED.
unsafe impl<F: Future, const N: usize> Sync for Tasks<F, N> {}

impl<F: Future, const N: usize> Tasks<F, N> {
    pub(crate) const fn none() -> Self {
        Self(UnsafeCell::new([const { MaybeDone::Gone }; N]))
    }
}

impl<F: Future, const N: usize, H: WakeHome> TaskGroup<F, N, H> {
    /// Returns the task at `place`, pinned as the group is.
    pub(crate) fn task(self: Pin<&mut Self>, place: usize) -> Pin<&mut MaybeDone<F>> {
        self.task_and_book(place).0
    }

    /// Returns what is known of the tasks, which nobody takes for pinned.
    pub(crate) fn book(self: Pin<&mut Self>) -> &mut Book<N, H> {
        // SAFETY: nothing is moved out of the group but what is in its book, and
        // there is no task in that: PINNED.
        unsafe { &mut self.get_unchecked_mut().book }
    }

    /// Returns both.
    pub(crate) fn task_and_book(
        self: Pin<&mut Self>,
        place: usize,
    ) -> (Pin<&mut MaybeDone<F>>, &mut Book<N, H>) {
        // SAFETY: the tasks stay where they are for as long as the group does, and
        // are dropped there. The book is as above: PINNED.
        let (tasks, book) = unsafe {
            let group = self.get_unchecked_mut();
            (Pin::new_unchecked(group.tasks.0.get_mut()), &mut group.book)
        };
        (element(tasks, place), book)
    }
}

/// Whatever has a `Drop` has this trait. One for the group would make two
/// implementations of it, and no program.
#[allow(dead_code, drop_bounds)]
trait HasDrop {}

#[allow(drop_bounds)]
impl<T: Drop> HasDrop for T {}

impl<F: Future, const N: usize, H: WakeHome> HasDrop for TaskGroup<F, N, H> {}
