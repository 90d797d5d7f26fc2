// Documentation includes this file in a module, hence no `//!`.

use std::collections::VecDeque;

use tickwire_drivers::contact::{Change, Contact, ContactSource};
use tickwire_sim::SimClock;
use tickwire_traits::{Clock, Instant, Timer};

/// A test source of contacts that close and open at set times.
#[derive(Debug)]
pub(crate) struct Keys {
    clock: SimClock,
    changes: VecDeque<Change<char>>,
    /// The number of waits until one fails.
    fails_after: Option<u32>,
}

/// The requested failure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault;

impl Keys {
    /// Creates keys that are open at first, and toggle at their times, in milliseconds.
    pub(crate) fn new(clock: SimClock, toggles: &[(u64, char)]) -> Self {
        let toggle = |(n, (ms, key)): (usize, &(u64, char))| {
            let before = toggles[..n].iter().filter(|(_, other)| other == key).count();
            let contact = if before % 2 == 0 { Contact::Closed } else { Contact::Open };
            Change { key: *key, contact, at: Instant::from_millis(*ms) }
        };
        let changes = toggles.iter().enumerate().map(toggle).collect();
        Self { clock, changes, fails_after: None }
    }

    /// Makes one wait fail, after `waits` successful ones.
    #[allow(dead_code)] // Unused by the documentation.
    pub(crate) fn fail_after(mut self, waits: u32) -> Self {
        self.fails_after = Some(waits);
        self
    }
}

impl ContactSource for Keys {
    type Key = char;
    type Error = Fault;

    fn now(&self) -> Instant {
        self.clock.now()
    }

    async fn change_until(&mut self, until: Instant) -> Result<Option<Change<char>>, Fault> {
        if let Some(waits) = self.fails_after {
            self.fails_after = waits.checked_sub(1);
            if waits == 0 {
                return Err(Fault);
            }
        }
        let next = self.changes.front().map_or(Instant::MAX, |change| change.at);
        self.clock.sleep_until(next.min(until)).await;
        // No await below: a change is taken in the poll that returns it.
        if next <= self.clock.now() { Ok(self.changes.pop_front()) } else { Ok(None) }
    }
}
