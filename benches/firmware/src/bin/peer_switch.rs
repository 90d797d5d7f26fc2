//! `switch` with the crate `async-debounce`: the light is on while a contact is closed.
#![no_std]
#![no_main]

use async_debounce::Debouncer;
use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_time::Duration;
use embedded_hal::digital::InputPin;
use embedded_hal_async::digital::Wait;
use tickwire_rp2040::report;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let input = Input::new(board.PIN_15, Pull::Up);
    let mut contact = Debouncer::new(input, Duration::from_millis(20));
    loop {
        let Ok(()) = contact.wait_for_any_edge().await;
        let Ok(closed) = contact.is_low();
        led.set_level(closed.into());
        report!(embassy_time::Instant::now(), if closed { "closed" } else { "open" });
    }
}
