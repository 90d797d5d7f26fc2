//! The barrier: which tasks count in which round.
#![forbid(unsafe_code)]

#[path = "support/poll.rs"]
mod poll;

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use poll::poll;
use tickwire_sync::{Barrier, NoopRawMutex};

type Local = Barrier<NoopRawMutex>;

#[test]
fn each_round_has_one_leader_and_begins_anew() {
    let barrier = Local::new(3);
    for _ in 0..3 {
        let mut waiting = [(); 3].map(|()| Box::pin(barrier.wait()));
        let [one, two, three] = &mut waiting;
        assert!(poll(one).is_pending() && poll(two).is_pending());
        assert_eq!(barrier.arrived(), 2);
        assert!(poll(one).is_pending(), "polled twice it has come once");
        assert_eq!(poll(three).map(|result| result.is_leader()), Poll::Ready(true));
        for waiting in [one, two] {
            assert_eq!(poll(waiting).map(|result| result.is_leader()), Poll::Ready(false));
        }
        assert_eq!(barrier.arrived(), 0);
    }
}

#[test]
fn the_last_one_runs_its_closure_before_the_others_continue() {
    let barrier = Local::new(2);
    let mut waits = Box::pin(barrier.wait());
    assert!(poll(&mut waits).is_pending());
    let mut last = Box::pin(barrier.wait_with(|| poll(&mut waits).is_pending()));
    assert_eq!(poll(&mut last), Poll::Ready(Some(true)));
    drop(last);
    assert!(poll(&mut waits).is_ready());
}

#[test]
fn waiters_continue_after_the_closure_of_their_round_even_if_the_next_round_is_done() {
    let barrier = Local::new(2);
    let (mut waits, mut next) = (Box::pin(barrier.wait()), Box::pin(barrier.wait()));
    assert!(poll(&mut waits).is_pending());
    let mut last = Box::pin(barrier.wait_with(|| {
        assert!(poll(&mut next).is_pending());
        assert_eq!(poll(&mut Box::pin(barrier.wait_with(|| 7))), Poll::Ready(Some(7)));
        assert!(!barrier.trigger() && barrier.trigger());
        poll(&mut waits).is_pending()
    }));
    assert_eq!(poll(&mut last), Poll::Ready(Some(true)));
    drop(last);
    assert!(poll(&mut waits).is_ready() && poll(&mut next).is_ready());
    assert_eq!(barrier.arrived(), 0);
}

#[test]
fn a_drop_after_all_have_arrived_does_not_change_the_next_round() {
    let barrier = Local::new(2);
    let leaves = RefCell::new(Some(Box::pin(barrier.wait())));
    let mut next = Box::pin(barrier.wait());
    assert!(poll(leaves.borrow_mut().as_mut().unwrap()).is_pending());
    let mut last = Box::pin(barrier.wait_with(|| {
        // Arrives for the next round, and waits for that one.
        assert!(poll(&mut next).is_pending() && poll(&mut next).is_pending());
        drop(leaves.take());
        barrier.arrived()
    }));
    assert_eq!(poll(&mut last), Poll::Ready(Some(1)));
    drop(last);
    assert!(poll(&mut next).is_pending());
    assert!(barrier.trigger() && poll(&mut next).is_ready());
}

/// Completes `rounds` rounds while the first round's closure runs, each with a waiter if
/// `waiting`.
#[track_caller]
fn check_rounds(rounds: usize, waiting: bool) {
    let barrier = Local::new(2);
    let (mut first, mut next) = (Box::pin(barrier.wait()), Box::pin(barrier.wait()));
    let mut later: Vec<_> = (0..rounds).map(|_| Box::pin(barrier.wait())).collect();
    assert!(poll(&mut first).is_pending());
    let mut last = Box::pin(barrier.wait_with(|| {
        let mut leaves = Box::pin(barrier.wait());
        assert!(poll(&mut leaves).is_pending() && barrier.trigger());
        for waits in &mut later {
            assert!(if waiting { poll(waits).is_pending() } else { !barrier.trigger() });
            assert!(barrier.trigger());
        }
        assert!(poll(&mut next).is_pending() && poll(&mut first).is_pending());
        drop(leaves);
        barrier.arrived()
    }));
    assert_eq!(poll(&mut last), Poll::Ready(Some(1)), "the next round's, after {rounds} rounds");
    drop(last);
    let all_go = !waiting || later.iter_mut().all(|waits| poll(waits).is_ready());
    assert!(all_go && poll(&mut first).is_ready(), "after {rounds} rounds");
    assert!(poll(&mut next).is_pending(), "after {rounds} rounds");
    assert!(barrier.trigger() && poll(&mut next).is_ready());
}

#[test]
fn waiters_keep_their_round_however_many_are_complete_before_the_first_closure_returns() {
    // The rounds between two with equal numbers, if the numbers had 8 or 16 bits.
    let rounds = [0, 1, 254, 255, 256, 65_533, 65_534, 65_535, 65_536, 2 * 65_535];
    let for_miri = |rounds: &usize| !cfg!(miri) || *rounds < 2;
    for rounds in rounds.into_iter().filter(for_miri) {
        check_rounds(rounds, false);
        check_rounds(rounds, true);
    }
}

#[test]
#[cfg_attr(miri, ignore = "an interpreter takes minutes for it")]
fn no_waiter_continues_while_any_closure_runs() {
    const CLOSURES: usize = 65_536;
    const STACK: usize = CLOSURES * 8_192; // Reserved, and committed only as needed.

    /// Runs closures within closures; the innermost one calls `look`.
    fn nest(barrier: &Local, closures: usize, look: &dyn Fn()) {
        if closures == 0 {
            return look();
        }
        barrier.trigger();
        let mut last = pin!(barrier.wait_with(|| nest(barrier, closures - 1, look)));
        let polled = last.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_ready());
    }

    let nested = || {
        let barrier = Local::new(2);
        let waits = RefCell::new(Box::pin(barrier.wait()));
        let look = || {
            assert!(poll(&mut waits.borrow_mut()).is_pending(), "it comes");
            assert!(barrier.trigger());
            assert!(poll(&mut waits.borrow_mut()).is_pending(), "closures run");
        };
        nest(&barrier, CLOSURES, &look);
        assert!(poll(&mut waits.borrow_mut()).is_ready());
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(nested);
    thread.unwrap().join().unwrap();
}
