//! Waiting for any or all of several things that happen.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use pin_project_lite::pin_project;
use tickwire_traits::TimerQueue;

use crate::{CancelToken, Event, Flag, Message, RawMutex, RetriggerableDelay};

/// Something that happens and can be waited for, again and again.
///
/// [`WaitAny`] and [`WaitAll`] wait for several, and are event-like themselves.
/// Any `async` function becomes one by [`from_fn`].
///
/// The tutorial's event-like object (ELO).
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{Event, EventLike, Flag, NoopRawMutex};
///
/// async fn twice(what: &impl EventLike) {
///     what.wait().await;
///     what.wait().await;
/// }
///
/// let event = Event::<NoopRawMutex>::new();
/// event.set(); // And stays so.
/// Sim::new().run(twice(&event));
/// ```
///
/// # For implementers
///
/// What `wait` takes, it takes in the poll that resolves, so that a wait which is
/// dropped has taken nothing.
pub trait EventLike {
    /// What there is to know about it.
    type Output;

    /// Waits until it happens; where it has happened and stands, resolves at once.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: what is dropped before it resolves has taken nothing.
    fn wait(&self) -> impl Future<Output = Self::Output>;

    /// Undoes a wait that has resolved: as though nobody had waited.
    ///
    /// [`WaitAll`] does that when it is dropped with some of its events taken. For
    /// what is not taken by waiting there is nothing to undo.
    fn restore(&self, _output: Self::Output) {}

    /// Makes it not have happened, where it can be.
    fn clear(&self) {}
}

/// Waits for whichever of several happens first; the others stay as they are.
///
/// It takes a tuple of two to six, and tells by type which it was
/// ([`Winner2`] to [`Winner6`]), or an array, and tells by number. Where several
/// have happened the first in the order given wins. The others are not taken: a
/// [`Flag`] that was set stays set.
///
/// It polls all of them each time its task is woken.
///
/// The tutorial's `WaitAny`; elsewhere `select`.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{Event, Flag, NoopRawMutex, WaitAll, WaitAny, Winner2};
///
/// let (left, right) = (Flag::<NoopRawMutex>::new(), Flag::<NoopRawMutex>::new());
/// let stop = Event::<NoopRawMutex>::new();
/// let either = WaitAny((&stop, WaitAll((&left, &right))));
///
/// left.set();
/// right.set();
/// let sim = Sim::new();
/// assert_eq!(sim.run(either.wait()), Winner2::Second(((), ())));
/// stop.set();
/// assert_eq!(sim.run(either.wait()), Winner2::First(()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WaitAny<T>(pub T);

/// Waits until all of several have happened.
///
/// It takes a tuple of two to six, or an array, and returns what each gave, in
/// their order. When it is dropped with some of them taken, it
/// [restores](EventLike::restore) those.
///
/// It polls those that have not happened each time its task is woken.
///
/// The tutorial's `WaitAll`; elsewhere `join`.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{Flag, Message, NoopRawMutex, WaitAll};
///
/// let (ready, value) = (Flag::<NoopRawMutex>::new(), Message::<NoopRawMutex, u8>::new());
/// ready.set();
/// value.set(7);
/// assert_eq!(Sim::new().run(WaitAll((&ready, &value)).wait()), ((), 7));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WaitAll<T>(pub T);

/// An async function as something [`EventLike`]. Made by [`from_fn`].
#[derive(Clone, Copy, Debug)]
pub struct FromFn<F>(F);

/// Makes something event-like of `f`, which is called for each wait.
///
/// Its futures are dropped when they are not wanted any more, and what they gave
/// when it is [restored](EventLike::restore): where that matters, use what can be.
/// A future of a `Result` that fails has happened: the error is what it gives.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{Event, NoopRawMutex, WaitAny, Winner2, from_fn};
/// use tickwire_traits::{Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let answer = Event::<NoopRawMutex>::new();
/// let late = from_fn(|| clock.sleep(Duration::from_secs(1)));
/// assert_eq!(sim.run(WaitAny((&answer, late)).wait()), Winner2::Second(()));
/// ```
pub const fn from_fn<F: Fn() -> T, T: Future>(f: F) -> FromFn<F> {
    FromFn(f)
}

