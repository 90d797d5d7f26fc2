//! A keypad whose rows and columns are lines of the kernel. The test is the circuit between
//! them: whenever a row or a key moves, it pulls the columns.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::pin::pin;

use Event::{Double, Press, Release};
use embedded_hal::digital::{ErrorType, OutputPin, PinState};
use futures_lite::future;
use tickwire_drivers::button::{Buttons, Event};
use tickwire_drivers::keypad::Keypad;
use tickwire_drivers::switch::Debounce;
use tickwire_exec_std::gpio::{self, Drive, Input, InputSettings, Output, OutputSettings};
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::{Duration, Timer};

use crate::CLOCK;
use crate::rig::{Chip, with_chip};

const ROWS: [u32; 3] = [2, 3, 4];
const COLUMNS: [u32; 3] = [5, 6, 7];

/// The keys, and the kernel's lines that they connect.
struct Circuit<'a> {
    chip: &'a Chip,
    closed: RefCell<[[bool; 3]; 3]>,
    low: Cell<[bool; 3]>,
}

/// A row that moves the circuit.
struct Row<'a> {
    output: Output,
    line: u32,
    circuit: &'a Circuit<'a>,
}

type Pad<'a> = Keypad<Row<'a>, Input, StdClock, 3, 3>;

impl<'a> Circuit<'a> {
    fn new(chip: &'a Chip) -> Self {
        ROWS.iter().chain(&COLUMNS).for_each(|line| chip.pull(*line, true));
        Self { chip, closed: RefCell::default(), low: Cell::default() }
    }

    fn set(&self, row: usize, column: usize, is_closed: bool) {
        self.closed.borrow_mut()[row][column] = is_closed;
        self.conduct();
    }

    /// Pulls each column that closed keys connect to a row that the kernel drives low.
    fn conduct(&self) {
        let mut low_rows = ROWS.map(|line| !self.chip.is_high(line));
        let mut low = [false; 3];
        // No path is longer than this.
        for _ in 0..3 {
            for (keys, low_row) in self.closed.borrow().iter().zip(&mut low_rows) {
                for (is_closed, low_column) in keys.iter().zip(&mut low) {
                    let is_low = *low_row || *low_column;
                    if *is_closed && is_low {
                        (*low_row, *low_column) = (true, true);
                    }
                }
            }
        }
        for (line, (is_low, was_low)) in COLUMNS.iter().zip(low.into_iter().zip(self.low.get())) {
            if is_low != was_low {
                self.chip.pull(*line, !is_low);
            }
        }
        self.low.set(low);
    }

    fn pad(&'a self) -> Pad<'a> {
        let settings = OutputSettings {
            drive: Drive::OpenDrain,
            initial: PinState::High,
            ..OutputSettings::DEFAULT
        };
        let rows = ROWS.map(|line| {
            let output = Output::open(&self.chip.line(line), settings).unwrap();
            Row { output, line, circuit: self }
        });
        let columns =
            COLUMNS.map(|line| Input::open(&self.chip.line(line), InputSettings::DEFAULT).unwrap());
        Keypad::new(rows, columns, CLOCK).with_debounce(Debounce::eager(Duration::from_millis(40)))
    }
}

impl ErrorType for Row<'_> {
    type Error = gpio::Error;
}

impl OutputPin for Row<'_> {
    fn set_low(&mut self) -> Result<(), gpio::Error> {
        self.output.set_low()?;
        self.circuit.conduct();
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), gpio::Error> {
        self.output.set_high()?;
        // A simulated line that is released keeps its level until it is pulled.
        self.circuit.chip.pull(self.line, true);
        self.circuit.conduct();
        Ok(())
    }
}

/// Moves keys: a pause in milliseconds, a row, a column. Each contact bounces.
async fn hand(circuit: &Circuit<'_>, moves: &[(u64, usize, usize)]) {
    for (pause, row, column) in moves {
        CLOCK.sleep(Duration::from_millis(*pause)).await;
        let was_closed = circuit.closed.borrow()[*row][*column];
        for is_closed in [!was_closed, was_closed, !was_closed] {
            circuit.set(*row, *column, is_closed);
            CLOCK.sleep(Duration::from_millis(3)).await;
        }
    }
    pending().await
}

#[test]
fn gestures_of_bouncing_keys_are_recognized() {
    with_chip(|chip| {
        let circuit = Circuit::new(&chip);
        let mut keys = Buttons::<_, 4>::of(circuit.pad());
        // A double click; two keys together; the third corner of a rectangle, until the first
        // corner is up.
        let moves = [
            (100, 1, 2),
            (100, 1, 2),
            (100, 1, 2),
            (100, 1, 2),
            (900, 0, 0),
            (150, 0, 1),
            (150, 2, 0),
            (200, 0, 0),
            (300, 2, 0),
            (150, 0, 1),
        ];
        let expected = [
            (1, 2, Press),
            (1, 2, Release),
            (1, 2, Press),
            (1, 2, Double),
            (1, 2, Release),
            (0, 0, Press),
            (0, 1, Press),
            (0, 0, Release),
            (2, 0, Press),
            (2, 0, Release),
            (0, 1, Release),
        ];
        let mut seen = Vec::new();
        let read = async {
            while seen.len() < expected.len() {
                let patience = Duration::from_secs(20);
                let gesture = CLOCK.timeout(patience, keys.gesture()).await.expect("a gesture");
                let gesture = gesture.unwrap();
                seen.push((gesture.key.row, gesture.key.column, gesture.event));
            }
        };
        run(async |_| future::or(read, hand(&circuit, &moves)).await);
        assert_eq!(seen, expected);
        assert_eq!(keys.release().ambiguous(), 2);
    });
}

#[test]
fn while_no_key_is_down_nothing_is_polled() {
    with_chip(|chip| {
        let circuit = Circuit::new(&chip);
        let mut pad = circuit.pad();
        run(async |_| {
            let mut polls = 0;
            let mut change = pin!(pad.change());
            let counted = poll_fn(|cx| {
                polls += 1;
                change.as_mut().poll(cx)
            });
            let mut counted = pin!(counted);
            // The first scan, and a pause.
            let mut wait = async |millis| {
                let waited = CLOCK.timeout(Duration::from_millis(millis), counted.as_mut()).await;
                waited.map(|change| change.unwrap().key)
            };
            assert!(wait(100).await.is_err());
            assert!(wait(2_000).await.is_err());
            circuit.set(2, 1, true);
            let key = wait(20_000).await.expect("a press");
            assert_eq!((key.row, key.column), (2, 1));
            // Three rows and a pause, at first; two for each limit; the key, and three rows. A
            // timer may fire early once.
            assert!(polls <= 14, "{polls} polls");
        });
    });
}
