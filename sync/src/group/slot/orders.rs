//! Model checks of every order in which wakers and groups reach the slots.

extern crate std;

use core::task::Waker;
use std::sync::Arc;
use std::task::Wake;
use std::vec::Vec;

use loom::cell::Cell;
use loom::sync::atomic::{
    AtomicU32, AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};
use loom::thread;

use super::mark::{BOTH, FREE};
use super::{Mark, Members, OneLock, ReadyList, Slot};
use crate::group::wake_slots::sealed::Home;

#[path = "../../../tests/support/section.rs"]
#[allow(unsafe_code)] // SECTION
mod section;

pub(super) use section::Section;

/// Marks that are swapped; threads may switch right after the lock too.
type Swapped = Section<true>;
/// Marks that are written under the lock, as on a processor without swaps.
type Locked = Section<false>;

impl Mark for AtomicUsize {
    fn load(&self) -> usize {
        self.load(Relaxed)
    }

    fn store(&self, mark: usize) {
        self.store(mark, Relaxed);
    }

    fn swap(&self, mark: usize) -> usize {
        let before = self.swap(mark, BOTH);
        // Lets threads switch right after the swap. Otherwise Loom treats it and the cell
        // writes that follow, which it does not see, as one step.
        self.load(Relaxed);
        before
    }

    fn set(&self, bits: usize) -> usize {
        self.fetch_or(bits, BOTH)
    }
}

/// Slots shared by groups, as if in a `static`.
struct Shared<R: OneLock> {
    slots: Vec<Arc<Slot<R>>>,
    lists: Vec<Arc<ReadyList<R>>>,
}

impl<R: OneLock> Clone for Shared<R> {
    fn clone(&self) -> Self {
        Self { slots: self.slots.clone(), lists: self.lists.clone() }
    }
}

impl<R: OneLock<Mark = AtomicUsize>> Shared<R> {
    fn new(slots: usize, lists: usize) -> Self {
        let slot = || Arc::new(Slot::with(AtomicUsize::new(FREE)));
        let list = || Arc::new(ReadyList::new());
        Self {
            slots: std::iter::repeat_with(slot).take(slots).collect(),
            lists: std::iter::repeat_with(list).take(lists).collect(),
        }
    }
}

impl<R: OneLock> Home for Shared<R> {
    type Lock = R;
    type Slot = Arc<Slot<R>>;
    type List = Arc<ReadyList<R>>;

    fn slots(&self, _: usize) -> impl Iterator<Item = Self::Slot> {
        self.slots.iter().cloned()
    }

    fn lists(&self) -> impl Iterator<Item = Self::List> {
        self.lists.iter().cloned()
    }
}

/// A group's task, which sleeps until it is woken.
#[derive(Default)]
struct Parent(AtomicU32);

impl Wake for Parent {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// A group, and its task.
struct Group<R: OneLock> {
    members: Members<3, Shared<R>>,
    parent: Arc<Parent>,
    polled: Vec<usize>,
}

impl<R: OneLock> Group<R> {
    fn new(home: &Shared<R>) -> Self {
        Self { members: Members::new(home.clone()), parent: Arc::default(), polled: Vec::new() }
    }

    fn begin(&mut self) {
        self.members.take(&Waker::from(Arc::clone(&self.parent)));
    }

    fn poll(&mut self, mut child: impl FnMut(usize)) {
        self.begin();
        while let Some(place) = self.members.next() {
            self.polled.push(place);
            child(place);
        }
    }

    /// Polls if the task was woken since.
    fn poll_if_woken(&mut self, child: impl FnMut(usize)) {
        if self.parent.0.swap(0, SeqCst) > 0 {
            self.poll(child);
        }
    }
}

fn spawn_wake<R: OneLock + 'static>(slot: &Arc<Slot<R>>) -> thread::JoinHandle<()> {
    let slot = Arc::clone(slot);
    thread::spawn(move || slot.wake())
}

