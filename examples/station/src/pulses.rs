//! The pulse per second of the receiver.

use core::convert::Infallible;

use embedded_hal::digital::PinState;
use tickwire_traits::{Edges, Timer, TimerQueue};

use crate::controls::Serve;
use crate::state::Has;
use crate::station::{RETRY_AFTER, Station};
use crate::{Event, Observe};

/// The pulses of a GPS receiver, or none. The station alone implements it.
///
/// - `()` is no line. It takes neither flash nor memory.
/// - An `Option` is a line of which a program learns only when it runs whether it is there.
#[allow(private_bounds, reason = "sealed")]
pub trait PulseSource: Serve {}

/// The line with the pulses of a GPS receiver. A second begins with the rising edge.
#[derive(Clone, Copy, Debug)]
pub struct Pulses<E> {
    /// The line.
    pub line: E,
}

impl PulseSource for () {}

impl<E: PulseSource> PulseSource for Option<E> {}

impl<E: Edges<Line = ()>> PulseSource for Pulses<E> {}

impl<E: Edges<Line = ()>> Serve for Pulses<E> {
    const HAS: Has = Has::PULSES;

    async fn serve<T, O, C, I, R, B>(mut self, station: &Station<'_, T, O, C>) -> Infallible
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Serve,
    {
        loop {
            match self.line.edge().await {
                Ok(edge) if edge.level == PinState::High => {
                    station.update(|state| {
                        state.keeper.pulse(edge.at);
                    });
                    station.watch_lock();
                }
                Ok(_) => {}
                Err(_) => {
                    station.report(Event::PulsesFailed);
                    station.clock.sleep(RETRY_AFTER).await;
                }
            }
        }
    }
}
