//! Five children under one parent, one of which is woken.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use tickwire_counting::counted;
use tickwire_sync::{TaskGroup, WakeSlots, gather};

use crate::table::Case;
use crate::table::Operation::Child;
use crate::table::Raw::Own;
use crate::table::Who::{Futures, Gather, JoinAll, Tickwire};

const CHILDREN: usize = 5;
const WOKEN: usize = 2;

static SLOTS: WakeSlots<CHILDREN> = WakeSlots::new();

pub(crate) const CASES: &[Case] = &[
    Case(Child, Own, Tickwire, |times, waker| _ = task_group(times, waker)),
    Case(Child, Own, Gather, |times, waker| _ = gathered(times, waker)),
    Case(Child, Own, Futures, |times, waker| _ = unordered(times, waker)),
    Case(Child, Own, JoinAll, |times, waker| _ = joined(times, waker)),
];

/// Prints how often children are polled when one is woken a thousand times, and
/// returns what is wrong with ours.
pub(crate) fn print_polls() -> Option<String> {
    println!("\n1 000 wakes of one of five children: polls of it, of the other four together");
    let contenders: [(&str, Contender); 4] = [
        ("tickwire TaskGroup", task_group),
        ("tickwire gather", gathered),
        ("futures FuturesUnordered", unordered),
        ("futures join_all", joined),
    ];
    let mut wrong = None;
    for (name, contender) in contenders {
        let Polls { woken, others } = contender(1_000, Waker::noop());
        println!("{name:28}{woken:>8}{others:>8}");
        if name == contenders[0].0 && (woken, others) != (1_000, 0) {
            wrong = Some(format!("{name}: {woken} and {others} polls"));
        }
    }
    wrong
}

/// Without those by which the children were first asked.
struct Polls {
    woken: u32,
    others: u32,
}

type Contender = fn(u32, &Waker) -> Polls;

/// Who is never done, and says how to wake it.
#[derive(Debug, Default)]
struct Sleeper {
    waker: RefCell<Option<Waker>>,
    polls: Cell<u32>,
}

impl Sleeper {
    fn sleep(&self) -> impl Future<Output = ()> {
        poll_fn(|cx| {
            self.polls.set(self.polls.get() + 1);
            let mut waker = self.waker.borrow_mut();
            match &mut *waker {
                Some(waker) => waker.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
            Poll::Pending
        })
    }
}

fn task_group(times: u32, waker: &Waker) -> Polls {
    let sleepers: [Sleeper; CHILDREN] = Default::default();
    let mut group = pin!(TaskGroup::<_, CHILDREN>::new(&SLOTS));
    for sleeper in &sleepers {
        assert!(group.as_mut().add(Sleeper::sleep(sleeper)).is_ok(), "there is room for five");
    }
    wake_one(times, waker, &sleepers, |cx| pin!(group.as_mut().next()).poll(cx).is_pending())
}

fn gathered(times: u32, waker: &Waker) -> Polls {
    let sleepers: [Sleeper; CHILDREN] = Default::default();
    let [a, b, c, d, e] = &sleepers;
    let all = gather([a.sleep(), b.sleep(), c.sleep(), d.sleep(), e.sleep()]);
    let mut all = pin!(all);
    wake_one(times, waker, &sleepers, |cx| all.as_mut().poll(cx).is_pending())
}

fn unordered(times: u32, waker: &Waker) -> Polls {
    let sleepers: [Sleeper; CHILDREN] = Default::default();
    let mut all: FuturesUnordered<_> = sleepers.iter().map(Sleeper::sleep).collect();
    wake_one(times, waker, &sleepers, |cx| all.poll_next_unpin(cx).is_pending())
}

fn joined(times: u32, waker: &Waker) -> Polls {
    let sleepers: [Sleeper; CHILDREN] = Default::default();
    let mut all = pin!(join_all(sleepers.iter().map(Sleeper::sleep)));
    wake_one(times, waker, &sleepers, |cx| all.as_mut().poll(cx).is_pending())
}

fn wake_one(
    times: u32,
    waker: &Waker,
    sleepers: &[Sleeper; CHILDREN],
    mut poll: impl FnMut(&mut Context<'_>) -> bool,
) -> Polls {
    let mut cx = Context::from_waker(black_box(waker));
    assert!(poll(&mut cx), "everybody sleeps");
    for sleeper in sleepers {
        sleeper.polls.set(0);
    }
    for _ in 0..times {
        let child = sleepers[WOKEN].waker.borrow().clone().expect("it was polled");
        let (cx, poll) = (&mut cx, &mut poll);
        counted(move || {
            child.wake();
            poll(cx)
        });
    }
    let all: u32 = sleepers.iter().map(|sleeper| sleeper.polls.get()).sum();
    let woken = sleepers[WOKEN].polls.get();
    Polls { woken, others: all - woken }
}
