//! The clock, on embassy's host platform.

mod host;

use std::future::poll_fn;
use std::task::Poll;
use std::thread;

use host::{run, run_counted};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_traits::{Clock, Duration, Elapsed, Instant, Timer, TimerQueue};

const CLOCK: EmbassyClock = EmbassyClock;

#[test]
fn a_sleep_is_never_short() {
    run(async |_| {
        for micros in [0, 1, 99, 1_000, 3_333] {
            let (start, span) = (CLOCK.now(), Duration::from_micros(micros));
            CLOCK.sleep(span).await;
            assert!(CLOCK.now() - start >= span);
        }
    });
}

#[test]
fn an_alarm_in_the_past_wakes_immediately() {
    for at in [Instant::EPOCH, Instant::from_micros(1)] {
        run(async move |_| {
            CLOCK.sleep(Duration::from_millis(1)).await;
            let mut polls = 0;
            poll_fn(|cx| {
                polls += 1;
                if polls == 2 {
                    return Poll::Ready(());
                }
                CLOCK.schedule_wake(at, cx.waker());
                Poll::Pending
            })
            .await;
        });
    }
}

#[test]
fn deadlines_that_never_come_do_not() {
    run_counted(async |_, rounds| {
        let start = rounds.get();
        let beyond = [Instant::MAX, Instant::from_micros(u64::MAX - 1)];
        for at in beyond {
            let never = CLOCK.sleep_until(at);
            assert_eq!(CLOCK.timeout(Duration::from_millis(5), never).await, Err(Elapsed));
        }
        assert!(rounds.get() - start <= 4, "{} rounds", rounds.get() - start);
    });
}

#[test]
fn a_busy_executor_wakes_late_but_not_early_and_time_goes_on() {
    run(async |_| {
        let due = CLOCK.now() + Duration::from_millis(10);
        // What an interrupt would do while the executor is busy.
        let stamp = thread::spawn(move || {
            while CLOCK.now() < due {
                thread::yield_now();
            }
            CLOCK.now()
        });
        let mut sleep = CLOCK.sleep_until(due);
        // Pending, unless the machine is so busy that the deadline has come.
        let _ = poll_fn(|cx| Poll::Ready(std::pin::Pin::new(&mut sleep).poll(cx))).await;
        // Busy until then: if time stood still meanwhile, this would not end.
        let stamp = stamp.join().unwrap();
        sleep.await;
        assert!(stamp >= due && CLOCK.now() >= stamp, "{stamp:?}, {due:?}");
    });
}
