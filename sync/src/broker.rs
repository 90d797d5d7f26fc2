//! Delivery of messages by topic, where publishers and subscribers do not know each
//! other.

mod delivery;

use core::cell::Cell;
use core::fmt;
use core::ptr;

use crate::event::Event;
use crate::flag::Flag;
use crate::full::Full;
use crate::kernel::monitor::Monitor;
use crate::kernel::raw::RawMutex;
use crate::message::Message;
use crate::queue::Queue;
use crate::ring_queue::RingQueue;

use delivery::Delivery;

/// A broker that delivers messages to the subscribers of their topics, with up to `SUBS`
/// subscriptions.
///
/// The subscriber's type, an [`Agent`], decides on the delivery: a queue, an event, a
/// closure. A full agent loses the message, which is counted. Publishing never waits, so
/// an interrupt may publish. Agents are notified in the order of their subscriptions,
/// each once per message. During a delivery, an agent may subscribe and unsubscribe
/// itself and others: a subscription that ends before its turn gets nothing, and a new
/// one starts with the next message.
///
/// An agent is identified by its address and type. If an agent without data (a function,
/// a closure that captures nothing) is subscribed in one crate and unsubscribed in
/// another, it may not be found. A closure kept in a variable needs its types: `|topic:
/// &_, message: &_|`.
///
/// The tutorial's `Broker`.
///
/// ```
/// use tickwire_sync::{Agent, Published, local};
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Topic {
///     Inside,
///     Outside,
/// }
///
/// let warmest = core::cell::Cell::new(i16::MIN);
/// let watch = |_: &Topic, degrees: &i16| warmest.set(warmest.get().max(*degrees));
/// let log = local::Queue::<(Topic, i16), 1>::new();
///
/// let broker = local::Broker::<Topic, dyn Agent<Topic, i16>, 4>::new();
/// broker.subscribe_where(|_| true, &watch).unwrap();
/// broker.subscribe(Topic::Outside, &log).unwrap();
///
/// broker.publish(Topic::Inside, &21);
/// broker.publish(Topic::Outside, &-3);
/// assert_eq!(broker.publish(Topic::Outside, &-4), Published { delivered: 1, dropped: 1 });
/// assert_eq!(log.try_pop(), Some((Topic::Outside, -3)));
/// assert_eq!((warmest.get(), broker.dropped()), (21, 1));
/// ```
///
/// In a `static`, agents are `dyn Agent<K, T> + Sync`:
///
/// ```
/// use tickwire_sync::{Agent, shared};
///
/// type Alarms = dyn Agent<u8, f32> + Sync;
///
/// static BROKER: shared::Broker<'static, u8, Alarms, 4> = shared::Broker::new();
/// static LATEST: shared::Message<f32> = shared::Message::new();
/// static WAKE_UP: shared::Flag = shared::Flag::new();
///
/// BROKER.subscribe(1, &LATEST).unwrap();
/// BROKER.subscribe(1, &WAKE_UP).unwrap();
/// BROKER.publish(1, &0.5); // In the interrupt handler.
/// assert!(WAKE_UP.is_set() && LATEST.get() == Some(0.5));
/// ```
#[doc(alias = "PubSubChannel")]
pub struct Broker<'a, R, K, A: ?Sized, const SUBS: usize> {
    monitor: Monitor<R, State<'a, K, A, SUBS>, 0>,
}

/// A receiver of messages `T` on topics `K`.
///
/// Delivery sets an [`Event`] or [`Flag`], sets a [`Message`] to the message, pushes
/// `(topic, message)` into a [`Queue`] or [`RingQueue`], and calls a function or closure
/// with both.
///
/// # For implementers
///
/// Do not wait, and do not publish to the same broker without bound. `deliver` is called
/// without a lock, in the publisher's context.
///
/// ```
/// use core::cell::Cell;
/// use tickwire_sync::{Agent, Dropped, local};
///
/// /// Accepts every other message.
/// struct Half(Cell<bool>);
///
/// impl Agent<u8, str> for Half {
///     fn deliver(&self, _topic: &u8, _message: &str) -> Result<(), Dropped> {
///         if self.0.replace(!self.0.get()) { Ok(()) } else { Err(Dropped) }
///     }
/// }
///
/// let half = Half(Cell::new(true));
/// let broker = local::Broker::<u8, Half, 1>::new();
/// broker.subscribe(7, &half).unwrap();
/// (0..4).for_each(|_| drop(broker.publish(7, "news")));
/// assert_eq!(broker.dropped(), 2);
/// ```
pub trait Agent<K, T: ?Sized> {
    /// Accepts `message`.
    ///
    /// # Errors
    ///
    /// [`Dropped`] if there is no room. The next message is delivered all the same.
    fn deliver(&self, topic: &K, message: &T) -> Result<(), Dropped>;
}

