//! The state that clones of a wire share, and its edges.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::rc::{Rc, Weak};
use std::task::Waker;

use embedded_hal::digital::PinState;
use tickwire_traits::{Clock, Edge, Instant};

use super::queue::Tap;
use crate::clock::Planned;
use crate::trace::Recorded;
use crate::{Probe, SimClock};

/// A net and its clock.
pub(super) struct Line<T> {
    pub(super) clock: T,
    pub(super) net: RefCell<Net>,
}

/// A level, its plan, and its listeners.
pub(super) struct Net {
    pub(super) name: Option<String>,
    pub(super) level: PinState,
    /// The level after the last toggle of the plan.
    pub(super) planned: PinState,
    pub(super) plan: VecDeque<Instant>,
    /// The numbers of falling and rising edges so far.
    pub(super) edges: [u64; 2],
    /// The time of the last edge.
    changed: Instant,
    pub(super) watchers: Vec<Waker>,
    pub(super) armed: Vec<Box<dyn Tap>>,
    pub(super) listeners: Vec<Listener>,
    /// `None` without listeners, or if the clock is not that of a simulation.
    follower: Option<Follower>,
    /// The edges that listeners have not heard, with their numbers.
    unheard: VecDeque<(u64, Edge)>,
    /// The listeners are lent out, and hear an edge.
    notifying: bool,
    probe: Option<Probe>,
    /// The number of operations until one fails.
    pub(super) fails_after: Option<u32>,
}

/// A listener, which hears the edges after the one with the number `since`.
pub(super) struct Listener {
    pub(super) since: u64,
    pub(super) call: Box<dyn FnMut(Edge)>,
}

/// The registration by which a simulation's clock performs the plan when it is due.
struct Follower {
    clock: SimClock,
    line: Weak<dyn Planned>,
    /// The clock is set for the first toggle of the plan or an earlier time.
    waits: bool,
}

impl<T: Clock> Line<T> {
    pub(super) fn new(
        name: Option<String>,
        clock: T,
        level: PinState,
        probe: Option<Probe>,
    ) -> Self {
        let net = Net {
            name,
            level,
            planned: level,
            plan: VecDeque::new(),
            edges: [0; 2],
            changed: Instant::EPOCH,
            watchers: Vec::new(),
            armed: Vec::new(),
            listeners: Vec::new(),
            follower: None,
            unheard: VecDeque::new(),
            notifying: false,
            probe,
            fails_after: None,
        };
        Self { clock, net: RefCell::new(net) }
    }

    /// Performs the past part of the plan.
    pub(super) fn catch_up(&self) {
        self.catch_up_to(self.clock.now());
    }

    /// Performs the plan up to `now`, which is the clock's present time or an earlier one.
    pub(super) fn catch_up_to(&self, now: Instant) {
        loop {
            let due = {
                let mut net = self.net.borrow_mut();
                match net.plan.front() {
                    Some(at) if *at <= now => net.plan.pop_front(),
                    _ => None,
                }
            };
            match due {
                Some(at) => self.change(at),
                None => return,
            }
        }
    }

    /// In virtual time, lets listeners hear planned edges without an access.
    pub(super) fn follow(self: &Rc<Self>)
    where
        T: 'static,
    {
        let clock: &dyn Any = &self.clock;
        if let Some(clock) = clock.downcast_ref::<SimClock>() {
            let line: Weak<Self> = Rc::downgrade(self);
            let follower = || Follower { clock: clock.clone(), line, waits: false };
            self.net.borrow_mut().follower.get_or_insert_with(follower);
        }
        self.wait_for_plan();
    }

    /// Sets the clock for the plan's next toggle.
    pub(super) fn wait_for_plan(&self) {
        let mut net = self.net.borrow_mut();
        let next = net.plan.front().copied();
        if let (Some(at), Some(follower)) = (next, &mut net.follower)
            && !mem::replace(&mut follower.waits, true)
        {
            follower.clock.follow(at, follower.line.clone());
        }
    }

    /// Toggles the level, wakes the watchers and calls the listeners.
    pub(super) fn change(&self, at: Instant) {
        let watchers = {
            let mut net = self.net.borrow_mut();
            net.toggle(at);
            mem::take(&mut net.watchers)
        };
        // Nothing is borrowed: a waker or listener may call back to this wire.
        watchers.into_iter().for_each(Waker::wake);
        while let Some(mut lent) = Lent::take(&self.net) {
            lent.notify();
        }
    }
}

impl<T: Clock> Recorded for Line<T> {
    fn catch_up(&self) -> bool {
        let before = self.net.borrow().last_edge();
        self.catch_up();
        self.net.borrow().last_edge() != before
    }
}

impl<T: Clock> Planned for Line<T> {
    fn move_on(&self) {
        if let Some(follower) = &mut self.net.borrow_mut().follower {
            follower.waits = false;
        }
        let _next = WaitsAfter(self);
        self.catch_up();
    }
}

/// Sets the clock for the next toggle when it is dropped, even if a listener panics.
struct WaitsAfter<'a, T: Clock>(&'a Line<T>);

impl<T: Clock> Drop for WaitsAfter<'_, T> {
    fn drop(&mut self) {
        self.0.wait_for_plan();
    }
}

impl Net {
    /// Returns the number of the last edge.
    pub(super) fn last_edge(&self) -> u64 {
        self.edges.iter().sum()
    }

    fn toggle(&mut self, at: Instant) {
        // A toggle that was planned too late comes after the earlier edges.
        let at = self.changed.max(at);
        self.changed = at;
        let level = !self.level;
        self.level = level;
        self.edges[usize::from(level == PinState::High)] += 1;
        if let Some(probe) = &self.probe {
            probe.record(at, level);
        }
        self.armed.retain(|tap| tap.push(at, level));
        if self.notifying || !self.listeners.is_empty() {
            self.unheard.push_back((self.last_edge(), Edge { line: (), at, level, missed: 0 }));
        }
    }
}

/// The listeners, lent out of the net to hear an edge. A listener may cause the next edge,
/// which then waits until all have heard this one.
struct Lent<'a> {
    net: &'a RefCell<Net>,
    listeners: Vec<Listener>,
    number: u64,
    edge: Edge,
}

impl<'a> Lent<'a> {
    /// Returns `None` if no edge is left, or if the caller is a listener itself.
    fn take(net: &'a RefCell<Net>) -> Option<Self> {
        let mut state = net.borrow_mut();
        if state.notifying {
            return None;
        }
        let (number, edge) = state.unheard.pop_front()?;
        state.notifying = true;
        let listeners = mem::take(&mut state.listeners);
        Some(Self { net, listeners, number, edge })
    }

    fn notify(&mut self) {
        for listener in &mut self.listeners {
            if listener.since < self.number {
                (listener.call)(self.edge);
            }
        }
    }
}

impl Drop for Lent<'_> {
    /// Returns the listeners, even if one panics.
    fn drop(&mut self) {
        let mut net = self.net.borrow_mut();
        let added = mem::replace(&mut net.listeners, mem::take(&mut self.listeners));
        net.listeners.extend(added);
        net.notifying = false;
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal::digital::PinState;
    use tickwire_traits::Edges;

    use crate::{Sim, Wire};

    #[test]
    fn arming_again_and_again_does_not_grow() {
        let sim = Sim::new();
        let wire = Wire::new(sim.clock(), PinState::Low);
        let mut pin = wire.input();
        for _ in 0..10 {
            pin.arm().unwrap();
            wire.input().arm().unwrap();
        }
        // This one, and the last of the others.
        assert_eq!(wire.line.net.borrow().armed.len(), 2);
    }
}
