//! Waiting for all of several events.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::EventLike;
use crate::combine::element;

/// Waits until all of several events have happened.
///
/// Takes a tuple of two to six events, or an array, and returns their values in order. If
/// dropped with some of them taken, it [restores](EventLike::restore) those.
///
/// Each time its task is woken, it polls the events that have not happened.
///
/// The tutorial's `WaitAll`; elsewhere `join`.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{WaitAll, local};
///
/// let (ready, value) = (local::Flag::new(), local::Message::<u8>::new());
/// ready.set();
/// value.set(7);
/// assert_eq!(Sim::new().run(WaitAll((&ready, &value)).wait()), ((), 7));
/// ```
#[doc(alias = "join")]
#[must_use = "it waits only when asked: `.wait().await`"]
#[derive(Clone, Copy, Debug)]
pub struct WaitAll<T>(pub T);

impl<T> WaitAll<T> {
    /// Waits until all events have happened.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe if its events are: dropping the wait restores the events it has taken.
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
    ($($E:ident $event:ident $at:tt),+) => {
        impl<$($E: EventLike),+> EventLike for WaitAll<($($E,)+)> {
            type Output = ($($E::Output,)+);

            async fn wait(&self) -> Self::Output {
                $(
                    let future = self.0.$at.wait();
                    let mut $event = pin!(Part { event: &self.0.$at, output: None, future });
                )+
                poll_fn(|cx| {
                    // Polls each event, whatever the results of the others.
                    let all = [$($event.as_mut().poll(cx)),+];
                    if all.contains(&false) { Poll::Pending } else { Poll::Ready(()) }
                })
                .await;
                ($($event.as_mut().take(),)+)
            }

            fn restore(&self, outputs: Self::Output) {
                $(self.0.$at.restore(outputs.$at);)+
            }

            fn clear(&self) {
                $(self.0.$at.clear();)+
            }
        }
    };
}

tuple!(A a 0, B b 1);
tuple!(A a 0, B b 1, C c 2);
tuple!(A a 0, B b 1, C c 2, D d 3);
tuple!(A a 0, B b 1, C c 2, D d 3, E e 4);
tuple!(A a 0, B b 1, C c 2, D d 3, E e 4, F f 5);

impl<E: EventLike, const N: usize> EventLike for WaitAll<[E; N]> {
    type Output = [E::Output; N];

    async fn wait(&self) -> Self::Output {
        let parts = self.0.each_ref();
        let mut parts = pin!(parts.map(|event| Part { event, output: None, future: event.wait() }));
        poll_fn(|cx| {
            let happened = |at: usize| element(parts.as_mut(), at).poll(cx);
            // Polls each event, whatever the results of the others.
            let count = (0..N).map(happened).filter(|happened| *happened).count();
            if count == N { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        core::array::from_fn(|at| element(parts.as_mut(), at).take())
    }

    fn restore(&self, outputs: Self::Output) {
        self.0.iter().zip(outputs).for_each(|(event, output)| event.restore(output));
    }

    fn clear(&self) {
        self.0.iter().for_each(E::clear);
    }
}

pin_project! {
    /// One event of a [`WaitAll`]. If dropped with an output, it restores the event.
    struct Part<'a, E: EventLike, F> {
        event: &'a E,
        output: Option<E::Output>,
        #[pin]
        future: F,
    }

    impl<E: EventLike, F> PinnedDrop for Part<'_, E, F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(output) = this.output.take() {
                this.event.restore(output);
            }
        }
    }
}

impl<E: EventLike, F: Future<Output = E::Output>> Part<'_, E, F> {
    /// Returns whether the event has happened.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let this = self.project();
        if this.output.is_none()
            && let Poll::Ready(output) = this.future.poll(cx)
        {
            *this.output = Some(output);
        }
        this.output.is_some()
    }

    fn take(self: Pin<&mut Self>) -> E::Output {
        self.project().output.take().expect("all have happened")
    }
}
