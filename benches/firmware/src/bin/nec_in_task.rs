//! `nec` where the task itself sees the edges, as `peer_nec` does: without an executor in an
//! interrupt that stamps them.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use tickwire_drivers::nec::{Addressing, Event, Nec};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::PolledEdges;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let pin = PolledEdges::new(Input::new(board.PIN_14, Pull::Up), EmbassyClock);
    let mut nec = Nec::new(pin, EmbassyClock).with_addressing(Addressing::Extended);
    loop {
        let Ok(signal) = nec.signal().await;
        match signal.event {
            Event::Frame(_frame) => {
                led.toggle();
                report!(signal.at, "frame", address: _frame.address(), command: _frame.command());
            }
            Event::Repeat(_repeat) => {
                led.toggle();
                report!(signal.at, "repeat", held_us: _repeat.held.as_micros());
            }
            Event::Error(_error) => report!(signal.at, _error.name()),
        }
    }
}
