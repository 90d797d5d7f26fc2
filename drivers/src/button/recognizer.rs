//! Recognition of gestures in presses and releases.

use tickwire_traits::{Duration, Instant};

use crate::span::Span;

/// A gesture: an event of a key, and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Gesture<Key = ()> {
    /// The key: `()` for a [`Button`](super::Button), and the key of the contact for
    /// [`Buttons`](super::Buttons).
    pub key: Key,
    /// The event.
    pub event: Event,
    /// The time of the edge, or the time at which the gesture became certain.
    pub at: Instant,
}

/// An event of a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event {
    /// The button went down.
    Press,
    /// The button came up. Always follows its press.
    Release,
    /// The button was pressed once, for less than a long press, and not again in time for
    /// a double click. Only with [`Reporting::Exclusive`].
    Click,
    /// The button was pressed twice in time.
    Double,
    /// The button was pressed this often in time: 3 or more.
    Clicks(u8),
    /// The button has been held for [`Timing::long`].
    Long,
    /// The button is still held, [`Timing::repeat`] after the last `Long` or `Repeat`.
    Repeat,
}

/// When clicks are reported: at each press, or once their number is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Reporting {
    /// At each press. A double click reads press, release, press, double, release. A
    /// single click reads press and release, and no event follows: act on
    /// [`Event::Press`].
    #[default]
    Immediate,
    /// Each gesture is one of [`Event::Click`], [`Event::Double`], [`Event::Clicks`] and
    /// [`Event::Long`], reported once the others are excluded. Presses and releases are
    /// reported immediately.
    Exclusive,
}

/// The times that separate gestures, and the reporting of clicks.
///
/// Values over an hour are reduced to an hour.
///
/// ```
/// use tickwire_drivers::button::{Reporting, Timing};
/// use tickwire_traits::Duration;
///
/// // The defaults are those of micropython-async.
/// let timing = Timing::default();
/// assert_eq!(timing.long, Duration::from_millis(1_000));
/// assert_eq!(timing.double, Duration::from_millis(400));
/// // A volume button: a click for one step, a hold for more.
/// let volume = Timing {
///     reporting: Reporting::Exclusive,
///     most_clicks: 1,
///     repeat: Some(Duration::from_millis(150)),
///     ..Timing::default()
/// };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// The longest time from one press to the next within a double click. A press exactly
    /// this long after the previous one counts.
    pub double: Duration,
    /// The shortest hold that is a long press. The second press of a double click is
    /// never a long press.
    pub long: Duration,
    /// The period at which a button repeats while held after a long press, if it does.
    pub repeat: Option<Duration>,
    /// The largest number of clicks that is distinguished from one more: 2 for double
    /// clicks, 1 for none.
    pub most_clicks: u8,
    /// When clicks are reported.
    pub reporting: Reporting,
}

/// A recognizer of gestures. Pure: takes contacts and times, returns gestures.
///
/// ```text
///        press                held for `long`
///   Up ─────────► Down(1) ─────────────────────► Held ⟲ `repeat`
///   ▲ ▲             │ release                      │
///   │ │             ▼                              │
///   │ └──────── Window(n) ◄─────────┐              │ release
///   │ `double` over │ press         │ release      │
///   │ (n clicks)    ▼               │              │
///   │           Down(n + 1) ────────┘              │
///   │               │ n + 1 = most_clicks,         │
///   │               │ or `double` over             │
///   │ release       ▼                              │
///   ├──────────── Spent                            │
///   └──────────────────────────────────────────────┘
/// ```
///
/// If a contact arrives after an earlier gesture was due, the recognizer reports that
/// gesture and keeps the contact. Call [`owed`](Self::owed) before passing the next
/// contact.
///
/// ```
/// use tickwire_drivers::button::{Event, Recognizer, Timing};
/// use tickwire_traits::Instant;
///
/// let mut button = Recognizer::new(Timing::default());
/// assert_eq!(button.contact(true, Instant::from_millis(120)).unwrap().event, Event::Press);
/// // No call for two seconds, then a release.
/// let gesture = button.contact(false, Instant::from_millis(2_120)).unwrap();
/// assert_eq!((gesture.event, gesture.at), (Event::Long, Instant::from_millis(1_120)));
/// assert_eq!(button.owed().unwrap().event, Event::Release);
/// ```
#[derive(Clone, Debug)]
pub struct Recognizer {
    /// The end of the present phase, if time ends it. If another click may still come in a
    /// window, the last instant of the window.
    due: Instant,
    owed_at: Instant,
    double: Span,
    long: Span,
    /// Zero disables repeats.
    repeat: Span,
    most_clicks: u8,
    /// The number of the present or last press within its sequence.
    clicks: u8,
    reporting: Reporting,
    phase: Phase,
    /// A contact that arrived while an earlier gesture had to be reported.
    owed: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Up,
    /// Until the press is long or, if not the first, too late for another click.
    Down,
    /// Down, and the number of clicks is due immediately.
    Counted,
    /// Until the next repeat.
    Held,
    /// Down, with only the release left to report.
    Spent,
    /// Up, until it is too late for another click.
    Window,
}

