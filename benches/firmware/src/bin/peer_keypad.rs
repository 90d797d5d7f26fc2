//! `keypad` with the matrix and the debouncer of the crate `keyberon`: the light is on while a
//! key is down.
#![no_std]
#![no_main]

use core::convert::Infallible;

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, OutputOpenDrain, Pull};
use embassy_time::{Duration, Ticker};
use generic_array::typenum::U4;
use keyberon::debounce::Debouncer;
use keyberon::impl_heterogenous_array;
use keyberon::layout::Event;
use keyberon::matrix::{Matrix, PressedKeys};
use tickwire_rp2040::report;

struct Rows(
    OutputOpenDrain<'static>,
    OutputOpenDrain<'static>,
    OutputOpenDrain<'static>,
    OutputOpenDrain<'static>,
);
impl_heterogenous_array! {
    Rows, dyn embedded_hal_02::digital::v2::OutputPin<Error = Infallible>, U4, [0, 1, 2, 3]
}

struct Columns(Input<'static>, Input<'static>, Input<'static>, Input<'static>);
impl_heterogenous_array! {
    Columns, dyn embedded_hal_02::digital::v2::InputPin<Error = Infallible>, U4, [0, 1, 2, 3]
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let rows = Rows(
        OutputOpenDrain::new(board.PIN_2, Level::High),
        OutputOpenDrain::new(board.PIN_3, Level::High),
        OutputOpenDrain::new(board.PIN_4, Level::High),
        OutputOpenDrain::new(board.PIN_5, Level::High),
    );
    let columns = Columns(
        Input::new(board.PIN_6, Pull::Up),
        Input::new(board.PIN_7, Pull::Up),
        Input::new(board.PIN_8, Pull::Up),
        Input::new(board.PIN_9, Pull::Up),
    );
    let Ok(mut matrix) = Matrix::new(columns, rows);
    let mut debouncer = Debouncer::new(PressedKeys::default(), PressedKeys::default(), 5);
    let mut ticker = Ticker::every(Duration::from_millis(1));
    let mut down = 0_u32;
    loop {
        ticker.next().await;
        let Ok(pressed) = matrix.get();
        for event in debouncer.events(pressed) {
            match event {
                Event::Press(_row, _column) => {
                    down = down.saturating_add(1);
                    report!(embassy_time::Instant::now(), "press", row: _row, column: _column);
                }
                Event::Release(_row, _column) => {
                    down = down.saturating_sub(1);
                    report!(embassy_time::Instant::now(), "release", row: _row, column: _column);
                }
            }
        }
        led.set_level((down > 0).into());
    }
}
