//! Readiness from interrupts, and without any.

mod host;

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::thread;

use host::{run, run_counted};
use tickwire_exec_embassy::{EmbassyClock, IrqFlag};
use tickwire_traits::{Duration, Elapsed, Interest, PollEachPass, ReadinessExt, Timer};

const CLOCK: EmbassyClock = EmbassyClock;

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
        // A dropped wait leaves no wake behind, except one that was due.
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
