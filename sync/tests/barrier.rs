//! The barrier: who counts in which round.
#![forbid(unsafe_code)]

#[path = "support/poll.rs"]
mod poll;

use std::cell::RefCell;
use std::task::Poll;

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
fn the_last_one_does_what_it_has_to_before_the_others_go_on() {
    let barrier = Local::new(2);
    let mut waits = Box::pin(barrier.wait());
    assert!(poll(&mut waits).is_pending());
    let mut last = Box::pin(barrier.wait_with(|| poll(&mut waits).is_pending()));
    assert_eq!(poll(&mut last), Poll::Ready(Some(true)));
    drop(last);
    assert!(poll(&mut waits).is_ready());
}

#[test]
fn nobody_goes_on_before_the_last_one_of_its_round_is_done_also_when_the_next_round_is() {
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
fn who_leaves_when_all_have_come_is_not_missed_in_the_next_round() {
    let barrier = Local::new(2);
    let leaves = RefCell::new(Some(Box::pin(barrier.wait())));
    let mut next = Box::pin(barrier.wait());
    assert!(poll(leaves.borrow_mut().as_mut().unwrap()).is_pending());
    let mut last = Box::pin(barrier.wait_with(|| {
        // Comes for the next round, and waits for that.
        assert!(poll(&mut next).is_pending() && poll(&mut next).is_pending());
        drop(leaves.take());
        barrier.arrived()
    }));
    assert_eq!(poll(&mut last), Poll::Ready(Some(1)));
    drop(last);
    assert!(poll(&mut next).is_pending());
    assert!(barrier.trigger() && poll(&mut next).is_ready());
}

#[test]
#[cfg_attr(miri, ignore = "it counts for long, and there is nothing else to see")]
fn after_as_many_rounds_as_can_be_counted_all_is_as_before() {
    let barrier = Local::new(2);
    for _ in 0..2 * u32::from(u16::MAX) {
        assert!(!barrier.trigger() && barrier.trigger());
    }
    let mut waits = Box::pin(barrier.wait());
    assert!(poll(&mut waits).is_pending());
    assert!(barrier.trigger() && poll(&mut waits).is_ready());
}
