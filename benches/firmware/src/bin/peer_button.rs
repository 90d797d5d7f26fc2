//! `button` with the crate `async-button`: clicks and long presses are told.
#![no_std]
#![no_main]

use async_button::{Button, ButtonConfig, ButtonEvent};
use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use tickwire_rp2040::report;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let pin = Input::new(board.PIN_15, Pull::Up);
    let mut button = Button::new(pin, ButtonConfig::default());
    loop {
        let event = button.update().await;
        led.toggle();
        match event {
            ButtonEvent::ShortPress { count: _count } => {
                report!(embassy_time::Instant::now(), "clicks", count: _count);
            }
            ButtonEvent::LongPress => report!(embassy_time::Instant::now(), "long"),
        }
    }
}
