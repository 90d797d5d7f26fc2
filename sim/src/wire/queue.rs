//! The edges that an input has not returned yet.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Weak;

use embedded_hal::digital::PinState;
use tickwire_traits::{Edge, Instant};

/// The edges of all lines of an armed input, in the order of their times.
#[derive(Debug)]
pub(super) struct EdgeQueue<L> {
    edges: VecDeque<Queued<L>>,
    capacity: usize,
    missed: u32,
    /// The time of the first of the edges missed.
    missed_from: Instant,
    /// The time of the edge returned last.
    taken: Instant,
}

/// An edge, and the time of the first one missed before it.
#[derive(Debug)]
struct Queued<L> {
    edge: Edge<L>,
    missed_from: Instant,
}

/// The queue that a net adds its edges to, of an input that may be gone.
pub(super) trait Tap {
    /// Adds an edge. Returns `false` if the input is gone.
    fn push(&self, at: Instant, level: PinState) -> bool;

    /// Returns `false` if the input is gone.
    fn is_open(&self) -> bool;
}

/// The tap of one line.
pub(super) struct LineTap<L> {
    pub(super) line: L,
    pub(super) queue: Weak<RefCell<EdgeQueue<L>>>,
}

impl<L: Copy> EdgeQueue<L> {
    pub(super) const fn new(capacity: usize) -> Self {
        let (missed_from, taken) = (Instant::EPOCH, Instant::EPOCH);
        Self { edges: VecDeque::new(), capacity, missed: 0, missed_from, taken }
    }

    pub(super) const fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity;
    }

    pub(super) fn clear(&mut self) {
        self.edges.clear();
        self.missed = 0;
    }

    pub(super) fn pop(&mut self) -> Option<Edge<L>> {
        let Queued { edge, .. } = self.edges.pop_front()?;
        self.taken = edge.at;
        Some(edge)
    }

    /// Adds an edge behind all that are not later: of two wires, one may be updated before the
    /// other. An edge found after a later one was returned comes right after that one: times
    /// never go back.
    fn push(&mut self, line: L, at: Instant, level: PinState) {
        let at = at.max(self.taken);
        let later = self.edges.iter().rev().take_while(|queued| queued.edge.at > at).count();
        let place = self.edges.len() - later;
        let (missed, missed_from) = match self.edges.get_mut(place) {
            None => (std::mem::take(&mut self.missed), self.missed_from),
            // Missed before this edge too, although the other wire told of it later.
            Some(next) if next.missed_from <= at => {
                (std::mem::take(&mut next.edge.missed), next.missed_from)
            }
            Some(_) => (0, at),
        };
        let edge = Edge { line, at, level, missed };
        self.edges.insert(place, Queued { edge, missed_from });
        if self.edges.len() > self.capacity {
            self.lose_last();
        }
    }

    fn lose_last(&mut self) {
        let Some(Queued { edge, missed_from }) = self.edges.pop_back() else { return };
        let first = if edge.missed > 0 { missed_from } else { edge.at };
        self.missed_from = if self.missed > 0 { self.missed_from.min(first) } else { first };
        self.missed = self.missed.saturating_add(edge.missed).saturating_add(1);
    }
}

impl<L: Copy> Tap for LineTap<L> {
    fn push(&self, at: Instant, level: PinState) -> bool {
        let queue = self.queue.upgrade();
        if let Some(queue) = &queue {
            queue.borrow_mut().push(self.line, at, level);
        }
        queue.is_some()
    }

    fn is_open(&self) -> bool {
        self.queue.strong_count() > 0
    }
}
