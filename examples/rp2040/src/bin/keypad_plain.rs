//! A scan of four rows and four columns after any key, by embassy alone: what `keypad` is
//! measured against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_futures::select::select_array;
use embassy_rp::gpio::{Input, Level, Output, OutputOpenDrain, Pull};
use embassy_time::Timer;
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut rows = [
        OutputOpenDrain::new(board.PIN_2, Level::High),
        OutputOpenDrain::new(board.PIN_3, Level::High),
        OutputOpenDrain::new(board.PIN_4, Level::High),
        OutputOpenDrain::new(board.PIN_5, Level::High),
    ];
    let mut columns = [
        Input::new(board.PIN_6, Pull::Up),
        Input::new(board.PIN_7, Pull::Up),
        Input::new(board.PIN_8, Pull::Up),
        Input::new(board.PIN_9, Pull::Up),
    ];
    loop {
        rows.iter_mut().for_each(OutputOpenDrain::set_low);
        select_array(columns.each_mut().map(Input::wait_for_low)).await;
        rows.iter_mut().for_each(OutputOpenDrain::set_high);
        let mut down = 0_u32;
        for row in &mut rows {
            row.set_low();
            Timer::after_micros(20).await;
            for column in &columns {
                down += u32::from(column.is_low());
            }
            row.set_high();
        }
        led.set_level((down > 0).into());
        Timer::after_millis(5).await;
    }
}
