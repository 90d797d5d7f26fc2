//! The knob.

use core::convert::Infallible;

use futures_util::future::join;
use tickwire_drivers::button::{self, Button, Reporting, Timing};
use tickwire_drivers::encoder::{Division, Encoder};
use tickwire_drivers::switch::Switch;
use tickwire_traits::{EdgeInput, Timer, TimerQueue, TwoLines};

use super::{Control, Serve};
use crate::state::Has;
use crate::station::{RETRY_AFTER, Station};
use crate::{Event, Observe};

/// A knob that can be turned and pushed, such as a KY-040.
#[derive(Clone, Copy, Debug)]
pub struct Knob<L, P> {
    /// The lines of its encoder.
    pub lines: L,
    /// Its push button to ground, with a pull-up.
    pub push: P,
    /// How many quarter steps there are from one detent to the next.
    pub division: Division,
}

impl<L: TwoLines, P: EdgeInput> Control for Knob<L, P> {}

impl<L: TwoLines, P: EdgeInput> Serve for Knob<L, P> {
    const HAS: Has = Has::LIMITS;

    async fn serve<T, O, C, I, R, B>(self, station: &Station<'_, T, O, C>) -> Infallible
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Serve,
    {
        let Self { lines, push, division } = self;
        let knob = Encoder::new(lines, station.clock.clone()).with_division(division);
        // Two quick pushes are two, and a push counts when it ends.
        let timing =
            Timing { reporting: Reporting::Exclusive, most_clicks: 1, ..Timing::default() };
        let push = Button::new(push, station.clock.clone()).with_timing(timing);
        join(turn(station, knob), pushes(station, push)).await.0
    }
}

async fn turn<L, T, O, C, I, R, B>(
    station: &Station<'_, T, O, C>,
    mut knob: Encoder<L, T>,
) -> Infallible
where
    L: TwoLines,
    T: TimerQueue + Clone,
    O: Observe<I, R, B>,
    C: Serve,
{
    loop {
        match knob.turn().await {
            Ok(turn) => {
                station.report(Event::Turn(turn, knob.illegal()));
                station.act(|state, now| state.turn(turn.delta, now, station.has()));
            }
            Err(_) => {
                station.report(Event::KnobFailed);
                station.clock.sleep(RETRY_AFTER).await;
            }
        }
    }
}

async fn pushes<P, T, O, C, I, R, B>(
    station: &Station<'_, T, O, C>,
    mut push: Button<Switch<P, T>>,
) -> Infallible
where
    P: EdgeInput,
    T: TimerQueue + Clone,
    O: Observe<I, R, B>,
    C: Serve,
{
    loop {
        match push.gesture().await {
            Ok(gesture) => {
                station.report(Event::Push(gesture));
                match gesture.event {
                    button::Event::Click => {
                        station.act(|state, now| state.push(now, station.has()));
                    }
                    button::Event::Long => station.act(|state, _| state.leave()),
                    _ => {}
                }
            }
            Err(_) => {
                station.report(Event::KnobFailed);
                station.clock.sleep(RETRY_AFTER).await;
            }
        }
    }
}
