//! `IrqEdges` with embassy's clock and executor, and threads in place of interrupts.

mod host;

use std::thread;
use std::time;

use embedded_hal::digital::PinState::{High, Low};
use tickwire_exec_embassy::{EmbassyClock, IrqEdges};
use tickwire_traits::{Clock, Duration, Edges, Timer};

#[test]
fn times_are_right_however_late_the_task_is() {
    static PIN: IrqEdges<8> = IrqEdges::new(High, EmbassyClock);
    host::run(async |_| {
        let mut input = PIN.claim().unwrap();
        input.arm().unwrap();
        let start = EmbassyClock.now();
        let interrupts = thread::spawn(move || {
            [Low, High, Low].map(|level| {
                thread::sleep(time::Duration::from_millis(5));
                let before = EmbassyClock.now();
                PIN.record(level);
                (before, EmbassyClock.now())
            })
        });
        // Busy for 50 ms: nothing else runs on this executor.
        while EmbassyClock.now() - start < Duration::from_millis(50) {
            std::hint::spin_loop();
        }
        for (before, after) in interrupts.join().unwrap() {
            let Ok(edge) = input.edge().await;
            assert!(before <= edge.at && edge.at <= after, "{edge:?} {before:?} {after:?}");
        }
    });
}

#[test]
fn the_waiting_task_is_woken() {
    static PIN: IrqEdges<8> = IrqEdges::new(High, EmbassyClock);
    host::run(async |_| {
        let mut input = PIN.claim().unwrap();
        thread::spawn(|| {
            thread::sleep(time::Duration::from_millis(3));
            PIN.record(Low);
        });
        let edge = EmbassyClock.timeout(Duration::from_secs(20), input.edge()).await;
        assert_eq!(edge.map(|edge| edge.map(|edge| edge.level)), Ok(Ok(Low)));
    });
}
