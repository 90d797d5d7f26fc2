//! The broker: which agents are notified, how often, in which order, and the counts.
#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use tickwire_sync::{
    Agent, Broker, CriticalSectionRawMutex, Dropped, Event, Flag, Full, Message, NoopRawMutex,
    Published, Queue, RingQueue,
};

type Raw = NoopRawMutex;
type Local<'a, const SUBS: usize> = Broker<'a, Raw, u8, dyn Agent<u8, u32> + 'a, SUBS>;
type Shared<K, A, const SUBS: usize> = Broker<'static, CriticalSectionRawMutex, K, A, SUBS>;

/// An agent that logs its notifications under its name.
struct Notes<'a>(char, &'a RefCell<Vec<(char, u8, u32)>>);

impl Agent<u8, u32> for Notes<'_> {
    fn deliver(&self, topic: &u8, message: &u32) -> Result<(), Dropped> {
        self.1.borrow_mut().push((self.0, *topic, *message));
        Ok(())
    }
}

fn published(delivered: usize, dropped: usize) -> Published {
    Published { delivered, dropped }
}

#[test]
fn only_subscribers_are_notified() {
    let notified = RefCell::new(Vec::new());
    let [a, b] = ['a', 'b'].map(|name| Notes(name, &notified));
    let broker = Local::<3>::new();
    assert_eq!(broker.publish(1, &0), published(0, 0));
    broker.subscribe(1, &a).unwrap();
    broker.subscribe(2, &b).unwrap();
    broker.subscribe_where(|topic| *topic > 6, &a).unwrap();
    assert_eq!(broker.publish(1, &10), published(1, 0));
    assert_eq!(broker.publish(2, &20), published(1, 0));
    assert_eq!(broker.publish(3, &30), published(0, 0));
    assert_eq!(broker.publish(7, &70), published(1, 0));
    assert_eq!(notified.take(), [('a', 1, 10), ('b', 2, 20), ('a', 7, 70)]);
    let shown = "Broker { subscriptions: 3, capacity: 3, dropped: 0 }";
    assert_eq!(format!("{broker:?}"), shown);
}

#[test]
fn each_agent_is_notified_once_however_often_it_subscribed() {
    let notified = RefCell::new(Vec::new());
    let [a, b] = ['a', 'b'].map(|name| Notes(name, &notified));
    let broker = Local::<4>::new();
    broker.subscribe(1, &a).unwrap();
    broker.subscribe(1, &a).unwrap();
    assert_eq!(broker.subscriptions(), 1);
    broker.subscribe_where(|_| true, &b).unwrap();
    broker.subscribe_where(|topic| *topic == 1, &a).unwrap();
    assert_eq!(broker.publish(1, &0), published(2, 0));
    assert_eq!(notified.take(), [('a', 1, 0), ('b', 1, 0)]);
}

#[test]
fn agents_are_notified_in_the_order_of_their_subscriptions() {
    let notified = RefCell::new(Vec::new());
    let [a, b, c, d] = ['a', 'b', 'c', 'd'].map(|name| Notes(name, &notified));
    let broker = Local::<3>::new();
    for agent in [&a, &b, &c] {
        broker.subscribe(1, agent).unwrap();
    }
    // The newest subscriptions take the free places.
    assert!(broker.unsubscribe(1, &a));
    broker.subscribe(1, &d).unwrap();
    assert!(broker.unsubscribe(1, &b));
    broker.subscribe(1, &a).unwrap();
    broker.publish(1, &0);
    assert_eq!(notified.take(), ['c', 'd', 'a'].map(|name| (name, 1, 0)));
}

#[test]
fn a_subscription_ends_once() {
    let notified = RefCell::new(Vec::new());
    let [a, b] = ['a', 'b'].map(|name| Notes(name, &notified));
    let broker = Local::<4>::new();
    broker.subscribe(1, &a).unwrap();
    broker.subscribe(2, &a).unwrap();
    broker.subscribe_where(|_| true, &a).unwrap();
    broker.subscribe(1, &b).unwrap();
    assert!(!broker.unsubscribe(3, &a), "never");
    assert!(broker.unsubscribe(1, &a) && !broker.unsubscribe(1, &a));
    assert_eq!((broker.unsubscribe_all(&a), broker.unsubscribe_all(&a)), (2, 0));
    assert_eq!(broker.publish(1, &0), published(1, 0));
    assert_eq!(notified.take(), [('b', 1, 0)]);
}

