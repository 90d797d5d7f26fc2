//! A light that blinks by Tickwire's clock.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040 as _;
use tickwire_traits::{Duration, Timer};

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    loop {
        led.toggle();
        EmbassyClock.sleep(Duration::from_millis(250)).await;
    }
}
