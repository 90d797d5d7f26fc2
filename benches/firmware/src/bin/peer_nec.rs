//! `nec` with the crate `infrared`: each key of a remote control switches the light.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_time::Instant;
use infrared::Receiver;
use infrared::protocol::nec::Nec16;
use tickwire_rp2040::report;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut pin = Input::new(board.PIN_14, Pull::Up);
    // Times are in microseconds.
    let mut remote = Receiver::<Nec16>::new(1_000_000);
    loop {
        pin.wait_for_any_edge().await;
        let now = Instant::now();
        match remote.event_instant(now.as_micros() as u32, pin.is_low()) {
            Ok(Some(key)) => {
                led.toggle();
                if key.repeat {
                    report!(now, "repeat");
                } else {
                    report!(now, "frame", address: key.addr, command: key.cmd);
                }
            }
            Ok(None) => {}
            Err(_) => report!(now, "error"),
        }
    }
}
