//! Contacts, and the sources that report their changes.

use core::ops::Not;

use tickwire_traits::Instant;

/// The state of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Contact {
    /// The contact does not conduct.
    Open,
    /// The contact conducts.
    Closed,
}

/// A change of a debounced contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Change<Key = ()> {
    /// The contact that changed.
    pub key: Key,
    /// The state after the change.
    pub contact: Contact,
    /// The time of the change: its first edge ([`Mode::Eager`](crate::switch::Mode::Eager)) or
    /// the end of the time for which the contact was stable
    /// ([`Mode::Confirmed`](crate::switch::Mode::Confirmed)).
    pub at: Instant,
}

/// A source of debounced contacts: one, or several with a key each.
///
/// A [`Switch`](crate::switch::Switch) is a source of one contact.
/// [`Button`](crate::button::Button) and [`Buttons`](crate::button::Buttons) read gestures
/// from a source.
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
/// Report changes in the order of their times across all keys, with alternating states per
/// key. Report a past change even if `until` is past as well: a late task then sees the
/// changes in order.
///
/// # For driver authors
///
/// A contact is actuated while it differs from [`rest`](Self::rest). To wait without a
/// limit, wait until [`Instant::MAX`], in a loop.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source of contacts",
    note = "a pin with a clock is one by `Switch::new`"
)]
pub trait ContactSource {
    /// The key of a contact: `()` for a single one, an index for a resistor ladder, a row
    /// and a column for a keypad.
    type Key: Copy;

    /// The error of the pins or the converter.
    type Error;

    /// Returns the time by the source's clock.
    fn now(&self) -> Instant;

    /// Returns the state of the contacts at rest.
    fn rest(&self) -> Contact {
        Contact::Open
    }

    /// Waits for the next change, until `until` at most. Returns `None` if nothing has
    /// changed by then.
    ///
    /// # Errors
    ///
    /// Errors of the source. The call may be repeated.
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
