//! The same by embassy alone: what `blinky` is measured against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_time::Timer;
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    loop {
        led.toggle();
        Timer::after_millis(250).await;
    }
}
