//! Sleeping children of a group, whose wakers are not the run loop's.

mod patience;

use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time;

use futures_lite::future::{block_on, poll_once, yield_now};
use patience::within_two_minutes;
use tickwire_exec_std::{StdClock, StdSpawner, run};
use tickwire_sync::{HeapSlots, TaskGroup, WakeSlots, gather};
use tickwire_traits::{Clock, Duration, Spawn, Timer};

const CLOCK: StdClock = StdClock::new();

/// Sleeps, and returns its own length in milliseconds.
async fn nap(millis: u64) -> u64 {
    let start = CLOCK.now();
    CLOCK.sleep(Duration::from_millis(millis)).await;
    assert!(CLOCK.now() - start >= Duration::from_millis(millis), "it was short");
    millis
}

/// Each child ends, and none is early.
#[test]
fn children_that_sleep_end_each_by_its_own_deadline() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let ended = within_two_minutes(|| {
        run(async |_| {
            let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
            for millis in [60, 20, 40] {
                group.as_mut().add(nap(millis)).unwrap();
            }
            let mut ended = Vec::new();
            while let Some((_, millis)) = group.as_mut().next().await {
                ended.push(millis);
            }
            ended.sort_unstable();
            ended
        })
    });
    assert_eq!(ended, Some(vec![20, 40, 60]));
    assert_eq!(SLOTS.free(), 3);
}

#[test]
fn a_thousand_children_sleep_one_after_another_with_slots_on_the_heap() {
    let ended = within_two_minutes(|| {
        run(async |_| {
            let mut group = pin!(TaskGroup::<_, 100, _>::with_home(HeapSlots));
            let mut ended = 0;
            for n in 0..1_000 {
                if group.len() == group.capacity() {
                    group.as_mut().next().await.unwrap();
                    ended += 1;
                }
                group.as_mut().add(nap(n % 7)).unwrap();
            }
            while group.as_mut().next().await.is_some() {
                ended += 1;
            }
            ended
        })
    });
    assert_eq!(ended, Some(1_000));
}

#[test]
fn gathered_children_sleep_as_their_parent_does() {
    let all = within_two_minutes(|| run(async |_| gather((nap(3), nap(1), nap(2))).await));
    assert_eq!(all, Some((3, 1, 2)));
}

/// Prints figures and judges nothing: `cargo test --release -- --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn what_a_sleep_of_a_child_costs() {
    static SLOTS: WakeSlots<1> = WakeSlots::new();
    let overshoot = |start: time::Instant| start.elapsed().as_micros() - 1_000;
    let median = |mut micros: Vec<u128>| {
        micros.sort_unstable();
        (micros[micros.len() / 2], micros[micros.len() * 99 / 100])
    };
    run(async |_| {
        let (mut direct, mut child) = (Vec::new(), Vec::new());
        let mut group = pin!(TaskGroup::<_, 1>::new(&SLOTS));
        for _ in 0..1_000 {
            let start = time::Instant::now();
            CLOCK.sleep(Duration::from_millis(1)).await;
            direct.push(overshoot(start));
            let start = time::Instant::now();
            group.as_mut().add(CLOCK.sleep(Duration::from_millis(1))).unwrap();
            group.as_mut().next().await;
            child.push(overshoot(start));
        }
        println!(
            "over 1 ms, median and 99 %, in us: direct {:?}, child of a group {:?}",
            median(direct),
            median(child)
        );
    });
}

#[test]
fn a_group_that_its_task_and_another_executor_poll_in_turn_sleeps_under_both() {
    let ended = within_two_minutes(|| {
        run(async |_| {
            let naps = async || nap(2).await + nap(2).await + nap(2).await;
            let inner = async || {
                let mut inner = pin!(TaskGroup::<_, 1, _>::with_home(HeapSlots));
                inner.as_mut().add(naps()).unwrap();
                inner.as_mut().next().await.unwrap().1
            };
            let mut outer = pin!(TaskGroup::<_, 1, _>::with_home(HeapSlots));
            outer.as_mut().add(inner()).unwrap();
            // Only the outer group gets another parent.
            assert!(poll_once(outer.as_mut().next()).await.is_none());
            block_on(outer.as_mut().next()).unwrap().1
        })
    });
    assert_eq!(ended, Some(6));
}

