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
    /// Numbers that belong to no task and are not queued.
    pub(super) free: Vec<u32>,
    spawned: u64,
}

/// The part of a task that only the loop accesses. Tasks with the same number share it.
#[derive(Default)]
pub(super) struct Place {
    /// Borrowed while the task is polled. None if it has ended.
    pub(super) body: RefCell<Option<Body>>,
    /// The previous task, for reuse once its handle and wakers are gone.
    pub(super) spare: RefCell<Option<Arc<Task>>>,
}

pub(super) struct Body {
    pub(super) future: Pin<Box<dyn Future<Output = ()>>>,
    pub(super) waker: Waker,
    pub(super) task: Arc<Task>,
    /// The number of tasks spawned before, for the order of dropping.
    pub(super) serial: u64,
}

impl Tasks {
    /// Takes a free number. Returns it with its place and the task's serial.
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

    /// Wakes a task. Its waker is the loop's own and borrows nothing here.
    pub(super) fn wake(&self, number: u32) {
        if let Some(place) = self.places.get(number as usize)
            && let Some(body) = &*place.body.borrow()
        {
            body.waker.wake_by_ref();
        }
    }
}
