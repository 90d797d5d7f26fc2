//! A pin whose edges a task awaits, by embassy alone: what `nec` and `peer_nec` are measured
//! against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut pin = Input::new(board.PIN_14, Pull::Up);
    loop {
        pin.wait_for_any_edge().await;
        led.set_level(pin.is_low().into());
    }
}