type Moved = Pin<Box<TaskGroup<Pin<Box<dyn Future<Output = u64>>>, 2, HeapSlots>>>;

/// Returns a group that waits for `child` in the caller's task. It no longer holds that
/// task's waker, because its other child was woken.
async fn left_behind(child: impl Future<Output = u64> + 'static) -> Moved {
    let waker: Rc<RefCell<Option<Waker>>> = Rc::default();
    let kept = waker.clone();
    let other = poll_fn(move |cx| {
        *kept.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    });
    let mut group: Moved = Box::pin(TaskGroup::with_home(HeapSlots));
    assert!(group.as_mut().add(Box::pin(child)).is_ok());
    assert!(group.as_mut().add(Box::pin(other)).is_ok());
    assert!(poll_once(group.as_mut().next()).await.is_none());
    waker.take().unwrap().wake();
    group
}

/// Identifies the task that awaits it.
async fn address() -> usize {
    poll_fn(|cx| Poll::Ready(cx.waker().data() as usize)).await
}

/// Awaits `group` in `main` or in a new task, whichever has a waker with the address of a
/// former one. Returns the result of a child; none if the allocator reuses no such
/// address.
async fn next_at(former: usize, mut group: Moved, spawner: StdSpawner) -> Option<u64> {
    let next = async move { group.as_mut().next().await.unwrap().1 };
    if address().await == former {
        return Some(next.await);
    }
    let next = Rc::new(RefCell::new(Some(next)));
    let output = Rc::new(RefCell::new(None));
    let mut others = Vec::new();
    for _ in 0..1_000 {
        let (taken, result) = (next.clone(), output.clone());
        let task = spawner.spawn(async move {
            if address().await == former {
                let next = taken.borrow_mut().take().unwrap();
                *result.borrow_mut() = Some(next.await);
            } else {
                // Keeps its address in use.
                pending().await
            }
        });
        let task = task.unwrap();
        yield_now().await;
        if next.borrow().is_none() {
            task.await;
            return output.take();
        }
        others.push(task);
    }
    None
}

#[test]
fn a_group_that_is_moved_out_of_a_task_which_ends_sleeps_in_the_next_one() {
    let ended = within_two_minutes(|| {
        run(async |spawner| {
            let moved = Rc::new(RefCell::new(None));
            let kept = moved.clone();
            let first = async move {
                *kept.borrow_mut() = Some((address().await, left_behind(nap(5)).await));
            };
            spawner.spawn(first).unwrap().await;
            let (former, group) = moved.take().unwrap();
            next_at(former, group, spawner).await
        })
    });
    assert_eq!(ended, Some(Some(5)));
}

/// Moves a group that waits for `child` from a run to the next one, and calls `between`.
#[cfg(target_os = "linux")]
#[track_caller]
fn check_moved<F: Future<Output = u64> + 'static>(
    child: impl FnOnce() -> F + Send + 'static,
    between: impl FnOnce() + Send + 'static,
) {
    let ended = within_two_minutes(|| {
        let (former, group) = run(async |_| (address().await, left_behind(child()).await));
        between();
        run(async |spawner| next_at(former, group, spawner).await)
    });
    assert_eq!(ended, Some(Some(1)));
}

#[cfg(target_os = "linux")]
#[test]
fn a_group_that_is_moved_out_of_a_run_which_ends_reads_and_sleeps_in_the_next_one() {
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;

    use embedded_io_async::Read;
    use tickwire_exec_std::Fd;

    check_moved(|| nap(1), || ());
    let (mut far, near) = UnixStream::pair().unwrap();
    let read = async move || {
        let mut near = Fd::new(near).unwrap();
        near.read(&mut [0; 4]).await.unwrap() as u64
    };
    check_moved(read, move || far.write_all(b"1").unwrap());
}
