use tickwire_sync::{Mutex, NoopRawMutex};

use crate::harness::{Subject, Waiting, every_sequence};
use crate::model::{Lines, Model};

/// A mutex whose data count the tasks that had the lock.
struct Locked(Mutex<NoopRawMutex, u32>);

struct LockedModel {
    lines: Lines,
    free: bool,
    had: u32,
}

/// The third task uses a closure, the others keep a guard.
const CLOSURE: usize = 2;

impl Subject for Locked {
    type Model = LockedModel;
    const KINDS: &'static [usize] = &[0, 0, 1, 0];
    const ACTIONS: usize = 0;

    fn wait(&self, id: usize) -> Waiting<'_> {
        let count = |had: &mut u32| {
            *had += 1;
            *had
        };
        if id == CLOSURE {
            return Box::pin(async move { (self.0.with(count).await, None) });
        }
        Box::pin(async move {
            let mut guard = self.0.lock().await;
            (count(&mut guard), Some(Box::new(guard) as _))
        })
    }

    fn act(&self, _: usize) -> u32 {
        0
    }

    fn seen(&self) -> u32 {
        self.0.try_with(|_| ()).is_some().into()
    }
}

impl Model for LockedModel {
    fn poll(&mut self, id: usize) -> Option<u32> {
        if !self.lines.answer(id) {
            if !self.free {
                self.lines.enter(0, id);
                return None;
            }
            self.free = false;
        }
        self.had += 1;
        if id == CLOSURE {
            self.unlock();
        }
        Some(self.had)
    }

    fn leave(&mut self, id: usize) {
        self.lines.remove(id);
        if self.lines.answer(id) {
            self.unlock();
        }
    }

    fn give_back(&mut self, id: usize) {
        if id != CLOSURE {
            self.unlock();
        }
    }

    fn act(&mut self, _: usize) -> u32 {
        0
    }

    fn seen(&self) -> u32 {
        self.free.into()
    }

    fn lines(&mut self) -> &mut Lines {
        &mut self.lines
    }
}

impl LockedModel {
    fn unlock(&mut self) {
        self.free = self.lines.call_first(0).is_none();
    }
}

#[test]
fn a_lock_goes_to_the_longest_waiter_whichever_future_is_dropped() {
    every_sequence(8, || {
        let model = LockedModel { lines: Lines::new(), free: true, had: 0 };
        (Locked(Mutex::new(0)), model)
    });
}
