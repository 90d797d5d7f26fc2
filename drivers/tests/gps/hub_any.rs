//! Waits that begin, are polled and are dropped in any order while a receiver is read, against a
//! model: none misses its value or a failure, and none is woken by another value.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

use embedded_io_async::{ErrorKind, ErrorType, Read};
use futures_util::TryFutureExt;
use proptest::prelude::*;
use tickwire_drivers::gps::{Error, Gps, Hub};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Clock, Instant};

use crate::sentences::{SENTENCES, body, sentence};

/// What the receiver sends next.
#[derive(Clone, Copy, Debug)]
enum Sent {
    /// With a position, a date and a course.
    Rmc,
    /// With a position and an altitude.
    Gga,
    /// With a course.
    Vtg,
    Noise,
    Failure,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Value {
    Next,
    Position,
    Date,
    Altitude,
    Course,
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Send(Sent),
    Run,
    /// Waits for a value since a time so much later than now.
    Wait(Value, i8),
    Poll(usize),
    Drop(usize),
}

/// The time is the number of the act.
#[derive(Clone, Default)]
struct Acts(Rc<Cell<u64>>);

impl Clock for Acts {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.get())
    }
}

#[derive(Clone, Default)]
struct Line(Rc<RefCell<Sending>>);

#[derive(Default)]
struct Sending {
    queue: VecDeque<Sent>,
    /// The bytes of the first that were read.
    start: usize,
}

impl ErrorType for Line {
    type Error = ErrorKind;
}

impl Read for Line {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        // The test polls again after it has sent.
        poll_fn(|_| match self.0.borrow().queue.is_empty() {
            true => Poll::Pending,
            false => Poll::Ready(()),
        })
        .await;
        let mut sending = self.0.borrow_mut();
        let bytes = match sending.queue[0] {
            Sent::Rmc => sentence(body(SENTENCES[5])),
            Sent::Gga => sentence(body(SENTENCES[11])),
            Sent::Vtg => sentence(body(SENTENCES[10])),
            Sent::Noise => b"\x00$$GPR*\r\n".to_vec(),
            Sent::Failure => {
                sending.queue.pop_front();
                return Err(ErrorKind::Other);
            }
        };
        let rest = &bytes[sending.start..];
        let len = rest.len().min(buf.len());
        buf[..len].copy_from_slice(&rest[..len]);
        sending.start += len;
        if len == rest.len() {
            sending.start = 0;
            sending.queue.pop_front();
        }
        Ok(len)
    }
}

/// What the model knows: the number of reports and of failures, and the last times.
#[derive(Clone, Copy, Debug, Default)]
struct Model {
    positions: u32,
    failures: u32,
    at: [Option<u64>; 4],
    /// How often each value was reported.
    reports: [u32; 4],
}

impl Model {
    fn take(&mut self, sent: Sent, now: u64) {
        let values: &[usize] = match sent {
            Sent::Rmc => &[0, 1, 3],
            Sent::Gga => &[0, 2],
            Sent::Vtg => &[3],
            Sent::Noise => &[],
            Sent::Failure => return self.failures += 1,
        };
        self.positions += u32::from(values.contains(&0));
        for value in values {
            self.at[*value] = Some(now);
            self.reports[*value] += 1;
        }
    }
}

fn index(value: Value) -> usize {
    match value {
        Value::Next | Value::Position => 0,
        Value::Date => 1,
        Value::Altitude => 2,
        Value::Course => 3,
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

struct Waiter<'a> {
    value: Value,
    since: u64,
    /// The model when the wait began, and at the last poll.
    began: Model,
    polled: Option<Model>,
    woken: Arc<Woken>,
    future: Pin<Box<dyn Future<Output = Result<(), Error<ErrorKind>>> + 'a>>,
}

impl Waiter<'_> {
    fn expected(&self, model: &Model) -> Poll<Result<(), Error<ErrorKind>>> {
        let has_value = match self.value {
            Value::Next => model.positions != self.began.positions,
            value => model.at[index(value)].is_some_and(|at| at >= self.since),
        };
        if has_value {
            Poll::Ready(Ok(()))
        } else if model.failures != self.began.failures {
            Poll::Ready(Err(Error::Read(ErrorKind::Other)))
        } else {
            Poll::Pending
        }
    }

    /// Checks that the wait is woken if it was to be, and only then.
    fn check_woken(&self, model: &Model) {
        let Some(polled) = &self.polled else { return };
        let value = index(self.value);
        let has_news =
            model.reports[value] != polled.reports[value] || model.failures != polled.failures;
        assert_eq!(self.woken.0.load(Relaxed), has_news, "{:?} since {}", self.value, self.since);
    }
}

