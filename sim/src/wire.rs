//! Nets, and the pins on them.

mod diagram;
mod net;
mod pair;
mod pins;
mod queue;

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use embedded_hal::digital::PinState;
use tickwire_traits::{Clock, Duration, Edge, Instant, TimerQueue};

use crate::trace::Recorded;
use crate::{Probe, waits_for};
pub use diagram::InvalidDiagram;
use net::{Line, Listener};
pub use pair::InputPair;
pub use pins::{Input, Output, PinFault};
use queue::{EdgeQueue, LineTap};

/// An electrical net: a level, a plan of its toggles, and any number of pins.
///
/// The plan has toggles at set times ([`toggle_at`](Self::toggle_at), [`play`](Self::play));
/// [`Output`]s and [`set`](Self::set) change the present level. A plan needs no task: its
/// toggles take effect at the next access to the wire, with their planned times. In real
/// time, an edge therefore keeps its time, however late the executor is. In virtual time,
/// [listeners](Self::on_edge) hear planned edges without an access.
///
/// Clones are the same wire.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use embedded_hal_async::digital::Wait;
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{Clock, Duration, Instant};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let wire = Wire::new(clock.clone(), PinState::High);
/// wire.play("---_-_____---", Duration::from_millis(10)).unwrap();
/// sim.run(wire.input().wait_for_low()).unwrap();
/// assert_eq!(clock.now(), Instant::from_millis(30));
/// ```
pub struct Wire<T> {
    line: Rc<Line<T>>,
}

impl<T: Clock> Wire<T> {
    /// Creates a wire at a level.
    pub fn new(clock: T, initial: PinState) -> Self {
        Self::with(None, clock, initial, None)
    }

    /// Creates a wire with a name, which a [`Stall`](crate::Stall) reports.
    pub fn named(name: &str, clock: T, initial: PinState) -> Self {
        Self::with(Some(name.into()), clock, initial, None)
    }

    pub(crate) fn probed(name: String, clock: T, initial: PinState, probe: Probe) -> Self {
        Self::with(Some(name), clock, initial, Some(probe))
    }

    fn with(name: Option<String>, clock: T, level: PinState, probe: Option<Probe>) -> Self {
        Self { line: Rc::new(Line::new(name, clock, level, probe)) }
    }

    /// Returns the part that a trace reads.
    pub(crate) fn recorded(&self) -> Rc<dyn Recorded>
    where
        T: 'static,
    {
        self.line.clone()
    }

    /// Returns the present level.
    pub fn level(&self) -> PinState {
        self.line.catch_up();
        self.line.net.borrow().level
    }

    /// Sets the level now. Planned toggles remain.
    pub fn set(&self, level: PinState) {
        if self.level() == level {
            return;
        }
        {
            let mut net = self.line.net.borrow_mut();
            net.planned = !net.planned;
        }
        self.line.change(self.line.clock.now());
    }

    /// Plans toggles at the given times. A toggle before an earlier planned one, or before the
    /// last edge, happens immediately after it: times never go back. Past toggles happen now,
    /// with their planned times.
    pub fn toggle_at(&self, times: &[Instant]) {
        let watchers = {
            let mut net = self.line.net.borrow_mut();
            for at in times {
                let at = net.plan.back().map_or(*at, |last| *last.max(at));
                net.plan.push_back(at);
                net.planned = !net.planned;
            }
            std::mem::take(&mut net.watchers)
        };
        // They sleep until the old plan's next toggle, or forever.
        watchers.into_iter().for_each(Waker::wake);
        // A plan without readers does not grow.
        self.line.catch_up();
        self.line.wait_for_plan();
    }

    /// Plans a change to `level` at `at`, or nothing if the plan ends at that level.
    pub fn set_at(&self, at: Instant, level: PinState) {
        if self.line.net.borrow().planned != level {
            self.toggle_at(&[at]);
        }
    }

    /// Plans a timing diagram that begins now: a character per `step`, `_` for low and `-` for
    /// high. After the last character, the level stays.
    ///
    /// # Errors
    ///
    /// [`InvalidDiagram`] with the first other character; nothing has been
    /// planned.
    pub fn play(&self, diagram: &str, step: Duration) -> Result<(), InvalidDiagram> {
        let levels = diagram::levels(diagram)?;
        let mut at = self.line.clock.now();
        for level in levels {
            self.set_at(at, level);
            at += step;
        }
        Ok(())
    }

