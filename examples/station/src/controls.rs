//! Controls in addition to the button. A board has any of them, or none.

mod dimmer;
mod knob;
mod remote;

use core::convert::Infallible;
use core::future::{Future, pending};

use futures_util::future::join3;
use tickwire_traits::TimerQueue;

use crate::Observe;
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

/// What the station does with a control.
pub(crate) trait Serve {
    /// Whether such a control can change limits. Without, the station has none.
    const LIMITS: bool;

    /// Whether this one can.
    fn has_limits(&self) -> bool {
        Self::LIMITS
    }

    /// Obeys the control.
    fn serve<T, O, C, I, R, B>(
        self,
        station: &Station<'_, T, O, C>,
    ) -> impl Future<Output = Infallible>
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Control;
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
    const LIMITS: bool = K::LIMITS || N::LIMITS || D::LIMITS;

    fn has_limits(&self) -> bool {
        self.knob.has_limits() || self.remote.has_limits() || self.dimmer.has_limits()
    }

    async fn serve<T, O, C, I, R, B>(self, station: &Station<'_, T, O, C>) -> Infallible
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Control,
    {
        let Self { knob, remote, dimmer } = self;
        join3(knob.serve(station), remote.serve(station), dimmer.serve(station)).await.0
    }
}

impl Control for () {}

impl Serve for () {
    const LIMITS: bool = false;

    /// Not an `async fn`, of which the compiler would keep the states.
    fn serve<T, O, C, I, R, B>(self, _: &Station<'_, T, O, C>) -> impl Future<Output = Infallible> {
        pending()
    }
}

impl<K: Control> Control for Option<K> {}

impl<K: Control> Serve for Option<K> {
    const LIMITS: bool = K::LIMITS;

    fn has_limits(&self) -> bool {
        self.as_ref().is_some_and(K::has_limits)
    }

    async fn serve<T, O, C, I, R, B>(self, station: &Station<'_, T, O, C>) -> Infallible
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Control,
    {
        match self {
            Some(control) => control.serve(station).await,
            None => pending().await,
        }
    }
}
