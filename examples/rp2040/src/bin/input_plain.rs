//! An input, debounced by a pause, by embassy alone: what `switch` and `button` are
//! measured against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_time::Timer;
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut pin = Input::new(board.PIN_15, Pull::Up);
    loop {
        pin.wait_for_any_edge().await;
        Timer::after_millis(20).await;
        led.set_level(pin.is_low().into());
    }
}
