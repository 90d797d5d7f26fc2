//! Six outputs by embassy alone: what `hd44780` is measured against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_time::{Duration, Ticker};
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut lines = [
        Output::new(board.PIN_16, Level::Low),
        Output::new(board.PIN_17, Level::Low),
        Output::new(board.PIN_18, Level::Low),
        Output::new(board.PIN_19, Level::Low),
        Output::new(board.PIN_20, Level::Low),
        Output::new(board.PIN_21, Level::Low),
    ];
    let mut ticker = Ticker::every(Duration::from_secs(1));
    loop {
        led.toggle();
        for line in &mut lines {
            line.toggle();
        }
        ticker.next().await;
    }
}
