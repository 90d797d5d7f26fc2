//! A pin with interrupts of its own.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use embedded_hal::digital::{ErrorType, InputPin, PinState};
use embedded_hal_async::digital::Wait;

use PinState::{High, Low};

/// A pin of a HAL with its own interrupts: a wait for a level ends when the level has
/// come, even if it is gone again.
#[derive(Clone)]
pub(crate) struct Pin(Rc<Port>);

struct Port {
    level: Cell<PinState>,
    awaited: Cell<PinState>,
    has_come: Cell<bool>,
    waiter: RefCell<Option<Waker>>,
}

impl Pin {
    pub(crate) fn new(level: PinState) -> Self {
        let (level, awaited) = (Cell::new(level), Cell::new(level));
        Self(Rc::new(Port { level, awaited, has_come: false.into(), waiter: None.into() }))
    }

    pub(crate) fn drive(&self, level: PinState) {
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
