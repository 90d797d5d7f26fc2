//! Two inputs in one order, where their edges come in another.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use embedded_hal::digital::PinState::{self, High, Low};
use embedded_hal::digital::{ErrorType, InputPin};
use tickwire_drivers::encoder::{Encoder, InOrder};
use tickwire_sim::{Sim, Wire};
use tickwire_traits::{Duration, Edge, Edges, Instant, Side, TimeSource, Timer};

use futures_util::FutureExt;

use crate::lines::Lines;

/// An input that delivers edges when a test says so, with the times that it says.
#[derive(Clone)]
struct Late(Rc<RefCell<(PinState, VecDeque<Edge>)>>, TimeSource);

impl Late {
    fn new(source: TimeSource) -> Self {
        Self(Rc::new(RefCell::new((High, VecDeque::new()))), source)
    }

    fn set(&self, level: PinState) {
        self.0.borrow_mut().0 = level;
    }

    fn deliver(&self, level: PinState, micros: u64) {
        self.set(level);
        self.queue(level, micros);
    }

    /// Delivers an edge that the level does not wait for.
    fn queue(&self, level: PinState, micros: u64) {
        let at = Instant::from_micros(micros);
        self.0.borrow_mut().1.push_back(Edge { line: (), at, level, missed: 0 });
    }
}

impl ErrorType for Late {
    type Error = Infallible;
}

impl InputPin for Late {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.0.borrow().0 == High)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(self.0.borrow().0 == Low)
    }
}

impl Edges for Late {
    type Line = ();

    fn time_source(&self) -> TimeSource {
        self.1
    }

