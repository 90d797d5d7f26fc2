//! One entry per waker, the earliest deadline, and order among equals.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{RawWaker, RawWakerVTable, Wake, Waker};

use tickwire_traits::Instant;
use tickwire_wake_queue::WakeQueue;

type Log = Arc<Mutex<Vec<usize>>>;

struct Numbered(usize, Log);

impl Wake for Numbered {
    fn wake(self: Arc<Self>) {
        self.1.lock().unwrap().push(self.0);
    }
}

fn wakers(count: usize) -> (Vec<Waker>, Log) {
    let log = Log::default();
    let wakers = (0..count).map(|n| Waker::from(Arc::new(Numbered(n, log.clone())))).collect();
    (wakers, log)
}

fn fire(queue: &mut WakeQueue, now: u64) {
    while let Some(waker) = queue.pop(Instant::from_micros(now)) {
        waker.wake();
    }
}

#[test]
fn wakers_come_out_by_deadline_and_equals_in_the_order_of_asking() {
    let (wakers, log) = wakers(4);
    let mut queue = WakeQueue::new();
    for (n, at) in [(2, 20), (0, 10), (3, 10), (1, 30)] {
        queue.schedule(Instant::from_micros(at), &wakers[n]);
    }
    fire(&mut queue, 9);
    assert_eq!(*log.lock().unwrap(), []);
    fire(&mut queue, 20);
    assert_eq!(*log.lock().unwrap(), [0, 3, 2]);
    assert_eq!(queue.next_deadline(), Some(Instant::from_micros(30)));
}

#[test]
fn a_waker_has_one_entry_with_its_earliest_deadline() {
    let (wakers, log) = wakers(1);
    let mut queue = WakeQueue::new();
    for at in (1..=100_000).rev() {
        queue.schedule(Instant::from_micros(at), &wakers[0].clone());
        queue.schedule(Instant::from_micros(at + 50), &wakers[0]);
    }
    assert_eq!((queue.len(), queue.next_deadline()), (1, Some(Instant::from_micros(1))));
    fire(&mut queue, u64::MAX);
    assert_eq!(*log.lock().unwrap(), [0]);
    assert!(queue.is_empty());
}

#[test]
fn what_is_retained_comes_out_in_order_and_the_rest_is_returned() {
    let (wakers, log) = wakers(200);
    let mut queue = WakeQueue::new();
    for (n, waker) in wakers.iter().enumerate() {
        queue.schedule(Instant::from_micros(10 + n as u64 / 50), waker);
    }
    let is_third =
        |waker: &Waker| wakers.iter().position(|it| it.will_wake(waker)).unwrap() % 3 == 0;
    for others in [133, 0] {
        assert_eq!(queue.retain(is_third).len(), others);
        assert_eq!(queue.len(), 67);
    }
    // A free slot is reused.
    queue.schedule(Instant::from_micros(1), &wakers[1]);
    fire(&mut queue, 20);
    let expected: Vec<_> = [1].into_iter().chain((0..200).step_by(3)).collect();
    assert_eq!(*log.lock().unwrap(), expected);
    assert!(queue.is_empty());
}

#[test]
fn a_waker_that_was_popped_may_ask_again() {
    let (wakers, log) = wakers(1);
    let mut queue = WakeQueue::new();
    for now in 1..=3 {
        queue.schedule(Instant::from_micros(now), &wakers[0]);
        fire(&mut queue, now);
    }
    assert_eq!(*log.lock().unwrap(), [0, 0, 0]);
}

/// A foreign waker whose pointers differ from those of its clones. Its number is 0; the
/// table's `clone` numbers the clones.
fn foreign(vtable: &'static RawWakerVTable) -> Waker {
    // SAFETY: The data is a number that is never dereferenced. All functions of these
    // tables ignore it, so the contract of `RawWaker` holds for any value and thread.
    unsafe { Waker::from_raw(RawWaker::new(std::ptr::null(), vtable)) }
}

fn raw(number: usize, vtable: &'static RawWakerVTable) -> RawWaker {
    RawWaker::new(std::ptr::without_provenance(number), vtable)
}

