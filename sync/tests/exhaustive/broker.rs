//! Agents that change subscriptions during a notification, in every order of
//! subscriptions.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use tickwire_sync::{Agent, Broker, Dropped, NoopRawMutex, Published};

use crate::choices::Choices;

const AGENTS: usize = 3;
const CAPACITY: usize = 5;
const TOPIC: u8 = 1;

/// An agent's reaction to a notification.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Nothing,
    Subscribe { agent: usize, to_all: bool },
    Unsubscribe(usize),
    UnsubscribeAll(usize),
    Publish,
    Panic,
}

/// The possible acts of an agent, on itself and on the next one. The last agent is only
/// acted on.
fn acts(agent: usize) -> Vec<Act> {
    if agent + 1 == AGENTS {
        return vec![Act::Nothing, Act::Panic];
    }
    let mut acts = vec![Act::Nothing];
    for other in [agent, (agent + 1) % AGENTS] {
        let subscribe = |to_all| Act::Subscribe { agent: other, to_all };
        acts.extend([subscribe(false), subscribe(true)]);
        acts.extend([Act::Unsubscribe(other), Act::UnsubscribeAll(other)]);
    }
    acts.extend([Act::Publish, Act::Panic]);
    acts
}

/// A model with one ordered list of subscriptions.
#[derive(Default)]
struct Model {
    /// For each subscription: its number, its agent, and whether it matches all topics.
    subscriptions: Vec<(u64, usize, bool)>,
    newest: u64,
}

impl Model {
    fn act(&mut self, act: Act) {
        let places = &mut self.subscriptions;
        match act {
            Act::Subscribe { agent, to_all } => {
                let known = !to_all && places.iter().any(|it| (it.1, it.2) == (agent, false));
                if !known && places.len() < CAPACITY {
                    self.newest += 1;
                    places.push((self.newest, agent, to_all));
                }
            }
            Act::Unsubscribe(agent) => places.retain(|it| (it.1, it.2) != (agent, false)),
            Act::UnsubscribeAll(agent) => places.retain(|it| it.1 != agent),
            Act::Nothing | Act::Publish | Act::Panic => {}
        }
    }

    /// Notifies each agent at its oldest subscription that exists when its turn comes.
    fn publish(&mut self, acts: &[Act; AGENTS], within: bool, notified: &mut Vec<usize>) {
        let (newest, mut last, mut have_it) = (self.newest, 0, [false; AGENTS]);
        while let Some((number, agent, _)) =
            self.subscriptions.iter().find(|it| last < it.0 && it.0 <= newest).copied()
        {
            last = number;
            if have_it[agent] {
                continue;
            }
            have_it[agent] = true;
            notified.push(agent);
            match acts[agent] {
                Act::Publish if !within => self.publish(acts, true, notified),
                Act::Publish => {}
                act => self.act(act),
            }
        }
    }
}

struct Member<'a> {
    number: usize,
    act: Cell<Act>,
    hall: &'a Hall<'a>,
}

/// The broker under test, and the state shared by its agents.
struct Hall<'a> {
    broker: Broker<'a, NoopRawMutex, u8, Member<'a>, CAPACITY>,
    members: Cell<&'a [Member<'a>]>,
    notified: RefCell<Vec<usize>>,
    within: Cell<bool>,
}

impl<'a> Hall<'a> {
    fn new() -> Self {
        Self {
            broker: Broker::new(),
            members: Cell::new(&[]),
            notified: RefCell::default(),
            within: Cell::new(false),
        }
    }

