//! The tasks of a run loop.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use super::task::Task;

/// All tasks but `main`, by number.
#[derive(Default)]
pub(super) struct Tasks {
    pub(super) places: Vec<Rc<Place>>,
    /// Numbers that no task has and that are in no queue.
    pub(super) free: Vec<u32>,
    spawned: u64,
}

/// What only the loop touches of a task. It is used again for the next one.
#[derive(Default)]
pub(super) struct Place {
    /// Borrowed while it is polled. None when it has ended.
    pub(super) body: RefCell<Option<Body>>,
    /// The last task's, to be used again when no handle and no waker is left.
    pub(super) spare: RefCell<Option<Arc<Task>>>,
}

pub(super) struct Body {
    pub(super) future: Pin<Box<dyn Future<Output = ()>>>,
    pub(super) waker: Waker,
    pub(super) task: Arc<Task>,
    /// How many were spawned before.
    pub(super) serial: u64,
}

impl Tasks {
    /// Returns a number that is free, its place, and how many had one before.
    pub(super) fn place(&mut self) -> (u32, Rc<Place>, u64) {
        let number = self.free.pop().unwrap_or_else(|| {
            self.places.push(Rc::default());
            u32::try_from(self.places.len() - 1).expect("memory runs out before numbers do")
        });
        self.spawned += 1;
        (number, self.places[number as usize].clone(), self.spawned)
    }

    #[inline]
    pub(super) fn get(&self, number: u32) -> Option<Rc<Place>> {
        self.places.get(number as usize).cloned()
    }

    /// The waker is the loop's own, and borrows nothing of this.
    pub(super) fn wake(&self, number: u32) {
        if let Some(place) = self.places.get(number as usize)
            && let Some(body) = &*place.body.borrow()
        {
            body.waker.wake_by_ref();
        }
    }
}
