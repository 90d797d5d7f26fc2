//! Edges stamped by the interrupt, whatever the task is doing.
#![deny(unsafe_code)]

#[path = "support/hooks.rs"]
#[allow(unsafe_code)] // ALONE
mod hooks;
#[path = "support/waiting_pin.rs"]
mod waiting_pin;

use std::cell::Cell;
use std::future::Future;
use std::pin::{self, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use embedded_hal::digital::{InputPin, PinState};
use hooks::Strict;
use tickwire_sim::Sim;
use tickwire_sync::{IrqEdges, IrqLine, NoopRawMutex as Raw};
use tickwire_traits::{
    Clock, Duration, Edge, Edges, Instant, JoinHandle, Side, TimeSource, Timer, TwoLines,
};
use waiting_pin::Pin;

use PinState::{High, Low};
use Side::{A, B};

/// A clock that is set by hand.
struct Watch(Cell<Instant>);

impl Clock for Watch {
    fn now(&self) -> Instant {
        self.0.get()
    }
}

/// A clock that stands still.
struct NoTime;

impl Clock for NoTime {
    fn now(&self) -> Instant {
        Instant::EPOCH
    }
}

/// Polls a future once and drops it, like a cancelled wait.
fn poll<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[track_caller]
fn check<const N: usize>(edges: &[(u64, PinState)], expected: &[(u64, PinState, u32)]) {
    let pin = IrqEdges::<Raw, _, N>::new(High, NoTime);
    let mut input = pin.claim().unwrap();
    input.arm().unwrap();
    for (at, level) in edges {
        pin.record_at(Instant::from_micros(*at), *level);
    }
    let seen = std::iter::from_fn(|| poll(input.edge()).map(Result::unwrap));
    let expected = expected.iter().map(|(at, level, missed)| Edge {
        line: (),
        at: Instant::from_micros(*at),
        level: *level,
        missed: *missed,
    });
    assert!(seen.eq(expected), "{edges:?}");
}

#[test]
fn edges_come_in_order_with_their_times_and_their_gaps() {
    check::<4>(&[(5, Low), (7, High), (9, Low)], &[(5, Low, 0), (7, High, 0), (9, Low, 0)]);
    // Two edges have been evicted.
    let five = [(1, Low), (2, High), (3, Low), (4, High), (5, Low)];
    check::<3>(&five, &[(3, Low, 2), (4, High, 0), (5, Low, 0)]);
    check::<1>(&five, &[(5, Low, 4)]);
    // A level that the line already has is not an edge.
    check::<4>(&[(1, High), (2, Low), (3, Low), (4, High)], &[(2, Low, 0), (4, High, 0)]);
}

#[test]
fn arming_forgets_what_was_before_and_nothing_after() {
    let pin = IrqEdges::<Raw, _, 4>::new(High, NoTime);
    let mut input = pin.claim().unwrap();
    pin.record(Low);
    pin.record(High);
    input.arm().unwrap();
    pin.record(Low);
    let edge = poll(input.edge()).unwrap().unwrap();
    assert_eq!((edge.level, edge.missed), (Low, 0));
    assert!(poll(input.edge()).is_none());
    // The first wait arms an unarmed input.
    drop(input);
    pin.record(High);
    let mut input = pin.claim().unwrap();
    assert!(poll(input.edge()).is_none());
    pin.record(Low);
    assert_eq!(poll(input.edge()).unwrap().unwrap().level, Low);
}

#[test]
fn a_wait_that_is_dropped_takes_no_edge() {
    let pin = IrqEdges::<Raw, _, 4>::new(Low, NoTime);
    let mut input = pin.claim().unwrap();
    for level in [High, Low, High] {
        assert!(poll(input.edge()).is_none());
        {
            let waiting = input.edge();
            let mut waiting = pin!(waiting);
            assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            // The wait is granted an edge, and dropped before its next poll.
            pin.record(level);
        }
        assert_eq!(poll(input.edge()).unwrap().unwrap().level, level);
    }
    assert_eq!(input.time_source(), TimeSource::Interrupt);
    assert!(input.is_high().unwrap() && !input.is_low().unwrap());
}

#[test]
fn one_reads_at_a_time() {
    let pin = IrqEdges::<Raw, _, 4>::new(Low, NoTime);
    let first = pin.claim().unwrap();
    assert!(pin.claim().is_none());
    drop(first);
    assert!(pin.claim().is_some());
}

#[test]
fn times_are_right_however_late_the_task_is() {
    let clock = Watch(Cell::new(Instant::EPOCH));
    let pin = IrqEdges::<Raw, _, 8>::new(High, &clock);
    let mut input = pin.claim().unwrap();
    input.arm().unwrap();
    for (ms, level) in [(5, Low), (10, High), (15, Low)] {
        clock.0.set(Instant::from_millis(ms));
        pin.record(level);
    }
    clock.0.set(Instant::from_millis(50));
    let times = [(); 3].map(|()| poll(input.edge()).unwrap().unwrap().at);
    assert_eq!(times, [5, 10, 15].map(Instant::from_millis));
}

/// The edges of two pins are returned in one order, each with its line and gaps.
#[test]
fn two_pins_are_read_in_one_order() {
    let clock = Watch(Cell::new(Instant::EPOCH));
    let knob = IrqEdges::<Raw, _, 4, Side>::new(High, &clock);
    let mut lines = knob.claim().unwrap();
    lines.arm().unwrap();
    let recorded = [(A, Low), (B, Low), (B, Low), (A, High), (B, High)];
    for (us, (line, level)) in (1..).zip(recorded) {
        clock.0.set(Instant::from_micros(us));
        knob.record_line(line, level);
    }
    assert_eq!(lines.levels(), Ok((High, High)));
    let edge = |line, us, level, missed| {
        Some(Ok(Edge { line, at: Instant::from_micros(us), level, missed }))
    };
    // The second low of B is not an edge.
    assert_eq!(poll(lines.edge()), edge(A, 1, Low, 0));
    assert_eq!(poll(lines.edge()), edge(B, 2, Low, 0));
    assert_eq!(poll(lines.edge()), edge(A, 4, High, 0));
    assert_eq!(poll(lines.edge()), edge(B, 5, High, 0));
    assert_eq!(poll(lines.edge()), None);
    for (line, level) in [(B, Low), (A, Low), (A, High), (A, Low), (B, High)] {
        knob.record_line(line, level);
    }
    // B's edge was the oldest, and was evicted.
    assert_eq!(poll(lines.edge()), edge(A, 5, Low, 1));
    assert_eq!(lines.levels(), Ok((Low, High)));
    assert_eq!([knob.level_of(A), knob.level_of(B)], [Low, High]);
    assert_eq!(lines.time_source(), TimeSource::Interrupt);
}

#[test]
fn two_pins_are_watched_by_two_tasks() {
    let knob = IrqEdges::<Raw, _, 4, Side>::new(High, NoTime);
    let (a, b) = (Pin::new(High), Pin::new(High));
    let mut lines = knob.claim().unwrap();
    lines.arm().unwrap();
    let watch_a = pin!(knob.watch_line(A, a.clone()));
    let watch_b = pin!(knob.watch_line(B, b.clone()));
    let mut watches = [watch_a as pin::Pin<&mut dyn Future<Output = _>>, watch_b];
    let mut turn = |drive: &dyn Fn()| {
        drive();
        for watch in &mut watches {
            assert!(watch.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
    };
    turn(&|| {});
    for (pin, level) in [(&b, Low), (&a, Low), (&b, High), (&a, High)] {
        turn(&|| pin.drive(level));
    }
    let lines = [(); 4].map(|()| poll(lines.edge()).unwrap().unwrap().line);
    assert_eq!(lines, [B, A, B, A]);
}

/// With the maximum number of lines, the last is distinct from the others.
#[test]
fn eight_lines_have_a_level_each() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Of8(u8);

    impl IrqLine for Of8 {
        const COUNT: u8 = 8;

        fn number(self) -> u8 {
            self.0
        }
    }

    let pins = IrqEdges::<Raw, _, 8, Of8>::new(Low, NoTime);
    for line in 0..8 {
        pins.record_line(Of8(line), High);
        let levels: Vec<_> = (0..8).map(|line| pins.level_of(Of8(line))).collect();
        assert!(levels.iter().enumerate().all(|(n, level)| (*level == High) == (n as u8 <= line)));
    }
}

/// The lock panics if the clock takes it again from inside.
#[test]
fn the_clock_is_asked_outside_of_the_lock() {
    thread_local! {
        static LOOKED: Cell<u32> = const { Cell::new(0) };
        static PIN: IrqEdges<Strict, Looks, 2> = const { IrqEdges::new(High, Looks) };
    }

    struct Looks;

    impl Clock for Looks {
        fn now(&self) -> Instant {
            PIN.with(|pin| assert_eq!(pin.level(), High));
            LOOKED.set(LOOKED.get() + 1);
            Instant::EPOCH
        }
    }

    PIN.with(|pin| pin.record(Low));
    assert_eq!(LOOKED.get(), 1);
}

#[test]
fn no_waker_is_touched_under_the_lock() {
    let pin = Rc::new(IrqEdges::<Strict, _, 2>::new(High, NoTime));
    let looking = |touched: &Rc<Cell<u32>>| {
        let (pin, touched) = (pin.clone(), touched.clone());
        hooks::waker(move |_| {
            pin.level();
            touched.set(touched.get() + 1);
        })
    };
    let touched = Rc::new(Cell::new(0));
    let mut input = pin.claim().unwrap();
    // Registered, replaced by the next, woken, registered again and given up.
    for _ in 0..2 {
        let waker = looking(&touched);
        assert!(pin!(input.edge()).poll(&mut Context::from_waker(&waker)).is_pending());
    }
    pin.record(Low);
    let waker = looking(&touched);
    assert!(pin!(input.edge()).poll(&mut Context::from_waker(&waker)).is_ready());
    assert!(pin!(input.edge()).poll(&mut Context::from_waker(&waker)).is_pending());
    let before = touched.get();
    drop(input);
    assert_eq!(touched.get(), before + 1, "the claim's waker is dropped with it");
}

#[test]
fn a_pin_is_watched_and_the_watch_may_be_dropped_at_any_time() {
    let edges = IrqEdges::<Raw, _, 8>::new(High, NoTime);
    let pin = Pin::new(Low);
    let mut input = edges.claim().unwrap();
    input.arm().unwrap();
    // The pin is not at the assumed level, which counts as an edge.
    for level in [Low, High, Low] {
        pin.drive(level);
        for _ in 0..3 {
            assert!(poll(edges.watch(pin.clone())).is_none());
        }
        assert_eq!(poll(input.edge()).unwrap().unwrap().level, level);
        assert!(poll(input.edge()).is_none());
    }
    // An edge while no task watches is late, not lost.
    pin.drive(High);
    assert!(poll(input.edge()).is_none());
    assert!(poll(edges.watch(pin)).is_none());
    assert_eq!(poll(input.edge()).unwrap().unwrap().level, High);
}

#[test]
fn a_pulse_that_is_over_when_it_is_served_is_two_edges() {
    let edges = IrqEdges::<Raw, _, 8>::new(High, NoTime);
    let pin = Pin::new(High);
    let mut input = edges.claim().unwrap();
    input.arm().unwrap();
    let mut watch = pin!(edges.watch(pin.clone()));
    let mut serve = || {
        assert!(watch.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    };
    serve();
    pin.drive(Low);
    pin.drive(High);
    serve();
    for level in [Low, High] {
        let edge = poll(input.edge()).unwrap().unwrap();
        assert_eq!((edge.level, edge.missed), (level, 0));
    }
    assert!(poll(input.edge()).is_none() && edges.level() == High);
}

#[test]
fn the_waiting_task_is_woken() {
    let sim = Sim::new();
    let clock = sim.clock();
    let pin = Rc::new(IrqEdges::<Raw, _, 8>::new(High, clock.clone()));
    let interrupt = pin.clone();
    sim.spawner()
        .spawn_named("interrupt", async move {
            clock.sleep(Duration::from_millis(3)).await;
            interrupt.record(Low);
        })
        .detach();
    let edge = sim.run(pin.claim().unwrap().edge()).unwrap();
    assert_eq!((edge.at, edge.level), (Instant::from_millis(3), Low));
    assert_eq!(sim.polls(), 4, "each task twice: to fall asleep, and to go on");
}