#[test]
fn where_there_are_enough_subscriptions_an_agent_comes_back() {
    let notified = RefCell::new(Vec::new());
    let [a, b] = ['a', 'b'].map(|name| Notes(name, &notified));
    let broker = Local::<1>::new();
    broker.subscribe(1, &a).unwrap();
    let Err(Full(back)) = broker.subscribe(1, &b) else { panic!("there is no room") };
    back.deliver(&9, &9).unwrap();
    assert_eq!(notified.take(), [('b', 9, 9)]);
    assert!(broker.subscribe_where(|_| true, &b).is_err());
    assert!(broker.subscribe(1, &a).is_ok(), "it has subscribed already");
    assert!(broker.unsubscribe(1, &a));
    assert!(broker.subscribe(1, &b).is_ok());

    let none = Local::<0>::new();
    assert!(none.subscribe(1, &a).is_err());
    assert_eq!((none.publish(1, &0), none.unsubscribe(1, &a)), (published(0, 0), false));
}

#[test]
fn every_primitive_that_can_hold_a_message_is_an_agent() {
    let (event, flag) = (Event::<Raw>::new(), Flag::<Raw>::new());
    let message = Message::<Raw, u32>::new();
    let queue = Queue::<Raw, (u8, u32), 1>::new();
    let ring = RingQueue::<Raw, (u8, u32), 1>::new();
    let broker = Local::<5>::new();
    let agents: [&dyn Agent<u8, u32>; 5] = [&event, &flag, &message, &queue, &ring];
    for agent in agents {
        broker.subscribe(1, agent).unwrap();
    }
    assert_eq!(broker.publish(1, &10), published(5, 0));
    assert!(event.is_set() && flag.is_set());
    assert_eq!(message.get(), Some(10));
    // A queue loses the newest message, a ring the oldest; each counts its own losses.
    assert_eq!(broker.publish(1, &11), published(4, 1));
    assert_eq!((queue.try_pop(), ring.try_pop()), (Some((1, 10)), Some((1, 11))));
    assert_eq!((broker.dropped(), ring.overwritten(), message.get()), (1, 1, Some(11)));
}

#[test]
fn an_agent_may_use_the_broker_that_notifies_it() {
    static BROKER: Shared<u8, dyn Agent<u8, u32> + Sync, 3> = Broker::new();
    static RESTLESS: Restless = Restless(AtomicU32::new(0));
    static OTHER: Flag<CriticalSectionRawMutex> = Flag::new();

    /// An agent that subscribes again after each notification, and is then the last.
    struct Restless(AtomicU32);

    impl Agent<u8, u32> for Restless {
        fn deliver(&self, _: &u8, message: &u32) -> Result<(), Dropped> {
            self.0.fetch_add(1, SeqCst);
            if *message > 0 {
                BROKER.publish(1, &(message - 1));
            }
            assert!(BROKER.unsubscribe(1, &RESTLESS));
            BROKER.subscribe(1, &OTHER).unwrap(); // In the place that is free now.
            BROKER.subscribe(1, &RESTLESS).unwrap();
            Ok(())
        }
    }

    BROKER.subscribe(1, &RESTLESS).unwrap();
    assert_eq!(BROKER.publish(1, &0), published(1, 0));
    assert_eq!((RESTLESS.0.load(SeqCst), OTHER.is_set()), (1, false));
    // One agent is also notified of the nested message.
    assert_eq!(BROKER.publish(1, &1), published(2, 0));
    assert_eq!((RESTLESS.0.load(SeqCst), OTHER.is_set()), (3, true));
}

#[test]
fn a_subscription_in_the_place_of_a_removed_one_stays() {
    static BROKER: Shared<Topic, Flag<CriticalSectionRawMutex>, 1> = Broker::new();
    static ONE: Flag<CriticalSectionRawMutex> = Flag::new();
    static OTHER: Flag<CriticalSectionRawMutex> = Flag::new();

    /// A topic whose comparison triggers an interrupt.
    #[derive(Clone, Copy)]
    struct Topic(u8);

    impl PartialEq for Topic {
        fn eq(&self, other: &Self) -> bool {
            if BROKER.unsubscribe_all(&ONE) > 0 {
                BROKER.subscribe(Topic(2), &OTHER).unwrap();
            }
            self.0 == other.0
        }
    }

    BROKER.subscribe(Topic(1), &ONE).unwrap();
    assert!(!BROKER.unsubscribe(Topic(1), &ONE), "it is gone already");
    assert_eq!(BROKER.publish(Topic(2), &()), published(1, 0));
    assert!(OTHER.is_set() && !ONE.is_set());
}
