//! Sources with one flaw each.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use embedded_io::ErrorKind;
use tickwire_conformance::{Unmet, Verdict, readiness};
use tickwire_sim::Sim;
use tickwire_traits::{Interest, Readiness};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    ForgetsWhatNobodyWaitedFor,
    KeepsTheFirstWaker,
    IsAlwaysReady,
    WakesNobody,
    Fails,
}

struct Source {
    flaw: Flaw,
    inside: Rc<RefCell<Inside>>,
}

#[derive(Default)]
struct Inside {
    raised: bool,
    waker: Option<Waker>,
}

impl Source {
    fn raise(flaw: Flaw, inside: &RefCell<Inside>) {
        let waker = inside.borrow_mut().waker.take();
        let heard = waker.is_some() || flaw != Flaw::ForgetsWhatNobodyWaitedFor;
        inside.borrow_mut().raised |= heard;
        if let Some(waker) = waker.filter(|_| flaw != Flaw::WakesNobody) {
            waker.wake();
        }
    }
}

impl embedded_io::ErrorType for Source {
    type Error = ErrorKind;
}

impl Readiness for Source {
    fn poll_ready(&mut self, _: Interest, cx: &mut Context<'_>) -> Poll<Result<(), ErrorKind>> {
        let mut inside = self.inside.borrow_mut();
        if self.flaw == Flaw::Fails {
            return Poll::Ready(Err(ErrorKind::Other));
        }
        if self.flaw != Flaw::KeepsTheFirstWaker || inside.waker.is_none() {
            inside.waker = Some(cx.waker().clone());
        }
        if std::mem::take(&mut inside.raised) || self.flaw == Flaw::IsAlwaysReady {
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }
}

/// Checks the verdict on a source with `flaw`.
#[track_caller]
fn check(flaw: Flaw, verdict: Verdict) {
    let sim = Sim::new();
    let clock = sim.clock();
    let inside = Rc::<RefCell<Inside>>::default();
    let mut source = Source { flaw, inside: inside.clone() };
    let checked = readiness::of(&clock, &mut source, || Source::raise(flaw, &inside), |_| ());
    assert_eq!(sim.run(checked), verdict);
}

#[test]
fn an_intact_source_passes() {
    check(Flaw::None, Ok(()));
}

#[test]
fn each_flaw_of_a_source_is_caught() {
    let table = [
        (Flaw::ForgetsWhatNobodyWaitedFor, "the check hangs"),
        (Flaw::KeepsTheFirstWaker, "the check hangs"),
        (Flaw::WakesNobody, "the check hangs"),
        (Flaw::IsAlwaysReady, "a source without data is always ready"),
        (Flaw::Fails, "an intact source reported an error"),
    ];
    table.into_iter().for_each(|(flaw, what)| check(flaw, Err(Unmet::Failed(what))));
}
