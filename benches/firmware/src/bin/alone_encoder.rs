//! Two pins that one task watches, by embassy alone: what `encoder` and `peer_encoder` are
//! measured against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_futures::select::select;
use embassy_rp::gpio::{Input, Level, Output, Pull};
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut a = Input::new(board.PIN_10, Pull::Up);
    let mut b = Input::new(board.PIN_11, Pull::Up);
    loop {
        select(a.wait_for_any_edge(), b.wait_for_any_edge()).await;
        led.set_level((a.is_low() && b.is_low()).into());
    }
}
