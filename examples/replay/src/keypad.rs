//! Keypads.

use std::io::{self, Write};

use embedded_hal::digital::PinState;
use futures_lite::future;
use tickwire_drivers::button::{Buttons, Event, Gesture};
use tickwire_drivers::keypad::{Key, Keypad};
use tickwire_replay::gesture_name;
use tickwire_sim::{Sim, models};
use tickwire_traits::{Duration, Instant, Timer};

use crate::failure::Failure;
use crate::keys::{Keys, MOST};
use crate::options::KeypadOptions;

/// The shortest time.
const MOMENT: Duration = Duration::from_micros(1);

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
    let after = settle + timing.long.max(timing.double) + *pause + *pause + MOMENT;
    let mut events = 0_u64;
    // Takes gestures until a time. At that time, a change of the keys comes first.
    let mut take_gestures = |until| {
        sim.run(async {
            loop {
                let gesture = async { Some(buttons.gesture().await) };
                let over = async {
                    clock.sleep_until(until).await;
                    None
                };
                match future::or(over, gesture).await {
                    None => return Ok::<_, Failure>(()),
                    Some(Err(_)) => {}
                    Some(Ok(gesture)) => {
                        print(out, origin, gesture)?;
                        events += 1;
                    }
                }
            }
        })
    };
    let mut reached = Instant::EPOCH;
    while let Some(change) = next {
        // After that, a key that is held gives no gestures, and a scan changes nothing.
        let over = if timing.repeat.is_some() { change.at } else { reached + after };
        take_gestures(over.min(change.at))?;
        sim.run(clock.sleep_until(change.at));
        let (row, column) = (change.key.row.into(), change.key.column.into());
        model.key(row, column).set(PinState::from(change.is_closed));
        reached = change.at;
        next = match keys.next() {
            Ok(next) => next,
            Err(failure) => {
                // What this change leads to at once is printed before.
                take_gestures(reached + MOMENT)?;
                return Err(failure);
            }
        };
    }
    take_gestures(reached + after)?;
    let ambiguous = buttons.release().ambiguous();
    writeln!(out, "{{\"events\":{events},\"ambiguous\":{ambiguous}}}")?;
    Ok(())
}

fn print(out: &mut impl Write, origin: i64, gesture: Gesture<Key>) -> io::Result<()> {
    let at = origin.saturating_add_unsigned(gesture.at.as_micros());
    let Key { row, column } = gesture.key;
    let event = gesture_name(gesture.event);
    let more = match gesture.event {
        Event::Clicks(n) => format!(",\"n\":{n}"),
        _ => String::new(),
    };
    writeln!(out, "{{\"t_us\":{at},\"key\":[{row},{column}],\"event\":\"{event}\"{more}}}")
}
