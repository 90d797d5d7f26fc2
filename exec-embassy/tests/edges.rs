//! Edges with the time of the interrupt, whatever the task is doing.

mod host;

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time;

use embedded_hal::digital::{ErrorType, InputPin, PinState};
use embedded_hal_async::digital::Wait;
use tickwire_exec_embassy::{EmbassyClock, IrqEdges};
use tickwire_traits::{Clock, Duration, Edge, Edges, Instant, TimeSource, Timer};

use PinState::{High, Low};

/// Polls once and drops it: what a cancelled wait does.
fn poll<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[track_caller]
fn check<const N: usize>(edges: &[(u64, PinState)], expected: &[(u64, PinState, u32)]) {
    let pin = IrqEdges::<N>::new(High);
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
    // Two have made room.
    let five = [(1, Low), (2, High), (3, Low), (4, High), (5, Low)];
    check::<3>(&five, &[(3, Low, 2), (4, High, 0), (5, Low, 0)]);
    check::<1>(&five, &[(5, Low, 4)]);
    // A level that it has already is no edge.
    check::<4>(&[(1, High), (2, Low), (3, Low), (4, High)], &[(2, Low, 0), (4, High, 0)]);
}

#[test]
fn arming_forgets_what_was_before_and_nothing_after() {
    let pin = IrqEdges::<4>::new(High);
    let mut input = pin.claim().unwrap();
    pin.record(Low);
    pin.record(High);
    input.arm().unwrap();
    pin.record(Low);
    let edge = poll(input.edge()).unwrap().unwrap();
    assert_eq!((edge.level, edge.missed), (Low, 0));
    assert!(poll(input.edge()).is_none());
    // Unarmed, the first wait arms it.
    drop(input);
    pin.record(High);
    let mut input = pin.claim().unwrap();
    assert!(poll(input.edge()).is_none());
    pin.record(Low);
    assert_eq!(poll(input.edge()).unwrap().unwrap().level, Low);
}

#[test]
fn a_wait_that_is_dropped_takes_no_edge() {
    let pin = IrqEdges::<4>::new(Low);
    let mut input = pin.claim().unwrap();
    for level in [High, Low, High] {
        assert!(poll(input.edge()).is_none());
        {
            let waiting = input.edge();
            let mut waiting = pin!(waiting);
            assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            // It is called, and dropped before it looks.
            pin.record(level);
        }
        assert_eq!(poll(input.edge()).unwrap().unwrap().level, level);
    }
    assert_eq!(input.time_source(), TimeSource::Interrupt);
    assert!(input.is_high().unwrap() && !input.is_low().unwrap());
}

#[test]
fn one_reads_at_a_time() {
    let pin = IrqEdges::<4>::new(Low);
    let first = pin.claim().unwrap();
    assert!(pin.claim().is_none());
    drop(first);
    assert!(pin.claim().is_some());
}

#[test]
fn times_are_right_however_late_the_task_is() {
    static PIN: IrqEdges<8> = IrqEdges::new(High);
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

/// A pin of a HAL whose interrupts are its own: who waits for a level is through when it
/// has come, also if it has gone again since.
#[derive(Clone)]
struct Pin(Rc<Port>);

struct Port {
    level: Cell<PinState>,
    awaited: Cell<PinState>,
    has_come: Cell<bool>,
    waiter: RefCell<Option<Waker>>,
}

impl Pin {
    fn new(level: PinState) -> Self {
        let (level, awaited) = (Cell::new(level), Cell::new(level));
        Self(Rc::new(Port { level, awaited, has_come: false.into(), waiter: None.into() }))
    }

    fn drive(&self, level: PinState) {
        self.0.level.set(level);
        if level == self.0.awaited.get() {
            self.0.has_come.set(true);
            if let Some(waiter) = self.0.waiter.take() {
                waiter.wake();
            }
        }
    }

    async fn until(&self, level: PinState) -> Result<(), Infallible> {
        self.0.awaited.set(level);
        self.0.has_come.set(self.0.level.get() == level);
        poll_fn(|cx| {
            self.0.waiter.replace(Some(cx.waker().clone()));
            if self.0.has_come.get() { Poll::Ready(Ok(())) } else { Poll::Pending }
        })
        .await
    }
}

impl ErrorType for Pin {
    type Error = Infallible;
}

impl InputPin for Pin {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.0.level.get() == High)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(self.0.level.get() == Low)
    }
}

impl Wait for Pin {
    async fn wait_for_high(&mut self) -> Result<(), Infallible> {
        self.until(High).await
    }

    async fn wait_for_low(&mut self) -> Result<(), Infallible> {
        self.until(Low).await
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), Infallible> {
        unreachable!("a level is not missed, an edge may be")
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), Infallible> {
        unreachable!("a level is not missed, an edge may be")
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), Infallible> {
        unreachable!("a level is not missed, an edge may be")
    }
}

#[test]
fn a_pin_is_watched_and_the_watch_may_be_dropped_at_any_time() {
    let edges = IrqEdges::<8>::new(High);
    let pin = Pin::new(Low);
    let mut input = edges.claim().unwrap();
    input.arm().unwrap();
    // It was not where it was thought to be, which is an edge.
    for level in [Low, High, Low] {
        pin.drive(level);
        for _ in 0..3 {
            assert!(poll(edges.watch(pin.clone())).is_none());
        }
        assert_eq!(poll(input.edge()).unwrap().unwrap().level, level);
        assert!(poll(input.edge()).is_none());
    }
    // While nobody watches it is late, and not lost.
    pin.drive(High);
    assert!(poll(input.edge()).is_none());
    assert!(poll(edges.watch(pin)).is_none());
    assert_eq!(poll(input.edge()).unwrap().unwrap().level, High);
}

#[test]
fn a_pulse_that_is_over_when_it_is_served_is_two_edges() {
    let edges = IrqEdges::<8>::new(High);
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
fn who_waits_is_woken() {
    static PIN: IrqEdges<8> = IrqEdges::new(High);
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
