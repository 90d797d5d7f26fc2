//! Waiting for all of a fixed set of futures: results, errors, drops and costs.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn, ready};
use std::mem::{ManuallyDrop, size_of_val};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tickwire_sim::{Sim, SimClock, drop_after, impatiently};
use tickwire_sync::{gather, try_gather};
use tickwire_traits::{Clock, Duration, Instant, Ticker, Timer};

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

async fn after<T>(clock: &SimClock, span: u64, value: T) -> T {
    clock.sleep(millis(span)).await;
    value
}

/// A value that counts its live instances.
struct Alive<'a>(&'a Cell<u32>);

impl<'a> Alive<'a> {
    fn new(count: &'a Cell<u32>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[test]
fn results_come_in_the_order_of_the_children_and_not_of_their_ends() {
    let sim = Sim::new();
    let clock = sim.clock();
    let c = &clock;
    assert_eq!(sim.run(gather([30, 10, 20].map(|n| after(c, n, n)))), [30, 10, 20]);
    assert_eq!(clock.now(), Instant::from_millis(30));
    let (a, b) = (after(c, 9, 'a'), after(c, 1, 2_u64));
    assert_eq!(sim.run(gather((a, b))), ('a', 2));
    let three = gather((after(c, 3, 1), after(c, 1, 2), after(c, 2, 3)));
    assert_eq!(sim.run(three), (1, 2, 3));
    let four = gather((ready(1), after(c, 2, 2), ready(3), after(c, 1, 4)));
    assert_eq!(sim.run(four), (1, 2, 3, 4));
    let five = gather((ready(1), ready(2), ready(3), ready(4), after(c, 1, 5)));
    assert_eq!(sim.run(five), (1, 2, 3, 4, 5));
    let six = gather((after(c, 1, 1), ready(2), ready(3), ready(4), ready(5), ready(6)));
    assert_eq!(sim.run(six), (1, 2, 3, 4, 5, 6));
    let r = ready;
    assert_eq!(sim.run(gather((r(1), r(2), r(3), r(4), r(5), r(6), r(7)))), (1, 2, 3, 4, 5, 6, 7));
    let eight = gather((r(1), r(2), r(3), r(4), r(5), r(6), r(7), r(8)));
    assert_eq!(sim.run(eight), (1, 2, 3, 4, 5, 6, 7, 8));
}

#[test]
fn all_values_or_the_first_error_in_tuples_of_each_length() {
    let sim = Sim::new();
    let k = |n: u8| ready(Ok::<_, char>(n));
    let e = |c: char| ready(Err::<u8, _>(c));
    assert_eq!(sim.run(try_gather((k(1), k(2)))), Ok((1, 2)));
    assert_eq!(sim.run(try_gather((k(1), e('x')))), Err('x'));
    assert_eq!(sim.run(try_gather((k(1), k(2), k(3)))), Ok((1, 2, 3)));
    assert_eq!(sim.run(try_gather((k(1), k(2), k(3), e('x')))), Err('x'));
    assert_eq!(sim.run(try_gather((k(1), k(2), k(3), k(4), k(5)))), Ok((1, 2, 3, 4, 5)));
    assert_eq!(sim.run(try_gather((k(1), e('x'), k(3), k(4), k(5), e('y')))), Err('x'));
    let seven = try_gather((k(1), k(2), k(3), k(4), k(5), k(6), k(7)));
    assert_eq!(sim.run(seven), Ok((1, 2, 3, 4, 5, 6, 7)));
    let eight = try_gather((k(1), k(2), k(3), k(4), k(5), k(6), k(7), e('z')));
    assert_eq!(sim.run(eight), Err('z'));
}

#[test]
fn no_children_are_done_at_once() {
    let sim = Sim::new();
    assert_eq!(sim.run(gather([(); 0].map(|()| pending::<u8>()))), []);
    let none = [(); 0].map(|()| pending::<Result<u8, ()>>());
    assert_eq!(sim.run(try_gather(none)), Ok([]));
    assert_eq!(sim.polls(), 2);
}

#[test]
fn the_tutorials_gather_gives_values_and_exceptions_alike() {
    // The tutorial's 3.3.1: one is cancelled, one returns 42, one times out.
    let sim = Sim::new();
    let clock = sim.clock();
    let barking = async {
        clock.sleep(millis(7_000)).await;
        Ok(42)
    };
    let cancelled = async { Err("cancelled") };
    let foo =
        async { clock.timeout(millis(3_000), pending::<u8>()).await.map_err(|_| "timed out") };
    let results = sim.run(gather((cancelled, barking, foo)));
    assert_eq!(results, (Err::<u8, _>("cancelled"), Ok::<_, &str>(42), Err("timed out")));
}

#[test]
fn the_first_error_comes_at_once_and_the_others_are_dropped_with_it() {
    let sim = Sim::new();
    let clock = sim.clock();
    let alive = Cell::new(0);
    let child = async |span: u64, result: Result<u8, u64>| {
        let _alive = Alive::new(&alive);
        clock.sleep(millis(span)).await;
        result
    };
    let array = [(1, Ok(1)), (9, Ok(2)), (5, Err(5)), (7, Err(7))];
    let mut all = pin!(try_gather(array.map(|(span, result)| child(span, result))));
    assert_eq!(sim.run(all.as_mut()), Err(5));
    assert_eq!(alive.get(), 0, "the gather itself is there still");
    assert_eq!(clock.now(), Instant::from_millis(5));

    let mut all = pin!(try_gather((child(9, Ok(1)), child(2, Err(2)), child(3, Err(3)))));
    assert_eq!(sim.run(all.as_mut()), Err(2));
    assert_eq!((alive.get(), clock.now()), (0, Instant::from_millis(7)));
    // Both fail in one poll: the first in order wins.
    assert_eq!(sim.run(try_gather([child(4, Err(1)), child(4, Err(2))])), Err(1));
}

#[test]
fn dropped_at_any_poll_the_children_go_with_it() {
    let alive = Cell::new(0);
    for polls in 1.. {
        let sim = Sim::new();
        let clock = sim.clock();
        let child = async |span: u64| {
            let _alive = Alive::new(&alive);
            clock.sleep(millis(span)).await;
            Ok::<_, ()>(span)
        };
        let array = gather([child(1), child(3), child(2)]);
        let tuple = try_gather((child(4), child(1)));
        let ended = sim.run(drop_after(polls, async { (array.await, tuple.await) }));
        assert_eq!(alive.get(), 0, "after {polls} polls");
        if let Some(ended) = ended {
            assert_eq!(ended, ([Ok(1), Ok(3), Ok(2)], Ok((4, 1))));
            break;
        }
    }
}

#[test]
fn operations_that_keep_their_progress_may_be_gathered_impatiently() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mut one = clock.ticker(millis(10));
    let mut two = clock.ticker(millis(10));
    let both = sim.run(impatiently(async || gather((one.tick(), two.tick())).await));
    assert_eq!((both.0.at, both.1.at), (Instant::from_millis(10), Instant::from_millis(10)));
    let tick = async |ticker: &mut Ticker<'_, SimClock>| Ok::<_, ()>(ticker.tick().await.at);
    let both = impatiently(async || try_gather([tick(&mut one), tick(&mut two)]).await);
    assert_eq!(sim.run(both), Ok([Instant::from_millis(20); 2]));
}

#[test]
fn a_wake_up_polls_every_child_that_has_not_ended() {
    let polls = [0; 3].map(Cell::new);
    let left = Cell::new(100);
    let child = |n: usize| {
        let (polls, left) = (&polls, &left);
        poll_fn(move |cx: &mut Context<'_>| {
            polls[n].set(polls[n].get() + 1);
            match n {
                0 => return Poll::Ready(()),
                1 if left.get() > 0 => {
                    left.set(left.get() - 1);
                    cx.waker().wake_by_ref();
                }
                _ => {}
            }
            if left.get() == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
    };
    Sim::new().run(gather([0, 1, 2].map(child)));
    assert_eq!(polls.map(Cell::into_inner), [1, 100, 100]);
}

#[test]
fn it_is_no_larger_than_its_children() {
    let clock = Sim::new().clock();
    let child = async || {
        let buffer = RefCell::new([0_u8; 1_000]);
        clock.sleep(millis(1)).await;
        Ok::<u8, ()>(buffer.borrow()[0])
    };
    let one = size_of_val(&child());
    let word = size_of::<usize>();
    assert!(size_of_val(&gather([child(), child(), child()])) <= 3 * (one + word));
    assert!(size_of_val(&try_gather([child(), child(), child()])) <= 3 * (one + word));
    assert!(size_of_val(&gather((child(), child(), child()))) <= 3 * (one + word));
    assert!(size_of_val(&try_gather((child(), child(), child()))) <= 3 * (one + word));
}

#[test]
fn a_childs_panic_comes_out_and_the_others_are_dropped_with_the_gather() {
    let alive = Cell::new(0);
    let child = async |panics: bool| {
        let _alive = Alive::new(&alive);
        assert!(!panics, "as planned");
        pending::<()>().await;
    };
    let sim = Sim::new();
    let all = gather([child(false), child(true), child(false)]);
    assert!(catch_unwind(AssertUnwindSafe(|| sim.run(all))).is_err());
    assert_eq!(alive.get(), 0);
    let fallible = async |panics| {
        child(panics).await;
        Ok::<_, ()>(())
    };
    let all = try_gather((fallible(false), fallible(true)));
    assert!(catch_unwind(AssertUnwindSafe(|| sim.run(all))).is_err());
    assert_eq!(alive.get(), 0);
}

#[test]
fn forgotten_it_leaks_its_children_and_nothing_else() {
    let kept = Rc::new(RefCell::new(None::<Waker>));
    let child = |kept: Rc<RefCell<Option<Waker>>>| {
        poll_fn(move |cx: &mut Context<'_>| {
            *kept.borrow_mut() = Some(cx.waker().clone());
            Poll::<()>::Pending
        })
    };
    let mut all = Box::pin(gather([child(kept.clone())]));
    assert!(all.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    // Like `forget`, but recovered later, so that leak detectors find nothing.
    let forgotten = ManuallyDrop::new(all);
    kept.borrow_mut().take().unwrap().wake();
    assert_eq!(Rc::strong_count(&kept), 2);
    drop(ManuallyDrop::into_inner(forgotten));
    assert_eq!(Rc::strong_count(&kept), 1);
}
