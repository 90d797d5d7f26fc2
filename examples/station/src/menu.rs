//! The menu: what a turn of the knob and a push of it do.

use tickwire_traits::{Duration, Instant};

use crate::limits::Limit;
use crate::state::Has;
use crate::{Page, State};

/// What a turn of the knob changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Focus {
    /// The page.
    #[default]
    Page,
    /// Which limit is marked.
    Limit(Limit),
    /// The value of this limit.
    Value(Limit),
    /// The rate of the GPS receiver.
    Rate,
}

/// What the knob and the remote control act on.
///
/// ```text
///         push                      push
///   Page ──────► Limit(the first) ───────► Value ┐
///    ▲ ▲              │  ▲                    │  │ push
///    │ └──────────────┘  └────────────────────│──┘
///    │   held, or not used for 30 s           │
///    └────────────────────────────────────────┘
/// ```
///
/// On the page of settings, a push leads to their rate instead, and another one back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Menu {
    focus: Focus,
    used: Instant,
}

/// A key of a remote control, by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A digit: chooses a page, if there is that one. 1 is the first.
    Digit(u8),
    /// Turns the knob back by one.
    Minus,
    /// Turns the knob by one.
    Plus,
    /// Pushes the knob.
    Enter,
}

/// After this time, the knob turns pages again. Otherwise, the next one who passes by would
/// change a limit without looking.
const FORGET_AFTER: Duration = Duration::from_secs(30);

impl Menu {
    /// Returns what a turn of the knob changes now.
    pub fn focus(&self, now: Instant) -> Focus {
        if now - self.used >= FORGET_AFTER { Focus::Page } else { self.focus }
    }
}

impl Default for Menu {
    /// Turns pages.
    fn default() -> Self {
        Self { focus: Focus::Page, used: Instant::EPOCH }
    }
}

impl State {
    /// Turns the knob by `steps`: pages go round, limits and values have ends.
    pub(crate) fn turn(&mut self, steps: i32, now: Instant, has: Has) {
        match self.menu.focus(now) {
            Focus::Page => self.page = self.page.moved(steps, has),
            Focus::Limit(limit) => self.mark(Focus::Limit(limit.moved(steps)), now),
            Focus::Value(limit) => {
                self.limits.turn(limit, steps);
                self.mark(Focus::Value(limit), now);
            }
            Focus::Rate => {
                self.receiver.turn(steps);
                self.mark(Focus::Rate, now);
            }
        }
    }

    /// Pushes the knob: opens the page of limits, then a value, and leaves the value. On the page of
    /// settings, opens and leaves the rate.
    pub(crate) fn push(&mut self, now: Instant, has: Has) {
        match self.menu.focus(now) {
            Focus::Page if has.settings && self.page == Page::Settings => {
                self.mark(Focus::Rate, now);
            }
            Focus::Rate => self.leave(),
            Focus::Page => {
                self.page = Page::Limits;
                self.mark(Focus::Limit(Limit::Cold), now);
            }
            Focus::Limit(limit) => self.mark(Focus::Value(limit), now),
            Focus::Value(limit) => self.mark(Focus::Limit(limit), now),
        }
    }

    /// Leaves the menu. The page and the limits stay as they are.
    pub(crate) fn leave(&mut self) {
        self.menu = Menu::default();
    }

    /// Does what a key of the remote control does.
    pub(crate) fn press(&mut self, key: Key, now: Instant, has: Has) {
        match key {
            Key::Digit(digit) => {
                let page = usize::from(digit).checked_sub(1).and_then(|at| Page::ALL.get(at));
                if let Some(page) = page.filter(|page| page.is_in(has)) {
                    self.page = *page;
                    self.leave();
                }
            }
            Key::Minus => self.turn(-1, now, has),
            Key::Plus => self.turn(1, now, has),
            Key::Enter => self.push(now, has),
        }
    }

    fn mark(&mut self, focus: Focus, now: Instant) {
        self.menu = Menu { focus, used: now };
    }
}

#[cfg(test)]
mod tests;
