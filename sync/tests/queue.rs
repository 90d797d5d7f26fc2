//! Queues: both ends in order, asleep, and no item lost or dropped twice.
#![deny(unsafe_code)]

#[path = "support/forget.rs"]
mod forget;
#[path = "support/hooks.rs"]
#[allow(unsafe_code)] // NUMBERED, ALONE
mod hooks;
#[path = "support/idle.rs"]
mod idle;
#[path = "support/poll.rs"]
mod poll;

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use forget::forget;
use futures_util::future::{Either, join, select};
use futures_util::{StreamExt, pin_mut};
use hooks::{Strict, Touch};
use poll::{poll, poll_by};
use tickwire_sim::{Sim, drop_after, impatiently};
use tickwire_sync::{Full, NoopRawMutex, NothingUnfinished, Queue, RingQueue};
use tickwire_traits::{Duration, Timer};

type Local<T, const N: usize> = Queue<NoopRawMutex, T, N>;
type LocalRing<T, const N: usize> = RingQueue<NoopRawMutex, T, N>;

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_waiter_is_polled_at_the_start_and_when_it_has_an_item() {
    idle::each_is_polled_twice(
        || (Rc::new(Local::<(), 64>::new()), Rc::new(Cell::new(0))),
        |(queue, waiting)| async move {
            waiting.set(waiting.get() + 1);
            queue.pop().await;
        },
        |(queue, waiting)| async move {
            (0..waiting.get()).for_each(|_| queue.try_push(()).unwrap());
        },
    );
    idle::each_is_polled_twice(
        || (Rc::new(LocalRing::<(), 64>::new()), Rc::new(Cell::new(0))),
        |(ring, waiting)| async move {
            waiting.set(waiting.get() + 1);
            ring.pop().await;
        },
        |(ring, waiting)| async move {
            (0..waiting.get()).for_each(|_| assert_eq!(ring.push(()), None));
        },
    );
}

#[test]
fn a_waiter_for_room_or_for_the_end_is_polled_twice() {
    idle::each_is_polled_twice(
        || {
            let queue = Local::<(), 64>::new();
            (0..64).for_each(|_| queue.try_push(()).unwrap());
            (Rc::new(queue), Rc::new(Cell::new(0)))
        },
        |(queue, waiting)| async move {
            waiting.set(waiting.get() + 1);
            queue.push(()).await;
        },
        |(queue, waiting)| async move {
            (0..waiting.get()).for_each(|_| assert_eq!(queue.try_pop(), Some(())));
        },
    );
    idle::each_is_polled_twice(
        || {
            let queue = Local::<(), 1>::new();
            queue.try_push(()).unwrap();
            Rc::new(queue)
        },
        |queue| async move { queue.join().await },
        |queue| async move { queue.task_done().unwrap() },
    );
}

#[test]
fn a_rejected_item_is_returned() {
    let queue = Local::<_, 1>::new();
    assert_eq!(queue.try_push("a"), Ok(()));
    assert_eq!(queue.try_push("b"), Err(Full("b")));
    assert_eq!((queue.len(), queue.is_full(), queue.capacity()), (1, true, 1));
    assert_eq!(queue.task_done(), Ok(()));
    assert_eq!(queue.task_done(), Err(NothingUnfinished));
    assert_eq!((queue.try_pop(), queue.try_pop(), queue.is_empty()), (Some("a"), None, true));
}

#[test]
fn items_that_are_left_are_dropped_once_with_their_queue() {
    let item = Rc::new(());
    let queue = Local::<_, 3>::new();
    (0..3).for_each(|_| queue.try_push(item.clone()).unwrap());
    drop(queue.try_pop());
    let mut waits = Box::pin(queue.reserve());
    assert!(poll(&mut waits).is_ready());
    drop(waits);
    queue.try_push(item.clone()).unwrap();
    let mut unpushed = Box::pin(queue.push(item.clone()));
    assert!(poll(&mut unpushed).is_pending());
    assert_eq!(Rc::strong_count(&item), 5);
    drop(unpushed);
    drop(queue);
    let ring = LocalRing::<_, 2>::new();
    (0..3).for_each(|_| drop(ring.push(item.clone())));
    assert_eq!(Rc::strong_count(&item), 3);
    drop(ring);
    assert_eq!(Rc::strong_count(&item), 1);
}

#[test]
fn a_wait_dropped_at_any_poll_takes_and_leaves_no_item() {
    let check = |polls| {
        let sim = Sim::new();
        let clock = sim.clock();
        let queue = Local::<u32, 1>::new();
        queue.try_push(0).unwrap();
        let push = async {
            let pushed = drop_after(polls, queue.push(1)).await.is_some();
            clock.sleep(MS).await;
            queue.push(2).await;
            pushed
        };
        let pop = async {
            clock.sleep(MS).await;
            let mut all = Vec::new();
            while all.last() != Some(&2) {
                all.extend(drop_after(polls, queue.pop()).await);
                clock.sleep(MS).await;
            }
            all
        };
        let (pushed, all) = sim.run(join(push, pop));
        assert_eq!(all, if pushed { vec![0, 1, 2] } else { vec![0, 2] });
        pushed
    };
    assert!(!check(1) && (2..9).any(check));
}

