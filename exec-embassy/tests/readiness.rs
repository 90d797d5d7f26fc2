//! Readiness from interrupts, and without any.

mod hooks;
mod host;

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;

use hooks::{Hook, Touch, assert_unlocked};
use host::{run, run_counted};
use tickwire_exec_embassy::{EmbassyClock, IrqFlag, PollEachPass};
use tickwire_traits::{Duration, Elapsed, Interest, Readiness, ReadinessExt, Timer};

const CLOCK: EmbassyClock = EmbassyClock;

fn poll(ready: &mut impl Readiness, waker: &Waker) -> bool {
    ready.poll_ready(Interest::Read, &mut Context::from_waker(waker)).is_ready()
}

#[test]
fn a_flag_lets_through_once_for_each_setting() {
    let flag = IrqFlag::new();
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
    static WAKES: AtomicU32 = AtomicU32::new(0);
    static COUNT: Hook = |touch| {
        WAKES.fetch_add((touch == Touch::Woken).into(), Ordering::Relaxed);
    };
    let flag = IrqFlag::new();
    let mut ready = flag.claim().unwrap();
    let waker = hooks::waker(&COUNT);
    assert!(!poll(&mut ready, &waker));
    for _ in 0..10_000 {
        flag.set();
    }
    assert_eq!(WAKES.load(Ordering::Relaxed), 1);
    assert!(poll(&mut ready, &waker) && !poll(&mut ready, &waker));
}

#[test]
fn a_setting_between_the_look_and_the_registration_is_not_lost() {
    static FLAG: IrqFlag = IrqFlag::new();
    // A waker is cloned between the two.
    static SET: Hook = |touch| {
        if touch == Touch::Cloned {
            FLAG.set();
        }
    };
    let mut ready = FLAG.claim().unwrap();
    assert!(poll(&mut ready, &hooks::waker(&SET)));
    assert!(!FLAG.is_set());
}

#[test]
fn the_last_waker_is_woken_and_a_known_one_is_not_cloned() {
    static CLONES: AtomicU32 = AtomicU32::new(0);
    static WAKES: AtomicU32 = AtomicU32::new(0);
    static COUNT: Hook = |touch| {
        CLONES.fetch_add((touch == Touch::Cloned).into(), Ordering::Relaxed);
        WAKES.fetch_add((touch == Touch::Woken).into(), Ordering::Relaxed);
    };
    let flag = IrqFlag::new();
    let mut ready = flag.claim().unwrap();
    assert!(!poll(&mut ready, Waker::noop()));
    let waker = hooks::waker(&COUNT);
    for _ in 0..3 {
        assert!(!poll(&mut ready, &waker));
    }
    flag.set();
    let counts = [&CLONES, &WAKES].map(|count| count.load(Ordering::Relaxed));
    assert_eq!(counts, [1, 1]);
}

#[test]
fn there_is_one_claim_and_it_leaves_no_waker() {
    static WAKES: AtomicU32 = AtomicU32::new(0);
    static COUNT: Hook = |touch| {
        WAKES.fetch_add((touch == Touch::Woken).into(), Ordering::Relaxed);
    };
    let flag = IrqFlag::new();
    let mut ready = flag.claim().unwrap();
    assert!(flag.claim().is_none());
    assert!(!poll(&mut ready, &hooks::waker(&COUNT)));
    drop(ready);
    flag.set();
    assert_eq!(WAKES.load(Ordering::Relaxed), 0);
    // The next owner finds what nobody has used.
    assert!(poll(&mut flag.claim().unwrap(), Waker::noop()));
}

#[test]
fn a_flag_touches_no_waker_in_a_critical_section() {
    static ONE: Hook = |_| assert_unlocked();
    static TWO: Hook = |_| assert_unlocked();
    let flag = IrqFlag::new();
    let mut ready = flag.claim().unwrap();
    let (one, two) = (hooks::waker(&ONE), hooks::waker(&TWO));
    assert!(!poll(&mut ready, &one) && !poll(&mut ready, &two));
    flag.set();
    assert!(poll(&mut ready, &one) && !poll(&mut ready, &one));
    drop(ready);
}

#[test]
fn no_setting_by_another_thread_is_lost() {
    static FLAG: IrqFlag = IrqFlag::new();
    static ANSWER: IrqFlag = IrqFlag::new();
    let rounds = if cfg!(miri) { 20 } else { 20_000 };
    thread::spawn(move || {
        run(async move |_| {
            let mut asked = FLAG.claim().unwrap();
            for _ in 0..rounds {
                let Ok(()) = asked.ready(Interest::Read).await;
                ANSWER.set();
            }
        });
    });
    run(async move |_| {
        let mut answered = ANSWER.claim().unwrap();
        for round in 0..rounds {
            FLAG.set();
            let answer = CLOCK.timeout(Duration::from_secs(20), answered.ready(Interest::Read));
            assert_eq!(answer.await, Ok(Ok(())), "round {round}");
        }
    });
}

#[test]
fn a_busy_executor_hears_of_it_afterwards_and_once() {
    static FLAG: IrqFlag = IrqFlag::new();
    run(async |_| {
        let mut ready = FLAG.claim().unwrap();
        let interrupts = thread::spawn(|| {
            for _ in 0..50 {
                thread::sleep(std::time::Duration::from_micros(200));
                FLAG.set();
            }
        });
        thread::sleep(std::time::Duration::from_millis(50));
        interrupts.join().unwrap();
        let Ok(()) = ready.ready(Interest::Read).await;
        let more = ready.ready(Interest::Read);
        assert_eq!(CLOCK.timeout(Duration::from_millis(5), more).await, Err(Elapsed));
    });
}

#[test]
fn each_pass_is_a_try_and_others_have_their_turn() {
    run_counted(async |_, rounds| {
        let mut ready = PollEachPass::new();
        let start = rounds.get();
        for _ in 0..100 {
            let Ok(()) = ready.ready(Interest::Read).await;
        }
        assert_eq!(rounds.get() - start, 100);
    });
}

#[test]
fn the_executor_sleeps_when_nobody_waits() {
    run_counted(async |_, rounds| {
        let mut ready = PollEachPass::new();
        // Waited for and dropped: it leaves no wake behind but the one that was due.
        poll_fn(|cx| Poll::Ready(pin!(ready.ready(Interest::Read)).poll(cx).is_ready())).await;
        let start = rounds.get();
        CLOCK.sleep(Duration::from_millis(50)).await;
        assert!(rounds.get() - start <= 3, "{} rounds", rounds.get() - start);
        let Ok(()) = ready.ready(Interest::Read).await;
        CLOCK.sleep(Duration::from_millis(50)).await;
        assert!(rounds.get() - start <= 6, "{} rounds", rounds.get() - start);
    });
}

#[test]
#[cfg_attr(miri, ignore = "it counts what is done in a time")]
fn it_looks_again_and_again_while_somebody_waits() {
    run(async |_| {
        let tries = Rc::new(Cell::new(0_u32));
        let looks = async {
            let mut ready = PollEachPass::new();
            loop {
                let Ok(()) = ready.ready(Interest::Read).await;
                tries.set(tries.get() + 1);
            }
        };
        let end = CLOCK.timeout(Duration::from_millis(20), looks).await;
        assert_eq!(end, Err::<(), _>(Elapsed));
        assert!(tries.get() > 20, "{} tries", tries.get());
    });
}
