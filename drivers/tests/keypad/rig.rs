//! A keypad on the model of `sim`.

use tickwire_drivers::contact::{Change, Contact, ContactSource};
use tickwire_drivers::keypad::{Key, Keypad};
use tickwire_drivers::switch::Debounce;
use tickwire_sim::{Input, Output, Sim, SimClock, models};
use tickwire_traits::{Duration, Instant};

pub(crate) type Model = models::keypad::Keypad<SimClock, 3, 4>;
pub(crate) type OnWires = Keypad<Output<SimClock>, Input<SimClock>, SimClock, 3, 4>;

pub(crate) const SETTLE: Duration = Duration::from_millis(20);
pub(crate) const EAGER: Debounce = Debounce::eager(SETTLE);
pub(crate) const CONFIRMED: Debounce = Debounce::confirmed(SETTLE);

/// A key, and the milliseconds at which its contact toggles.
pub(crate) type Toggles = (usize, usize, &'static [u64]);

/// A key and its new state.
pub(crate) type Told = (u8, u8, Contact);

pub(crate) fn play(model: &Model, toggles: &[Toggles]) {
    for (row, column, at) in toggles {
        let at: Vec<_> = at.iter().copied().map(Instant::from_millis).collect();
        model.key(*row, *column).toggle_at(&at);
    }
}

/// Creates a model that plays, and the driver on its pins. The columns are slow.
pub(crate) fn keypad(sim: &Sim, debounce: Debounce, toggles: &[Toggles]) -> (Model, OnWires) {
    let model = Model::new(sim.clock()).with_rise(Duration::from_micros(19));
    play(&model, toggles);
    let driver = Keypad::new(model.rows(), model.columns(), sim.clock());
    (model, driver.with_debounce(debounce))
}

/// Returns the changes until `end`.
pub(crate) fn changes<S: ContactSource<Key = Key>>(
    sim: &Sim,
    source: &mut S,
    end: Instant,
) -> Vec<Change<Key>>
where
    S::Error: core::fmt::Debug,
{
    sim.run(async {
        let mut changes = Vec::new();
        while let Some(change) = source.change_until(end).await.unwrap() {
            changes.push(change);
        }
        changes
    })
}

pub(crate) fn told(change: Change<Key>) -> Told {
    (change.key.row, change.key.column, change.contact)
}
