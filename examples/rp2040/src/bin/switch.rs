//! A contact: the light is on while it is closed.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use tickwire_drivers::switch::{Contact, Debounce, Switch};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::{Duration, PolledEdges};

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let pin = PolledEdges::new(Input::new(board.PIN_15, Pull::Up), EmbassyClock);
    let debounce = Debounce::confirmed(Duration::from_millis(20));
    let mut switch = Switch::new(pin, EmbassyClock).with_debounce(debounce);
    loop {
        let Ok(change) = switch.change().await;
        let closed = change.contact == Contact::Closed;
        led.set_level(closed.into());
        report!(change.at, if closed { "closed" } else { "open" });
    }
}
