//! Debouncing of levels and edges.

use embedded_hal::digital::PinState;
use tickwire_traits::{Duration, Instant};

use crate::contact::{Change, Contact};
use crate::span::Span;

/// When a change is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mode {
    /// At the first edge; then edges are ignored until there have been none for the settle
    /// time. If the contact has changed meanwhile, the change is reported then: late, never
    /// lost. Each report, late or not, starts the settle time of the state it reports. For
    /// fingers, and clean lines.
    #[default]
    Eager,
    /// Once the contact has been stable for the settle time. A shorter pulse is not a
    /// change. For long wires, and noise.
    Confirmed,
}

/// The bounce times of a contact, and the reporting of its changes.
///
/// ```
/// use tickwire_drivers::switch::{Mode, Debounce};
/// use tickwire_traits::Duration;
///
/// // 50 ms either way, as micropython-async's `debounce_ms`.
/// assert_eq!(Debounce::default(), Debounce::eager(Duration::from_millis(50)));
/// // A reed that closes cleanly and opens slowly.
/// let reed = Debounce { open: Duration::from_millis(20), ..Debounce::confirmed(Duration::from_millis(2)) };
/// assert_eq!(reed.mode, Mode::Confirmed);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Debounce {
    /// When a change is reported.
    pub mode: Mode,
    /// How long the contact takes to be stable after closing. Values over an hour are
    /// reduced to an hour.
    pub close: Duration,
    /// How long the contact takes to be stable after opening.
    pub open: Duration,
}

/// The wiring of a contact to its pin.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::switch::{Contact, Wiring};
///
/// // A button to ground, with a pull-up: the default.
/// assert_eq!(Wiring::default(), Wiring::normally_open(PinState::Low));
/// // A limit switch that opens when the carriage arrives.
/// assert_eq!(Wiring::normally_closed(PinState::Low).rest, Contact::Closed);
/// // A button of either polarity that is not pressed at the start.
/// assert_eq!(Wiring::learned(Contact::Open).closed, None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Wiring {
    /// The pin's level while the contact is closed. `None` to learn it: the level at the
    /// first look is taken as the level at rest.
    pub closed: Option<PinState>,
    /// The state of the contact at rest.
    pub rest: Contact,
}

/// A debouncer of a contact. Pure: takes levels and times, returns changes.
///
/// ```text
///               edge: eager reports it
///   ┌────────┐ ────────────────────────► ┌──────────┐ ─┐ edge: wait anew
///   │ Stable │                           │ Settling │  │ due, and it differs: eager
///   └────────┘ ◄──────────────────────── └──────────┘ ◄┘ reports it, and waits anew
///               due: confirmed reports what differs
/// ```
///
/// Every edge is followed by a look once the contact is quiet again, so that an edge lost
/// by the pin does not leave a wrong state forever.
///
/// An edge from a late caller may come after the deadline and mean two changes; the second
/// is then due immediately.
///
/// ```
/// use embedded_hal::digital::PinState::{High, Low};
/// use tickwire_drivers::switch::{Change, Contact, Debouncer, Debounce, Wiring};
/// use tickwire_traits::{Duration, Instant};
///
/// let debounce = Debounce::eager(Duration::from_millis(50));
/// let mut debouncer = Debouncer::new(Wiring::normally_open(Low), debounce);
/// let at = Instant::from_millis(120);
/// assert_eq!(debouncer.edge(Low, at), Some(Change { key: (), contact: Contact::Closed, at }));
/// assert_eq!(debouncer.deadline(), Some(Instant::from_millis(170)));
/// assert_eq!(debouncer.edge(High, Instant::from_millis(123)), None); // A bounce.
/// ```
#[derive(Clone, Debug)]
pub struct Debouncer {
    due: Instant,
    close: Span,
    open: Span,
    mode: Mode,
    phase: Phase,
    closed: Option<PinState>,
    rest: Contact,
    /// As reported.
    contact: Contact,
    /// As seen last.
    seen: Contact,
    missed: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Stable,
    Settling,
    /// A change was seen at `due`, but an earlier one had to be returned first.
    Owing,
}

impl Debounce {
    /// Creates the settings to report at the first edge, with the contact stable after `settle`.
    pub const fn eager(settle: Duration) -> Self {
        Self { mode: Mode::Eager, close: settle, open: settle }
    }

    /// Creates the settings to report once the contact has been stable for `stable`.
    pub const fn confirmed(stable: Duration) -> Self {
        Self { mode: Mode::Confirmed, close: stable, open: stable }
    }
}

impl Debounce {
    pub(crate) const DEFAULT: Self = Self::eager(Duration::from_millis(50));
}