/// The error of an agent that did not accept a message, which is lost to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Dropped;

/// The outcome of a delivery. Returned by [`Broker::publish`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Published {
    /// The number of agents that accepted the message.
    pub delivered: usize,
    /// The number of agents without room for the message.
    pub dropped: usize,
}

impl<'a, R: RawMutex, K: Copy + PartialEq, A: ?Sized, const SUBS: usize> Broker<'a, R, K, A, SUBS> {
    /// Creates a broker without subscriptions.
    pub const fn new() -> Self {
        let entries = [const { Cell::new(None) }; SUBS];
        let state = State { entries, newest: Cell::new(0), dropped: Cell::new(0) };
        Self { monitor: Monitor::new(state) }
    }

    /// Subscribes `agent` to messages on `topic`. Subscribing twice has no further
    /// effect.
    ///
    /// # Errors
    ///
    /// [`Full`], with the agent, if there are already `SUBS` subscriptions.
    /// [`unsubscribe`](Self::unsubscribe) ends one.
    pub fn subscribe(&self, topic: K, agent: &'a A) -> Result<(), Full<&'a A>> {
        self.add(Topics::This(topic), agent)
    }

    /// Subscribes `agent` to messages on each topic for which `matches` returns true.
    ///
    /// # Errors
    ///
    /// The same as of [`subscribe`](Self::subscribe).
    pub fn subscribe_where(
        &self,
        matches: fn(&K) -> bool,
        agent: &'a A,
    ) -> Result<(), Full<&'a A>> {
        self.add(Topics::Where(matches), agent)
    }

    /// Ends the subscription of `agent` to `topic`. Returns whether there was one.
    pub fn unsubscribe(&self, topic: K, agent: &A) -> bool {
        self.remove(|known| known.is_of(agent) && known.topics.is(topic)) > 0
    }

    /// Ends all subscriptions of `agent`. Returns their number.
    pub fn unsubscribe_all(&self, agent: &A) -> usize {
        self.remove(|known| known.is_of(agent))
    }

    /// Delivers `message` to all subscribers of `topic`.
    ///
    /// With `CriticalSectionRawMutex`, an interrupt may call it.
    ///
    /// # Panics
    ///
    /// If an agent panics; the agents after it get the message first. The broker may be
    /// used again. If two agents panic, the process aborts.
    pub fn publish<T: ?Sized>(&self, topic: K, message: &T) -> Published
    where
        A: Agent<K, T>,
    {
        Delivery::new(self, topic, message).run()
    }

    /// Returns how many deliveries failed because an agent had no room, at most
    /// `u32::MAX`.
    pub fn dropped(&self) -> u32 {
        self.monitor.lock(|inside| inside.state.dropped.get())
    }

    /// Returns the number of subscriptions.
    pub fn subscriptions(&self) -> usize {
        (0..SUBS).filter_map(|at| self.entry(at)).count()
    }

    fn entry(&self, at: usize) -> Option<Subscription<'a, K, A>> {
        self.monitor.lock(|inside| inside.state.entries[at].get())
    }

    fn add(&self, topics: Topics<K>, agent: &'a A) -> Result<(), Full<&'a A>> {
        let known = |it: &Subscription<'a, K, A>| {
            it.is_of(agent) && matches!(topics, Topics::This(topic) if it.topics.is(topic))
        };
        if (0..SUBS).filter_map(|at| self.entry(at)).any(|it| known(&it)) {
            return Ok(());
        }
        self.monitor.lock(|inside| {
            let state = &inside.state;
            let vacant = state.entries.iter().find(|entry| entry.get().is_none());
            let vacant = vacant.ok_or(Full(agent))?;
            let number = state.newest.get() + 1;
            state.newest.set(number);
            vacant.set(Some(Subscription { number, topics, agent }));
            Ok(())
        })
    }

    /// `matches` compares topics, which is foreign code and must not run under the lock.
    /// So the lock is taken again, to check that the place still has the same
    /// subscription.
    fn remove(&self, matches: impl Fn(&Subscription<'a, K, A>) -> bool) -> usize {
        let remove = |at: &usize| {
            let Some(known) = self.entry(*at).filter(|it| matches(it)) else { return false };
            self.monitor.lock(|inside| {
                let entry = &inside.state.entries[*at];
                let still = entry.get().is_some_and(|it| it.number == known.number);
                if still {
                    entry.set(None);
                }
                still
            })
        };
        (0..SUBS).filter(remove).count()
    }
}

