//! Contacts, and what tells their changes: one contact or many.

use core::ops::Not;

use tickwire_traits::Instant;

/// Whether a contact conducts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Contact {
    /// It does not.
    Open,
    /// It does.
    Closed,
}

/// A change of a debounced contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Change<Key = ()> {
    /// The contact that changed.
    pub key: Key,
    /// The state after it.
    pub contact: Contact,
    /// When it was decided: at the first edge
    /// ([`Mode::Eager`](crate::switch::Mode::Eager)) or at the end of the time for which
    /// the contact was stable ([`Mode::Confirmed`](crate::switch::Mode::Confirmed)).
    pub at: Instant,
}

/// A source of debounced contacts: one, or several that are told apart by a key.
///
/// A [`Switch`](crate::switch::Switch) is one of a single contact. The gestures of a source
/// are read by a [`Button`](crate::button::Button) or by
/// [`Buttons`](crate::button::Buttons).
///
/// ```
/// use core::convert::Infallible;
/// use tickwire_drivers::button::{Button, Event};
/// use tickwire_drivers::contact::{Change, Contact, ContactSource};
/// use tickwire_sim::{Sim, SimClock};
/// use tickwire_traits::{Clock, Instant, Timer};
///
/// /// A contact that closes once, at a set time.
/// struct Once {
///     at: Option<Instant>,
///     clock: SimClock,
/// }
///
/// impl ContactSource for Once {
///     type Key = ();
///     type Error = Infallible;
///
///     fn now(&self) -> Instant {
///         self.clock.now()
///     }
///
///     async fn change_until(&mut self, until: Instant) -> Result<Option<Change>, Infallible> {
///         match self.at {
///             Some(at) if at <= until => {
///                 self.clock.sleep_until(at).await;
///                 // No await below: the change is taken in the poll that returns it.
///                 self.at = None;
///                 Ok(Some(Change { key: (), contact: Contact::Closed, at }))
///             }
///             _ => {
///                 self.clock.sleep_until(until).await;
///                 Ok(None)
///             }
///         }
///     }
/// }
///
/// let sim = Sim::new();
/// let at = Some(Instant::from_millis(20));
/// let mut button = Button::of(Once { at, clock: sim.clock() });
/// assert_eq!(sim.run(button.gesture()).unwrap().event, Event::Press);
/// let long = sim.run(button.gesture()).unwrap();
/// assert_eq!((long.event, long.at), (Event::Long, Instant::from_millis(1_020)));
/// ```
///
/// # For implementers
///
/// Report changes in the order of their times, over all keys, and each key's states in
/// turn. A change that is past is reported even if `until` is past as well: a late task
/// then learns in order what happened.
///
/// # For driver authors
///
/// A contact is acted on while it differs from [`rest`](Self::rest). To wait without a
/// limit, wait until [`Instant::MAX`], in a loop.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source of contacts",
    note = "a pin with a clock is one by `Switch::new`"
)]
pub trait ContactSource {
    /// Which contact changed: `()` if there is one, an index for a ladder of resistors,
    /// a row and a column for a keypad.
    type Key: Copy;

    /// What the pins or the converter may fail with.
    type Error;

    /// Returns the time by the source's clock.
    fn now(&self) -> Instant;

    /// Returns the state of the contacts while nothing acts on them.
    fn rest(&self) -> Contact {
        Contact::Open
    }

    /// Waits for the next change, but not past `until`. Returns `None` if it is `until`
    /// and nothing has changed.
    ///
    /// # Errors
    ///
    /// Whatever the source reports. It may be awaited again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a change is taken only in the poll that returns it.
    async fn change_until(
        &mut self,
        until: Instant,
    ) -> Result<Option<Change<Self::Key>>, Self::Error>;
}

impl<S: ContactSource + ?Sized> ContactSource for &mut S {
    type Key = S::Key;
    type Error = S::Error;

    fn now(&self) -> Instant {
        S::now(self)
    }

    fn rest(&self) -> Contact {
        S::rest(self)
    }

    async fn change_until(
        &mut self,
        until: Instant,
    ) -> Result<Option<Change<Self::Key>>, Self::Error> {
        S::change_until(self, until).await
    }
}

impl Not for Contact {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Open => Self::Closed,
            Self::Closed => Self::Open,
        }
    }
}