    fn arm(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    async fn edge(&mut self) -> Result<Edge, Infallible> {
        poll_fn(|_| self.0.borrow_mut().1.pop_front().map_or(Poll::Pending, Poll::Ready))
            .map(Ok)
            .await
    }
}

/// Rounds of edges that are there together: a line, its level and its time. Returns what
/// comes out as line, time and missed edges, and how many were out of order.
#[track_caller]
fn check(
    source: TimeSource,
    rounds: &[&[(Side, PinState, u64)]],
    expected: &[(Side, u64, u32)],
    out_of_order: u16,
) {
    let (a, b) = (Late::new(source), Late::new(TimeSource::Hardware));
    let mut lines = InOrder::new(a.clone(), b.clone());
    assert_eq!(lines.time_source(), source, "the less precise one");
    let mut seen = Vec::new();
    for round in rounds {
        for (side, level, at) in *round {
            let line = if *side == Side::A { &a } else { &b };
            line.deliver(*level, *at);
        }
        while let Some(edge) = lines.edge().now_or_never() {
            let Ok(edge) = edge;
            seen.push((edge.line, edge.at.as_micros(), edge.missed));
        }
    }
    assert_eq!(seen, expected);
    assert_eq!(lines.out_of_order(), out_of_order);
}

use Side::{A, B};

#[test]
fn edges_that_are_there_together_come_by_their_times() {
    let together = [(A, Low, 10), (A, High, 40), (B, Low, 20), (B, High, 30)];
    let expected = [(A, 10, 0), (B, 20, 0), (B, 30, 0), (A, 40, 0)];
    check(TimeSource::Kernel, &[&together], &expected, 0);
    check(
        TimeSource::Kernel,
        &[&together[..2], &[(B, Low, 50)]],
        &[(A, 10, 0), (A, 40, 0), (B, 50, 0)],
        0,
    );
}

#[test]
fn an_edge_that_comes_too_late_is_counted() {
    let rounds: [&[_]; 2] = [&[(A, Low, 20)], &[(B, Low, 10), (B, High, 30)]];
    // Its time does not go back.
    check(TimeSource::Kernel, &rounds, &[(A, 20, 0), (B, 20, 2), (B, 30, 0)], 1);
}

#[test]
fn edges_with_one_time_have_no_order() {
    let rounds: [&[_]; 2] = [&[(A, Low, 10), (B, Low, 10)], &[(A, High, 20)]];
    check(TimeSource::Interrupt, &rounds, &[(A, 10, 1), (B, 10, 1), (A, 20, 0)], 1);
}

#[test]
fn edges_of_polls_that_are_there_together_have_no_order() {
    let rounds: [&[_]; 2] = [&[(A, Low, 10), (B, Low, 11)], &[(A, High, 20)]];
    check(TimeSource::Poll, &rounds, &[(A, 10, 1), (B, 11, 1), (A, 20, 0)], 1);
}

/// Every sequence of edges, of which those of one line come late in every way.
#[test]
fn an_edge_that_comes_too_late_costs_four_quarter_steps_at_most() {
    const EDGES: u64 = 6;
    let mut most = 0;
    for (script, delivers) in
        (0..1 << EDGES).flat_map(|script| (0..1 << EDGES).map(move |d| (script, d)))
    {
        for late in [A, B] {
            let sim = Sim::new();
            let pins = [TimeSource::Kernel; 2].map(Late::new);
            let [a, b] = pins.clone();
            let mut it = Encoder::new(InOrder::new(a, b), sim.clock());
            it.arm().unwrap();
            let (mut lines, mut held) = (Lines::default(), Vec::new());
            for at in 0..EDGES {
                let line = if script >> at & 1 == 0 { A } else { B };
                lines.toggle(line);
                let level = lines.edge(line, 0).level;
                pins[line as usize].set(level);
                held.push((line, level, at));
                let is_free = |line| line != late || delivers >> at & 1 == 1 || at + 1 == EDGES;
                for (line, level, at) in held.extract_if(.., |held| is_free(held.0)) {
                    pins[line as usize].queue(level, at);
                }
                it.read().unwrap();
            }
            let off = it.position() - lines.turned;
            let (missed, illegal) = (i32::from(it.missed_edges()), i32::from(it.illegal()));
            let gaps = i32::from(it.release().0.out_of_order());
            let told = format!("{script:#b}, {delivers:#b}: {off}, {missed}, {gaps}, {illegal}");
            assert!(off.abs() <= missed + 2 * gaps, "{told}");
            most = most.max(off.abs());
        }
    }
    assert_eq!(most, 4);
}

#[test]
fn an_encoder_reads_the_levels_after_edges_without_order() {
    let sim = Sim::new();
    let (a, b) = (Late::new(TimeSource::Poll), Late::new(TimeSource::Poll));
    let mut it = Encoder::new(InOrder::new(a.clone(), b.clone()), sim.clock());
    it.arm().unwrap();
    a.deliver(Low, 10);
    b.deliver(Low, 10);
    assert_eq!(it.turn().now_or_never(), None, "nobody knows which way it was");
    assert_eq!((it.illegal(), it.missed_edges()), (1, 2));
    a.deliver(High, 20);
    let turn = it.turn().now_or_never().map(Result::unwrap);
    assert_eq!(turn.map(|turn| turn.position), Some(1), "from both low, up");
    assert_eq!(it.illegal(), 1);
}

#[test]
fn an_edge_that_is_held_back_is_discarded_with_the_others() {
    let sim = Sim::new();
    let wires = [High; 2].map(|level| Wire::new(sim.clock(), level));
    let [a, b] = wires.each_ref();
    let mut it = InOrder::new(a.input(), b.input());
    it.arm().unwrap();
    a.set(Low);
    sim.run(sim.clock().sleep(Duration::from_micros(1)));
    b.set(Low);
    let first = it.edge().now_or_never().map(Result::unwrap).map(|edge| edge.line);
    assert_eq!(first, Some(A));
    it.arm().unwrap();
    assert!(it.edge().now_or_never().is_none());
}

#[test]
fn the_less_precise_source_is_that_of_both() {
    for (a, b) in [(TimeSource::Kernel, TimeSource::Poll), (TimeSource::Poll, TimeSource::Kernel)] {
        assert_eq!(InOrder::new(Late::new(a), Late::new(b)).time_source(), TimeSource::Poll);
    }
}
