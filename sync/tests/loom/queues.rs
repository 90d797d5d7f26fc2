//! Values granted to waiters: queues.

use std::sync::Arc;

use loom::future::block_on;
use tickwire_sync::{Queue, RingQueue};

use crate::section::Section;
use crate::{every_order, spawn, wakes};

#[test]
fn an_item_is_there_before_a_task_is_woken_for_it() {
    type Small = Queue<Section, u32, 1>;

    wakes(
        Small::new,
        |queue| Box::pin(async { assert_eq!(queue.pop().await, 1) }),
        |queue| queue.try_push(1).unwrap(),
    );
    // The same for room.
    wakes(
        || {
            let full = Small::new();
            full.try_push(1).unwrap();
            full
        },
        |queue| Box::pin(queue.push(1)),
        |queue| assert_eq!(queue.try_pop(), Some(1)),
    );
    every_order(|| {
        let queue = Arc::new(Small::new());
        let sends = spawn(&queue, |queue| {
            block_on(queue.push(1));
            block_on(queue.push(2));
        });
        assert_eq!([block_on(queue.pop()), block_on(queue.pop())], [1, 2]);
        sends.join().unwrap();
    });
}

#[test]
fn a_queue_is_joined_when_the_last_item_is_done_with() {
    wakes(
        || {
            let queue = Queue::<Section, (), 1>::new();
            queue.try_push(()).unwrap();
            queue
        },
        |queue| Box::pin(queue.join()),
        |queue| {
            let _ = queue.task_done();
        },
    );
}

#[test]
fn a_newest_item_is_there_before_a_task_is_woken_for_it() {
    type Newest = RingQueue<Section, u32, 1>;

    wakes(
        Newest::new,
        |queue| Box::pin(async { assert_eq!(queue.pop().await, 1) }),
        |queue| {
            queue.push(1);
        },
    );
    // The item is overwritten after a task was woken for it.
    every_order(|| {
        let queue = Arc::new(Newest::new());
        let push = spawn(&queue, |queue| (queue.push(1), queue.push(2)));
        let popped = block_on(queue.pop());
        let (before_first, before_second) = push.join().unwrap();
        assert_eq!(before_first, None);
        match popped {
            1 => assert_eq!((before_second, queue.try_pop()), (None, Some(2))),
            _ => assert_eq!((popped, before_second, queue.try_pop()), (2, Some(1), None)),
        }
    });
}