/// Runs a model with either kind of mark, in every order of its threads with up to four
/// preemptions. The known ways to lose a wake need one or two.
macro_rules! every_order {
    ($model:ident) => {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = Some(4);
        builder.check($model::<Swapped>);
        builder.check($model::<Locked>);
    };
}

#[test]
fn each_wake_leads_to_a_poll_of_the_child_whenever_it_comes() {
    fn model<R: OneLock<Mark = AtomicUsize> + 'static>() {
        let home = Shared::<R>::new(1, 1);
        let mut group = Group::new(&home);
        assert!(group.members.claim(0));
        // Relaxed: the slot itself must make the store visible to the child.
        let happened = Arc::new(AtomicU32::new(0));

        let child = {
            let (slot, happened) = (Arc::clone(&home.slots[0]), Arc::clone(&happened));
            thread::spawn(move || {
                for count in 1..=2 {
                    happened.store(count, Relaxed);
                    slot.wake();
                }
            })
        };
        // The group's polls: the first, and one per wake.
        let mut seen = 0;
        let mut look = |_| seen = seen.max(happened.load(Relaxed));
        group.poll(&mut look);
        group.poll_if_woken(&mut look);
        child.join().unwrap();
        group.poll_if_woken(&mut look);
        assert_eq!(seen, 2, "the child sleeps, and what it waits for has happened");
    }
    every_order!(model);
}

#[test]
fn a_child_may_read_without_a_lock_what_was_written_before_it_was_woken() {
    fn model<R: OneLock<Mark = AtomicUsize> + 'static>() {
        let home = Shared::<R>::new(1, 1);
        let mut group = Group::new(&home);
        assert!(group.members.claim(0));
        // Loom reports any thread that accesses the cell out of turn.
        #[allow(clippy::arc_with_non_send_sync)]
        let (written, wrote) = (Arc::new(Cell::new(0)), Arc::new(AtomicU32::new(0)));

        let child = {
            let (slot, written, wrote) =
                (Arc::clone(&home.slots[0]), Arc::clone(&written), Arc::clone(&wrote));
            thread::spawn(move || {
                written.set(7);
                slot.wake();
                wrote.store(1, Relaxed);
            })
        };
        group.begin();
        // The slot was queued at the wake, which so came before the child's poll.
        let before = wrote.load(Relaxed) == 1;
        assert_eq!(group.members.next(), Some(0));
        if before {
            assert_eq!(written.get(), 7);
        }
        child.join().unwrap();
    }
    every_order!(model);
}

#[test]
fn a_wake_while_the_group_moves_reaches_its_new_task() {
    fn model<R: OneLock<Mark = AtomicUsize> + 'static>() {
        let home = Shared::<R>::new(1, 1);
        let mut group = Group::new(&home);
        assert!(group.members.claim(0));
        group.poll(drop);

        let child = spawn_wake(&home.slots[0]);
        // Another task polls: it is notified, or finds the child ready.
        group.parent = Arc::default();
        group.poll(drop);
        child.join().unwrap();
        group.poll_if_woken(drop);
        assert_eq!(group.polled, [0, 0], "the new task missed the wake");
    }
    every_order!(model);
}

#[cfg(feature = "std")]
#[test]
fn a_child_that_is_woken_while_it_is_recalled_is_queued_once() {
    fn model<R: OneLock<Mark = AtomicUsize> + 'static>() {
        let home = Shared::<R>::new(2, 1);
        let mut group = Group::new(&home);
        assert!(group.members.claim(0) && group.members.claim(1));
        group.poll(|place| {
            assert_eq!(home.slots[place].rely_on(|_| place == 0).is_some(), place == 0)
        });
        group.polled.clear();

        let child = {
            let slots = home.slots.clone();
            thread::spawn(move || slots.iter().for_each(|slot| slot.wake()))
        };
        // Another root: the first child is recalled; others may already be queued.
        group.parent = Arc::default();
        group.poll(drop);
        child.join().unwrap();
        group.poll_if_woken(drop);
        group.polled.sort_unstable();
        // The child's wake joins the same poll, or comes after it.
        assert!([[0, 1].as_slice(), &[0, 0, 1]].contains(&&*group.polled), "{:?}", group.polled);
    }
    every_order!(model);
}

