//! From who has something to say to who asked for it, without either knowing the
//! other.

mod delivery;

use core::cell::Cell;
use core::fmt;
use core::ptr;

use crate::event::Event;
use crate::flag::Flag;
use crate::full::Full;
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::Monitor;
use crate::message::Message;
use crate::queue::Queue;
use crate::ring_queue::RingQueue;

use delivery::Delivery;

/// Passes messages on to those who subscribed to their topics: up to `SUBS`
/// subscriptions.
///
/// What a subscriber is, its type says: an [`Agent`] is a queue, an event, a
/// closure. One that has no room loses the message, which is counted; nobody waits,
/// so messages may be published from interrupts. Agents are notified in the order in
/// which they subscribed, each once per message. They may subscribe and unsubscribe
/// meanwhile, themselves and others: a subscription that ends before its turn gets
/// nothing, and a new one gets messages from the next one on.
///
/// An agent is known by where it is and of which type. One without data (a function,
/// a closure that captures nothing) that is subscribed in one crate and unsubscribed
/// in another may not be found. A closure kept in a variable needs its types:
/// `|topic: &_, message: &_|`.
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

/// What messages `T` on topics `K` are delivered to.
///
/// An [`Event`] and a [`Flag`] are set, a [`Message`] is set to the message, a
/// [`Queue`] or [`RingQueue`] of pairs gets `(topic, message)`, and what can be called
/// with both is called.
///
/// # For implementers
///
/// Do not wait, and do not publish to the same broker without an end to it. It is
/// called without a lock, in the context of who publishes.
///
/// ```
/// use core::cell::Cell;
/// use tickwire_sync::{Agent, Dropped, local};
///
/// /// Takes every other message.
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
    /// Takes `message`.
    ///
    /// # Errors
    ///
    /// [`Dropped`] when there is no room for it. The next is delivered all the same.
    fn deliver(&self, topic: &K, message: &T) -> Result<(), Dropped>;
}

/// A message was not taken, and is lost to this agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Dropped;

/// What became of a message. Returned by [`Broker::publish`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Published {
    /// How many agents took it.
    pub delivered: usize,
    /// How many had no room for it.
    pub dropped: usize,
}

impl<'a, R: RawMutex, K: Copy + PartialEq, A: ?Sized, const SUBS: usize> Broker<'a, R, K, A, SUBS> {
    /// Creates a broker without subscriptions.
    pub const fn new() -> Self {
        let entries = [const { Cell::new(None) }; SUBS];
        let state = State { entries, newest: Cell::new(0), dropped: Cell::new(0) };
        Self { monitor: Monitor::new(state) }
    }

    /// Has messages on `topic` delivered to `agent`. Twice is as good as once.
    ///
    /// # Errors
    ///
    /// [`Full`], with the agent, when there are `SUBS` subscriptions. Some may be
    /// ended by [`unsubscribe`](Self::unsubscribe).
    pub fn subscribe(&self, topic: K, agent: &'a A) -> Result<(), Full<&'a A>> {
        self.add(Topics::This(topic), agent)
    }

    /// Has messages on each topic for which `matches` returns true delivered to
    /// `agent`.
    ///
    /// # Errors
    ///
    /// As for [`subscribe`](Self::subscribe).
    pub fn subscribe_where(
        &self,
        matches: fn(&K) -> bool,
        agent: &'a A,
    ) -> Result<(), Full<&'a A>> {
        self.add(Topics::Where(matches), agent)
    }

    /// Ends what [`subscribe`](Self::subscribe) began. Returns whether that was so.
    pub fn unsubscribe(&self, topic: K, agent: &A) -> bool {
        self.remove(|known| known.is_of(agent) && known.topics.is(topic)) > 0
    }

    /// Ends all subscriptions of `agent`. Returns how many there were.
    pub fn unsubscribe_all(&self, agent: &A) -> usize {
        self.remove(|known| known.is_of(agent))
    }

    /// Delivers `message` to all who subscribed to `topic`.
    ///
    /// May be called from an interrupt, with the raw mutex for it.
    ///
    /// # Panics
    ///
    /// If an agent panics, and only once the agents behind it have the message. The
    /// broker may be used again. If two agents panic, the process aborts.
    pub fn publish<T: ?Sized>(&self, topic: K, message: &T) -> Published
    where
        A: Agent<K, T>,
    {
        Delivery::new(self, topic, message).run()
    }

    /// Returns how many times an agent had no room for a message, at most `u32::MAX`.
    pub fn dropped(&self) -> u32 {
        self.monitor.lock(|inside| inside.state.dropped.get())
    }

    /// Returns how many subscriptions there are.
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

    /// What `matches` does is comparing topics, which is code of others: it is not
    /// called under the lock. So it is looked again whether the place has another
    /// subscription by then.
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
    /// Calls it.
    fn deliver(&self, topic: &K, message: &T) -> Result<(), Dropped> {
        self(topic, message);
        Ok(())
    }
}

impl<R: RawMutex, K, T: ?Sized> Agent<K, T> for Event<R> {
    /// Sets it.
    fn deliver(&self, _topic: &K, _message: &T) -> Result<(), Dropped> {
        self.set();
        Ok(())
    }
}

impl<R: RawMutex, K, T: ?Sized> Agent<K, T> for Flag<R> {
    /// Sets it.
    fn deliver(&self, _topic: &K, _message: &T) -> Result<(), Dropped> {
        self.set();
        Ok(())
    }
}

impl<R: RawMutex, K, T: Copy> Agent<K, T> for Message<R, T> {
    /// Sets it to the message.
    fn deliver(&self, _topic: &K, message: &T) -> Result<(), Dropped> {
        self.set(*message);
        Ok(())
    }
}

impl<R: RawMutex, K: Clone, T: Clone, const N: usize> Agent<K, T> for Queue<R, (K, T), N> {
    /// Puts topic and message at the end, where there is room.
    fn deliver(&self, topic: &K, message: &T) -> Result<(), Dropped> {
        self.try_push((topic.clone(), message.clone())).map_err(|_| Dropped)
    }
}

impl<R: RawMutex, K: Clone, T: Clone, const N: usize> Agent<K, T> for RingQueue<R, (K, T), N> {
    /// Puts topic and message at the end. What that overwrites, the queue counts.
    fn deliver(&self, topic: &K, message: &T) -> Result<(), Dropped> {
        self.push((topic.clone(), message.clone()));
        Ok(())
    }
}

struct State<'a, K, A: ?Sized, const SUBS: usize> {
    entries: [Cell<Option<Subscription<'a, K, A>>>; SUBS],
    /// The number of the last subscription. They are counted from one.
    newest: Cell<u64>,
    dropped: Cell<u32>,
}

struct Subscription<'a, K, A: ?Sized> {
    /// Tells who came first, and one from a later one in the same place.
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
    /// An agent is known by where it is and, behind `dyn`, of which type: functions
    /// and closures without data are all in one place.
    #[allow(ambiguous_wide_pointer_comparisons)] // The type is what is wanted.
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
