use tickwire_sync::{Condition, Mutex, NoopRawMutex};

use crate::harness::{Subject, Waiting, every_sequence};
use crate::model::{Lines, Model};

/// Each task locks, waits for a notification, and keeps the lock that it then gets.
struct Notified(Mutex<NoopRawMutex, ()>, Condition<NoopRawMutex>);

struct NotifiedModel {
    lines: Lines,
    free: bool,
    tasks: [Doing; 4],
    /// The number of `notify_all` calls.
    notified_all: u32,
}

#[derive(Clone, Copy)]
enum Doing {
    Locks,
    /// Waits since this number of `notify_all` calls.
    Waits(u32),
    LocksAgain,
}

const NOTIFY_ONE: usize = 0;

const CONDITION: usize = 0;
const LOCK: usize = 1;

impl Subject for Notified {
    type Model = NotifiedModel;
    const KINDS: &'static [usize] = &[0; 4];
    const ACTIONS: usize = 2;

    fn wait(&self, _: usize) -> Waiting<'_> {
        Box::pin(async {
            let guard = self.0.lock().await;
            (0, Some(Box::new(self.1.wait(guard).await) as _))
        })
    }

    fn act(&self, action: usize) -> u32 {
        if action == NOTIFY_ONE {
            self.1.notify_one()
        } else {
            self.1.notify_all()
        }
        0
    }

    fn seen(&self) -> u32 {
        self.0.try_with(|()| ()).is_some().into()
    }
}

impl Model for NotifiedModel {
    fn poll(&mut self, id: usize) -> Option<u32> {
        let called = self.lines.answer(id);
        if !called && self.lines.is_waiting(id) {
            return None;
        }
        if matches!(self.tasks[id], Doing::Waits(_)) {
            self.tasks[id] = Doing::LocksAgain;
            if !self.lock(id) {
                return None;
            }
        } else if !called && !self.lock(id) {
            return None;
        }
        match self.tasks[id] {
            Doing::Locks => {
                self.tasks[id] = Doing::Waits(self.notified_all);
                self.lines.enter(CONDITION, id);
                self.unlock();
                None
            }
            _ => Some(0),
        }
    }

    fn leave(&mut self, id: usize) {
        self.lines.remove(id);
        let called = self.lines.answer(id);
        match self.tasks[id] {
            Doing::Locks if called => self.unlock(),
            // After `notify_all` there is no other waiter to notify instead.
            Doing::Waits(since) if called && since == self.notified_all => self.notify_one(),
            Doing::LocksAgain => {
                if called {
                    self.unlock();
                }
                self.notify_one();
            }
            _ => {}
        }
    }

    fn give_back(&mut self, _: usize) {
        self.unlock();
    }

    fn act(&mut self, action: usize) -> u32 {
        if action == NOTIFY_ONE {
            self.notify_one();
        } else {
            self.notified_all += 1;
            while self.lines.call_first(CONDITION).is_some() {}
        }
        0
    }

    fn seen(&self) -> u32 {
        self.free.into()
    }

    fn lines(&mut self) -> &mut Lines {
        &mut self.lines
    }
}

impl NotifiedModel {
    fn lock(&mut self, id: usize) -> bool {
        let got = std::mem::take(&mut self.free);
        if !got {
            self.lines.enter(LOCK, id);
        }
        got
    }

    fn unlock(&mut self) {
        self.free = self.lines.call_first(LOCK).is_none();
    }

    fn notify_one(&mut self) {
        self.lines.call_first(CONDITION);
    }
}

#[test]
fn a_dropped_notified_waiter_notifies_the_next() {
    every_sequence(7, || {
        let tasks = [Doing::Locks; 4];
        let model = NotifiedModel { lines: Lines::new(), free: true, tasks, notified_all: 0 };
        (Notified(Mutex::new(()), Condition::new()), model)
    });
}
