//! Keypads.

use std::io::Write;

use embedded_hal::digital::PinState;
use futures_lite::future;
use tickwire_drivers::button::{Buttons, Event};
use tickwire_drivers::keypad::Keypad;
use tickwire_replay::gesture_name;
use tickwire_sim::{Sim, models};
use tickwire_traits::{Duration, Timer};

use crate::failure::Failure;
use crate::keys::{Keys, MOST};
use crate::options::KeypadOptions;

type Model<T> = models::keypad::Keypad<T, MOST, MOST>;

pub(crate) fn replay(options: &KeypadOptions, out: &mut impl Write) -> Result<(), Failure> {
    let KeypadOptions { source, debounce, timing, pause, has_diodes } = options;
    let mut keys = Keys::open(source)?;
    // The first line says what time counts as zero.
    let mut next = keys.next()?;
    let origin = keys.origin();
    let sim = Sim::new();
    let clock = &sim.clock();
    // Keys are connected as on a real pad, ghosts included. A scan takes no time.
    let mut model = Model::new(sim.clock());
    let mut keypad = Keypad::new(model.rows(), model.columns(), sim.clock())
        .with_debounce(*debounce)
        .with_pause(*pause)
        .with_row_delay(Duration::ZERO);
    if *has_diodes {
        (model, keypad) = (model.with_diodes(), keypad.with_diodes());
    }
    let mut buttons = Buttons::<_, { MOST * MOST }>::of(keypad).with_timing(*timing);
    // What the last change may still lead to.
    let settle = debounce.close.max(debounce.open);
    let after = settle + timing.long.max(timing.double) + *pause + *pause;
    let mut events = 0_u64;
    let play = async {
        while let Some(change) = next.take() {
            clock.sleep_until(change.at).await;
            let (row, column) = (change.key.row.into(), change.key.column.into());
            model.key(row, column).set(PinState::from(change.is_closed));
            next = match keys.next() {
                Ok(next) => next,
                Err(failure) => {
                    // What this change leads to at once is printed before.
                    clock.sleep(Duration::from_micros(1)).await;
                    return Err(failure);
                }
            };
        }
        clock.sleep(after + Duration::from_micros(1)).await;
        Ok(None)
    };
    sim.run(async {
        let mut play = std::pin::pin!(play);
        loop {
            let gesture = async { Ok(Some(buttons.gesture().await)) };
            // The keys first: a scan at the time of a change sees it.
            let gesture = future::or(play.as_mut(), gesture).await?;
            let Some(gesture) = gesture else { return Ok::<_, Failure>(()) };
            let Ok(gesture) = gesture else { continue };
            let at = origin.saturating_add_unsigned(gesture.at.as_micros());
            let (row, column) = (gesture.key.row, gesture.key.column);
            let event = gesture_name(gesture.event);
            let more = match gesture.event {
                Event::Clicks(n) => format!(",\"n\":{n}"),
                _ => String::new(),
            };
            writeln!(
                out,
                "{{\"t_us\":{at},\"key\":[{row},{column}],\"event\":\"{event}\"{more}}}"
            )?;
            events += 1;
        }
    })?;
    let ambiguous = buttons.release().ambiguous();
    writeln!(out, "{{\"events\":{events},\"ambiguous\":{ambiguous}}}")?;
    Ok(())
}
