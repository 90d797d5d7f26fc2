use tickwire_sync::{Condition, Mutex, NoopRawMutex};

use crate::harness::{Subject, Waiting, every_sequence};
use crate::model::{Lines, Model};

/// Each task locks, waits for a notification, and keeps the lock that it then gets.
struct Told(Mutex<NoopRawMutex, ()>, Condition<NoopRawMutex>);

struct ToldModel {
    lines: Lines,
    free: bool,
    tasks: [Doing; 4],
    /// The number of `notify_all` calls.
    told_all: u32,
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

impl Subject for Told {
    type Model = ToldModel;
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

impl Model for ToldModel {
    fn poll(&mut self, who: usize) -> Option<u32> {
        let called = self.lines.answer(who);
        if !called && self.lines.is_waiting(who) {
            return None;
        }
        if matches!(self.tasks[who], Doing::Waits(_)) {
            self.tasks[who] = Doing::LocksAgain;
            if !self.lock(who) {
                return None;
            }
        } else if !called && !self.lock(who) {
            return None;
        }
        match self.tasks[who] {
            Doing::Locks => {
                self.tasks[who] = Doing::Waits(self.told_all);
                self.lines.enter(CONDITION, who);
                self.unlock();
                None
            }
            _ => Some(0),
        }
    }

    fn leave(&mut self, who: usize) {
        self.lines.remove(who);
        let called = self.lines.answer(who);
        match self.tasks[who] {
            Doing::Locks if called => self.unlock(),
            // After `notify_all` there is no other waiter to notify instead.
            Doing::Waits(since) if called && since == self.told_all => self.tell_one(),
            Doing::LocksAgain => {
                if called {
                    self.unlock();
                }
                self.tell_one();
            }
            _ => {}
        }
    }

    fn give_back(&mut self, _: usize) {
        self.unlock();
    }

    fn act(&mut self, action: usize) -> u32 {
        if action == NOTIFY_ONE {
            self.tell_one();
        } else {
            self.told_all += 1;
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

impl ToldModel {
    fn lock(&mut self, who: usize) -> bool {
        let got = std::mem::take(&mut self.free);
        if !got {
            self.lines.enter(LOCK, who);
        }
        got
    }

    fn unlock(&mut self) {
        self.free = self.lines.call_first(LOCK).is_none();
    }

    fn tell_one(&mut self) {
        self.lines.call_first(CONDITION);
    }
}

#[test]
fn who_is_told_and_dropped_tells_the_next() {
    every_sequence(7, || {
        let tasks = [Doing::Locks; 4];
        let model = ToldModel { lines: Lines::new(), free: true, tasks, told_all: 0 };
        (Told(Mutex::new(()), Condition::new()), model)
    });
}