#[test]
fn a_child_that_is_woken_while_others_are_polled_has_its_turn() {
    fn model<R: OneLock<Mark = AtomicUsize> + 'static>() {
        let home = Shared::<R>::new(2, 1);
        let mut group = Group::new(&home);
        assert!(group.members.claim(0) && group.members.claim(1));
        group.poll(drop);

        let children = home.slots.iter().map(spawn_wake).collect::<Vec<_>>();
        group.poll_if_woken(drop);
        children.into_iter().for_each(|child| child.join().unwrap());
        group.poll_if_woken(drop);
        group.polled.sort_unstable();
        assert_eq!(group.polled, [0, 0, 1, 1], "each child was woken once");
    }
    every_order!(model);
}

#[test]
fn a_child_that_is_cancelled_while_others_are_woken_takes_none_of_them_with_it() {
    fn model<R: OneLock<Mark = AtomicUsize> + 'static>() {
        let home = Shared::<R>::new(3, 1);
        let mut group = Group::new(&home);
        (0..3).for_each(|place| assert!(group.members.claim(place)));
        group.poll(drop);
        group.polled.clear();

        let child = {
            let slots = home.slots.clone();
            thread::spawn(move || slots.iter().for_each(|slot| slot.wake()))
        };
        // The first may be polled; the second is cancelled between polls.
        group.begin();
        if let Some(place) = group.members.next() {
            group.polled.push(place);
        }
        assert!(group.members.release(1).is_none());
        child.join().unwrap();
        group.poll(drop);
        group.polled.retain(|place| *place != 1);
        assert_eq!(group.polled, [0, 2], "the others were woken once");
        assert!(home.slots[1].is_free());
    }
    every_order!(model);
}

#[test]
fn a_slot_that_is_claimed_again_wakes_its_new_group_alone() {
    fn model<R: OneLock<Mark = AtomicUsize> + 'static>(lists: usize) {
        let home = Shared::<R>::new(1, lists);
        let mut before = Group::new(&home);
        assert!(before.members.claim(0));
        before.poll(drop);

        // Its waker is about to become stale.
        let stale = spawn_wake(&home.slots[0]);
        // With one list for both groups, the list is claimed again too.
        let list = before.members.release(0).filter(|_| lists == 2);
        let mut after = Group::new(&home);
        assert!(after.members.claim(2));
        after.poll(|place| assert_eq!(place, 2));
        assert!(!after.polled.is_empty());
        stale.join().unwrap();
        after.poll_if_woken(|place| assert_eq!(place, 2));
        before.begin();
        assert_eq!(before.members.next(), None, "it is no member of this group");

        // The stale wake is over: the slot is woken like any other.
        let polls = after.polled.len();
        home.slots[0].wake();
        after.poll_if_woken(drop);
        assert_eq!(after.polled.len(), polls + 1);
        drop(list);
    }
    loom::model(|| model::<Swapped>(1));
    loom::model(|| model::<Swapped>(2));
    loom::model(|| model::<Locked>(1));
    loom::model(|| model::<Locked>(2));
}

#[test]
fn two_groups_do_not_get_the_same_slot_or_the_same_list() {
    fn model<R: OneLock<Mark = AtomicUsize> + 'static>(slots: usize, lists: usize) {
        let home = Shared::<R>::new(slots, lists);
        let (mut ours, mut other) = (Group::new(&home), Group::new(&home));
        let other = thread::spawn(move || (other.members.claim(0), other));
        let claimed = ours.members.claim(0);
        let (others, _other) = other.join().unwrap();
        assert!(claimed != others);
    }
    loom::model(|| model::<Locked>(1, 2));
    loom::model(|| model::<Locked>(2, 1));
}