impl<F: Fn() -> T, T: Future> EventLike for FromFn<F> {
    type Output = T::Output;

    fn wait(&self) -> impl Future<Output = T::Output> {
        (self.0)()
    }
}

impl<T> WaitAny<T>
where
    Self: EventLike,
{
    /// Waits for whichever happens first.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe if its events are: what is dropped before it resolves has taken
    /// nothing.
    pub fn wait(&self) -> impl Future<Output = <Self as EventLike>::Output> {
        EventLike::wait(self)
    }

    /// Clears all that can be.
    pub fn clear(&self) {
        EventLike::clear(self);
    }
}

impl<T> WaitAll<T>
where
    Self: EventLike,
{
    /// Waits until all have happened.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe if its events are: what it has taken before it is dropped it
    /// restores.
    pub fn wait(&self) -> impl Future<Output = <Self as EventLike>::Output> {
        EventLike::wait(self)
    }

    /// Clears all that can be.
    pub fn clear(&self) {
        EventLike::clear(self);
    }
}

impl<E: EventLike + ?Sized> EventLike for &E {
    type Output = E::Output;

    fn wait(&self) -> impl Future<Output = E::Output> {
        E::wait(self)
    }

    fn restore(&self, output: E::Output) {
        E::restore(self, output);
    }

    fn clear(&self) {
        E::clear(self);
    }
}

impl<R: RawMutex> EventLike for Event<R> {
    type Output = ();

    fn wait(&self) -> impl Future<Output = ()> {
        self.wait()
    }

    fn clear(&self) {
        self.clear();
    }
}

impl<R: RawMutex> EventLike for Flag<R> {
    type Output = ();

    fn wait(&self) -> impl Future<Output = ()> {
        self.wait()
    }

    fn restore(&self, (): ()) {
        self.set();
    }

    fn clear(&self) {
        self.clear();
    }
}

impl<R: RawMutex, T: Copy> EventLike for Message<R, T> {
    type Output = T;

    fn wait(&self) -> impl Future<Output = T> {
        self.wait()
    }

    fn clear(&self) {
        self.clear();
    }
}

impl<R: RawMutex, C: TimerQueue> EventLike for RetriggerableDelay<R, C> {
    type Output = ();

    fn wait(&self) -> impl Future<Output = ()> {
        self.wait()
    }

    fn clear(&self) {
        self.clear();
    }
}

impl<R: RawMutex> EventLike for CancelToken<R> {
    type Output = ();

    fn wait(&self) -> impl Future<Output = ()> {
        self.cancelled()
    }
}

macro_rules! tuples {
    ($Winner:ident, $count:literal: $($E:ident $event:ident $at:tt $Variant:ident),+) => {
        #[doc = concat!("Which of ", $count, " it was, and what it gave. Returned by [`WaitAny`], which has an example.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

        impl<$($E: EventLike),+> EventLike for WaitAll<($($E,)+)> {
            type Output = ($($E::Output,)+);

            async fn wait(&self) -> Self::Output {
                $(
                    let future = self.0.$at.wait();
                    let mut $event = pin!(Part { event: &self.0.$at, output: None, future });
                )+
                poll_fn(|cx| {
                    // Each is polled, whatever the others say.
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

tuples!(Winner2, "two": A a 0 First, B b 1 Second);
tuples!(Winner3, "three": A a 0 First, B b 1 Second, C c 2 Third);
tuples!(Winner4, "four": A a 0 First, B b 1 Second, C c 2 Third, D d 3 Fourth);
tuples!(Winner5, "five": A a 0 First, B b 1 Second, C c 2 Third, D d 3 Fourth, E e 4 Fifth);
tuples!(Winner6, "six": A a 0 First, B b 1 Second, C c 2 Third, D d 3 Fourth, E e 4 Fifth, F f 5 Sixth);

pin_project! {
    /// One of those that [`WaitAll`] waits for. Dropped with an output, it restores.
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
    /// Returns whether it has happened.
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
