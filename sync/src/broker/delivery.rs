//! The delivery of one message to its agents.

use core::cell::Cell;
use core::mem;

use super::{Agent, Broker, Dropped, Published, Subscription};
use crate::kernel::raw::RawMutex;

/// A message being delivered. Dropped only if an agent panics: then delivers the message
/// to the remaining agents.
pub(super) struct Delivery<'b, 'a, R, K, A, T, const SUBS: usize>
where
    R: RawMutex,
    K: Copy + PartialEq,
    A: Agent<K, T> + ?Sized,
    T: ?Sized,
{
    broker: &'b Broker<'a, R, K, A, SUBS>,
    topic: K,
    message: &'b T,
    /// The number of the newest subscription when the delivery began.
    newest: u64,
    /// Whether the subscription in each place is settled: it had its turn, or its agent
    /// has the message. A place stays settled when its subscription ends: a later one
    /// there is newer than `newest`.
    settled: [bool; SUBS],
    published: Published,
}

impl<'b, 'a, R, K, A, T, const SUBS: usize> Delivery<'b, 'a, R, K, A, T, SUBS>
where
    R: RawMutex,
    K: Copy + PartialEq,
    A: Agent<K, T> + ?Sized,
    T: ?Sized,
{
    pub(super) fn new(broker: &'b Broker<'a, R, K, A, SUBS>, topic: K, message: &'b T) -> Self {
        let newest = broker.monitor.lock(|inside| inside.state.newest.get());
        let published = Published { delivered: 0, dropped: 0 };
        Self { broker, topic, message, newest, settled: [false; SUBS], published }
    }

    /// Delivers the message to its agents.
    pub(super) fn run(mut self) -> Published {
        self.deliver();
        let published = self.published;
        mem::forget(self);
        published
    }

    /// Delivers the message to each agent that does not have it yet.
    fn deliver(&mut self) {
        while let Some(subscription) = self.next() {
            // Agents and topic comparisons are foreign code, which may change any
            // subscription.
            if !subscription.topics.contain(&self.topic) {
                continue;
            }
            self.settle(subscription.agent);
            match subscription.agent.deliver(&self.topic, self.message) {
                Ok(()) => self.published.delivered += 1,
                Err(Dropped) => self.drop_one(),
            }
        }
    }

    /// Returns the oldest unsettled subscription, and settles it.
    fn next(&mut self) -> Option<Subscription<'a, K, A>> {
        let (place, oldest) = self.broker.monitor.lock(|inside| {
            let places = inside.state.entries.iter().map(Cell::get).zip(&self.settled).enumerate();
            let left = places.filter_map(|(place, (it, settled))| Some((place, it?, settled)));
            left.filter(|(_, it, settled)| !**settled && it.number <= self.newest)
                .map(|(place, it, _)| (place, it))
                .min_by_key(|(_, it)| it.number)
        })?;
        self.settled[place] = true;
        Some(oldest)
    }

    /// Settles all subscriptions of `agent`.
    fn settle(&mut self, agent: &A) {
        self.broker.monitor.lock(|inside| {
            for (settled, entry) in self.settled.iter_mut().zip(&inside.state.entries) {
                *settled |= entry.get().is_some_and(|it| it.is_of(agent));
            }
        });
    }

    fn drop_one(&mut self) {
        self.published.dropped += 1;
        self.broker.monitor.lock(|inside| {
            inside.state.dropped.set(inside.state.dropped.get().saturating_add(1));
        });
    }
}

impl<R, K, A, T, const SUBS: usize> Drop for Delivery<'_, '_, R, K, A, T, SUBS>
where
    R: RawMutex,
    K: Copy + PartialEq,
    A: Agent<K, T> + ?Sized,
    T: ?Sized,
{
    #[cold]
    fn drop(&mut self) {
        self.deliver();
    }
}