impl Default for Debounce {
    /// Eager, 50 ms either way.
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Wiring {
    /// Returns the wiring of a contact that closes when actuated, with its pin `closed` then.
    pub const fn normally_open(closed: PinState) -> Self {
        Self { closed: Some(closed), rest: Contact::Open }
    }

    /// Returns the wiring of a contact that opens when actuated, with its pin `closed` at rest.
    pub const fn normally_closed(closed: PinState) -> Self {
        Self { closed: Some(closed), rest: Contact::Closed }
    }

    /// Returns the wiring of a contact of either polarity that is at rest at the first look.
    pub const fn learned(rest: Contact) -> Self {
        Self { closed: None, rest }
    }
}

impl Wiring {
    pub(super) const DEFAULT: Self = Self::normally_open(PinState::Low);
}

impl Default for Wiring {
    /// A normally open contact to ground, with a pull-up.
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Debouncer {
    /// Creates a debouncer of a contact at rest. If it is not at rest, the first
    /// [`look`](Self::look) reports that; it is due immediately.
    pub const fn new(wiring: Wiring, debounce: Debounce) -> Self {
        let Wiring { closed, rest } = wiring;
        Self {
            due: Instant::EPOCH,
            close: Span::new(debounce.close),
            open: Span::new(debounce.open),
            mode: debounce.mode,
            phase: Phase::Settling,
            closed,
            rest,
            contact: rest,
            seen: rest,
            missed: 0,
        }
    }

    pub(super) const fn set_debounce(&mut self, debounce: Debounce) {
        self.close = Span::new(debounce.close);
        self.open = Span::new(debounce.open);
        self.mode = debounce.mode;
    }

    /// Resets the contact to rest.
    pub(super) const fn set_wiring(&mut self, Wiring { closed, rest }: Wiring) {
        self.closed = closed;
        (self.rest, self.contact, self.seen) = (rest, rest, rest);
    }

    /// Returns the state reported last.
    pub const fn contact(&self) -> Contact {
        self.contact
    }

    /// Returns how many edges did not fit in the pin's queue
    /// ([`Edge::missed`](tickwire_traits::Edge::missed)), up to 65 535.
    pub const fn missed(&self) -> u16 {
        self.missed
    }

    /// Records that `edges` were missed before the next one.
    pub fn miss(&mut self, edges: u32) {
        let edges = u16::try_from(edges).unwrap_or(u16::MAX);
        self.missed = self.missed.saturating_add(edges);
    }

    /// Returns when to call [`look`](Self::look), if no edge comes before.
    pub fn deadline(&self) -> Option<Instant> {
        (self.phase != Phase::Stable).then_some(self.due)
    }

    /// Returns the state of the contact at rest.
    pub const fn rest(&self) -> Contact {
        self.rest
    }

    /// Records an edge: the pin is at `level` from `at` on.
    pub fn edge(&mut self, level: PinState, at: Instant) -> Option<Change> {
        let seen = self.read(level, !level);
        self.note(seen, at)
    }

    /// Records that the pin is at `level` at `now`, and returns a change that is due.
    pub fn look(&mut self, level: PinState, now: Instant) -> Option<Change> {
        let seen = self.read(level, level);
        if seen == self.seen { self.elapse(now) } else { self.note(seen, now) }
    }

    /// Converts a level to a contact state; learns the polarity if needed.
    fn read(&mut self, level: PinState, resting: PinState) -> Contact {
        let closed = *self.closed.get_or_insert(match self.rest {
            Contact::Closed => resting,
            Contact::Open => !resting,
        });
        if level == closed { Contact::Closed } else { Contact::Open }
    }

    fn note(&mut self, seen: Contact, at: Instant) -> Option<Change> {
        let earlier = self.elapse(at);
        if earlier.is_some() {
            // Only the end of the new settle time may also be due.
            self.elapse(at);
        }
        self.seen = seen;
        match (self.phase, self.mode) {
            (Phase::Settling, _) | (_, Mode::Confirmed) => self.settle(at),
            // Not a change, but an edge may have been lost, so look again.
            _ if seen == self.contact => self.settle(at),
            (Phase::Owing, _) => {}
            (Phase::Stable, Mode::Eager) if earlier.is_none() => return Some(self.report(at)),
            (Phase::Stable, Mode::Eager) => {
                self.phase = Phase::Owing;
                self.due = at;
            }
        }
        earlier
    }

    fn elapse(&mut self, now: Instant) -> Option<Change> {
        if now < self.deadline()? {
            return None;
        }
        if self.phase == Phase::Settling && self.seen == self.contact {
            self.phase = Phase::Stable;
            return None;
        }
        Some(self.report(self.due))
    }

    fn report(&mut self, at: Instant) -> Change {
        self.contact = self.seen;
        match self.mode {
            // The contact may bounce in its new state, even if a look found it.
            Mode::Eager => self.settle(at),
            Mode::Confirmed => self.phase = Phase::Stable,
        }
        Change { key: (), contact: self.contact, at }
    }

    fn settle(&mut self, at: Instant) {
        let awaited = match self.mode {
            Mode::Eager => self.contact,
            Mode::Confirmed => self.seen,
        };
        let span = match awaited {
            Contact::Closed => self.close,
            Contact::Open => self.open,
        };
        self.phase = Phase::Settling;
        self.due = span.after(at);
    }
}