/// Schedules deadlines of 30, 10 and 20 µs; asserts which numbers are returned, and when.
#[track_caller]
fn check(waker: &Waker, expected: &[(u64, usize)]) {
    let mut queue = WakeQueue::new();
    for at in [30, 10, 20] {
        queue.schedule(Instant::from_micros(at), waker);
    }
    let mut popped = Vec::new();
    for now in 0..=30 {
        while let Some(waker) = queue.pop(Instant::from_micros(now)) {
            popped.push((now, waker.data().addr()));
        }
    }
    assert_eq!(popped, expected);
    assert!(queue.is_empty() && queue.next_deadline().is_none());
}

#[test]
fn a_waker_whose_clones_all_differ_is_woken_each_time_it_asked_for() {
    static CLONES: AtomicUsize = AtomicUsize::new(1);
    static VTABLE: RawWakerVTable = RawWakerVTable::new(
        |_| raw(CLONES.fetch_add(1, Ordering::Relaxed), &VTABLE),
        |_| {},
        |_| {},
        |_| {},
    );
    // The clones are numbered in the order of the requests.
    check(&foreign(&VTABLE), &[(10, 2), (20, 3), (30, 1)]);
}

#[test]
fn a_waker_whose_clones_are_one_another_is_woken_once_at_its_earliest() {
    static VTABLE: RawWakerVTable =
        RawWakerVTable::new(|_| raw(1, &VTABLE), |_| {}, |_| {}, |_| {});
    check(&foreign(&VTABLE), &[(10, 1)]);
}

#[test]
fn a_deadline_that_never_comes_is_not_queued() {
    let (wakers, _) = wakers(1);
    let mut queue = WakeQueue::new();
    queue.schedule(Instant::MAX, &wakers[0]);
    assert!(queue.is_empty());
    queue.schedule(Instant::from_micros(5), &wakers[0]);
    queue.schedule(Instant::MAX, &wakers[0]);
    assert_eq!((queue.len(), queue.next_deadline()), (1, Some(Instant::from_micros(5))));
}

#[test]
fn a_million_deadlines_that_were_moved_or_forgotten_leave_nothing_behind() {
    let (wakers, _) = wakers(2);
    let mut queue = WakeQueue::new();
    queue.schedule(Instant::from_micros(1), &wakers[1]);
    for _ in 0..100_000 {
        for at in (2..12).rev() {
            queue.schedule(Instant::from_micros(at), &wakers[0]);
        }
        drop(queue.forget(&wakers[0]).unwrap());
    }
    // Stale entries are bounded: the debug output includes all of them.
    assert!(format!("{queue:?}").len() < 20_000);
}

#[test]
fn it_agrees_with_a_list_that_is_searched() {
    // A small deterministic generator, without a dependency.
    let mut state = 12_345_u32;
    let mut random = |bound: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % bound
    };
    let (wakers, log) = wakers(8);
    let mut queue = WakeQueue::new();
    let mut model: Vec<(u64, usize)> = Vec::new();
    for _ in 0..20_000 {
        let (n, at) = (random(8) as usize, u64::from(random(50)));
        if random(8) == 0 {
            let known = model.iter().position(|(_, known)| *known == n);
            known.map(|entry| model.remove(entry));
            assert_eq!(queue.forget(&wakers[n]).is_some(), known.is_some());
        } else if random(3) > 0 {
            if random(2) == 0 {
                queue.schedule(Instant::from_micros(at), &wakers[n]);
            } else {
                drop(queue.insert(Instant::from_micros(at), wakers[n].clone()));
            }
            let known = model.iter().position(|(_, known)| *known == n);
            match known {
                Some(entry) if model[entry].0 <= at => {}
                Some(entry) => {
                    model.remove(entry);
                    model.push((at, n));
                }
                None => model.push((at, n)),
            }
        } else {
            fire(&mut queue, at);
            let mut due: Vec<_> = model.iter().filter(|(when, _)| *when <= at).copied().collect();
            due.sort_by_key(|(when, _)| *when);
            model.retain(|(when, _)| *when > at);
            let expected: Vec<_> = due.into_iter().map(|(_, n)| n).collect();
            assert_eq!(std::mem::take(&mut *log.lock().unwrap()), expected);
        }
        assert_eq!(queue.len(), model.len());
        let next = model.iter().map(|(at, _)| *at).min().map(Instant::from_micros);
        assert_eq!(queue.next_deadline(), next);
    }
}