    fn act(&self, act: Act) {
        let member = |agent: usize| &self.members.get()[agent];
        match act {
            Act::Subscribe { agent, to_all: false } => {
                let _ = self.broker.subscribe(TOPIC, member(agent)); // The broker may be full.
            }
            Act::Subscribe { agent, to_all: true } => {
                let _ = self.broker.subscribe_where(|_| true, member(agent));
            }
            Act::Unsubscribe(agent) => drop(self.broker.unsubscribe(TOPIC, member(agent))),
            Act::UnsubscribeAll(agent) => drop(self.broker.unsubscribe_all(member(agent))),
            Act::Publish if !self.within.replace(true) => {
                self.broker.publish(TOPIC, &());
                self.within.set(false);
            }
            Act::Nothing | Act::Publish => {}
            Act::Panic => resume_unwind(Box::new(())),
        }
    }

    /// Publishes, and returns the notified agents in order. `None` for a panic.
    fn publish(&self) -> (Option<Published>, Vec<usize>) {
        let published = catch_unwind(AssertUnwindSafe(|| self.broker.publish(TOPIC, &())));
        self.within.set(false);
        (published.ok(), self.notified.take())
    }
}

impl Agent<u8, ()> for Member<'_> {
    /// Accepts the message, unless it is the last agent.
    fn deliver(&self, _: &u8, (): &()) -> Result<(), Dropped> {
        self.hall.notified.borrow_mut().push(self.number);
        self.hall.act(self.act.get());
        if self.number + 1 < AGENTS { Ok(()) } else { Err(Dropped) }
    }
}

/// Checks one order of subscriptions, and one act per agent.
fn check(hall: &Hall<'_>, choices: &mut Choices) {
    let mut model = Model::default();
    for member in hall.members.get() {
        hall.broker.unsubscribe_all(member);
    }
    let each = |agent| [false, true].map(|to_all| Act::Subscribe { agent, to_all });
    let mut left: Vec<_> = (0..AGENTS).flat_map(each).collect();
    let mut subscriptions = Vec::new();
    for _ in 0..3 {
        let subscribe = left.remove(choices.pick(left.len()));
        subscriptions.push(subscribe);
        model.act(subscribe);
        hall.act(subscribe);
    }
    let mut panics = false;
    let acts = std::array::from_fn(|agent| {
        let mut acts = acts(agent);
        // A second panic during a panic aborts; so does one within an agent's own
        // message.
        acts.retain(|act| !(panics && matches!(act, Act::Panic | Act::Publish)));
        let act = acts[choices.pick(acts.len())];
        panics |= matches!(act, Act::Panic | Act::Publish);
        hall.members.get()[agent].act.set(act);
        act
    });

    let (mut expected, dropped) = (Vec::new(), hall.broker.dropped());
    model.publish(&acts, false, &mut expected);
    let (published, notified) = hall.publish();
    assert_eq!(notified, expected, "{subscriptions:?}, {acts:?}");
    let refused =
        notified.iter().filter(|agent| **agent + 1 == AGENTS && acts[**agent] != Act::Panic);
    assert_eq!((hall.broker.dropped() - dropped) as usize, refused.count());
    let panicked = notified.iter().any(|agent| acts[*agent] == Act::Panic);
    assert_eq!(published.is_none(), panicked);
    if let Some(Published { delivered, dropped }) =
        published.filter(|_| !acts.contains(&Act::Publish))
    {
        assert_eq!(delivered + dropped, notified.len());
    }

    // The remaining subscriptions.
    let mut expected = Vec::new();
    model.publish(&[Act::Nothing; AGENTS], false, &mut expected);
    hall.members.get().iter().for_each(|member| member.act.set(Act::Nothing));
    assert_eq!(hall.publish().1, expected, "the next message, after {subscriptions:?}, {acts:?}");
    assert_eq!(hall.broker.subscriptions(), model.subscriptions.len());
}

#[test]
fn each_agent_is_notified_once_per_message_whatever_agents_do_meanwhile() {
    let hall = Hall::new();
    let member = |number| Member { number, act: Cell::new(Act::Nothing), hall: &hall };
    let members: [_; AGENTS] = std::array::from_fn(member);
    hall.members.set(&members);
    let mut choices = Choices::new();
    loop {
        check(&hall, &mut choices);
        if !choices.advance() {
            break;
        }
    }
}
