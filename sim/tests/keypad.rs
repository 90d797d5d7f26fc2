//! The model of a keypad: which columns are low.

use embedded_hal::digital::PinState::{High, Low};
use tickwire_sim::models::keypad::Keypad;
use tickwire_sim::{Sim, SimClock};
use tickwire_traits::{Clock, Duration, Edges, Instant};

type Model = Keypad<SimClock, 3, 3>;

/// Closes keys, drives rows low, and expects low columns.
#[track_caller]
fn check(
    model: impl Fn(SimClock) -> Model,
    keys: &[(usize, usize)],
    rows: &[usize],
    columns: &[usize],
) {
    let sim = Sim::new();
    let model = model(sim.clock());
    keys.iter().for_each(|(row, column)| model.key(*row, *column).set(High));
    rows.iter().for_each(|row| model.row(*row).set(Low));
    let low = |model: &Model| {
        (0..3).filter(|column| model.column(*column).level() == Low).collect::<Vec<_>>()
    };
    assert_eq!(low(&model), columns);
    // In the other order, and back.
    keys.iter().for_each(|(row, column)| model.key(*row, *column).set(Low));
    assert_eq!(low(&model), []);
    keys.iter().for_each(|(row, column)| model.key(*row, *column).set(High));
    assert_eq!(low(&model), columns);
    rows.iter().for_each(|row| model.row(*row).set(High));
    assert_eq!(low(&model), []);
}

#[test]
fn a_key_connects_its_row_and_its_column() {
    check(Model::new, &[(1, 2)], &[1], &[2]);
    check(Model::new, &[(1, 2)], &[0, 2], &[]);
    check(Model::new, &[(0, 0), (1, 1), (2, 2)], &[0, 2], &[0, 2]);
    check(Model::new, &[], &[0, 1, 2], &[]);
}

#[test]
fn current_flows_through_closed_keys_either_way() {
    check(Model::new, &[(0, 0), (0, 1), (1, 0)], &[1], &[0, 1]);
    // Around two corners.
    check(Model::new, &[(0, 0), (0, 1), (1, 1), (1, 2), (2, 2)], &[2], &[0, 1, 2]);
}

#[test]
fn a_diode_lets_current_flow_to_the_row_only() {
    let diodes = |clock| Model::new(clock).with_diodes();
    check(diodes, &[(0, 0), (0, 1), (1, 0)], &[1], &[0]);
    check(diodes, &[(0, 0), (0, 1), (1, 0)], &[0], &[0, 1]);
}

#[test]
fn a_column_takes_its_time_to_rise() {
    let sim = Sim::new();
    let rise = Duration::from_micros(30);
    let model = Model::new(sim.clock()).with_rise(rise);
    let mut column = model.column(1).input();
    column.arm().unwrap();
    // Released at 2 ms, low again before it is high, and released at 4 ms.
    let at = [1_000, 2_000, 2_020, 4_000].map(Instant::from_micros);
    model.row(0).set(Low);
    model.key(0, 1).toggle_at(&at);
    for (micros, level) in [(1_000, Low), (4_030, High)] {
        let edge = sim.run(column.edge()).unwrap();
        assert_eq!((edge.at, edge.level), (Instant::from_micros(micros), level));
    }
    assert_eq!(sim.clock().now(), Instant::from_micros(4_030));
}

#[test]
fn pins_of_a_keypad_that_is_gone_stay_as_they_are() {
    let sim = Sim::new();
    let model = Model::new(sim.clock());
    let (row, column) = (model.row(0).clone(), model.column(0).clone());
    model.key(0, 0).set(High);
    drop(model);
    row.set(Low);
    assert_eq!(column.level(), High);
}
