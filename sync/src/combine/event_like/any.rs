//! Waiting for the first of several events.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use super::EventLike;
use crate::combine::element;

/// Waits for the first of several events; the others stay unchanged.
///
/// It is not a future itself: call `WaitAny((&a, &b)).wait().await`, as often as needed.
/// [`from_fn`](crate::from_fn) makes a future or a queue a member. For a time limit, use
/// [`Timer::timeout`](tickwire_traits::Timer::timeout).
///
/// Takes a tuple of two to six events and returns the winner by type ([`Winner2`] to
/// [`Winner6`]), or an array and returns the winner's index; an empty array waits
/// forever. If several events have happened, the first in the given order wins. The
/// others are not taken: a [`Flag`](crate::Flag) that was set stays set.
///
/// An event that has happened and still stands wins again at the next wait:
/// [`clear`](Self::clear) it, even an expired
/// [`RetriggerableDelay`](crate::RetriggerableDelay).
///
/// Each time its task is woken, it polls all events.
///
/// The tutorial's `WaitAny`; elsewhere `select`.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{WaitAll, WaitAny, Winner2, local};
///
/// let (left, right) = (local::Flag::new(), local::Flag::new());
/// let stop = local::Event::new();
/// let either = WaitAny((&stop, WaitAll((&left, &right))));
///
/// left.set();
/// right.set();
/// let sim = Sim::new();
/// assert_eq!(sim.run(either.wait()), Winner2::Second(((), ())));
/// stop.set();
/// assert_eq!(sim.run(either.wait()), Winner2::First(()));
/// ```
#[doc(alias = "select")]
#[must_use = "it waits only when asked: `.wait().await`"]
#[derive(Clone, Copy, Debug)]
pub struct WaitAny<T>(pub T);

impl<T> WaitAny<T> {
    /// Waits for the first event to happen.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe if its events are: a wait dropped before it resolves has taken
    /// nothing.
    pub fn wait(&self) -> impl Future<Output = <Self as EventLike>::Output>
    where
        Self: EventLike,
    {
        EventLike::wait(self)
    }

    /// Clears all events that can be cleared.
    pub fn clear(&self)
    where
        Self: EventLike,
    {
        EventLike::clear(self);
    }
}

macro_rules! tuple {
    ($Winner:ident, $count:literal: $($E:ident $event:ident $at:tt $Variant:ident),+) => {
        #[doc = concat!(
            "Which of ", $count, " it was, and what it gave. Returned by [`WaitAny`], which has ",
            "an example."
        )]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub enum $Winner<$($E),+> {
            $(
                #[doc = concat!("The one at place ", stringify!($at), ", counted from zero.")]
                $Variant($E),
            )+
        }

        impl<$($E: EventLike),+> EventLike for WaitAny<($($E,)+)> {
            type Output = $Winner<$($E::Output),+>;

            async fn wait(&self) -> Self::Output {
                $(let mut $event = pin!(self.0.$at.wait());)+
                poll_fn(|cx| {
                    $(if let Poll::Ready(output) = $event.as_mut().poll(cx) {
                        return Poll::Ready($Winner::$Variant(output));
                    })+
                    Poll::Pending
                })
                .await
            }

            fn restore(&self, winner: Self::Output) {
                match winner {
                    $($Winner::$Variant(output) => self.0.$at.restore(output),)+
                }
            }

            fn clear(&self) {
                $(self.0.$at.clear();)+
            }
        }
    };
}

tuple!(Winner2, "two": A a 0 First, B b 1 Second);
tuple!(Winner3, "three": A a 0 First, B b 1 Second, C c 2 Third);
tuple!(Winner4, "four": A a 0 First, B b 1 Second, C c 2 Third, D d 3 Fourth);
tuple!(Winner5, "five": A a 0 First, B b 1 Second, C c 2 Third, D d 3 Fourth, E e 4 Fifth);
tuple!(
    Winner6, "six": A a 0 First, B b 1 Second, C c 2 Third, D d 3 Fourth, E e 4 Fifth, F f 5 Sixth
);

impl<E: EventLike, const N: usize> EventLike for WaitAny<[E; N]> {
    /// The winner's index in the array, and its value.
    type Output = (usize, E::Output);

    async fn wait(&self) -> Self::Output {
        let mut waits = pin!(self.0.each_ref().map(E::wait));
        poll_fn(|cx| {
            for at in 0..N {
                if let Poll::Ready(output) = element(waits.as_mut(), at).poll(cx) {
                    return Poll::Ready((at, output));
                }
            }
            Poll::Pending
        })
        .await
    }

    fn restore(&self, (at, output): Self::Output) {
        self.0[at].restore(output);
    }

    fn clear(&self) {
        self.0.iter().for_each(E::clear);
    }
}