    /// Calls `listener` at each edge from now on. Models of devices watch a driver's pins this
    /// way.
    ///
    /// A listener may access its wire. Every listener hears every edge, in order: an edge that a
    /// listener causes or finds is heard when all have heard the present one. The level may
    /// therefore be newer than the edge; use [`Edge::level`].
    ///
    /// In virtual time, with a [`SimClock`](crate::SimClock), a planned edge is heard when it is
    /// due, before any task is polled at that time. With other clocks, it is heard at the next
    /// access to the wire.
    ///
    /// ```
    /// use embedded_hal::digital::PinState;
    /// use embedded_hal_async::digital::Wait;
    /// use tickwire_sim::{Sim, Wire};
    /// use tickwire_traits::{Clock, Duration, Instant};
    ///
    /// let sim = Sim::new();
    /// let clock = sim.clock();
    /// let button = Wire::new(clock.clone(), PinState::High);
    /// let lamp = Wire::new(clock.clone(), PinState::Low);
    /// let output = lamp.clone();
    /// button.on_edge(move |edge| output.set(!edge.level));
    /// button.play("--_", Duration::from_millis(10)).unwrap();
    /// sim.run(lamp.input().wait_for_high()).unwrap(); // No task reads the button.
    /// assert_eq!(clock.now(), Instant::from_millis(20));
    /// ```
    pub fn on_edge(&self, listener: impl FnMut(Edge) + 'static)
    where
        T: 'static,
    {
        self.line.catch_up();
        {
            let mut net = self.line.net.borrow_mut();
            let since = net.last_edge();
            net.listeners.push(Listener { since, call: Box::new(listener) });
        }
        self.line.follow();
    }

    /// Makes one operation on a pin of this wire fail with [`PinFault`], after `operations`
    /// successful ones.
    ///
    /// Each reading of the level counts, including those of a waiting future.
    pub fn fail_after(&self, operations: u32) {
        let watchers = {
            let mut net = self.line.net.borrow_mut();
            net.fails_after = Some(operations);
            std::mem::take(&mut net.watchers)
        };
        watchers.into_iter().for_each(Waker::wake);
    }

    /// Creates an input pin on this wire.
    pub fn input(&self) -> Input<T> {
        Input::new(self.clone())
    }

    /// Creates an output pin on this wire.
    pub fn output(&self) -> Output<T> {
        Output(self.clone())
    }

    /// Adds the edges from now on to `queue`, as edges of `line`.
    fn feed<L: Copy + 'static>(&self, line: L, queue: &Rc<RefCell<EdgeQueue<L>>>) {
        self.line.catch_up();
        let armed = &mut self.line.net.borrow_mut().armed;
        armed.retain(|tap| tap.is_open());
        armed.push(Box::new(LineTap { line, queue: Rc::downgrade(queue) }));
    }

    /// Counts an operation. Returns an error if it is the one to fail.
    fn operate(&self) -> Result<(), PinFault> {
        let mut net = self.line.net.borrow_mut();
        let Some(left) = net.fails_after else { return Ok(()) };
        net.fails_after = left.checked_sub(1);
        if net.fails_after.is_none() { Err(PinFault) } else { Ok(()) }
    }
}

impl<T: TimerQueue> Wire<T> {
    /// Catches up for a task that reads the level anyway, without waking that task.
    fn catch_up_for(&self, cx: &Context<'_>) {
        self.unwatch(cx);
        self.line.catch_up();
    }

    /// Removes the task's waker that [`watch`](Self::watch) has stored.
    fn unwatch(&self, cx: &Context<'_>) {
        self.line.net.borrow_mut().watchers.retain(|waker| !waker.will_wake(cx.waker()));
    }

    /// Arranges a wake at the next possible change of the level.
    fn watch(&self, cx: &mut Context<'_>, what: &str) {
        let next = {
            let mut net = self.line.net.borrow_mut();
            if !net.watchers.iter().any(|waker| waker.will_wake(cx.waker())) {
                net.watchers.push(cx.waker().clone());
            }
            net.plan.front().copied()
        };
        if let Some(at) = next {
            self.line.clock.schedule_wake(at, cx.waker());
        }
        waits_for(|| format!("{what} on {self:?}"));
    }

    async fn wait_for(&self, level: PinState) -> Result<(), PinFault> {
        poll_fn(|cx| {
            self.operate()?;
            self.catch_up_for(cx);
            if self.level() == level {
                return Poll::Ready(Ok(()));
            }
            self.watch(cx, if level == PinState::High { "high" } else { "low" });
            Poll::Pending
        })
        .await
    }

    /// Waits for an edge after the first poll, of the kinds that `count` counts.
    async fn wait_for_edge(
        &self,
        what: &str,
        count: impl Fn([u64; 2]) -> u64,
    ) -> Result<(), PinFault> {
        self.line.catch_up();
        let before = count(self.line.net.borrow().edges);
        poll_fn(|cx| {
            self.operate()?;
            self.catch_up_for(cx);
            if count(self.line.net.borrow().edges) != before {
                return Poll::Ready(Ok(()));
            }
            self.watch(cx, what);
            Poll::Pending
        })
        .await
    }
}

impl<T> Clone for Wire<T> {
    fn clone(&self) -> Self {
        Self { line: self.line.clone() }
    }
}

impl<T> fmt::Debug for Wire<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(net) = self.line.net.try_borrow() else { return f.write_str("a wire in use") };
        match &net.name {
            Some(name) => write!(f, "wire `{name}`")?,
            None => f.write_str("a wire")?,
        }
        write!(f, " that is {:?}, with {} toggles planned", net.level, net.plan.len())
    }
}
