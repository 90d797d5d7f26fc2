//! Signals from interrupts to tasks.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Waker};

use embedded_hal::digital::PinState::{High, Low};
use loom::future::block_on;
use tickwire_sync::{IrqEdges, IrqFlag};
use tickwire_traits::{Clock, Edges, Instant, Interest, Readiness, ReadinessExt, Side, TwoLines};

use crate::section::Section;
use crate::{every_order, spawn};

#[test]
fn no_setting_of_a_flag_is_lost() {
    every_order(|| {
        let flag = Arc::new(IrqFlag::<Section>::new());
        let interrupt = spawn(&flag, IrqFlag::set);
        let mut claim = flag.claim().unwrap();
        block_on(claim.ready(Interest::Read)).unwrap();
        interrupt.join().unwrap();
        assert!(!flag.is_set(), "a setting has let through, and is still there");
    });
    // Even for an owner that polled with another waker before, and for the next owner.
    for stays in [true, false] {
        every_order(move || {
            let flag = Arc::new(IrqFlag::<Section>::new());
            let interrupt = spawn(&flag, IrqFlag::set);
            let mut claim = flag.claim().unwrap();
            let mut noop = Context::from_waker(Waker::noop());
            if claim.poll_ready(Interest::Read, &mut noop).is_pending() {
                if !stays {
                    drop(claim);
                    claim = flag.claim().unwrap();
                }
                block_on(poll_fn(|cx| claim.poll_ready(Interest::Read, cx))).unwrap();
            }
            interrupt.join().unwrap();
        });
    }
}

struct NoTime;

impl Clock for NoTime {
    fn now(&self) -> Instant {
        Instant::EPOCH
    }
}

#[test]
fn edges_of_two_lines_are_read_in_the_order_in_which_they_are_recorded() {
    every_order(|| {
        let knob = Arc::new(IrqEdges::<Section, _, 1, Side>::new(High, NoTime));
        let mut lines = knob.claim().unwrap();
        lines.arm().unwrap();
        let interrupt = spawn(&knob, |knob| {
            knob.record_line(Side::A, Low);
            knob.record_line(Side::B, Low);
        });
        // The queue has room for one edge: if the first was missed, it is counted.
        let first = block_on(lines.edge()).unwrap();
        match first.missed {
            0 => {
                assert_eq!(first.line, Side::A);
                let second = block_on(lines.edge()).unwrap();
                assert_eq!((second.line, second.missed), (Side::B, 0));
            }
            missed => assert_eq!((first.line, missed), (Side::B, 1)),
        }
        assert_eq!(lines.levels(), Ok((Low, Low)));
        interrupt.join().unwrap();
    });
}
