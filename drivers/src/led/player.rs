//! The machine: which brightness a program has at which time.

use tickwire_traits::{Duration, Instant};

use super::{Brightness, Program};
use crate::span::Span;

/// How long a fade keeps a brightness at least.
const FADE_STEP: Duration = Duration::from_millis(10);

/// A program in progress. Pure: takes times, returns brightnesses.
///
/// ```
/// use tickwire_drivers::led::{Brightness, Player, Program};
/// use tickwire_traits::{Duration, Instant};
///
/// let start = Instant::from_millis(70);
/// let mut player = Player::new();
/// player.start(Program::flash(Duration::from_millis(500)), start);
/// assert_eq!(player.elapse(start, false), Brightness::FULL);
/// assert_eq!(player.deadline(), Some(Instant::from_millis(320)));
/// // Late, by more than a second: the light is off again, and the grid is kept.
/// assert_eq!(player.elapse(Instant::from_millis(1_400), false), Brightness::OFF);
/// assert_eq!(player.deadline(), Some(Instant::from_millis(1_570)));
/// ```
#[derive(Clone, Debug)]
pub struct Player {
    program: Program,
    index: usize,
    /// When the present step began.
    since: Instant,
    due: Instant,
    /// The brightness before the present step.
    from: Brightness,
    /// As returned last.
    shown: Brightness,
}

impl Player {
    /// Creates a player of [`Program::OFF`].
    pub const fn new() -> Self {
        Self {
            program: Program::OFF,
            index: 0,
            since: Instant::EPOCH,
            due: Instant::EPOCH,
            from: Brightness::OFF,
            shown: Brightness::OFF,
        }
    }

    /// Starts a program at `now`, at the brightness that was returned last.
    pub const fn start(&mut self, program: Program, now: Instant) {
        (self.program, self.index) = (program, 0);
        (self.since, self.due) = (now, now);
        self.from = self.shown;
    }

    /// Returns the brightness that was returned last.
    pub const fn brightness(&self) -> Brightness {
        self.shown
    }

    /// Returns when the brightness changes next. `None` if it does not: the program has ended.
    pub fn deadline(&self) -> Option<Instant> {
        (self.due != Instant::MAX).then_some(self.due)
    }

    /// Returns the brightness at `now`. If the light [cannot be
    /// dimmed](super::Light::IS_DIMMABLE), a fade is a change at its start.
    ///
    /// A fade changes the brightness every 10 ms.
    pub fn elapse(&mut self, now: Instant, is_dimmable: bool) -> Brightness {
        self.due = Instant::MAX;
        self.shown = loop {
            let Some(step) = self.program.step(self.index) else {
                let Some(pass) = self.program.pass() else { break self.from };
                self.index = 0;
                self.skip(now, pass);
                continue;
            };
            let end = step.span.after(self.since);
            // Steps do not move on at the end of time.
            if now < end || end == Instant::MAX {
                if is_dimmable && step.fades {
                    self.due = end.min(now + FADE_STEP);
                    let elapsed = Span::new(now - self.since);
                    break self.from.toward(step.to, elapsed.as_micros(), step.span.as_micros());
                }
                self.due = end;
                break step.to;
            }
            self.index += 1;
            (self.since, self.from) = (end, step.to);
        };
        self.shown
    }

    /// Skips whole passes that are over by `now`.
    fn skip(&mut self, now: Instant, pass: Duration) {
        let mut late = now - self.since;
        // A remainder of 64 bits, for which a core without a divider has no code yet.
        while late >= pass {
            let mut part = pass;
            while part <= late - part {
                part += part;
            }
            late -= part;
        }
        self.since = now - late;
    }
}

impl Default for Player {
    fn default() -> Self {
        Self::new()
    }
}
