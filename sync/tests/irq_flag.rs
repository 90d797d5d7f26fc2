//! Readiness from interrupts.
#![deny(unsafe_code)]

#[path = "support/hooks.rs"]
#[allow(unsafe_code)] // NUMBERED, ALONE
mod hooks;

use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Waker};

use hooks::{Strict, Touch};
use tickwire_sync::{IrqFlag, NoopRawMutex};
use tickwire_traits::{Interest, Readiness};

type Flag = IrqFlag<NoopRawMutex>;

fn poll(ready: &mut impl Readiness, waker: &Waker) -> bool {
    ready.poll_ready(Interest::Read, &mut Context::from_waker(waker)).is_ready()
}

/// Returns a waker, and the count of its wakes.
fn counted() -> (Waker, Rc<Cell<u32>>) {
    let wakes = Rc::new(Cell::new(0));
    let count = wakes.clone();
    let waker = hooks::waker(move |touch| {
        count.set(count.get() + u32::from(touch == Touch::Woken));
    });
    (waker, wakes)
}

#[test]
fn a_flag_lets_through_once_for_each_setting() {
    let flag = Flag::new();
    let mut ready = flag.claim().unwrap();
    assert!(!poll(&mut ready, Waker::noop()));
    flag.set();
    assert!(flag.is_set() && poll(&mut ready, Waker::noop()));
    assert!(!flag.is_set() && !poll(&mut ready, Waker::noop()));
    flag.set();
    assert!(flag.clear() && !flag.clear());
    assert!(!poll(&mut ready, Waker::noop()));
}

#[test]
fn a_storm_between_two_polls_wakes_once() {
    let flag = Flag::new();
    let mut ready = flag.claim().unwrap();
    let (waker, wakes) = counted();
    assert!(!poll(&mut ready, &waker));
    for _ in 0..10_000 {
        flag.set();
    }
    assert_eq!(wakes.get(), 1);
    assert!(poll(&mut ready, &waker) && !poll(&mut ready, &waker));
}

/// A poll runs foreign code where it clones the waker, and where it drops the old one.
#[test]
fn a_setting_during_a_poll_is_not_lost() {
    for during in [Touch::Cloned, Touch::Dropped] {
        let flag = Rc::new(Flag::new());
        let mut ready = flag.claim().unwrap();
        let (waker, wakes) = counted();
        let interrupt = flag.clone();
        let old = hooks::waker(move |touch| {
            if touch == during {
                interrupt.set();
            }
        });
        let is_ready = poll(&mut ready, &old) || poll(&mut ready, &waker);
        assert!(is_ready || wakes.get() == 1 && poll(&mut ready, &waker), "{during:?}");
    }
}

#[test]
fn the_last_waker_is_woken() {
    let flag = Flag::new();
    let mut ready = flag.claim().unwrap();
    let ((first, woken_first), (last, woken_last)) = (counted(), counted());
    assert!(!poll(&mut ready, &first));
    for _ in 0..3 {
        assert!(!poll(&mut ready, &last));
    }
    flag.set();
    assert_eq!((woken_first.get(), woken_last.get()), (0, 1));
}

#[test]
fn there_is_one_claim_and_it_leaves_no_waker() {
    let flag = Flag::new();
    let mut ready = flag.claim().unwrap();
    assert!(flag.claim().is_none());
    let (waker, wakes) = counted();
    assert!(!poll(&mut ready, &waker));
    drop(ready);
    flag.set();
    assert_eq!(wakes.get(), 0);
    // The next owner finds the unused setting.
    assert!(poll(&mut flag.claim().unwrap(), Waker::noop()));
}

/// The lock panics if it is taken again from inside.
#[test]
fn a_flag_touches_no_waker_under_its_lock() {
    let flag = Rc::new(IrqFlag::<Strict>::new());
    let mut ready = flag.claim().unwrap();
    let touches = Rc::new(Cell::new(0));
    let [one, two] = [(); 2].map(|()| {
        let (flag, touches) = (flag.clone(), touches.clone());
        hooks::waker(move |_| {
            touches.set(touches.get() + 1);
            let _ = flag.is_set();
        })
    });
    assert!(!poll(&mut ready, &one) && !poll(&mut ready, &two));
    flag.set();
    assert!(poll(&mut ready, &one) && !poll(&mut ready, &one));
    drop(ready);
    // Cloned four times; dropped by the second, the third and the claim; woken once.
    assert!(touches.get() >= 8, "{} touches", touches.get());
}