impl Gesture {
    pub(super) const fn of<Key>(self, key: Key) -> Gesture<Key> {
        Gesture { key, event: self.event, at: self.at }
    }
}

impl Timing {
    pub(super) const DEFAULT: Self = Self {
        double: Duration::from_millis(400),
        long: Duration::from_millis(1_000),
        repeat: None,
        most_clicks: 2,
        reporting: Reporting::Immediate,
    };
}

impl Default for Timing {
    /// Immediate, 400 ms for a double click, 1 s for a long press, no repeat.
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Recognizer {
    /// Creates a recognizer for a button that is up.
    pub const fn new(timing: Timing) -> Self {
        Self {
            due: Instant::EPOCH,
            owed_at: Instant::EPOCH,
            double: Span::new(timing.double),
            long: Span::new(timing.long),
            repeat: match timing.repeat {
                // A repeat of zero would report without end.
                Some(span) if span.is_zero() => Span::TICK,
                Some(span) => Span::new(span),
                None => Span::ZERO,
            },
            most_clicks: timing.most_clicks,
            clicks: 0,
            reporting: timing.reporting,
            phase: Phase::Up,
            owed: None,
        }
    }

    /// Returns whether the button is down, according to the gestures reported so far.
    pub const fn is_pressed(&self) -> bool {
        matches!(self.phase, Phase::Down | Phase::Counted | Phase::Held | Phase::Spent)
    }

    /// Returns whether the button is up and the next press begins a new gesture. If the
    /// time for another click ends without a gesture, this holds only after an
    /// [`elapse`](Self::elapse).
    pub const fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Up) && self.owed.is_none()
    }

    /// Returns when to call [`elapse`](Self::elapse), if no contact comes before.
    pub fn deadline(&self) -> Option<Instant> {
        if self.owed.is_some() {
            return Some(self.owed_at);
        }
        // Only a caller that waits for a click needs the end of a window.
        let silent = self.reporting == Reporting::Immediate
            && (self.phase == Phase::Window || self.phase == Phase::Down && self.clicks > 1);
        if silent {
            None
        } else if self.phase == Phase::Window && self.awaits_click() {
            Some(Span::TICK.after(self.due))
        } else {
            self.ends()
        }
    }

    /// Records that the button is or is not `pressed` from `at` on.
    ///
    /// An earlier gesture that was due is returned first; the contact is then owed.
    pub fn contact(&mut self, pressed: bool, at: Instant) -> Option<Gesture> {
        if let Some(due) = self.elapse(at) {
            self.owed = Some(pressed);
            self.owed_at = at;
            return Some(due);
        }
        self.touch(pressed, at)
    }

    /// Returns the gesture due after the one returned last.
    pub fn owed(&mut self) -> Option<Gesture> {
        self.owed.and_then(|_| self.elapse(self.owed_at))
    }

    /// Advances to `now`, and returns the first gesture that is due.
    pub fn elapse(&mut self, now: Instant) -> Option<Gesture> {
        let Some(pressed) = self.owed.take() else { return self.overdue(now) };
        let at = self.owed_at;
        if let Some(due) = self.overdue(at) {
            self.owed = Some(pressed);
            return Some(due);
        }
        self.touch(pressed, at)
    }

    /// Returns whether one more click would still be distinguished from this number.
    fn awaits_click(&self) -> bool {
        self.clicks < self.most_clicks
    }

    /// Returns when time ends the present phase.
    fn ends(&self) -> Option<Instant> {
        match self.phase {
            Phase::Up | Phase::Spent => None,
            Phase::Held if self.repeat.is_zero() => None,
            Phase::Down | Phase::Counted | Phase::Held | Phase::Window => Some(self.due),
        }
    }

    /// Ends the present phase if its time is over.
    fn overdue(&mut self, now: Instant) -> Option<Gesture> {
        let at = self.ends()?;
        if now < at {
            return None;
        }
        let (phase, span, event) = match self.phase {
            Phase::Up | Phase::Spent => return None,
            // A press at the last instant is still in time.
            Phase::Window if now == at && self.awaits_click() => return None,
            Phase::Window => {
                self.phase = Phase::Up;
                return self.certain().map(|event| Gesture { key: (), event, at });
            }
            Phase::Counted if self.clicks < self.most_clicks => {
                (Phase::Down, self.double, Some(self.counted()))
            }
            Phase::Counted => (Phase::Spent, Span::ZERO, Some(self.counted())),
            Phase::Down if self.clicks > 1 => (Phase::Spent, Span::ZERO, self.certain()),
            Phase::Down => (Phase::Held, self.repeat, Some(Event::Long)),
            Phase::Held => (Phase::Held, self.repeat, Some(Event::Repeat)),
        };
        self.phase = phase;
        self.due = span.after(at);
        if phase == Phase::Held && self.due <= now {
            // Repeats missed by a late caller are not made up for.
            self.due = span.after(now);
        }
        Some(Gesture { key: (), event: event?, at })
    }

    fn touch(&mut self, pressed: bool, at: Instant) -> Option<Gesture> {
        let event = match (self.phase, pressed) {
            (Phase::Up | Phase::Window, true) => {
                self.press(at);
                Event::Press
            }
            (Phase::Down | Phase::Counted, false) => {
                self.release(at);
                Event::Release
            }
            (Phase::Held | Phase::Spent, false) => {
                self.phase = Phase::Up;
                Event::Release
            }
            // Not a change.
            _ => return None,
        };
        Some(Gesture { key: (), event, at })
    }

    fn press(&mut self, at: Instant) {
        self.clicks = if self.phase == Phase::Window { self.clicks.saturating_add(1) } else { 1 };
        let last = self.clicks >= self.most_clicks;
        let first = self.clicks == 1;
        (self.phase, self.due) = if first {
            (Phase::Down, self.long.after(at))
        } else if last || self.reporting == Reporting::Immediate {
            (Phase::Counted, at)
        } else {
            (Phase::Down, self.double.after(at))
        };
    }

    /// Handles the release of a press that was neither long nor the last click.
    fn release(&mut self, at: Instant) {
        let since = if self.clicks > 1 { self.double } else { self.long };
        let window = self.double.after(since.before(self.due));
        let last = self.clicks >= self.most_clicks;
        self.phase = Phase::Window;
        // Not before the release, which is reported first.
        self.due = if last { at } else { window.max(at) };
    }

    fn counted(&self) -> Event {
        match self.clicks {
            0 | 1 => Event::Click,
            2 => Event::Double,
            more => Event::Clicks(more),
        }
    }

    /// Returns the clicks that are certain, now that it is too late for another.
    fn certain(&self) -> Option<Event> {
        (self.reporting == Reporting::Exclusive).then(|| self.counted())
    }
}