type TheHub = Hub<NoopRawMutex, Line, Acts>;

fn wait<'a>(hub: &'a TheHub, value: Value, since: u64) -> Waiter<'a> {
    let at = Instant::from_micros(since);
    // The wait begins with the call, not with the first poll.
    let future: Pin<Box<dyn Future<Output = _> + 'a>> = match value {
        Value::Next => Box::pin(hub.next().map_ok(|_| ())),
        Value::Position => Box::pin(hub.position(at).map_ok(|_| ())),
        Value::Date => Box::pin(hub.date(at).map_ok(|_| ())),
        Value::Altitude => Box::pin(hub.altitude_mm(at).map_ok(|_| ())),
        Value::Course => Box::pin(hub.course(at).map_ok(|_| ())),
    };
    let (began, woken) = (Model::default(), Arc::default());
    Waiter { value, since, began, polled: None, woken, future }
}

fn check(acts: &[Act]) {
    let (clock, line) = (Acts::default(), Line::default());
    let hub = TheHub::new(Gps::new(line.clone(), clock.clone()), clock.clone());
    let mut model = Model::default();
    let mut unread = Vec::new();
    let mut waiters: [Option<Waiter<'_>>; 4] = [None, None, None, None];
    let mut run = Box::pin(hub.run());
    for (now, act) in acts.iter().enumerate() {
        let now = now as u64 + 1;
        clock.0.set(now);
        match *act {
            Act::Send(sent) => {
                line.0.borrow_mut().queue.push_back(sent);
                unread.push(sent);
            }
            Act::Run => {
                let ended = run.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                let failure = unread.iter().position(|sent| matches!(sent, Sent::Failure));
                assert_eq!(ended.is_ready(), failure.is_some());
                let read = failure.map_or(unread.len(), |at| at + 1);
                unread.drain(..read).for_each(|sent| model.take(sent, now));
                if ended.is_ready() {
                    run = Box::pin(hub.run());
                }
                waiters.iter().flatten().for_each(|waiter| waiter.check_woken(&model));
            }
            Act::Wait(value, offset) => {
                let place = waiters.iter_mut().find(|place| place.is_none());
                if let Some(place) = place {
                    let since = now.saturating_add_signed(offset.into());
                    *place = Some(Waiter { began: model, ..wait(&hub, value, since) });
                }
            }
            Act::Poll(at) => {
                let Some(waiter) = &mut waiters[at] else { continue };
                waiter.woken.0.store(false, Relaxed);
                // A new waker with each poll.
                waiter.woken = Arc::default();
                let waker = Waker::from(waiter.woken.clone());
                let polled = waiter.future.as_mut().poll(&mut Context::from_waker(&waker));
                assert_eq!(polled, waiter.expected(&model), "{:?}", waiter.value);
                waiter.polled = Some(model);
                if polled.is_ready() {
                    waiters[at] = None;
                }
            }
            Act::Drop(at) => waiters[at] = None,
        }
    }
    assert_eq!(hub.fix().position().map(|position| position.at.as_micros()), model.at[0]);
}

fn any_act() -> impl Strategy<Value = Act> {
    let sent = [Sent::Rmc, Sent::Gga, Sent::Vtg, Sent::Noise, Sent::Failure];
    let values = [Value::Next, Value::Position, Value::Date, Value::Altitude, Value::Course];
    prop_oneof![
        2 => prop::sample::select(sent.to_vec()).prop_map(Act::Send),
        3 => Just(Act::Run),
        2 => (prop::sample::select(values.to_vec()), -3_i8..9).prop_map(|(v, s)| Act::Wait(v, s)),
        4 => (0_usize..4).prop_map(Act::Poll),
        1 => (0_usize..4).prop_map(Act::Drop),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_wait_ends_with_its_value_or_a_failure_and_is_woken_by_these_alone(
        acts in prop::collection::vec(any_act(), 0..60),
    ) {
        check(&acts);
    }
}
