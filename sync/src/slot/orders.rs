//! Every order in which a child's waker and its group can come to a slot.

extern crate std;

use core::task::Waker;
use std::sync::Arc;
use std::task::Wake;

use loom::sync::atomic::{AtomicU32, Ordering::SeqCst};
use loom::thread;

use super::Slot;

#[path = "../../tests/support/section.rs"]
#[allow(unsafe_code)] // SECTION
mod section;

/// A slot is looked at without its lock too.
type Section = section::Section<true>;

/// The group's task: it sleeps until it is woken.
#[derive(Default)]
struct Parent(AtomicU32);

impl Wake for Parent {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Parent {
    fn take_wakes(&self) -> u32 {
        self.0.swap(0, SeqCst)
    }
}

#[test]
fn each_wake_leads_to_a_poll_of_the_child_whenever_it_comes() {
    loom::model(|| {
        let slot = Arc::new(Slot::<Section>::new(true));
        let parent = Arc::new(Parent::default());
        let as_waker = Waker::from(Arc::clone(&parent));
        let happened = Arc::new(AtomicU32::new(0));

        let child = {
            let (slot, happened) = (Arc::clone(&slot), Arc::clone(&happened));
            thread::spawn(move || {
                for count in 1..=2 {
                    happened.store(count, SeqCst);
                    slot.wake();
                }
            })
        };
        // The group's polls: the first, and one for each time it is woken.
        let mut seen = 0;
        let mut look = || {
            if slot.take_ready(&as_waker) {
                seen = seen.max(happened.load(SeqCst));
            }
        };
        look();
        if parent.take_wakes() > 0 {
            look();
        }
        child.join().unwrap();
        if parent.take_wakes() > 0 {
            look();
        }
        assert_eq!(seen, 2, "the child sleeps, and what it waits for has happened");
    });
}

#[test]
fn a_wake_while_the_group_moves_reaches_its_new_task() {
    loom::model(|| {
        let slot = Arc::new(Slot::<Section>::new(true));
        let (before, after) = (Arc::new(Parent::default()), Arc::new(Parent::default()));
        assert!(slot.take_ready(&Waker::from(Arc::clone(&before))));

        let child = {
            let slot = Arc::clone(&slot);
            thread::spawn(move || slot.wake())
        };
        // Polled by another task: that one is told, or finds the child ready.
        let as_waker = Waker::from(Arc::clone(&after));
        slot.tell(&as_waker);
        let mut polls = u32::from(slot.take_ready(&as_waker));
        child.join().unwrap();
        if after.take_wakes() > 0 {
            polls += u32::from(slot.take_ready(&as_waker));
        }
        assert_eq!(polls, 1, "the new task was not told of the wake");
    });
}

#[test]
fn two_groups_do_not_get_the_same_slot() {
    loom::model(|| {
        let slot = Arc::new(Slot::<Section>::new(false));
        let other = {
            let slot = Arc::clone(&slot);
            thread::spawn(move || slot.claim())
        };
        let ours = slot.claim();
        assert!(ours != other.join().unwrap());
    });
}
