use std::cell::Cell;

use tickwire_sync::{Message, NoopRawMutex};

use crate::harness::{Subject, Waiting, every_sequence};
use crate::model::{Lines, Model};

/// A message set to 0, 1, 2 and so on. Two tasks wait for it, two listen.
struct Latest(Message<NoopRawMutex, u32>, Cell<u32>);

struct LatestModel {
    lines: Lines,
    set: bool,
    /// The number of settings.
    count: u32,
}

const SET: usize = 0;

const LISTENS: usize = 1;

impl Subject for Latest {
    type Model = LatestModel;
    const KINDS: &'static [usize] = &[0, 0, LISTENS, LISTENS];
    const ACTIONS: usize = 2;

    fn wait(&self, id: usize) -> Waiting<'_> {
        Box::pin(async move {
            if Self::KINDS[id] == LISTENS {
                return (self.0.listener().next().await, None);
            }
            (self.0.wait().await, None)
        })
    }

    fn act(&self, action: usize) -> u32 {
        if action == SET {
            self.0.set(self.1.replace(self.1.get() + 1));
        } else {
            self.0.clear();
        }
        0
    }

    fn seen(&self) -> u32 {
        self.0.get().unwrap_or(99)
    }
}

impl Model for LatestModel {
    fn poll(&mut self, id: usize) -> Option<u32> {
        let stands = self.set && Latest::KINDS[id] != LISTENS;
        if self.lines.answer(id) || stands {
            return Some(self.count - 1);
        }
        self.lines.enter(0, id);
        None
    }

    fn leave(&mut self, id: usize) {
        self.lines.remove(id);
        self.lines.answer(id);
    }

    fn give_back(&mut self, _: usize) {}

    fn act(&mut self, action: usize) -> u32 {
        self.set = action == SET;
        if self.set {
            self.count += 1;
            while self.lines.call_first(0).is_some() {}
        }
        0
    }

    fn seen(&self) -> u32 {
        if self.set { self.count - 1 } else { 99 }
    }

    fn lines(&mut self) -> &mut Lines {
        &mut self.lines
    }
}

#[test]
fn waiters_and_listeners_get_the_latest_whichever_future_is_dropped() {
    every_sequence(6, || {
        let model = LatestModel { lines: Lines::new(), set: false, count: 0 };
        (Latest(Message::new(), Cell::new(0)), model)
    });
}
