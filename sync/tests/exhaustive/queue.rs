use std::collections::VecDeque;

use tickwire_sync::{NoopRawMutex, Queue};

use crate::harness::{Subject, Waiting, every_sequence};
use crate::model::{Lines, Model};

/// Two tasks push their own numbers, two pop.
struct Ends<const N: usize>(Queue<NoopRawMutex, u32, N>);

/// One task reserves room, one pushes, one pops, one joins.
struct All<const N: usize>(Queue<NoopRawMutex, u32, N>);

struct QueueModel<const N: usize> {
    lines: Lines,
    roles: [Role; 4],
    items: VecDeque<u32>,
    /// The number of items granted to no task.
    unclaimed: usize,
    /// The number of empty places granted to no task.
    room: usize,
    unfinished: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Reserves,
    Pushes,
    Pops,
    Joins,
}

const TRY_PUSH: usize = 0;
const TRY_POP: usize = 1;

const ITEMS: usize = 0;
const ROOM: usize = 1;
const JOIN: usize = 2;

type Local<const N: usize> = Queue<NoopRawMutex, u32, N>;

fn wait<const N: usize>(queue: &Local<N>, role: Role, id: usize) -> Waiting<'_> {
    Box::pin(async move {
        match role {
            Role::Reserves => return (0, Some(Box::new(queue.reserve().await) as _)),
            Role::Pushes => queue.push(id as u32).await,
            Role::Pops => return (queue.pop().await, None),
            Role::Joins => queue.join().await,
        }
        (0, None)
    })
}

fn act<const N: usize>(queue: &Local<N>, action: usize) -> u32 {
    match action {
        TRY_PUSH => queue.try_push(9).is_ok().into(),
        TRY_POP => queue.try_pop().unwrap_or(99),
        _ => queue.task_done().is_ok().into(),
    }
}

impl<const N: usize> Subject for Ends<N> {
    type Model = QueueModel<N>;
    const KINDS: &'static [usize] = &[0, 0, 1, 1];
    const ACTIONS: usize = 2;

    fn wait(&self, id: usize) -> Waiting<'_> {
        wait(&self.0, ENDS[id], id)
    }

    fn act(&self, action: usize) -> u32 {
        act(&self.0, action)
    }

    fn seen(&self) -> u32 {
        self.0.len() as u32
    }
}

impl<const N: usize> Subject for All<N> {
    type Model = QueueModel<N>;
    const KINDS: &'static [usize] = &[0, 1, 2, 3];
    const ACTIONS: usize = 3;

    fn wait(&self, id: usize) -> Waiting<'_> {
        wait(&self.0, ALL[id], id)
    }

    fn act(&self, action: usize) -> u32 {
        act(&self.0, action)
    }

    fn seen(&self) -> u32 {
        self.0.len() as u32
    }
}

impl<const N: usize> Model for QueueModel<N> {
    fn poll(&mut self, id: usize) -> Option<u32> {
        let role = self.roles[id];
        if !self.lines.answer(id) {
            let (line, there) = match role {
                Role::Reserves | Role::Pushes => (ROOM, &mut self.room),
                Role::Pops => (ITEMS, &mut self.unclaimed),
                Role::Joins if self.unfinished == 0 => return Some(0),
                Role::Joins => (JOIN, &mut 0),
            };
            let Some(left) = there.checked_sub(1) else {
                self.lines.enter(line, id);
                return None;
            };
            *there = left;
        }
        match role {
            Role::Reserves | Role::Joins => Some(0),
            Role::Pushes => {
                self.push(id as u32);
                Some(0)
            }
            Role::Pops => Some(self.pop()),
        }
    }

    fn leave(&mut self, id: usize) {
        self.lines.remove(id);
        if self.lines.answer(id) {
            match self.roles[id] {
                Role::Reserves | Role::Pushes => self.give_room(),
                Role::Pops => self.give_item(),
                Role::Joins => {}
            }
        }
    }

    fn give_back(&mut self, id: usize) {
        if self.roles[id] == Role::Reserves {
            self.give_room();
        }
    }

    fn act(&mut self, action: usize) -> u32 {
        match action {
            TRY_PUSH if self.room > 0 => {
                self.room -= 1;
                self.push(9);
                1
            }
            TRY_PUSH => 0,
            TRY_POP if self.unclaimed > 0 => {
                self.unclaimed -= 1;
                self.pop()
            }
            TRY_POP => 99,
            _ if self.unfinished == 0 => 0,
            _ => {
                self.unfinished -= 1;
                while self.unfinished == 0 && self.lines.call_first(JOIN).is_some() {}
                1
            }
        }
    }

    fn seen(&self) -> u32 {
        self.items.len() as u32
    }

    fn lines(&mut self) -> &mut Lines {
        &mut self.lines
    }
}

impl<const N: usize> QueueModel<N> {
    fn new(roles: [Role; 4]) -> Self {
        let (items, lines) = (VecDeque::new(), Lines::new());
        Self { lines, roles, items, unclaimed: 0, room: N, unfinished: 0 }
    }

    fn push(&mut self, item: u32) {
        self.items.push_back(item);
        self.unfinished += 1;
        self.give_item();
    }

    fn pop(&mut self) -> u32 {
        let item = self.items.pop_front().expect("an item for each claim");
        self.give_room();
        item
    }

    fn give_item(&mut self) {
        if self.lines.call_first(ITEMS).is_none() {
            self.unclaimed += 1;
        }
    }

    fn give_room(&mut self) {
        if self.lines.call_first(ROOM).is_none() {
            self.room += 1;
        }
    }
}

const ENDS: [Role; 4] = [Role::Pushes, Role::Pushes, Role::Pops, Role::Pops];
const ALL: [Role; 4] = [Role::Reserves, Role::Pushes, Role::Pops, Role::Joins];

#[test]
fn items_and_room_go_to_the_longest_waiter_whichever_future_is_dropped() {
    every_sequence(6, || (Ends::<1>(Queue::new()), QueueModel::new(ENDS)));
    every_sequence(6, || (Ends::<2>(Queue::new()), QueueModel::new(ENDS)));
}

#[test]
fn a_queue_is_joined_when_all_items_are_done_whichever_future_is_dropped() {
    every_sequence(5, || (All::<1>(Queue::new()), QueueModel::new(ALL)));
}