#[test]
fn a_wait_that_is_dropped_repeatedly_gets_every_item_in_order() {
    let sim = Sim::new();
    let clock = sim.clock();
    let (queue, ring) = (Local::<u32, 1>::new(), LocalRing::<u32, 2>::new());
    let push = async {
        for item in 0..10 {
            // `push` would drop the item with each call; `reserve` does not.
            impatiently(async || queue.reserve().await).await.push(item);
            ring.push(item);
            clock.sleep(MS).await;
        }
        // Or the caller creates the item anew each time.
        for item in 10..20 {
            impatiently(async || queue.push(item).await).await;
        }
        queue.join().await;
    };
    let pop = async {
        for item in 0..10 {
            assert_eq!(impatiently(async || queue.pop().await).await, item);
            assert_eq!(impatiently(async || ring.pop().await).await, item);
            queue.task_done().unwrap();
        }
        for item in 10..20 {
            clock.sleep(MS).await; // The queue is full, and the next push waits.
            assert_eq!(queue.pop().await, item);
            queue.task_done().unwrap();
        }
        impatiently(async || queue.join().await).await;
    };
    sim.run(join(push, pop));
}

#[test]
fn the_loser_of_a_select_leaves_the_item_and_the_room_to_others() {
    let sim = Sim::new();
    let clock = sim.clock();
    let queue = Local::<u32, 1>::new();
    sim.run(async {
        // Both the item and the room are available: one is taken.
        let other = Local::<u32, 1>::new();
        queue.try_push(1).unwrap();
        other.try_push(2).unwrap();
        assert!(
            matches!(select(pin!(queue.pop()), pin!(other.pop())).await, Either::Left((1, _)),)
        );
        assert_eq!((queue.try_pop(), other.len()), (None, 1));
        // A dropped wait blocks no other, neither for room nor for an item.
        assert!(matches!(
            select(pin!(other.push(3)), pin!(clock.sleep(MS))).await,
            Either::Right(_),
        ));
        assert_eq!((other.try_pop(), other.try_push(4)), (Some(2), Ok(())));
        assert!(
            matches!(select(pin!(queue.pop()), pin!(clock.sleep(MS))).await, Either::Right(_),)
        );
        assert_eq!((queue.try_push(5), queue.try_pop()), (Ok(()), Some(5)));
    });
}

#[test]
fn a_waker_may_use_the_queue_whenever_it_is_touched() {
    let queue = Rc::new(Queue::<Strict, u32, 2>::new());
    let ring = Rc::new(RingQueue::<Strict, u32, 2>::new());
    let touches = Rc::new(RefCell::new(Vec::new()));
    let waker = hooks::waker({
        let (queue, ring, touches) = (queue.clone(), ring.clone(), touches.clone());
        move |touch| {
            touches.borrow_mut().push(touch);
            let _ = (poll(&mut Box::pin(queue.join())), queue.len(), ring.len());
            if touch == Touch::Woken {
                let _ = (queue.try_push(7), ring.push(7));
            }
        }
    });
    let (mut one, mut two) = (Box::pin(queue.pop()), Box::pin(queue.pop()));
    let mut three = Box::pin(ring.pop());
    assert!(poll_by(&mut one, &waker).is_pending() && poll(&mut one).is_pending());
    assert!(poll_by(&mut one, &waker).is_pending() && poll(&mut two).is_pending());
    assert!(poll_by(&mut three, &waker).is_pending());
    queue.try_push(1).unwrap(); // Its waker pushes for the other.
    ring.push(2);
    assert_eq!([poll(&mut one), poll(&mut two)], [Poll::Ready(1), Poll::Ready(7)]);
    assert!(poll(&mut three).is_ready());
    use Touch::{Cloned, Dropped, Woken};
    let expected = [Cloned, Dropped, Cloned, Cloned, Woken, Woken, Dropped, Dropped];
    assert_eq!(*touches.borrow(), expected);
}

#[test]
fn an_item_may_use_its_queue_when_it_is_dropped() {
    struct Item(Rc<RingQueue<Strict, u32, 1>>);

    impl Drop for Item {
        fn drop(&mut self) {
            self.0.push(1);
        }
    }

    let counted = Rc::new(RingQueue::new());
    let ring = RingQueue::<Strict, Item, 1>::new();
    drop((ring.push(Item(counted.clone())), ring.push(Item(counted.clone()))));
    let queue = Queue::<Strict, Item, 1>::new();
    let _ = (queue.try_push(Item(counted.clone())), queue.try_push(Item(counted.clone())));
    drop((ring, queue));
    assert_eq!(counted.overwritten(), 3);
}

#[test]
fn a_leaked_consumer_keeps_one_item() {
    let queue = Local::<_, 2>::new();
    let (mut forgotten, mut waits) = (Box::pin(queue.pop()), Box::pin(queue.pop()));
    assert!(poll(&mut forgotten).is_pending() && poll(&mut waits).is_pending());
    forget(forgotten);
    queue.try_push(Box::new(1)).unwrap();
    assert!(poll(&mut waits).is_pending());
    queue.try_push(Box::new(2)).unwrap();
    assert_eq!(poll(&mut waits), Poll::Ready(Box::new(1)));
}

#[test]
fn a_stream_yields_the_items_as_they_come() {
    let sim = Sim::new();
    let (queue, ring) = (Local::<u32, 1>::new(), LocalRing::<u32, 1>::new());
    let (items, newest) = (queue.stream(), ring.stream());
    pin_mut!(items, newest);
    let push = async {
        for item in 0..3 {
            queue.push(item).await;
        }
        ring.push(1);
        ring.push(2)
    };
    let read = async { items.by_ref().take(3).collect::<Vec<_>>().await };
    assert_eq!(sim.run(join(push, read)), (Some(1), vec![0, 1, 2]));
    assert_eq!(sim.run(newest.next()), Some(2));
}
