use std::cell::Cell;
use std::collections::VecDeque;

use tickwire_sync::{NoopRawMutex, RingQueue};

use crate::harness::{Subject, Waiting, every_sequence};
use crate::model::{Lines, Model};

/// A ring into which 0, 1, 2 and so on are pushed.
struct Newest<const N: usize>(RingQueue<NoopRawMutex, u32, N>, Cell<u32>);

struct NewestModel<const N: usize> {
    lines: Lines,
    items: VecDeque<u32>,
    /// The number of items granted to no task.
    unclaimed: usize,
    pushed: u32,
}

const PUSH: usize = 0;

impl<const N: usize> Subject for Newest<N> {
    type Model = NewestModel<N>;
    const KINDS: &'static [usize] = &[0; 4];
    const ACTIONS: usize = 2;

    fn wait(&self, _: usize) -> Waiting<'_> {
        Box::pin(async { (self.0.pop().await, None) })
    }

    fn act(&self, action: usize) -> u32 {
        let item = if action == PUSH {
            self.0.push(self.1.replace(self.1.get() + 1))
        } else {
            self.0.try_pop()
        };
        item.unwrap_or(99)
    }

    fn seen(&self) -> u32 {
        self.0.len() as u32
    }
}

impl<const N: usize> Model for NewestModel<N> {
    fn poll(&mut self, id: usize) -> Option<u32> {
        if !self.lines.answer(id) {
            if self.unclaimed == 0 {
                self.lines.enter(0, id);
                return None;
            }
            self.unclaimed -= 1;
        }
        self.items.pop_front()
    }

    fn leave(&mut self, id: usize) {
        self.lines.remove(id);
        if self.lines.answer(id) {
            self.give();
        }
    }

    fn give_back(&mut self, _: usize) {}

    fn act(&mut self, action: usize) -> u32 {
        let item = if action == PUSH {
            self.items.push_back(self.pushed);
            self.pushed += 1;
            if self.items.len() > N {
                self.items.pop_front()
            } else {
                self.give();
                None
            }
        } else if self.unclaimed > 0 {
            self.unclaimed -= 1;
            self.items.pop_front()
        } else {
            None
        };
        item.unwrap_or(99)
    }

    fn seen(&self) -> u32 {
        self.items.len() as u32
    }

    fn lines(&mut self) -> &mut Lines {
        &mut self.lines
    }
}

impl<const N: usize> NewestModel<N> {
    fn new() -> Self {
        Self { lines: Lines::new(), items: VecDeque::new(), unclaimed: 0, pushed: 0 }
    }

    fn give(&mut self) {
        if self.lines.call_first(0).is_none() {
            self.unclaimed += 1;
        }
    }
}

#[test]
fn the_newest_items_go_to_the_longest_waiter_whichever_future_is_dropped() {
    every_sequence(6, || (Newest::<1>(RingQueue::new(), Cell::new(0)), NewestModel::new()));
    every_sequence(6, || (Newest::<2>(RingQueue::new(), Cell::new(0)), NewestModel::new()));
}