impl<K, T: ?Sized, F: Fn(&K, &T)> Agent<K, T> for F {
    /// Calls the function.
    fn deliver(&self, topic: &K, message: &T) -> Result<(), Dropped> {
        self(topic, message);
        Ok(())
    }
}

impl<R: RawMutex, K, T: ?Sized> Agent<K, T> for Event<R> {
    /// Sets the event.
    fn deliver(&self, _topic: &K, _message: &T) -> Result<(), Dropped> {
        self.set();
        Ok(())
    }
}

impl<R: RawMutex, K, T: ?Sized> Agent<K, T> for Flag<R> {
    /// Sets the flag.
    fn deliver(&self, _topic: &K, _message: &T) -> Result<(), Dropped> {
        self.set();
        Ok(())
    }
}

impl<R: RawMutex, K, T: Copy> Agent<K, T> for Message<R, T> {
    /// Sets the value to the message.
    fn deliver(&self, _topic: &K, message: &T) -> Result<(), Dropped> {
        self.set(*message);
        Ok(())
    }
}

impl<R: RawMutex, K: Clone, T: Clone, const N: usize> Agent<K, T> for Queue<R, (K, T), N> {
    /// Pushes topic and message, if there is room.
    fn deliver(&self, topic: &K, message: &T) -> Result<(), Dropped> {
        self.try_push((topic.clone(), message.clone())).map_err(|_| Dropped)
    }
}

impl<R: RawMutex, K: Clone, T: Clone, const N: usize> Agent<K, T> for RingQueue<R, (K, T), N> {
    /// Pushes topic and message. The queue counts overwritten items.
    fn deliver(&self, topic: &K, message: &T) -> Result<(), Dropped> {
        self.push((topic.clone(), message.clone()));
        Ok(())
    }
}

struct State<'a, K, A: ?Sized, const SUBS: usize> {
    entries: [Cell<Option<Subscription<'a, K, A>>>; SUBS],
    /// The number of the newest subscription. Numbers start at one.
    newest: Cell<u64>,
    dropped: Cell<u32>,
}

struct Subscription<'a, K, A: ?Sized> {
    /// Orders subscriptions, and distinguishes later ones in the same place.
    number: u64,
    topics: Topics<K>,
    agent: &'a A,
}

impl<K: Copy, A: ?Sized> Copy for Subscription<'_, K, A> {}

impl<K: Copy, A: ?Sized> Clone for Subscription<'_, K, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, A: ?Sized> Subscription<'_, K, A> {
    /// An agent is identified by its address and, behind `dyn`, by its type: functions
    /// and closures without data share one address.
    #[allow(ambiguous_wide_pointer_comparisons)] // The comparison needs the type.
    fn is_of(&self, agent: &A) -> bool {
        ptr::eq(self.agent, agent)
    }
}

#[derive(Clone, Copy)]
enum Topics<K> {
    This(K),
    Where(fn(&K) -> bool),
}

impl<K: PartialEq> Topics<K> {
    fn is(&self, topic: K) -> bool {
        matches!(self, Self::This(this) if *this == topic)
    }

    fn contain(&self, topic: &K) -> bool {
        match self {
            Self::This(this) => this == topic,
            Self::Where(matches) => matches(topic),
        }
    }
}

impl<R: RawMutex, K: Copy + PartialEq, A: ?Sized, const SUBS: usize> Default
    for Broker<'_, R, K, A, SUBS>
{
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RawMutex, K: Copy + PartialEq, A: ?Sized, const SUBS: usize> fmt::Debug
    for Broker<'_, R, K, A, SUBS>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Broker");
        shown.field("subscriptions", &self.subscriptions()).field("capacity", &SUBS);
        shown.field("dropped", &self.dropped()).finish()
    }
}
