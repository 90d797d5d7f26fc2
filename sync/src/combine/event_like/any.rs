//! Waiting for whichever comes first.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use super::EventLike;
use crate::combine::element;

/// Waits for whichever of several happens first; the others stay as they are.
///
/// It is no future itself: `WaitAny((&a, &b)).wait().await`, as often as one likes.
/// A future or a queue becomes a member by [`from_fn`](crate::from_fn); where all of
/// it is to end in time, there is [`Timer::timeout`](tickwire_traits::Timer::timeout).
///
/// It takes a tuple of two to six, and tells by type which it was
/// ([`Winner2`] to [`Winner6`]), or an array, and tells by number; an empty array
/// is waited for for ever. Where several
/// have happened the first in the order given wins. The others are not taken: a
/// [`Flag`](crate::Flag) that was set stays set.
///
/// What has happened and stands wins again at the next wait: [`clear`](Self::clear) it,
/// an expired [`RetriggerableDelay`](crate::RetriggerableDelay) too.
///
/// It polls all of them each time its task is woken.
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
    /// Waits for whichever happens first.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe if its events are: what is dropped before it resolves has taken
    /// nothing.
    pub fn wait(&self) -> impl Future<Output = <Self as EventLike>::Output>
    where
        Self: EventLike,
    {
        EventLike::wait(self)
    }

    /// Clears all that can be.
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
    /// The place in the array, and what the event there gave.
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
