//! Controls in addition to the button. A board has any of them, or none.

mod dimmer;
mod knob;
mod remote;

use core::convert::Infallible;
use core::future::{Future, pending};

use futures_util::future::{join, join3};
use tickwire_traits::TimerQueue;

use crate::Observe;
use crate::state::Has;
use crate::station::Station;

pub use dimmer::Dimmer;
pub use knob::Knob;
pub use remote::{Keymap, Remote};

/// A control, or several. The station alone implements it.
///
/// - `()` is no control. It takes neither flash nor memory.
/// - An `Option` is a control of which a program learns only when it runs whether it is there.
#[allow(private_bounds, reason = "sealed")]
pub trait Control: Serve {}

/// What the station does with a part that a board may lack.
pub(crate) trait Serve {
    /// What such a part is good for.
    const HAS: Has;

    /// What this one is good for.
    fn has(&self) -> Has {
        Self::HAS
    }

    /// Obeys the part.
    fn serve<T, O, C, I, R, B>(
        self,
        station: &Station<'_, T, O, C>,
    ) -> impl Future<Output = Infallible>
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Serve;
}

/// The controls of a board. `()` stands for each that it lacks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Controls<K = (), N = (), D = ()> {
    /// A [`Knob`].
    pub knob: K,
    /// A [`Remote`].
    pub remote: N,
    /// A [`Dimmer`].
    pub dimmer: D,
}

impl<K: Control, N: Control, D: Control> Control for Controls<K, N, D> {}

impl<K: Control, N: Control, D: Control> Serve for Controls<K, N, D> {
    const HAS: Has = K::HAS.or(N::HAS).or(D::HAS);

    fn has(&self) -> Has {
        self.knob.has().or(self.remote.has()).or(self.dimmer.has())
    }

    async fn serve<T, O, C, I, R, B>(self, station: &Station<'_, T, O, C>) -> Infallible
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Serve,
    {
        let Self { knob, remote, dimmer } = self;
        join3(knob.serve(station), remote.serve(station), dimmer.serve(station)).await.0
    }
}

/// Both parts.
impl<K: Serve, N: Serve> Serve for (K, N) {
    const HAS: Has = K::HAS.or(N::HAS);

    fn has(&self) -> Has {
        self.0.has().or(self.1.has())
    }

    async fn serve<T, O, C, I, R, B>(self, station: &Station<'_, T, O, C>) -> Infallible
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Serve,
    {
        join(self.0.serve(station), self.1.serve(station)).await.0
    }
}

impl Control for () {}

impl Serve for () {
    const HAS: Has = Has::NOTHING;

    /// Not an `async fn`, of which the compiler would keep the states.
    fn serve<T, O, C, I, R, B>(self, _: &Station<'_, T, O, C>) -> impl Future<Output = Infallible> {
        pending()
    }
}

impl<K: Control> Control for Option<K> {}

impl<K: Serve> Serve for Option<K> {
    const HAS: Has = K::HAS;

    fn has(&self) -> Has {
        self.as_ref().map_or(Has::NOTHING, K::has)
    }

    async fn serve<T, O, C, I, R, B>(self, station: &Station<'_, T, O, C>) -> Infallible
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Serve,
    {
        match self {
            Some(control) => control.serve(station).await,
            None => pending().await,
        }
    }
}
